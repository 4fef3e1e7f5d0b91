"""In which order a column has whole names, told by its header and by the cells of a sample."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bridgework.mapping.full_names import Order, order_told
from bridgework.mapping.words import unaccented

_WORDS = re.compile(r"[a-z]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TWO_WORDS = re.compile(r"\b(first|given|fore|last|family|sur|vor|nach|familien|zu)[ _-]?(?:names?|namen?)\b")
_FIRST_OF_TWO = frozenset({"first", "given", "fore", "vor"})
_FIRST_WORDS = (
    "first voornaam voornamen vnaam voorn vnm roepnaam prenom prenoms pren vorname vornamen vor voor vname fname"
)
_LAST_WORDS = """
last naam achternaam familienaam anaam achter fam famille familie nom noms patronyme name names nachname nachnamen nach
familienname zuname surname family lname nname
"""
_FIRST, _LAST = frozenset(_FIRST_WORDS.split()), frozenset(_LAST_WORDS.split())
_ENOUGH, _CLEARLY = 3, 0.8  # cells that tell; the share of them that tells one order
_COMMAS = 0.5  # a share of cells with a comma above which the others say nothing of the column


def by_header(header: str) -> Order | None:
    """The order in which a header names the two: `Vor- und Nachname`, `Nom et prénom`; None where it names not both."""
    plain = unaccented(_HUMP.sub(" ", header).casefold(), "NFKD").replace("'", " ")
    plain = _TWO_WORDS.sub(lambda match: " first " if match[1] in _FIRST_OF_TWO else " last ", plain)
    words = _WORDS.findall(plain)
    first = next((at for at, word in enumerate(words) if word in _FIRST), None)
    last = next((at for at, word in enumerate(words) if word in _LAST), None)
    if first is None or last is None:
        return None
    return "first-last" if first < last else "last-first"


def told(header: str, cells: Iterable[str]) -> tuple[Order | None, str]:
    """The order of a column's names, and what told it; nothing where header and cells tell none, or several.

    What clearly most of the telling cells show goes before the header. A column of names with commas has no order: what
    its other cells are, each says by itself or not at all.
    """
    filled = [text for cell in cells if (text := cell.strip())]
    said = by_header(header)
    if sum("," in text for text in filled) > _COMMAS * len(filled):
        return None, ""
    votes = [order for text in filled if (order := order_told(text)) is not None]
    best = max(sorted(set(votes)), key=votes.count, default=None)
    clear = best is not None and votes.count(best) >= _CLEARLY * len(votes)
    enough = len(votes) >= _ENOUGH
    if clear and best is not None and (enough or said is None):
        return best, _by_cells(best, said)
    if said is not None and not enough:
        return said, f"its header names the {_what(said)} name first"
    return None, ""


def _by_cells(best: Order, said: Order | None) -> str:
    though = f", though its header names the {_what(said)} name first" if said not in {None, best} else ""
    return f"its cells have the {_what(best)} name first{though}"


def _what(order: Order | None) -> str:
    return "first" if order == "first-last" else "last"
