"""The words that we assume an export writes where a person picked from a list; assumptions, as `export_format` is."""

from __future__ import annotations

from dataclasses import dataclass

from .export_format import Language, cells


@dataclass(frozen=True, slots=True)
class Word:
    """One value of a pick-list: our key for it and the word that the export writes in each language."""

    key: str
    nl: str
    fr: str

    def text(self, language: Language) -> str:
        return self.nl if language == "nl" else self.fr


def _words(text: str) -> tuple[Word, ...]:
    return tuple(Word(*row) for row in cells(text))


# The pick-lists, by object and column. A column that is not here holds free text, a number, a date or a code.
WORDS: dict[tuple[str, str], tuple[Word, ...]] = {
    ("patient", "sex"): _words("""
male | M | M
female | V | F
"""),
    ("patient", "title"): _words("""
mr | Dhr. | M.
mrs | Mevr. | Mme
"""),
    ("patient", "language"): _words("""
dutch | NL | NL
french | FR | FR
german | DE | DE
english | EN | EN
"""),
    ("patient", "dental_insurance"): _words("""
dentalia | Dentalia Plus | Dentalia Plus
dento | Dento Plus | Dento Plus
smile | Tandzorgplan | Plan Soins Dentaires
"""),
    ("patient", "coverage_tier"): _words("""
basic | Basis | Base
comfort | Comfort | Confort
premium | Premium | Premium
"""),
    ("patient", "active"): _words("""
yes | J | O
no | N | N
"""),
    ("provider", "specialty"): _words("""
general | Algemeen tandarts | Dentiste généraliste
orthodontist | Orthodontist | Orthodontiste
periodontist | Parodontoloog | Parodontologue
hygienist | Mondhygiënist | Hygiéniste bucco-dentaire
"""),
    ("provider", "convention"): _words("""
yes | Geconventioneerd | Conventionné
partly | Deels | Partiellement
no | Niet | Déconventionné
"""),
    ("referrer", "specialty"): _words("""
general | Algemeen tandarts | Dentiste généraliste
orthodontist | Orthodontist | Orthodontiste
physician | Huisarts | Médecin traitant
surgeon | Stomatoloog | Stomatologue
"""),
    ("appointment", "type"): _words("""
check_up | Controle | Contrôle
consultation | Consultatie | Consultation
treatment | Behandeling | Traitement
cleaning | Mondhygiëne | Détartrage
endodontics | Wortelkanaalbehandeling | Endodontie
extraction | Extractie | Extraction
prosthesis | Prothese | Prothèse
orthodontics | Orthodontie | Orthodontie
surgery | Implantologie | Implantologie
emergency | Spoed | Urgence
"""),
    ("appointment", "status"): _words("""
planned | Gepland | Prévu
confirmed | Bevestigd | Confirmé
done | Afgewerkt | Terminé
cancelled | Geannuleerd | Annulé
no_show | Niet verschenen | Absent
moved | Verplaatst | Reporté
"""),
    ("treatment", "status"): _words("""
planned | Gepland | Planifié
done | Uitgevoerd | Réalisé
lapsed | Vervallen | Abandonné
"""),
    ("invoice", "channel"): _words("""
paper | Papier | Papier
eattest | eAttest | eAttest
efact | eFact | eFact
private | Privé | Privé
"""),
    ("invoice", "status"): _words("""
open | Open | Ouvert
partly_paid | Deels betaald | Partiellement payé
paid | Betaald | Payé
refused | Geweigerd | Refusé
cancelled | Geannuleerd | Annulé
"""),
    ("invoice", "payment_method"): _words("""
cash | Contant | Espèces
bancontact | Bancontact | Bancontact
transfer | Overschrijving | Virement
payconiq | Payconiq | Payconiq
"""),
    ("transaction", "kind"): _words("""
charge | Prestatie | Prestation
payment | Betaling patiënt | Paiement patient
insurer_payment | Betaling mutualiteit | Paiement mutuelle
credit_note | Creditnota | Note de crédit
write_off | Afboeking | Passage en perte
"""),
    ("document", "category"): _words("""
letter | Brief | Lettre
report | Verslag | Rapport
panoramic | Panoramische opname | Radio panoramique
intra_oral | Intra-orale opname | Radio intra-orale
photo | Foto | Photo
prescription | Voorschrift | Ordonnance
consent | Toestemming | Consentement
estimate | Begroting | Devis
"""),
    ("communication", "channel"): _words("""
sms | Sms | SMS
email | E-mail | E-mail
phone | Telefoon | Téléphone
letter | Brief | Lettre
"""),
    ("communication", "direction"): _words("""
out | Uitgaand | Sortant
in | Inkomend | Entrant
"""),
    ("communication", "result"): _words("""
sent | Verzonden | Envoyé
delivered | Afgeleverd | Délivré
failed | Mislukt | Échec
answered | Beantwoord | Répondu
no_answer | Geen antwoord | Sans réponse
"""),
}


def words(object_: str, column: str, language: Language) -> dict[str, str]:
    """The pick-list of one column: our key → the word in the export."""
    return {word.key: word.text(language) for word in WORDS[object_, column]}
