"""What is new, changed and gone at the practice since it was read: found without staging anything, then folded in.

snapshots, from_export   an export, file by file, compared with the staged rows by key and content
from_api                 an API, by what changed since, or in full
comparison, walk, alike  the comparison of one object's records
passes, seen, files      what the store keeps of a pass while it is read
findings                 what a person must look at first
found, folding           the changes; and how they become the state that the next pass is compared with
versions, rejoining      rows as they were before; records that both sides have, joined anew
"""

from bridgework.practice.changes.findings import GONE_ALLOWED, GONE_SHARE
from bridgework.practice.changes.found import Changed, Changes
from bridgework.practice.changes.from_api import OVERLAP, find_changes_in_api
from bridgework.practice.changes.from_export import Told, find_changes_in_export, last_export_read
from bridgework.practice.changes.passes import Kind, Sums
from bridgework.practice.changes.snapshots import Snapshot

__all__ = [
    "GONE_ALLOWED",
    "GONE_SHARE",
    "OVERLAP",
    "Changed",
    "Changes",
    "Kind",
    "Snapshot",
    "Sums",
    "Told",
    "find_changes_in_api",
    "find_changes_in_export",
    "last_export_read",
]
