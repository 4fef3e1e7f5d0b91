"""The counts and sums that a list or a group can be asked for: totalCount, minCreatedAt, sumAmountAmountMicros."""

from __future__ import annotations

from typing import Any

from bridgework.twins.twenty.fieldtypes import column_name
from bridgework.twins.twenty.filters import Where
from bridgework.twins.twenty.model import Object
from bridgework.twins.twenty.selection import Tree
from bridgework.twins.twenty.store import Store, quoted

_NUMBERS = ("min", "max", "avg", "sum")
_COUNTS = {
    "countUniqueValues": "COUNT(DISTINCT {0})",
    "countEmpty": "SUM({0} IS NULL)",
    "countNotEmpty": "SUM({0} IS NOT NULL)",
    "percentageEmpty": "AVG({0} IS NULL)",
    "percentageNotEmpty": "AVG({0} IS NOT NULL)",
    "countTrue": "SUM({0} = 1)",
    "countFalse": "SUM({0} = 0)",
}


def expressions(item: Object) -> dict[str, str]:
    """Each aggregate that an object offers, as SQL."""
    found = {"totalCount": "COUNT(*)"}
    for field in item.fields:
        if not field.columns():
            continue
        name = field.name[0].upper() + field.name[1:]
        column = "t." + quoted(field.columns()[0].name)
        for word, template in _COUNTS.items():
            if (word in {"countTrue", "countFalse"}) == (field.type == "BOOLEAN") or field.type == "BOOLEAN":
                found[word + name] = template.format(column)
        if field.type in {"DATE", "DATE_TIME", "NUMBER", "NUMERIC"}:
            for word in _NUMBERS[: 2 if field.type.startswith("DATE") else 4]:
                found[word + name] = f"{word.upper()}({column})"
        if field.type == "CURRENCY":
            amount = "t." + quoted(column_name(field.name, "amountMicros"))
            for word in _NUMBERS:
                found[f"{word}{name}AmountMicros"] = f"{word.upper()}({amount})"
    return found


class Aggregates:
    """The aggregates that one selection asks for."""

    def __init__(self, item: Object, tree: Tree) -> None:
        self.item = item
        if set(tree) <= {"edges", "pageInfo", "__typename"}:
            self.wanted: dict[str, str] = {}
        elif set(tree) <= {"edges", "pageInfo", "__typename", "totalCount"}:
            self.wanted = {"totalCount": "COUNT(*)"}
        else:
            known = expressions(item)
            self.wanted = {key: known[key] for key in tree if key in known}

    def __bool__(self) -> bool:
        return bool(self.wanted)

    def columns(self) -> str:
        return ", ".join(self.wanted.values())

    def read(self, store: Store, where: Where) -> dict[str, Any]:
        """The values over all records of a condition."""
        sql = f"SELECT {self.columns()} FROM {quoted(self.item.table)} t WHERE {where.sql or 1}"  # noqa: S608
        return dict(zip(self.wanted, map(plain, store.rows(sql, where.parameters)[0]), strict=True))


def plain(value: Any) -> Any:
    """A number as JavaScript prints it: 2 for 2.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
