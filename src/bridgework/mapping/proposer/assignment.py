"""The best one-to-one assignment: each row gets at most one column of a table of scores, best in sum.

The Hungarian method in the form of Jonker and Volgenant (shortest augmenting paths): O(rows² × columns).
"""

from __future__ import annotations

from collections.abc import Sequence

_INFINITE = float("inf")


def assign(scores: Sequence[Sequence[float]], least: float = 0.0) -> list[int | None]:
    """By row, its column, or None where a row is better left alone: every score up to `least` is worth nothing."""
    if not scores:
        return []
    rows, wide = len(scores), len(scores[0])
    # Each row has a way out of its own, which is worth `least`: so every row finds a column.
    costs = [[-one for one in row] + [-least] * rows for row in scores]
    owner = _owners(costs, wide + rows)
    found: list[int | None] = [None] * rows
    for column in range(wide):
        row = owner[column]
        if row is not None and scores[row][column] > least:
            found[row] = column
    return found


def _owners(costs: Sequence[Sequence[float]], wide: int) -> list[int | None]:
    """By column, the row that takes it."""
    of_row, of_column = [0.0] * len(costs), [0.0] * wide
    owner: list[int | None] = [None] * wide
    for row in range(len(costs)):
        _augment(costs, row, of_row, of_column, owner)
    return owner


def _augment(
    costs: Sequence[Sequence[float]], start: int, of_row: list[float], of_column: list[float], owner: list[int | None]
) -> None:
    """Give a column to one more row, along the cheapest path of re-assignments."""
    wide = len(of_column)
    nearest, came_from, used = [_INFINITE] * wide, [-1] * wide, [False] * wide
    row, last = start, -1
    rows_reached = [start]
    while True:
        _relax(costs[row], of_row[row], of_column, nearest, came_from, used, last)
        reached = min((column for column in range(wide) if not used[column]), key=nearest.__getitem__)
        shortest = nearest[reached]
        for other in rows_reached:
            of_row[other] += shortest
        for column in range(wide):
            if used[column]:
                of_column[column] -= shortest
            else:
                nearest[column] -= shortest
        used[reached], last = True, reached
        if (taken := owner[reached]) is None:
            break
        row = taken
        rows_reached.append(row)
    while reached >= 0:
        before = came_from[reached]
        owner[reached] = start if before < 0 else owner[before]
        reached = before


def _relax(
    costs: Sequence[float],
    of_row: float,
    of_column: list[float],
    nearest: list[float],
    came_from: list[int],
    used: list[bool],
    last: int,
) -> None:
    """See which columns are nearer by way of the row that was reached last."""
    for column, cost in enumerate(costs):
        if not used[column] and (way := cost - of_row - of_column[column]) < nearest[column]:
            nearest[column], came_from[column] = way, last
