"""The tables of records that were in the workspace before us; see `store.matches`."""

from __future__ import annotations

import sqlalchemy as sa

from bridgework.store.tables import metadata

existing_record = sa.Table(
    "existing_record",
    metadata,
    sa.Column("object", sa.Text, primary_key=True, comment="the object of Twenty"),
    sa.Column("record_id", sa.Uuid, primary_key=True),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False, comment="what it is known by"),
    sqlite_with_rowid=False,
)

existing_key = sa.Table(
    "existing_key",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("value_hash", sa.LargeBinary(16), primary_key=True, comment="of a kind and a value: an e-mail, a name"),
    sa.Column("record_id", sa.Uuid, primary_key=True),
    sqlite_with_rowid=False,
)

existing_match = sa.Table(
    "existing_match",
    metadata,
    sa.Column("own_id", sa.Uuid, primary_key=True, comment="the id that the practice's record would have of its own"),
    sa.Column("existing_id", sa.Uuid, primary_key=True),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("source_object", sa.Text, nullable=False),
    sa.Column("row_no", sa.BigInteger, nullable=False),
    sa.Column("ref", sa.Text, nullable=False, comment="file and line of the practice's record"),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False, comment="in words, without a value"),
    sa.Column("deleted", sa.Boolean, nullable=False, comment="the existing record lies in the bin"),
    sa.Column("source_facts", sa.JSON, nullable=False, comment="what the practice's record is known by"),
    sa.Column("facts", sa.JSON, nullable=False, comment="and the existing one"),
    sa.Column("decision", sa.Text, nullable=False, default="", comment="same, different, restore; empty: nobody said"),
    sa.Column("decided_by", sa.Text, nullable=False, default=""),
    sa.Column("kept", sa.JSON(none_as_null=True), comment="fields of which Twenty's value stood when it was merged"),
    sa.Index("existing_match_existing", "existing_id"),
    sqlite_with_rowid=False,
)
