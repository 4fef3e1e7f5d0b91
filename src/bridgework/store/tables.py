"""The tables of the store, as SQLAlchemy Core: one place to read what a migration remembers.

Three groups: what was read from the practice (source_*), what was done in the workspace (the ledger: run, step, batch,
item, operation, and what belongs to them), and what people must know or have said (quarantine, finding, conflict,
approval, audit_log).
Moments are UTC, as ISO 8601 text; hashes are raw bytes.
"""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

# SQLite counts rows by itself only in a column declared exactly INTEGER PRIMARY KEY.
_Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

setting = sa.Table(
    "setting",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)

# --- what was read from the practice -----------------------------------------------------------------------------

source_file = sa.Table(
    "source_file",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False, unique=True),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("encoding", sa.Text, nullable=False),
    sa.Column("delimiter", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("header", sa.JSON, nullable=False),
    sa.Column("key_headers", sa.JSON, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, default=""),
    sa.Column("state", sa.Text, nullable=False, default="new"),
    sa.Column("position", sa.BigInteger, nullable=False, default=0, comment="where reading goes on"),
    sa.Column("line", sa.BigInteger, nullable=False, default=0),
    sa.Column("rows", sa.BigInteger, nullable=False, default=0),
    sa.Column("bad_rows", sa.BigInteger, nullable=False, default=0),
    sa.Column("blank_rows", sa.BigInteger, nullable=False, default=0, comment="hold nothing; passed over"),
    sa.Column("reading", sa.JSON, comment="how the cells of a row are found, where the columns above do not say it"),
    sa.Column("cursor", sa.JSON, comment="where the API goes on"),
    sa.Column("total", sa.BigInteger, comment="how many records the API says there are"),
)

source_row = sa.Table(
    "source_row",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("row_no", sa.BigInteger, primary_key=True),
    sa.Column("file_id", sa.BigInteger, nullable=False),
    sa.Column("line", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary(16), nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Index("source_row_key", "object", "key", unique=True),
    sqlite_with_rowid=False,
)

source_field = sa.Table(
    "source_field",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("header", sa.Text, primary_key=True),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("profile", sa.JSON, nullable=False, comment="counts, types and patterns; never a value"),
)

source_call = sa.Table(
    "source_call",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("began", sa.Float, nullable=False, comment="seconds since 1970"),
    sa.Column("ended", sa.Float, comment="likewise; none while it is under way"),
    sa.Index("source_call_ended", "ended"),
)

source_pass = sa.Table(
    "source_pass",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, comment="export, api"),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    sa.Column("state", sa.Text, nullable=False, comment="reading, done, folded, left"),
    sa.Column("detail", sa.JSON, nullable=False, comment="where reading goes on, and the sums; no values"),
)

source_change = sa.Table(
    "source_change",
    metadata,
    sa.Column("pass_id", sa.BigInteger, primary_key=True),
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("change", sa.Text, nullable=False, comment="new, changed, gone; held: it is damaged now"),
    sa.Column("row_no", sa.BigInteger, comment="of the row as it was; of a new one, the number that it will have"),
    sa.Column("file_id", sa.BigInteger),
    sa.Column("line", sa.BigInteger),
    sa.Column("hash", sa.LargeBinary(16)),
    sa.Column("raw", sa.LargeBinary, comment="the row as it is now, verbatim; none where it is gone"),
    sqlite_with_rowid=False,
)

row_version = sa.Table(
    "row_version",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("row_no", sa.BigInteger, primary_key=True),
    sa.Column("hash", sa.LargeBinary(16), primary_key=True),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("file_id", sa.BigInteger, nullable=False),
    sa.Column("line", sa.BigInteger, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False, comment="the row as it was before it changed or went"),
    sa.Index("row_version_key", "object", "key"),
    sqlite_with_rowid=False,
)

# --- the ledger --------------------------------------------------------------------------------------------------

run = sa.Table(
    "run",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("stage", sa.Text, nullable=False, comment="its kind: sample, load, delta, retry"),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text),
    sa.Column("state", sa.Text, nullable=False, comment="running, done, undone"),
    sa.Column("digest", sa.Text, nullable=False, comment="of the plan that was approved"),
    sa.Column("detail", sa.JSON(none_as_null=True), comment="its map, its policies, how far the practice was read"),
)

run_row = sa.Table(
    "run_row",
    metadata,
    sa.Column("run_id", sa.BigInteger, primary_key=True),
    sa.Column("object", sa.Text, primary_key=True, comment="the source object"),
    sa.Column("row_no", sa.BigInteger, primary_key=True, comment="a row that the run is about; a load is about all"),
    sqlite_with_rowid=False,
)

step = sa.Table(
    "step",
    metadata,
    sa.Column("run_id", sa.BigInteger, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("after_row", sa.BigInteger, nullable=False, default=0, comment="rows up to here are in batches"),
    sa.Column("done", sa.Boolean, nullable=False, default=False),
)

batch = sa.Table(
    "batch",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("run_id", sa.BigInteger, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False, comment="the target object"),
    sa.Column("state", sa.Text, nullable=False, comment="planned, intended, sent, confirmed, verified, destroyed"),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("ids_digest", sa.LargeBinary(32), nullable=False),
    sa.Column("action", sa.Text, nullable=False, server_default="create", comment="create, update, delete …"),
    sa.Index("batch_state", "run_id", "state"),
)

item = sa.Table(
    "item",
    metadata,
    sa.Column("target_id", sa.Uuid, primary_key=True),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("source_object", sa.Text, nullable=False),
    sa.Column("row_no", sa.BigInteger, nullable=False),
    sa.Column("batch_id", sa.BigInteger, nullable=False, comment="the one that created it"),
    sa.Column(
        "state",
        sa.Text,
        nullable=False,
        comment="planned, confirmed, refused, verified, merged, deleted, left, kept, destroyed",
    ),
    sa.Column(
        "stamp",
        sa.Text,
        nullable=False,
        default="",
        comment="updatedAt as written: another one means a person edited it",
    ),
    sa.Column("row_hash", sa.LargeBinary(16), comment="of the source row that it was last written from"),
    sa.Column(
        "edited",
        sa.JSON(none_as_null=True),
        comment="fields of which a person's value stands; [] where none does",
    ),
    sa.Column("merged_into", sa.Uuid, comment="the record of the workspace that stands for it"),
    sa.Index("item_batch", "batch_id"),
    sa.Index("item_source", "source_object", "row_no"),
    sqlite_with_rowid=False,
)

operation = sa.Table(
    "operation",
    metadata,
    sa.Column("batch_id", sa.BigInteger, primary_key=True),
    sa.Column("target_id", sa.Uuid, primary_key=True),
    sa.Column("source_object", sa.Text, nullable=False),
    sa.Column("row_no", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False, comment="planned, confirmed, refused, undone, kept"),
    sa.Column("before", sa.JSON, nullable=False, comment="exactly the fields that were written, as they were"),
    sa.Column("written", sa.JSON, nullable=False, comment="by field, the hash of what was written"),
    sa.Column("stamp_before", sa.Text, nullable=False),
    sa.Column("stamp_after", sa.Text, nullable=False, default=""),
    sa.Column("row_hash", sa.LargeBinary(16), comment="of the source row that it was written from"),
    sa.Column("item_before", sa.JSON, nullable=False, comment="state, row_hash and edited of the item, before"),
    sa.Index("operation_target", "target_id"),
    sqlite_with_rowid=False,
)

claim = sa.Table(
    "claim",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("value_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("owner", sa.Uuid, nullable=False, comment="the record that holds this unique value"),
    sa.Column("existing", sa.Boolean, nullable=False, comment="held in the workspace before we came"),
    sqlite_with_rowid=False,
)

link_missing = sa.Table(
    "link_missing",
    metadata,
    sa.Column("record", sa.Uuid, primary_key=True, comment="a record that was written without a link"),
    sa.Column("missing", sa.Uuid, primary_key=True, comment="to this one, which was not there"),
    sa.Index("link_missing_missing", "missing"),
    sqlite_with_rowid=False,
)

upload = sa.Table(
    "upload",
    metadata,
    sa.Column("target_id", sa.Uuid, primary_key=True, comment="the attachment"),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)

running = sa.Table(
    "running",
    metadata,
    sa.Column("stage", sa.Text, primary_key=True),
    sa.Column("at", sa.Float, nullable=False, comment="seconds since 1970: when this was so"),
    sa.Column("bound", sa.Text, nullable=False, comment="source, rate, answers, machine; empty: not known yet"),
    sa.Column("allowed", sa.Integer, nullable=False, comment="calls a minute; 0: no limit"),
    sa.Column("used", sa.Float, nullable=False, comment="calls a minute"),
    sa.Column("ends_at", sa.Float, comment="seconds since 1970; none: not known yet"),
    sa.Column("calls_left", sa.BigInteger, comment="to Twenty, as far as that is known"),
)

schema_change = sa.Table(
    "schema_change",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("action", sa.Text, nullable=False, comment="the action of the plan's step"),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False, default=""),
    sa.Column("metadata_id", sa.Text, nullable=False, default=""),
    sa.Column("before", sa.JSON),
    sa.Column("state", sa.Text, nullable=False, comment="intended, done, undone"),
)

automation_pause = sa.Table(
    "automation_pause",
    metadata,
    sa.Column("trigger_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, comment="intended, paused, restored"),
)

baseline = sa.Table(
    "baseline",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("record_id", sa.Uuid, primary_key=True),
    sa.Column("hash", sa.LargeBinary(16), nullable=False, comment="of the record as it was before the first write"),
    sqlite_with_rowid=False,
)

# --- what people must know, or have said -------------------------------------------------------------------------

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("row_no", sa.BigInteger, nullable=False, default=0),
    sa.Column("key", sa.Text, nullable=False, default=""),
    sa.Column("file", sa.Text, nullable=False, default=""),
    sa.Column("line", sa.BigInteger, nullable=False, default=0),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, comment="in plain words, without a value"),
    sa.Column("raw", sa.LargeBinary, comment="the row verbatim, where it is in no other table"),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("run_id", sa.BigInteger, comment="the run that set it aside"),
    sa.Index("quarantine_source", "object", "row_no"),
)

quarantine_before = sa.Table(
    "quarantine_before",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("by_run", sa.BigInteger, nullable=False, comment="the run that tried the record again"),
    *(sa.Column(one.name, one.type, nullable=one.nullable) for one in quarantine.columns if one.name != "id"),
    sa.Index("quarantine_before_run", "by_run"),
)

finding = sa.Table(
    "finding",
    metadata,
    sa.Column("stage", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True, default=""),
    sa.Column("severity", sa.Text, nullable=False, comment="info, warn, stop"),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("example", sa.Text, nullable=False, default="", comment="a record's reference, never a value"),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("next_step", sa.Text, nullable=False, default=""),
)

conflict = sa.Table(
    "conflict",
    metadata,
    sa.Column("target_id", sa.Uuid, primary_key=True),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("source_object", sa.Text, nullable=False),
    sa.Column("row_no", sa.BigInteger, nullable=False),
    sa.Column("row_hash", sa.LargeBinary(16), nullable=False, comment="what it was asked about: the row now"),
    sa.Column("stamp", sa.Text, nullable=False, comment="and the record's updatedAt now"),
    sa.Column("source", sa.Text, nullable=False, comment="the shape of the practice's value, never the value"),
    sa.Column("twenty", sa.Text, nullable=False, comment="that of Twenty's"),
    sa.Column("decision", sa.Text, nullable=False, default="", comment="source, twenty; empty: asked"),
    sqlite_with_rowid=False,
)

approval = sa.Table(
    "approval",
    metadata,
    sa.Column("id", _Serial, primary_key=True),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False, default=""),
    sa.Column("detail", sa.Text, nullable=False, comment="canonical JSON: ids, counts and hashes; no values"),
    sa.Column("previous", sa.LargeBinary(32), nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)

lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("token", sa.BigInteger, nullable=False, comment="one more with each holder: the fence"),
    sa.Column("holder", sa.Text, nullable=False, comment="host and process; empty: nobody"),
    sa.Column("beat", sa.BigInteger, nullable=False, comment="moves while the holder lives"),
    sa.Column("at", sa.Float, nullable=False, comment="seconds since 1970 of the last beat, by the holder's clock"),
)
