"""The stages of a migration: each can plan, say what it would do, and apply just that."""
