"""Reading the practice: its export folder, file by file and row by row, into the encrypted store.

    discovery   which files there are; encoding, delimiter, header and language proposed, with reasons
    staging     every row verbatim into the store, or into quarantine with file and line
    rows        the staged rows again, cell by cell
    profiles    what each column holds: counts, types and patterns, never a value
    documents   the folder of files that the rows name

What a column means is not known here: whoever stages a file says its object and the columns of its key.
"""

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
