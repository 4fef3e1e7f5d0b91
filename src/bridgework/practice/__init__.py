"""Reading the practice into the encrypted store: its export folder row by row, its API page by page.

    discovery   which files there are; encoding, delimiter, header and language proposed, with reasons
    staging     every row verbatim into the store, or into quarantine with file and line
    rows        the staged rows again, cell by cell
    profiles    what each column holds: counts, types and patterns, never a value
    documents   the folder of files that the rows name
    api         the API as a profile describes it: pages, details, downloads
    budget      never more calls in any hour than the vendor grants
    extraction  every page's records and the next page's cursor into the store, in one transaction
    joining     an object from the API and from the export: one record for each number
    fetching    a file, from the folder or from the API, for as long as it is needed

What a column means is not known here: whoever stages a file says its object and the columns of its key.
"""

from typing import TYPE_CHECKING

from bridgework.on_demand import on_demand

if TYPE_CHECKING:
    from bridgework.practice.discovery import discover
    from bridgework.practice.documents import DocumentsFolder
    from bridgework.practice.profiles import FieldProfile, profile
    from bridgework.practice.rows import SourceRecord, StagedRows
    from bridgework.practice.source_file import SourceFile
    from bridgework.practice.staging import StageResult, forget, stage

__all__ = [
    "DocumentsFolder",
    "FieldProfile",
    "SourceFile",
    "SourceRecord",
    "StageResult",
    "StagedRows",
    "discover",
    "forget",
    "profile",
    "stage",
]

__getattr__ = on_demand(
    __name__,
    {
        "discover": "discovery",
        "DocumentsFolder": "documents",
        "FieldProfile": "profiles",
        "profile": "profiles",
        "SourceRecord": "rows",
        "StagedRows": "rows",
        "SourceFile": "source_file",
        "StageResult": "staging",
        "forget": "staging",
        "stage": "staging",
    },
)
