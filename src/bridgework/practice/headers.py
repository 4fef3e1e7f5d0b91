"""The header of a table: is the first row one, what are its names, and in which language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

Language = str

_WORDS = {
    "nl": """
        naam voornaam achternaam familienaam geboortedatum geslacht aanspreking straat huisnr bus postcode
        gemeente stad plaats land taal nationaliteit telefoon tel thuis werk mobiel opmerking opmerkingen nota
        omschrijving datum afspraak afspraaknr behandeling behandelaar behandelingsnr uitvoerder verstrekker
        verstrekkernr verwijzer doorverwijzer mutualiteit mutualiteitsnr ziekenfonds verbond aansluitingsnummer
        lidnummer rijksregisternummer insz rekeningnummer actief overlijden aanmaakdatum gewijzigd laatst
        laatste eerste bezoek volgende factuur factuurnummer factuurlijnen bedrag betaald betaler betaalwijze
        betaalstatus vervaldatum totaal honorarium remgeld tegemoetkoming verhoogde derdebetaler tandverzekering
        dekking polisnummer tand vlak vlakken kwadrant nomenclatuurcode soort reden duur beginuur stoel kabinet
        kanaal richting verzonden onderwerp bericht gebruiker resultaat nummer getuigschrift bestand
        bestandsnaam documentnr categorie lijn mededeling gezinshoofd anamnese patientnr patientnummer
        dossiernummer sjabloon aanleiding termijn gegevens kolommen periode specialiteit conventie riziv
    """,
    "fr": """
        nom prenom naissance sexe civilite rue bte boite cp localite commune ville pays langue nationalite
        telephone prive bureau portable remarque remarques note libelle dentiste traitant prestataire executant
        adresse refere referent mutualite mutuelle federation affiliation inscription niss registre compte actif
        deces decede creation modification modifie derniere dernier premiere visite prochain controle facture
        montant paye payeur mode paiement statut echeance honoraires ticket moderateur intervention majoree
        tiers payant assurance couverture police dent faces nomenclature acte motif duree heure debut fauteuil
        salle canal sens envoye objet utilisateur resultat numero attestation fichier categorie ligne
        communication chef famille anamnese dossier rdv modele declencheur delai donnees colonnes periode
        specialite conventionne inami bce traitement operation quadrant accuse reception
    """,
    "en": """
        name first last surname birth birthdate dob gender sex street city zip postal country language phone
        mobile home work remark remarks notes appointment treatment provider dentist insurer insurance member
        membership number account active deceased created changed modified visit next recall invoice amount paid
        payer due fee tooth surface reason duration start end chair room channel direction sent subject user
        result category line family medical history nihdi
    """,
    "de": """
        vorname nachname familienname zuname geburtsdatum geboren geschlecht anrede strasse hausnummer hausnr plz ort
        postleitzahl wohnort sprache telefon festnetz mobil handy handynummer bemerkung bemerkungen notiz notizen
        beschreibung bezeichnung termin termindatum uhrzeit behandlung behandler behandlungsnummer behandlungsdatum
        leistung leistungserbringer zahnarzt arzt hausarzt uberweiser krankenkasse krankenkassennummer kasse
        versicherung versicherer versichertennummer mitgliedsnummer nationalregisternummer kontonummer konto aktiv
        verstorben sterbedatum erstellt angelegt geandert zuletzt letzter erster nachster besuch rechnung
        rechnungsnummer rechnungsdatum betrag bezahlt zahlung zahlungsart fallig gesamt honorar eigenanteil anteil
        zahn zahnnummer flache quadrant nomenklaturcode grund dauer beginn ende stuhl raum kanal richtung gesendet
        betreff nachricht benutzer ergebnis beleg datei dateiname dokument kategorie zeile haushalt patientennummer
        patientennr patientenname aktennummer karteinummer vorlage medikamente allergien beruf familienstand
    """,
}
_VOCABULARY = {language: frozenset(words.split()) for language, words in _WORDS.items()}
_ALL_WORDS = frozenset().union(*_VOCABULARY.values())
_TOKEN = re.compile(r"[a-z]+")
_SPACES = re.compile(r"\s+")


def tokens(text: str) -> list[str]:
    """The words of a text, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _TOKEN.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def language_of(header: Iterable[str], name: str) -> tuple[Language, str]:
    """The language whose words a header has most of ("" where none stands out), and why; the file's name counts too."""
    found = [word for cell in (*header, name) for word in set(tokens(cell))]
    hits = {language: sum(word in words for word in found) for language, words in _VOCABULARY.items()}
    first, second = sorted(hits, key=lambda one: -hits[one])[:2]
    if hits[first] == hits[second]:
        return "", "the header's words tell no language"
    return first, f"{hits[first]} header words are {first}, {hits[second]} are {second}"


def is_word(cell: str) -> bool:
    """Whether a cell has a word that headers have."""
    return any(word in _ALL_WORDS for word in tokens(cell))


def names_of(row: Sequence[str]) -> tuple[str, ...]:
    """Names for the columns: spaces tidied, each used once; an empty one is called by its place."""
    names: list[str] = []
    for place, cell in enumerate(row, 1):
        name = _SPACES.sub(" ", cell.strip().strip("\ufeff")) or f"Column {place}"
        base, again = name, 2
        while name in names:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
    return tuple(names)


def needed_width(rows: Sequence[Sequence[str]], width: int) -> int:
    """How many cells a row cannot do without: up to the last column that is filled in (almost) every row.

    A row that stops later only lacks cells that are often empty; one that stops earlier was cut. Rows that stop early
    say that cells are empty only where there are so many that the program which wrote them must leave out empty ones.
    """
    full = [row for row in rows if len(row) == width]
    short = [row for row in rows if len(row) < width and any(row)]
    wide = [*full, *short] if len(short) * 10 >= len(full) else full
    if not wide:
        return width
    for column in range(width - 1, -1, -1):
        filled = sum(len(row) > column and bool(row[column].strip()) for row in wide)
        if filled * 100 >= len(wide) * 99:
            return column + 1
    return 1
