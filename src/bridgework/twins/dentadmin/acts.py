"""The acts a dentist does: nomenclature code, label, fee and what else a treatment row needs.

Codes of articles 5 and 6; those whose label is not confirmed by NomenSoft carry an invented, plausible label, which
does for a twin and must not be taken for the official text. Fees are about those of 2025, indexed by 2.5 % a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from bridgework.belgium import nomenclature

from .export_format import Language

_FEE_YEAR, _INDEX = 2025, 1.025
_ADULT_AT = 18


@dataclass(frozen=True, slots=True)
class Act:
    """One act: the code for adults (children's is the same with 37), the fee in cents, the insurer's usual part."""

    key: str
    code: str
    nl: str
    fr: str
    fee: int
    insured: float
    place: Literal["", "tooth", "quadrant"] = ""
    surfaces: int = 0

    def label(self, language: Language) -> str:
        return self.nl if language == "nl" else self.fr


def _acts(text: str) -> dict[str, Act]:
    acts = {}
    for line in text.strip().splitlines():
        key, code, nl, fr, fee, insured, place, surfaces = (cell.strip() for cell in line.split("|"))
        acts[key] = Act(key, code, nl, fr, int(fee), float(insured), place, int(surfaces))  # type: ignore[arg-type]
    return acts


ACTS = _acts("""
consultation | 301011 | Raadpleging | Consultation | 2800 | .78 | | 0
urgent | 301055 | Toeslag dringende raadpleging | Supplément consultation urgente | 1350 | .7 | | 0
exam | 301593 | Jaarlijks mondonderzoek | Examen buccal annuel | 7900 | 1 | | 0
dpsi | 301254 | DPSI-bepaling | Index DPSI | 2250 | .8 | | 0
perio | 301195 | Parodontaal mondonderzoek | Examen buccal parodontal | 7400 | .75 | | 0
scaling_1 | 302153 | Tandsteenverwijdering rechtsboven | Détartrage supérieur droit | 1850 | .76 | quadrant | 0
scaling_2 | 302175 | Tandsteenverwijdering linksboven | Détartrage supérieur gauche | 1850 | .76 | quadrant | 0
scaling_3 | 302190 | Tandsteenverwijdering linksonder | Détartrage inférieur gauche | 1850 | .76 | quadrant | 0
scaling_4 | 302212 | Tandsteenverwijdering rechtsonder | Détartrage inférieur droit | 1850 | .76 | quadrant | 0
filling_1 | 304371 | Vulling 1 vlak | Obturation 1 face | 3900 | .8 | tooth | 1
filling_2 | 304393 | Vulling 2 vlakken | Obturation 2 faces | 5850 | .8 | tooth | 2
filling_3 | 304415 | Vulling 3 of meer vlakken | Obturation 3 faces ou plus | 7800 | .8 | tooth | 3
build_up | 304452 | Opbouw van de kroon | Restauration complète de la couronne | 11700 | .8 | tooth | 0
root_1 | 304312 | Wortelkanaalbehandeling 1 kanaal | Traitement 1 canal | 9400 | .8 | tooth | 0
root_2 | 304533 | Wortelkanaalbehandeling 2 kanalen | Traitement 2 canaux | 11750 | .8 | tooth | 0
root_3 | 304555 | Wortelkanaalbehandeling 3 kanalen | Traitement 3 canaux | 16450 | .8 | tooth | 0
film | 307016 | Intra-orale opname | Radiographie intra-buccale | 1500 | .7 | tooth | 0
film_next | 307031 | Intra-orale opname, volgende | Radiographie intra-buccale suivante | 900 | .7 | tooth | 0
panoramic | 307090 | Panoramische opname | Radiographie panoramique | 4400 | .75 | | 0
extraction_next | 303155 | Extractie, bijkomende tand | Extraction, dent supplémentaire | 2450 | .8 | tooth | 0
extraction | | Extractie van een tand | Extraction d'une dent | 6500 | 0 | tooth | 0
denture | 306832 | Volledige prothese | Prothèse complète | 58000 | .85 | | 0
impression | 389675 | Standaardafdruk | Empreinte standard | 0 | 0 | | 0
bite | 389712 | Beetregistratie | Enregistrement de l'occlusion | 0 | 0 | | 0
ortho_consultation | 301092 | Raadpleging orthodontist | Consultation orthodontiste | 3150 | .75 | | 0
ortho | 305653 | Forfait regelmatige behandeling | Forfait de traitement régulier | 2000 | .8 | | 0
crown | KR01 | Kroon zirkonium | Couronne zircone | 85000 | 0 | tooth | 0
implant | IMP1 | Implantaat | Implant | 115000 | 0 | tooth | 0
whitening | | Bleken | Blanchiment | 35000 | 0 | | 0
splint | | Opbeetplaat | Gouttière de bruxisme | 28500 | 0 | | 0
""")

# What a visit of each type may hold: the first act always, then others in order until the visit has enough.
VISITS: dict[str, tuple[tuple[str, ...], ...]] = {
    "check_up": (
        ("exam", "scaling_1", "scaling_2", "scaling_3", "scaling_4", "film"),
        ("consultation", "film", "film_next", "dpsi"),
        ("exam", "film", "dpsi", "panoramic"),
        ("consultation", "panoramic", "scaling_1", "scaling_4"),
    ),
    "consultation": (("consultation", "panoramic", "film"), ("perio", "film", "dpsi"), ("splint", "film")),
    "treatment": (
        ("filling_2", "filling_1", "film", "filling_2"),
        ("filling_3", "film", "filling_1"),
        ("filling_1", "filling_1", "filling_2"),
        ("build_up", "film"),
        ("crown", "film", "bite"),
    ),
    "cleaning": (("scaling_1", "scaling_2", "scaling_3", "scaling_4", "dpsi"), ("scaling_3", "scaling_4", "whitening")),
    "endodontics": (("root_1", "film", "film_next"), ("root_3", "film", "film_next"), ("root_2", "film", "build_up")),
    "extraction": (("extraction", "film", "extraction_next"), ("extraction", "consultation")),
    "prosthesis": (("impression", "bite"), ("denture", "consultation"), ("consultation", "impression")),
    "orthodontics": (("ortho", "ortho_consultation"), ("ortho_consultation", "panoramic"), ("ortho",)),
    "surgery": (("implant", "panoramic", "film"),),
    "emergency": (("consultation", "urgent", "film", "filling_1"), ("consultation", "film", "extraction")),
}
VISIT_SHARES = {
    "child": (("check_up", 50), ("treatment", 16), ("orthodontics", 24), ("consultation", 4), ("emergency", 6)),
    "adult": (
        ("check_up", 42),
        ("treatment", 29),
        ("cleaning", 10),
        ("consultation", 5),
        ("emergency", 6),
        ("extraction", 3),
        ("endodontics", 3),
        ("surgery", 1),
        ("orthodontics", 1),
    ),
    "elder": (
        ("check_up", 36),
        ("treatment", 27),
        ("cleaning", 10),
        ("consultation", 6),
        ("emergency", 5),
        ("extraction", 5),
        ("endodontics", 2),
        ("prosthesis", 7),
        ("surgery", 2),
    ),
}
# In slots of twenty minutes.
SLOTS = {
    "check_up": 1,
    "consultation": 1,
    "treatment": 2,
    "cleaning": 2,
    "endodontics": 3,
    "extraction": 2,
    "prosthesis": 1,
    "orthodontics": 1,
    "surgery": 4,
    "emergency": 1,
}
DURATIONS = {
    "check_up": (15, 20, 20, 20),
    "consultation": (20,),
    "treatment": (30, 40, 40),
    "cleaning": (30, 40),
    "endodontics": (60,),
    "extraction": (30, 40),
    "prosthesis": (20,),
    "orthodontics": (10, 15, 20),
    "surgery": (60, 80),
    "emergency": (15, 20),
}


@cache
def code_on(key: str, year: int, month: int, *, child: bool) -> str:
    """The code under which an act was done in a month: children have the 37 series, whose examination often changed.

    Until January 2018 and from July 2022 it had one code a semester, between them one a year; the first semester's of
    today is that of those years.
    """
    act = ACTS[key]
    if key == "exam" and child:
        if (year, month) >= (2018, 2) and (month <= 6 or (year, month) < (2022, 7)):
            return "371615"
        return "371556" if month <= 6 else "371571"
    if child and key.startswith("scaling"):
        return "371873"
    if child and nomenclature.series(act.code) == "ADULT" and not key.startswith(("ortho", "denture")):
        return "37" + act.code[2:]
    return act.code


@cache
def fee_on(key: str, year: int) -> int:
    """The fee in cents of an act in a year."""
    return round(ACTS[key].fee * _INDEX ** (year - _FEE_YEAR))


def is_child(birth_year: int, year: int) -> bool:
    """Whether a patient has the children's series in a year (by years, near enough for a twin)."""
    return year - birth_year < _ADULT_AT
