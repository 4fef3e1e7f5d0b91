"""Joins a map with what is known of the practice's columns, for the documents that people approve it by.

`gather` collects the facts from the store; `with_words` puts the practice's own words into the map's pick-lists; `view`
makes what `reports.map_document` describes; `tried` tries all lines
on some rows, `previewed` one; `standing` says what is next.
"""

from bridgework.stages.map_view.document import view
from bridgework.stages.map_view.facts import Facts, gather, previewed, tried, with_words
from bridgework.stages.map_view.standing import Standing, misfits, open_lines, standing

__all__ = [
    "Facts",
    "Standing",
    "gather",
    "misfits",
    "open_lines",
    "previewed",
    "standing",
    "tried",
    "view",
    "with_words",
]
