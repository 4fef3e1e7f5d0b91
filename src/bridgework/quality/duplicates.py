"""Patients who are in the practice twice, or look like it: told apart from twins, and from father and son.

Nobody is compared with everybody: only those are who share a hash, of a number, a name, a birth date or an address.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from itertools import combinations

from rapidfuzz.distance import JaroWinkler

from bridgework.quality.people import People, plain
from bridgework.quality.state import State

_ALIKE = 0.88
_SHORTEST = 3
_MOST_IN_A_BLOCK = 60


class Duplicates:
    """Looks for them, when all patients and all that hangs on them are known."""

    def __init__(self, state: State, people: People) -> None:
        """Look among these."""
        self._state, self._tally, self._people = state, state.tally, people
        self._columns = state.columns["patient"]
        self._found: set[tuple[int, int]] = set()

    def end(self) -> None:
        """Say all, each pair once, by the surest of its reasons."""
        self._same_number()
        self._same_name_and_birth()
        self._stubs()
        self._alike()
        self._same_name_elsewhere()

    # --- groups ----------------------------------------------------------------------------------------------------

    def _groups(self, *columns: array[int]) -> Iterator[list[int]]:
        """Patients who have the same in all these columns, and something in each; those of one group in file order."""
        groups: dict[tuple[int, ...], list[int]] = {}
        first: dict[int, int] = {}
        rows = self._people.row_no
        for at in sorted(range(len(rows)), key=rows.__getitem__):
            key = tuple(column[at] for column in columns)
            if not all(key):
                continue
            short = hash(key)
            # Most stand alone: a list only for those who do not.
            if short in first:
                groups.setdefault(key, [first[short]]).append(at)
            else:
                first[short] = at
        yield from groups.values()

    def _say(self, code: str, at: int, header: str = "") -> None:
        self._tally.add_number(code, "patient", self._people.row_no[at], header)

    def _pair(self, one: int, other: int) -> tuple[int, int]:
        return min(one, other), max(one, other)

    # --- the checks ------------------------------------------------------------------------------------------------

    def _same_number(self) -> None:
        for group in self._groups(self._people.insz):
            self._found.update(self._pair(*pair) for pair in combinations(group[:_MOST_IN_A_BLOCK], 2))
            for at in group[1:]:
                self._say("SAME-INSZ", at, self._columns.one("insz"))

    def _same_name_and_birth(self) -> None:
        for group in self._groups(self._people.name, self._people.born):
            for place, at in enumerate(group[1:_MOST_IN_A_BLOCK], 1):
                before = [one for one in group[:place] if not self._other_number(one, at)]
                if before:
                    self._say("SAME-NAME-AND-BIRTH-DATE", at)
                    self._found.update(self._pair(one, at) for one in before)
                else:
                    self._say("SAME-NAME-OTHER-INSZ", at)

    def _stubs(self) -> None:
        people = self._people
        with_name: dict[int, int] = {}
        for at in range(len(people.row_no)):
            if people.name[at] and not people.bare[at]:
                with_name.setdefault(people.name[at], at)
        for at in sorted(range(len(people.row_no)), key=people.row_no.__getitem__):
            if people.bare[at] and people.row_no[at] and people.hardly_came(at):
                other = with_name.get(people.name[at]) if people.name[at] else None
                self._say("STUB-OF-A-PATIENT" if other is not None else "STUB", at)
                if other is not None:
                    self._found.add(self._pair(at, other))

    def _alike(self) -> None:
        """Same birth date and family name: a short form of the first name, or a twin."""
        people = self._people
        self._compare(self._groups(people.last, people.born), self._same_family)
        self._compare(self._groups(people.first, people.born, people.phone), self._other_family_name)
        self._compare(self._groups(people.first, people.born, people.address), self._other_family_name)

    def _compare(self, groups: Iterator[list[int]], judge: Callable[[int, int], str]) -> None:
        for group in groups:
            for one, other in combinations(group[:_MOST_IN_A_BLOCK], 2):
                pair = self._pair(one, other)
                if pair not in self._found and (code := judge(one, other)):
                    self._found.add(pair)
                    self._say(code, other)

    def _same_family(self, one: int, other: int) -> str:
        people = self._people
        if people.first[one] == people.first[other]:
            return ""
        at_one_address = bool(people.address[one]) and people.address[one] == people.address[other]
        if not self._other_number(one, other) and self._first_names_alike(one, other):
            return "LIKELY-THE-SAME"
        return "TWINS" if at_one_address else ""

    def _other_family_name(self, one: int, other: int) -> str:
        people = self._people
        if people.last[one] == people.last[other] or self._other_number(one, other):
            return ""
        return "LIKELY-THE-SAME"

    def _same_name_elsewhere(self) -> None:
        """Same name at the same address or phone: with another birth date two people, without one likely the same."""
        people = self._people
        for column in (people.address, people.phone):
            self._compare(self._groups(people.name, column), self._same_name)

    def _same_name(self, one: int, other: int) -> str:
        people = self._people
        if people.born[one] and people.born[other]:
            return "SAME-NAME-OTHER-BIRTH-DATE"
        return "" if self._other_number(one, other) else "LIKELY-THE-SAME"

    def _other_number(self, one: int, other: int) -> bool:
        numbers = self._people.insz[one], self._people.insz[other]
        return all(numbers) and numbers[0] != numbers[1]

    def _first_names_alike(self, one: int, other: int) -> bool:
        header = self._columns.one("first_name")
        wanted = [self._people.row_no[at] for at in (one, other)]
        rows = self._state.rows.by_row_nos("patient", wanted)
        first, second = (plain(row.values.get(header, "")) for row in rows)
        short, long = sorted((first, second), key=len)
        if len(short) >= _SHORTEST and long.startswith(short):
            return True
        return JaroWinkler.similarity(first, second) >= _ALIKE
