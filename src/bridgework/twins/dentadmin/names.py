"""Names of invented people: Faker's Belgian frequency lists as data, older and younger cohorts, and other origins."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from faker.providers.person.fr_BE import Provider as FrenchNames
from faker.providers.person.nl_BE import Provider as DutchNames

from bridgework.belgium.insz import Sex

from .draw import Pool, one_of
from .export_format import ENCODING, Language

_ELDER_BEFORE, _YOUNG_FROM = 1956, 2004
_ELDERS = {
    "nl": {
        "M": "Willy Roger Jozef Gaston Marcel Achiel Omer Georges Albert Firmin Etienne Frans Gérard Maurice",
        "F": "Godelieve Maria Georgette Simonne Yvonne Alice Irène Jeannine Lucienne Paula Rosa Marcella Denise",
    },
    "fr": {
        "M": "Marcel René Roger Émile Fernand Lucien Raymond Gaston André Albert Jean-Marie Désiré Léon Edmond",
        "F": "Marie-Thérèse Yvette Denise Ginette Huguette Jeannine Paulette Simone Lucienne Renée Mariette Andrée",
    },
}
_YOUNG = {
    "nl": {
        "M": "Noah Liam Arthur Lucas Finn Louis Jules Mathis Vic Lars Seppe Stan Kobe Wout Lowie Daan Rune Ferre",
        "F": "Olivia Emma Louise Mila Lina Juliette Ella Noor Elise Fien Lotte Zoë Hanne Febe Anaïs Nora Amélie",
    },
    "fr": {
        "M": "Noah Gabriel Arthur Louis Hugo Léo Ethan Nathan Théo Maxime Raphaël Sacha Timéo Loïc Mathéo Côme",
        "F": "Emma Olivia Louise Lucie Chloé Léa Zoé Inès Juliette Camille Manon Eléna Noémie Clémence Anaïs Jade",
    },
}
_LAST = {
    "nl": "De Smet|Van den Broeck|Vanden Broeck|van der Meer|D'Hondt|D'Haene|Van de Velde|De Clercq|De Bruyne|"
    "T'Jampens|Van Den Bossche|de Vries|Vanderstraeten|Van 't Hof|Lefèvre|Van der Auwera|Op de Beeck|Ver Elst",
    "fr": "D'Hondt|De Backer|Lefèvre|Delhaye-Dupont|Van den Broeck|d'Ursel|Le Clercq|Noël|Lecomte|Crèvecoeur|Gérard|"
    "de Marneffe|Saint-Rémy|François|Hénin|L'Hoest|Maréchal|Péters",
}
_ORIGINS: dict[str, tuple[float, str, str, str]] = {
    "tr": (
        4,
        "Mehmet Mustafa Emre Ali Yusuf Hakan Murat Çağlar",
        "Fatma Ayse Elif Zeynep Merve Esra Gül Sükran",
        "Yilmaz Kaya Demir Çelik Öztürk Sahin Aydin Arslan Koç Günes",
    ),
    "ma": (
        6,
        "Mohamed Youssef Ayoub Hamza Bilal Rachid Karim Soufiane",
        "Fatima Khadija Samira Naïma Yasmina Salma Houda",
        "El_Amrani Benali Bouzid El_Idrissi Haddad Ait_Ali Chaouch El_Khattabi Bensaïd",
    ),
    "it": (
        3,
        "Giuseppe Antonio Marco Luca Salvatore Niccolò",
        "Maria_Grazia Giulia Francesca Rosa Chiara Sofia",
        "Russo Esposito D'Angelo Romano Di_Stefano Ferrari Lo_Presti Conti",
    ),
    "pl": (
        2,
        "Piotr Krzysztof Tomasz Jakub Marek",
        "Anna Katarzyna Agnieszka Magdalena Zofia",
        "Nowak Kowalski Wójcik Lewandowska Zielinski Mazur",
    ),
    "pt": (
        1,
        "João José Paulo Rui Luís",
        "Ana Inês Maria_João Catarina Fátima",
        "da_Silva Gonçalves dos_Santos Araújo Simões",
    ),
    "cd": (
        1,
        "Jean-Claude Patrice Dieudonné Fiston Trésor",
        "Marie-Claire Chantal Nadège Grâce Béatrice",
        "Mukendi Kabongo Ilunga Tshimanga Mbuyi Kalala",
    ),
    "nl": (
        1.5,
        "Jeroen Sander Maarten Bas Pieter-Jan",
        "Femke Marieke Sanne Anouk Liesbeth",
        "de_Jong van_Dijk van_den_Berg Bakker Jansen_op_de_Haar Mulder",
    ),
}
_LOCAL_WEIGHT = 81.5


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a family's names come from: first names by sex and cohort, and surnames."""

    first: Mapping[Sex, Pool[str]]
    elder: Mapping[Sex, Pool[str]]
    young: Mapping[Sex, Pool[str]]
    last: Pool[str]

    def first_name(self, chance: random.Random, sex: Sex, birth_year: int) -> str:
        """A first name that people of that birth year have, most of the time."""
        cohort = self.elder if birth_year < _ELDER_BEFORE else self.young if birth_year >= _YOUNG_FROM else self.first
        return (cohort if chance.random() < 0.65 else self.first)[sex].draw(chance)


class Names:
    """The names that a practice of one language region meets."""

    def __init__(self, language: Language) -> None:
        local = _local(language)
        self.local = local
        self._origins = Pool([(local, _LOCAL_WEIGHT), *((_other(row), row[0]) for row in _ORIGINS.values())])

    def origin(self, chance: random.Random) -> Origin:
        """The origin of one family."""
        return self._origins.draw(chance)


def surname(chance: random.Random, origin: Origin) -> str:
    """A surname, now and then a double one."""
    last = origin.last.draw(chance)
    if chance.random() < 0.03:
        return last + one_of(chance, ("-", " ")) + origin.last.draw(chance)
    return last


def plain(name: str) -> str:
    """A name as it stands in an e-mail address: lower case, no accents, no spaces."""
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return "".join(sign for sign in decomposed if sign.isascii() and sign.isalnum())


def _local(language: Language) -> Origin:
    source = DutchNames if language == "nl" else FrenchNames
    first = {"M": source.first_names_male, "F": source.first_names_female}
    surnames = _writable(source.last_names)
    rare = sum(weight for _, weight in surnames) * 0.08 / len(_LAST[language].split("|"))
    return Origin(
        first={sex: Pool(_writable(names)) for sex, names in first.items()},  # type: ignore[misc]
        elder={sex: _even(_ELDERS[language][sex]) for sex in first},  # type: ignore[misc]
        young={sex: _even(_YOUNG[language][sex]) for sex in first},  # type: ignore[misc]
        last=Pool([*surnames, *((name, rare) for name in _LAST[language].split("|"))]),
    )


def _other(row: tuple[float, str, str, str]) -> Origin:
    _, men, women, last = row
    first: dict[Sex, Pool[str]] = {"M": _even(men), "F": _even(women)}
    return Origin(first, first, first, _even(last))


def _even(names: str) -> Pool[str]:
    return Pool(_writable({name.replace("_", " "): 1.0 for name in names.split()}))


def _writable(names: Mapping[str, float]) -> list[tuple[str, float]]:
    """The names that the export's encoding can hold; a few letters (ğ, ł) lose their sign, as in the real ones."""

    def fit(name: str) -> str:
        return "".join(sign if _fits(sign) else unicodedata.normalize("NFKD", sign)[0] for sign in name)

    return [(fit(name), weight) for name, weight in names.items() if _fits(fit(name))]


def _fits(text: str) -> bool:
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True
