"""Takes stock of both sides for the audit: plain functions that compute what the inventory's documents show.

`taking` is the whole of it, `workspace_side` asks Twenty. What they make is described in `reports.audit_document`.
"""
