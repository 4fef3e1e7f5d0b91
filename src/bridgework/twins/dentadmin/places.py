"""Places, streets and phone numbers: real municipalities and postal codes, invented streets, unassigned mobiles.

Mobile numbers begin with 0450 to 0454, which number checkers take for valid and no operator has, so that nobody real is
ever called by a demonstration.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from .draw import Pool, one_of
from .export_format import Language


@dataclass(frozen=True, slots=True)
class Place:
    """One postal code and its locality."""

    postal_code: str
    city: str


@dataclass(frozen=True, slots=True)
class Region:
    """A town with a practice, and where its patients live: the town itself, around it, a few far away."""

    zone: str
    home: Place
    places: Pool[Place]


# A line for each town that may have a practice: the phone zone, the town, and the places around it.
_REGIONS: dict[Language, str] = {
    "nl": """
09|9000 Gent|9030 Mariakerke|9040 Sint-Amandsberg|9070 Destelbergen|9090 Melle|9900 Eeklo
03|2000 Antwerpen|2018 Antwerpen|2100 Deurne|2140 Borgerhout|2170 Merksem|2600 Berchem|2610 Wilrijk|2640 Mortsel
016|3000 Leuven|3001 Heverlee|3010 Kessel-Lo|3012 Wilsele|3020 Herent|3060 Bertem|3110 Rotselaar|3200 Aarschot
""",
    "fr": """
04|4000 Liège|4030 Grivegnée|4031 Angleur|4032 Chênée|4040 Herstal|4100 Seraing|4420 Saint-Nicolas|4600 Visé
081|5000 Namur|5002 Saint-Servais|5100 Jambes|5101 Erpent|5150 Floreffe|5300 Andenne|5310 Eghezée|5500 Dinant
071|6000 Charleroi|6001 Marcinelle|6010 Couillet|6040 Jumet|6060 Gilly|6180 Courcelles|6200 Châtelet|6280 Gerpinnes
""",
}
_FAR: dict[Language, str] = {
    "nl": "1000 Brussel|1030 Schaarbeek|8400 Oostende|3500 Hasselt|8500 Kortrijk|9300 Aalst|2800 Mechelen",
    "fr": "1000 Bruxelles|1050 Ixelles|1300 Wavre|7000 Mons|6700 Arlon|4800 Verviers|7500 Tournai",
}
_STREET_NAMES: dict[Language, str] = {
    "nl": "Kerk Station Molen Dorps Nieuw School Veld Kapel Groen Linde Beuken Eiken Bos Hoog Lange Populieren "
    "Leeuwerik Vlas Brug Kasteel Wilgen Roos Meers Heide Duin Krekel",
    "fr": "de l'Église|de la Station|du Moulin|de l'École|des Champs|des Tilleuls|du Château|Haute|du Bois|des Érables|"
    "Saint-Roch|de la Forêt|Neuve|des Prés|du Pont|de la Fontaine|du Calvaire|de l'Abbaye|du Vieux Chêne",
}
_STREETS: dict[Language, tuple[str, ...]] = {
    "nl": (
        *(name + kind for kind in ("straat", "laan", "weg", "dreef", "hof") for name in _STREET_NAMES["nl"].split()),
        *("Steenweg op Zuid", "Sint-Jansplein", "Grote Markt", "Vogelzang", "Koningin Astridlaan", "'t Zand"),
    ),
    "fr": (
        *(f"{kind} {name}" for kind in ("Rue", "Avenue", "Clos", "Allée") for name in _STREET_NAMES["fr"].split("|")),
        *("Grand-Rue", "Chaussée de Wavre", "Place du Marché", "Quai de l'Évêché", "Impasse de l'Hôpital"),
    ),
}
_ONE_DIGIT_ZONES = {"02": "2", "03": "2", "04": "2", "09": "3"}
# Multiplying by a number without common factor walks through the whole range once: no number comes twice by chance.
_MOBILES, _LANDLINES, _STRIDE = 5_000_000, 1_000_000, 1_618_033


def regions(language: Language) -> tuple[Region, ...]:
    """The towns in which a practice of that language can be."""
    return tuple(_region(line, language) for line in _REGIONS[language].strip().splitlines())


def street(chance: random.Random, language: Language) -> str:
    """An invented street."""
    return one_of(chance, _STREETS[language])


def house_number(chance: random.Random) -> str:
    """A house number, now and then with a letter."""
    number = str(1 + int(chance.random() ** 2 * 240))
    return number + one_of(chance, ("A", "B", "C")) if chance.random() < 0.05 else number


def mobile(index: int) -> str:
    """The mobile number of the person with that index: ten digits, 0450 to 0454, no two alike below five million."""
    return f"045{index * _STRIDE % _MOBILES:07d}"


def landline(index: int, zone: str) -> str:
    """The fixed line of the household with that index: nine digits."""
    return zone + _ONE_DIGIT_ZONES.get(zone, "") + f"{index * _STRIDE % _LANDLINES:06d}"


def written(chance: random.Random, digits: str) -> str:
    """A number in one of the ways Belgians write it."""
    area, rest = (digits[:4], digits[4:]) if len(digits) == 10 else _split_landline(digits)
    way = int(chance.random() * 10)
    pairs = _pairs(rest)
    if way < 3:
        return f"{area}/{'.'.join(pairs)}"
    return (
        f"{area} {' '.join(pairs)}",
        digits,
        f"{area}/{rest}",
        f"+32 {area[1:]} {' '.join(pairs)}",
        f"+32{digits[1:]}",
        f"0032{digits[1:]}",
        f"+32 (0){area[1:]} {' '.join(pairs)}",
    )[way - 3]


def _split_landline(digits: str) -> tuple[str, str]:
    width = 2 if digits[:2] in _ONE_DIGIT_ZONES else 3
    return digits[:width], digits[width:]


def _pairs(digits: str) -> list[str]:
    odd = len(digits) % 2
    head = [digits[: 2 + odd]]
    return head + [digits[start : start + 2] for start in range(2 + odd, len(digits), 2)]


def _region(line: str, language: Language) -> Region:
    zone, *towns = line.split("|")
    home, *near = [Place(*town.split(" ", 1)) for town in towns]
    far = [Place(*town.split(" ", 1)) for town in _FAR[language].split("|")]
    weights = [(home, 50.0), *((place, 45.0 / len(near)) for place in near)]
    return Region(zone, home, Pool([*weights, *((place, 5.0 / len(far)) for place in far)]))
