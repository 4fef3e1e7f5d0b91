"""What a person can do about a record that was set aside, by the code of its reason."""

from __future__ import annotations

_AGAIN = "then export, audit and load again."
_ADVICE = {
    "MISSING_KEY": f"Give the row its number in DentAdmin, {_AGAIN} An empty row needs nothing.",
    "DUPLICATE_ROW": "Nothing. The same row is in the export twice, and its first copy was taken.",
    "DUPLICATE_KEY": "Two different rows carry one number, and the first was taken. Correct the wrong one in "
    f"DentAdmin, {_AGAIN}",
    "ORPHAN": "Add the record that it belongs to and load again. Nothing, where that one was deleted on purpose.",
    "FILE_MISSING": "Put the file into the export's documents folder under its own name, and load again.",
    "FILE_TOO_LARGE": "Keep the file where it is, and add it in Twenty by hand where it is needed.",
}
_REFUSED = f"Correct this field in DentAdmin, or how the map treats it, {_AGAIN}"
_OTHERWISE = f"Open the export at the row, correct it in DentAdmin, {_AGAIN}"


def advice(code: str) -> str:
    """What to do about a code; `FILE-MISSING` and `FILE_MISSING` are the same."""
    same = code.upper().replace("-", "_")
    return _REFUSED if same.startswith("REFUSED_") else _ADVICE.get(same, _OTHERWISE)
