"""Names that Twenty takes for fields, objects and options, and how to make one from a header.

Source of the rules and of the reserved words: Twenty 2.19, `reserved-metadata-name-keywords.constant.ts` and the
validators of field and object metadata.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bridgework.mapping.words import unaccented, unligated

LONGEST = 63
_NAME = re.compile(r"[a-z][a-zA-Z0-9]*")
_BAD = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes neither NUL nor halves of surrogate pairs
_OPTION = re.compile(r"(?!.*__)[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")

_RESERVED_WORDS = """
approvedAccessDomain approvedAccessDomains appToken appTokens billingCustomer billingCustomers billingEntitlement
billingEntitlements billingMeter billingMeters billingProduct billingProducts billingSubscription
billingSubscriptions billingSubscriptionItem billingSubscriptionItems featureFlag featureFlags job jobs keyValuePair
keyValuePairs pageLayout pageLayouts pageLayoutTab pageLayoutTabs pageLayoutWidget pageLayoutWidgets twoFactorMethod
twoFactorMethods user users userWorkspace userWorkspaces workspace workspaces role roles userWorkspaceRole
userWorkspaceRoles plan plans event events field fields link links currency currencies fullName fullNames address
addresses type types object objects index indexes relation relations aggregate search searches
"""
RESERVED = frozenset(_RESERVED_WORDS.split())


def is_name(text: str) -> bool:
    """Whether Twenty takes it as the name of a field or an object: camelCase, 63 characters at most, not reserved."""
    return bool(_NAME.fullmatch(text)) and len(text) <= LONGEST and text not in RESERVED


def is_option(text: str) -> bool:
    """Whether Twenty takes it as the value of a SELECT option: `UPPER_SNAKE`, 63 characters at most."""
    return bool(_OPTION.fullmatch(text)) and len(text) <= LONGEST


def is_label(text: str) -> bool:
    """Whether Twenty takes it as a label, and people can read it: 63 characters at most, as JavaScript counts them."""
    return (
        bool(text.strip()) and len(text.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST and not _BAD.search(text)
    )


def camel(label: str) -> str:
    """The camelCase of a label, as Twenty names the inverse of a relation: `Patients treated` → `patientsTreated`."""
    label = label.replace("ß", "ẞ") if label.replace("ß", "").isupper() else label
    plain = unligated(unaccented(label, "NFKD"))
    words: list[str] = re.findall(r"[A-Za-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain))
    if not words:
        return ""
    first, *rest = words
    return first.lower() + "".join(word[0].upper() + word[1:].lower() for word in rest)


def field_name(header: str, taken: Collection[str], parts: Collection[str] = ()) -> str:
    """A free field name for a header; adds `Field` where Twenty would refuse it, and a number where it is taken.

    `parts` are the ends of the names of the field's columns, which must be free too.
    """
    name = camel(header)
    if not name or not name[0].isalpha():
        name = f"column{name[:1].upper()}{name[1:]}"
    name = name[:LONGEST]
    if not is_name(name):
        name = f"{name[: LONGEST - 5]}Field"
    free, number = name, 2
    while any(one in taken for one in (free, *(free + part for part in parts))):
        free = f"{name[: LONGEST - len(str(number))]}{number}"
        number += 1
    return free


def label(text: str, longest: int = LONGEST) -> str:
    """A label of at most 63 characters, or so many, of signs that a database takes; empty where nothing is left."""
    plain = " ".join(_BAD.sub("", text).split())
    return plain.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore").strip()
