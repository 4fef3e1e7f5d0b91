"""People and companies that were in Twenty before us: found, scored, decided by a person, and merged.

facts and names say what one is known by, scoring how alike two are, assigning which belong together; looking reads the
workspace, deciding keeps what a person says, merging writes.
"""
