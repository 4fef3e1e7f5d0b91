"""What a migration remembers: the encrypted store, the ledger and the audit log."""

from bridgework.store.database import Store, insert_new

__all__ = ["Store", "insert_new"]
