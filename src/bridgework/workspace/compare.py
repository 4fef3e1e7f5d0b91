"""Compares what was sent with what Twenty gives back, as values of the field's type and not as text.

`equal` is the same value; `normalised` is another text or value, and exactly what Twenty is known to make of the one
that was sent (measured on 2.19: e-mails in lower case, phones split, links tidied, empty for null); `truncated` is a
beginning of it; `missing` is nothing where something was sent; everything else is `changed`. Of a composite field only
the parts that were sent are compared, and the worst part decides.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote, urlsplit

import orjson

from bridgework.workspace.model import COMPOSITES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bridgework.workspace.model import Field

Difference = Literal["equal", "normalised", "truncated", "changed", "missing"]
_WORST_LAST: tuple[Difference, ...] = ("equal", "normalised", "truncated", "missing", "changed")


def classify(field: Field, sent: Any, got: Any) -> Difference:
    """How the value that came back (None where the record has none) differs from the one that was sent."""
    if _is_empty(sent) and _is_empty(got):
        return _both_empty(sent, got)
    if field.type == "PHONES" and isinstance(sent, dict) and isinstance(got, dict):
        return _phones(sent, got)
    if field.type in COMPOSITES and isinstance(sent, dict):
        return _parts(sent, got if isinstance(got, dict) else {})
    return _one(_BY_TYPE.get(field.type, _same), sent, got)


def _one(compare: Callable[[Any, Any], Difference], sent: Any, got: Any) -> Difference:
    """One value: emptiness means the same for every type."""
    if _is_empty(sent):
        return _both_empty(sent, got) if _is_empty(got) else "changed"
    return "missing" if _is_empty(got) else compare(sent, got)


def _parts(sent: Mapping[str, Any], got: Mapping[str, Any]) -> Difference:
    return _worst(_one(_BY_PART.get(name, _text), value, got.get(name)) for name, value in sent.items())


def _worst(found: Iterable[Difference]) -> Difference:
    return max(found, key=_WORST_LAST.index, default="equal")


def _is_empty(value: Any) -> bool:
    """Whether Twenty keeps nothing of it: null, an empty text, list or object, or a composite of such."""
    if isinstance(value, dict):
        return all(_is_empty(part) for part in value.values())
    return value is None or value in ("", [])


def _both_empty(sent: Any, got: Any) -> Difference:
    if isinstance(sent, dict) and isinstance(got, dict):
        return "equal" if all(got.get(name) == part for name, part in sent.items()) else "normalised"
    return "equal" if sent == got else "normalised"


def _plain(value: Any) -> Any:
    return str(value) if type(value).__name__ == "UUID" else value


# -- single values


def _same(sent: Any, got: Any) -> Difference:
    return "equal" if _plain(sent) == got else "changed"


def _text(sent: Any, got: Any) -> Difference:
    sent, got = str(sent), str(got)
    if sent == got:
        return "equal"
    return "truncated" if got and sent.startswith(got) else "changed"


def _lower(sent: Any, got: Any) -> Difference:
    """E-mail addresses and UUIDs, which are kept in lower case."""
    sent = str(sent)
    if sent == got:
        return "equal"
    return "normalised" if sent.lower() == got else _text(sent.lower(), got)


def _number(sent: Any, got: Any) -> Difference:
    try:
        left, right = Decimal(str(sent)), Decimal(str(got))
    except InvalidOperation:
        return _same(sent, got)
    if left == right:
        return "equal"
    return "truncated" if left != left.to_integral_value() and right == int(left) else "changed"


def _date(sent: Any, got: Any) -> Difference:
    if str(sent) == got:
        return "equal"
    numbers = [int(part) for part in re.findall(r"\d+", str(sent).partition("T")[0])]
    try:
        return "normalised" if date(*numbers[:3]).isoformat() == got else "changed"
    except (TypeError, ValueError):
        return "changed"


def _moment(sent: Any, got: Any) -> Difference:
    """Moments are kept in UTC, to the millisecond; without a zone they are taken as UTC."""
    try:
        left, right = _instant(sent), _instant(got)
    except ValueError:
        return _same(sent, got)
    if left == right:
        return "equal"
    return "truncated" if left.replace(microsecond=left.microsecond // 1000 * 1000) == right else "changed"


def _instant(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _link(sent: Any, got: Any) -> Difference:
    if sent == got:
        return "equal"
    return "normalised" if _tidy(str(sent)) == unquote(str(got)) else _text(sent, got)


def _tidy(url: str) -> str:
    """A link as Twenty keeps it: scheme and host in lower case, no default port, no slash at the end."""
    split = urlsplit(url)
    if split.scheme.lower() not in {"http", "https"}:
        return unquote(url)
    default = {"http": ":80", "https": ":443"}[split.scheme.lower()]
    host = split.netloc.lower().removesuffix(default)
    tidy = split._replace(scheme=split.scheme.lower(), netloc=host, path=split.path or ("/" if split.query else ""))
    return unquote(tidy.geturl().removesuffix("/"))


def _json(sent: Any, got: Any) -> Difference:
    if sent == got:
        return "equal"
    try:
        return "normalised" if isinstance(sent, str) and orjson.loads(sent) == got else "changed"
    except orjson.JSONDecodeError:
        return "changed"


def _markdown(sent: Any, got: Any) -> Difference:
    """2.19 keeps the text as it is; versions that make it anew from blocks change its marks and blank lines."""
    difference = _text(sent, got)
    return "normalised" if difference != "equal" and _words(str(sent)) == _words(str(got)) else difference


_BULLET = re.compile(r"^\s*[*+-]\s+", re.MULTILINE)
_ESCAPED = re.compile(r"\\([^\w\s]|\n)")


def _words(markdown: str) -> list[str]:
    """What is left of a text without the choices that markdown leaves open."""
    text = _ESCAPED.sub(r"\1", markdown.replace("\r\n", "\n"))
    text = _BULLET.sub("- ", text).replace("&#x20;", " ").replace("\u00a0", " ").replace("__", "**")
    return text.split()


# -- lists


def _list(compare: Callable[[Any, Any], Difference]) -> Callable[[Any, Any], Difference]:
    def compare_lists(sent: Any, got: Any) -> Difference:
        if not isinstance(got, list):
            return "changed"
        if not isinstance(sent, list):
            return "normalised" if [sent] == got else "changed"
        pairs = [_one(compare, left, right) for left, right in zip(sent, got, strict=False)]
        if len(sent) != len(got):
            begins = len(got) < len(sent) and all(pair in {"equal", "normalised"} for pair in pairs)
            return "truncated" if begins else "changed"
        return _worst(pairs)

    return compare_lists


def _choices(sent: Any, got: Any) -> Difference:
    """The options of a MULTI_SELECT, whose order means nothing."""
    if sent == got:
        return "equal"
    if isinstance(sent, list) and isinstance(got, list) and sorted(map(str, sent)) == sorted(map(str, got)):
        return "normalised"
    return _list(_same)(sent, got)


def _file(sent: Any, got: Any) -> Difference:
    return _worst(_one(_text, sent[name], got.get(name)) for name in ("fileId", "label") if name in sent)


def _secondary_link(sent: Any, got: Any) -> Difference:
    return _worst(_one(_link if name == "url" else _text, value, got.get(name)) for name, value in sent.items())


# -- phones


def _phones(sent: Mapping[str, Any], got: Mapping[str, Any]) -> Difference:
    found = [_phone(*(_primary(phones) for phones in (sent, got)))]
    if "additionalPhones" in sent:
        compare = _list(lambda left, right: _phone(_additional(left), _additional(right)))
        found.append(_one(compare, sent["additionalPhones"], got.get("additionalPhones")))
    return _worst(found)


def _primary(phones: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return tuple(phones.get(f"primaryPhone{part}") for part in ("Number", "CountryCode", "CallingCode"))  # type: ignore[return-value]


def _additional(phone: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return phone.get("number"), phone.get("countryCode"), phone.get("callingCode")


def _phone(sent: tuple[Any, Any, Any], got: tuple[Any, Any, Any]) -> Difference:
    """Numbers as (number, country, calling code); country and calling code are compared where they were sent."""
    if not sent[0]:
        return "changed" if got[0] else "equal"
    if not got[0]:
        return "missing"
    told = [_one(_same, left, right) for left, right in zip(sent[1:], got[1:], strict=True) if left]
    if sent[0] == got[0]:
        return _worst(told)
    number, calling = _split(str(sent[0]), sent[1], sent[2])
    fits = number == got[0] and (not calling or calling == str(got[2] or "").removeprefix("+"))
    return _worst([*told, "normalised" if fits else "changed"])


def _split(number: str, country: str | None, calling: str | None) -> tuple[str, str]:
    """(national number, calling code without +) as libphonenumber reads it, which Twenty uses too."""
    import phonenumbers

    if not country and calling and not number.startswith("+"):
        number = f"+{calling.removeprefix('+')}{number}"
    try:
        parsed = phonenumbers.parse(number, country or None)
    except phonenumbers.NumberParseException:
        return number, ""
    return phonenumbers.national_significant_number(parsed), str(parsed.country_code)


_BY_TYPE: Mapping[str, Callable[[Any, Any], Difference]] = {
    "TEXT": _text,
    "UUID": _lower,
    "RELATION": _lower,
    "MORPH_RELATION": _lower,
    "NUMBER": _number,
    "NUMERIC": _number,
    "POSITION": _number,
    "DATE": _date,
    "DATE_TIME": _moment,
    "RAW_JSON": _json,
    "ARRAY": _list(_text),
    "MULTI_SELECT": _choices,
    "FILES": _list(_file),
    "RICH_TEXT": _markdown,  # a plain text before 1.20
}
_BY_PART: Mapping[str, Callable[[Any, Any], Difference]] = {
    "primaryEmail": _lower,
    "additionalEmails": _list(_lower),
    "primaryLinkUrl": _link,
    "secondaryLinks": _list(_secondary_link),
    "addressLat": _number,
    "addressLng": _number,
    "amountMicros": _number,
    "workspaceMemberId": _lower,
    "context": _json,
    "markdown": _markdown,
}
