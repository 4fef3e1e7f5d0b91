"""Phone numbers as Twenty stores them: national number, country and calling code, each checked against the others."""

from __future__ import annotations

import re
from typing import Any

import orjson
import phonenumbers

from bridgework.twins.twenty.errors import Refusal

# Russia and Kazakhstan, Italy and the Vatican and so on share a calling code: only then the number tells the country.
_REGIONS: dict[int, tuple[str, ...]] = {
    code: tuple(region for region in regions if region != "001")
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
}
_COUNTRIES = frozenset(region for regions in _REGIONS.values() for region in regions)
# What the server's library takes for a number within a text: no letters, which Google's own would read as keys.
_CANDIDATE = re.compile(r"[+\uff0b]?[ (]*\d[\d\s().\[\]/~*\u2010-\u2015\u2212\u30fc\uff0d\uff0f\uff10-\uff19-]*")
_ONLY_DIGITS = re.compile(r"\d+")


def _refused(message: str, sub_code: str) -> Refusal:
    return Refusal(message, sub_code=sub_code, friendly=message)


def _regions_of(calling_code: str) -> tuple[str, ...]:
    digits = calling_code.removeprefix("+")
    return _REGIONS.get(int(digits), ()) if _ONLY_DIGITS.fullmatch(digits) else ()


def _check_codes(calling: str | None, country: str | None) -> None:
    if country and country not in _COUNTRIES:
        raise _refused(f"Invalid country code {country}", "INVALID_PHONE_COUNTRY_CODE")
    if not calling:
        return
    regions = _regions_of(calling)
    if not regions:
        raise _refused(f"Invalid calling code {calling}", "INVALID_PHONE_CALLING_CODE")
    if country and country not in regions:
        raise _refused(
            "Provided country code and calling code are conflicting",
            "CONFLICTING_PHONE_CALLING_CODE_AND_COUNTRY_CODE",
        )


def _parse(number: str, calling: str | None, country: str | None) -> phonenumbers.PhoneNumber:
    region = country or (_regions_of(calling)[0] if calling else None)
    candidate = _CANDIDATE.search(number)
    try:
        return phonenumbers.parse(candidate[0] if candidate else "", region)
    except phonenumbers.NumberParseException:
        raise _refused(f"Provided phone number is invalid {number}", "INVALID_PHONE_NUMBER") from None


def _country_of(parsed: phonenumbers.PhoneNumber) -> str | None:
    regions = _REGIONS.get(int(parsed.country_code or 0), ())
    if len(regions) < 2:
        return regions[0] if regions else None
    return phonenumbers.region_code_for_number(parsed)


def infer(number: str | None, calling: str | None, country: str | None) -> tuple[Any, Any, Any]:
    """(number, calling code, country) to store for what a request gives; raises Refusal where they do not fit."""
    _check_codes(calling, country)
    if not number:
        return None, calling or None, country or None
    parsed = _parse(number, calling, country)
    inferred = _country_of(parsed)
    if inferred and country and inferred != country:
        raise _refused("Provided and inferred country code are conflicting", "CONFLICTING_PHONE_COUNTRY_CODE")
    if calling and str(parsed.country_code) != calling.removeprefix("+"):
        raise _refused("Provided and inferred calling code are conflicting", "CONFLICTING_PHONE_CALLING_CODE")
    national = phonenumbers.national_significant_number(parsed)
    return national, calling or f"+{parsed.country_code}", country or inferred


def columns(value: dict[str, Any]) -> dict[str, Any]:
    """The sub-fields to store for a PHONES value; what is undefined stays as it is, additional phones do not."""
    given = [value.get(key) for key in ("primaryPhoneNumber", "primaryPhoneCallingCode", "primaryPhoneCountryCode")]
    number, calling, country = infer(*given)
    pairs = {
        "primaryPhoneNumber": number,
        "primaryPhoneCallingCode": calling,
        "primaryPhoneCountryCode": country,
    }
    result = {key: item for key, item in pairs.items() if item is not None or key in value}
    more = value.get("additionalPhones")
    listed = orjson.loads(more) if isinstance(more, str) and more else more
    result["additionalPhones"] = [_additional(item) for item in listed] if isinstance(listed, list) else None
    return result


def _additional(item: dict[str, Any]) -> dict[str, Any]:
    number, calling, country = infer(item.get("number"), item.get("callingCode"), item.get("countryCode"))
    pairs = {"number": number, "callingCode": calling, "countryCode": country}
    return {key: found for key, found in pairs.items() if found is not None}
