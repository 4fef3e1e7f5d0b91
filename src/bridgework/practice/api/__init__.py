"""Reading the practice through an API that a YAML profile describes: another API needs another profile, and no code.

    profiles/      the profiles that come along, and a template
    entries, loading, profile   what a profile may say, how it is read, and what becomes of it
    client         pages of records and files, by `paging`, `authentication` and `retrying`
    json_text, cells            records and numbers as they were sent, and the text of their cells
    checking       one call an object: does the profile fit the API?

What a field means is not known here: a profile says its header, as an export would have it.
"""

from typing import TYPE_CHECKING

from bridgework.on_demand import on_demand

if TYPE_CHECKING:
    from bridgework.practice.api.cells import cells_of, paths_of
    from bridgework.practice.api.checking import ObjectCheck, check_profile
    from bridgework.practice.api.client import ApiClient
    from bridgework.practice.api.loading import load_profile, shipped
    from bridgework.practice.api.page import CallBudget, Cursor, Download, Page
    from bridgework.practice.api.profile import ApiProfile, ObjectProfile, calls_needed

__all__ = [
    "ApiClient",
    "ApiProfile",
    "CallBudget",
    "Cursor",
    "Download",
    "ObjectCheck",
    "ObjectProfile",
    "Page",
    "calls_needed",
    "cells_of",
    "check_profile",
    "load_profile",
    "paths_of",
    "shipped",
]

__getattr__ = on_demand(
    __name__,
    {
        "cells_of": "cells",
        "paths_of": "cells",
        "ObjectCheck": "checking",
        "check_profile": "checking",
        "ApiClient": "client",
        "load_profile": "loading",
        "shipped": "loading",
        "CallBudget": "page",
        "Cursor": "page",
        "Download": "page",
        "Page": "page",
        "ApiProfile": "profile",
        "ObjectProfile": "profile",
        "calls_needed": "profile",
    },
)
