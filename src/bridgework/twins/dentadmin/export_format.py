"""What we assume of a DentAdmin desktop export: the only place that says so.

No DentAdmin export format is public. These file names and headers (and the words
in `pick_lists`) are assumptions, made from the vocabulary that
Belgian dental packages use (Dutch and French); a real export may differ, which is why the practice reader recognises
files and columns by their words and never imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["nl", "fr"]
LANGUAGES: tuple[Language, ...] = ("nl", "fr")

ENCODING = "cp1252"
DELIMITER = ";"
NEWLINE = "\r\n"
DATE = "%d/%m/%Y"
MOMENT = "%d/%m/%Y %H:%M"
DOCUMENTS_FOLDER = "documents"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an export file: our key for it and its header in each language."""

    key: str
    nl: str
    fr: str

    def header(self, language: Language) -> str:
        return self.nl if language == "nl" else self.fr


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV of the export: the object, the file's name in each language, its columns in order."""

    object: str
    nl: str
    fr: str
    columns: tuple[Column, ...]

    def file_name(self, language: Language) -> str:
        return f"{self.nl if language == 'nl' else self.fr}.csv"


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in cells(text))


def cells(text: str) -> list[list[str]]:
    """The cells of a table written as lines with bars."""
    return [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]


_CREATED_CHANGED = """
created_at | Aanmaakdatum | Date de création
changed_at | Laatst gewijzigd | Dernière modification
"""

TABLES: tuple[Table, ...] = (
    Table(
        "insurer",
        "verzekeringsinstellingen",
        "organismes_assureurs",
        _columns("""
number | VI-nummer | N° mutuelle
name | Mutualiteit | Mutualité
union | Verbond | Fédération
registration_number | KBO-nummer | N° BCE
street | Straat | Rue
house_number | Huisnr | N°
postal_code | Postcode | Code postal
city | Gemeente | Localité
phone | Telefoon | Téléphone
email | E-mail | E-mail
"""),
    ),
    Table(
        "provider",
        "verstrekkers",
        "prestataires",
        _columns(
            """
number | Verstrekkernr | N° prestataire
last_name | Naam | Nom
first_name | Voornaam | Prénom
riziv | RIZIV-nummer | N° INAMI
specialty | Specialiteit | Spécialité
convention | Conventie | Conventionné
email | E-mail | E-mail
phone | Telefoon | Téléphone
mobile | GSM | GSM
street | Straat | Rue
house_number | Huisnr | N°
box | Bus | Bte
postal_code | Postcode | Code postal
city | Gemeente | Localité
address2 | Adres 2 | Adresse 2
address3 | Adres 3 | Adresse 3
iban | Rekeningnummer | N° de compte
active | Actief | Actif
"""
            + _CREATED_CHANGED
        ),
    ),
    Table(
        "referrer",
        "verwijzers",
        "dentistes_referents",
        _columns(
            """
number | Verwijzernr | N° référent
last_name | Naam | Nom
first_name | Voornaam | Prénom
riziv | RIZIV-nummer | N° INAMI
specialty | Specialiteit | Spécialité
email | E-mail | E-mail
phone | Telefoon | Téléphone
street | Straat | Rue
house_number | Huisnr | N°
box | Bus | Bte
postal_code | Postcode | Code postal
city | Gemeente | Localité
address2 | Adres 2 | Adresse 2
remark | Opmerking | Remarque
"""
            + _CREATED_CHANGED
        ),
    ),
    Table(
        "patient",
        "patienten",
        "patients",
        _columns(
            """
number | Patiëntnr | N° patient
last_name | Naam | Nom
first_name | Voornaam | Prénom
title | Aanspreking | Civilité
sex | Geslacht | Sexe
birth_date | Geboortedatum | Date de naissance
insz | INSZ-nummer | NISS
language | Taal | Langue
nationality | Nationaliteit | Nationalité
street | Straat | Rue
house_number | Huisnr | N°
box | Bus | Bte
postal_code | Postcode | Code postal
city | Gemeente | Localité
country | Land | Pays
phone_home | Tel. privé | Tél. privé
mobile | GSM | GSM
phone_work | Tel. werk | Tél. bureau
email | E-mail | E-mail
head_of_family | Gezinshoofd | Chef de famille
insurer_number | Mutualiteitsnr | N° mutualité
membership_number | Aansluitingsnummer | N° d'affiliation
ct1 | CT1 | CT1
ct2 | CT2 | CT2
increased_allowance | Verhoogde tegemoetkoming | Intervention majorée
third_party | Derdebetaler | Tiers payant
dental_insurance | Tandverzekering | Assurance dentaire
policy_number | Polisnummer | N° de police
coverage_tier | Dekking | Couverture
provider_number | Behandelaar | Dentiste traitant
referrer_number | Verwijzer | Adressé par
riziv_code | RIZIV | INAMI
first_visit | Eerste bezoek | Première visite
last_visit | Laatste bezoek | Dernière visite
next_recall | Volgende controle | Prochain contrôle
recall_interval | Interval (maanden) | Intervalle (mois)
medical_history | Anamnese | Anamnèse
remark | Opmerkingen | Remarques
sms_consent | Sms ok | SMS ok
active | Actief | Actif
deceased_on | Datum overlijden | Date de décès
"""
            + _CREATED_CHANGED
        ),
    ),
    Table(
        "appointment",
        "afspraken",
        "rendez_vous",
        _columns(
            """
number | Afspraaknr | N° RDV
patient_number | Patiëntnr | N° patient
provider_number | Behandelaar | Prestataire
date | Datum | Date
start | Beginuur | Heure début
duration | Duur (min) | Durée (min)
type | Type afspraak | Type de RDV
reason | Reden | Motif
room | Kabinet | Cabinet
chair | Stoel | Fauteuil
status | Status | Statut
remark | Opmerking | Remarque
"""
            + _CREATED_CHANGED
        ),
    ),
    Table(
        "treatment",
        "behandelingen",
        "traitements",
        _columns(
            """
number | Behandelingsnr | N° traitement
patient_number | Patiëntnr | N° patient
provider_number | Uitvoerder | Exécutant
hygienist_riziv | RIZIV mondhygiënist | INAMI hygiéniste
date | Datum | Date
code | Nomenclatuurcode | Code de nomenclature
label | Omschrijving | Libellé
tooth | Tand | Dent
surface | Vlakken | Faces
quadrant | Kwadrant | Quadrant
status | Status | Statut
fee | Honorarium | Honoraires
insurer_share | Tegemoetkoming | Intervention
patient_share | Remgeld | Ticket modérateur
supplement | Supplement | Supplément
remark | Nota | Note
"""
            + _CREATED_CHANGED
        ),
    ),
    Table(
        "invoice",
        "facturen",
        "factures",
        _columns(
            """
number | Factuurnummer | N° de facture
patient_number | Patiëntnr | N° patient
payer_number | Betaler | Payeur
treatment_number | Behandelingsnr | N° traitement
date | Datum | Date
due_date | Vervaldatum | Échéance
channel | Kanaal | Canal
attestation_number | Getuigschriftnr | N° d'attestation
receipt_number | Ontvangstnummer | Accusé de réception
total | Totaal | Total
insurer_share | Deel mutualiteit | Part mutuelle
patient_share | Persoonlijk aandeel | Quote-part personnelle
paid | Betaald | Payé
status | Betaalstatus | Statut de paiement
payment_method | Betaalwijze | Mode de paiement
ogm | Gestructureerde mededeling | Communication structurée
pdf | Bestand | Fichier
"""
            + _CREATED_CHANGED
        ),
    ),
    Table(
        "invoice_line",
        "factuurlijnen",
        "lignes_de_facture",
        _columns("""
invoice_number | Factuurnummer | N° de facture
line | Lijn | Ligne
treatment_number | Behandelingsnr | N° traitement
code | Nomenclatuurcode | Code de nomenclature
label | Omschrijving | Libellé
amount | Bedrag | Montant
"""),
    ),
    Table(
        "transaction",
        "boekhouding",
        "comptabilite",
        _columns("""
number | Verrichtingsnr | N° opération
date | Datum | Date
kind | Soort | Type
invoice_number | Factuurnummer | N° de facture
patient_number | Patiëntnr | N° patient
insurer_number | Mutualiteitsnr | N° mutualité
code | Nomenclatuurcode | Code de nomenclature
amount | Bedrag | Montant
payment_method | Betaalwijze | Mode de paiement
ogm | Mededeling | Communication
remark | Opmerking | Remarque
"""),
    ),
    Table(
        "document",
        "documenten",
        "documents",
        _columns(
            """
number | Documentnr | N° document
patient_number | Patiëntnr | N° patient
category | Categorie | Catégorie
title | Omschrijving | Description
file | Bestandsnaam | Nom du fichier
date | Datum | Date
provider_number | Verstrekker | Prestataire
tooth | Tand | Dent
remark | Opmerking | Remarque
"""
            + _CREATED_CHANGED
        ),
    ),
    Table(
        "communication",
        "communicatie",
        "communications",
        _columns("""
number | Communicatienr | N° communication
patient_number | Patiëntnr | N° patient
channel | Kanaal | Canal
direction | Richting | Sens
moment | Verzonden op | Envoyé le
subject | Onderwerp | Objet
text | Bericht | Message
contact | Nummer of adres | Numéro ou adresse
user | Gebruiker | Utilisateur
result | Resultaat | Résultat
appointment_number | Afspraaknr | N° RDV
"""),
    ),
    Table(
        "workflow",
        "automatisaties",
        "automatisations",
        _columns("""
number | Nr | N°
name | Naam | Nom
kind | Soort | Type
trigger | Aanleiding | Déclencheur
delay | Termijn | Délai
channel | Kanaal | Canal
template | Sjabloon | Modèle
active | Actief | Actif
"""),
    ),
    Table(
        "report",
        "rapporten",
        "rapports",
        _columns("""
number | Nr | N°
name | Naam | Nom
kind | Soort | Type
source | Gegevens | Données
columns | Kolommen | Colonnes
filter | Filter | Filtre
period | Periode | Période
"""),
    ),
)


def table(object_: str) -> Table:
    """The table of one object."""
    return next(table for table in TABLES if table.object == object_)
