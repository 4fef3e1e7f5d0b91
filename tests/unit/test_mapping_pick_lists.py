"""The words of the built-in pick-lists: everyday ones in four languages, abbreviated too, each for one option."""

from __future__ import annotations

from itertools import combinations

import pytest

from bridgework.mapping.catalogue import builtin
from bridgework.mapping.words import meanings, word_key
from tests.unit.mapping_samples import map_of

WORDS = {
    "sex": {
        "MALE": "M. Mr Mr. Dhr. heer Jongen garçon männl. Monsieur Herr 1",
        "FEMALE": "Mevrouw Mw Mw. Mevr. Mme Mlle Meisje fille weibl. Frau V F 2",
    },
    "payment_status": {
        "PAID": "Soldé vereffend réglé Paid betaald OK bezahlt",
        "PARTLY_PAID": "Partiel gedeelt. Partial deels teilweise",
        "OPEN": "non_payé niet_betaald en_retard achterstallig Outstanding unpaid overdue offen",
        "REFUSED": "geweigerd refusé rejected",
        "CANCELLED": "geannuleerd annulé void storniert",
    },
    "appointment_status": {
        "CANCELLED": "afgemeld excusé verwittigd absent_excusé geann. abgesagt",
        "DONE": "honoré terminé Complete afgewerkt erledigt",
        "NO_SHOW": "NV Broken niet_gekomen absent_non_excusé no-show unentschuldigt",
        "MOVED": "reporté Unscheduled verplaatst rescheduled verschoben",
        "PLANNED": "Scheduled ASAP gepland prévu geplant",
        "ARRIVED": "wachtzaal en_salle_d'attente seated",
    },
    "treatment_status": {"PLANNED": "TP devis voorzien", "DONE": "C Complete fait", "LAPSED": "refusé deleted"},
    "dependant": {"HOLDER": "T1 T titulaire", "DEPENDANT": "PTL PAC à_charge enfant_à_charge"},
    "convention": {"FULL": "geconv. yes", "PARTLY": "partiel", "NONE": "non_conventionné"},
    "language": {"DUTCH": "Ned. Vlaams", "FRENCH": "franstalig", "GERMAN": "Duits", "ENGLISH": "anglais"},
    "recall_method": {"NONE": "geen_recall nein", "LETTER": "per_post", "CALL": "bellen"},
    "document_category": {"PANORAMIC": "OPG OPT", "INTRA_ORAL": "bitewing x-ray", "ESTIMATE": "devis"},
    "payment_method": {"TRANSFER": "overschr. virement_bancaire", "CASH": "contanten espèces bar"},
    "transaction_kind": {"WRITE_OFF": "oninbaar", "REFUND": "teruggave", "CREDIT_NOTE": "kredietnota NC"},
}
EVERY = [
    (name, option, word.replace("_", " "))
    for name, options in WORDS.items()
    for option, words in options.items()
    for word in words.split()
]


@pytest.mark.parametrize(("name", "option", "word"), EVERY)
def test_an_everyday_word_means_its_option(name: str, option: str, word: str) -> None:
    assert meanings(builtin().values[name])[word_key(word)] == option


@pytest.mark.parametrize("name", sorted(builtin().values))
def test_no_word_means_two_options_nor_is_the_name_of_another(name: str) -> None:
    options = builtin().values[name]
    of = {option: {word_key(word) for word in (option, *words)} for option, words in options.items()}
    for one, other in combinations(of, 2):
        assert not of[one] & of[other], (one, other)


@pytest.mark.parametrize("name", sorted(builtin().values))
def test_no_word_of_a_pick_list_stands_for_nothing_known(name: str) -> None:
    nothing = {word_key(word) for word in builtin().placeholders} - {""}
    assert not nothing & {word_key(word) for words in builtin().values[name].values() for word in words}


def test_a_word_that_is_the_name_of_another_option_is_a_problem() -> None:
    document = map_of("nl")
    values = {**document.values, "sex": {**document.values["sex"], "OTHER": ("x", "Male")}}
    (problem,) = document.model_copy(update={"values": values}).problems()
    assert problem.code == "TWO-MEANINGS"
    assert "`Male`" in problem.what or "`male`" in problem.what
