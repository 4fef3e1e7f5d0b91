"""Files: uploads in both of their ways, the one record that each may hang on, and downloads that expire."""

from __future__ import annotations

import base64
import hashlib
import hmac
import mimetypes
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import orjson

from bridgework.twins.twenty.errors import Refusal
from bridgework.twins.twenty.model import Field, Object, new_id
from bridgework.twins.twenty.moments import stamp
from bridgework.twins.twenty.store import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bridgework.twins.twenty.workspace import Workspace

MAX_BYTES = 1024**3
UPLOAD_SECONDS = 900
DOWNLOAD_SECONDS = 86_400
FOLDER = "files-field"


class Files:
    """The files of one workspace. What is known of each is metadata; the bytes are in a folder or in memory."""

    def __init__(self, workspace: Workspace, folder: Path | None) -> None:
        self.workspace = workspace
        self.folder = folder
        self.memory: dict[str, bytes] = {}
        self.known: dict[str, dict[str, Any]] = {body["id"]: body for body in workspace.store.load("file")}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    # ---------------------------------------------------------------------------------------------------------- bytes
    def put_bytes(self, ident: str, content: bytes) -> None:
        if self.folder is None:
            self.memory[ident] = content
        else:
            (self.folder / ident).write_bytes(content)

    def get_bytes(self, ident: str) -> bytes | None:
        if self.folder is None:
            return self.memory.get(ident)
        path = self.folder / ident
        return path.read_bytes() if path.exists() else None

    def _drop_bytes(self, ident: str) -> None:
        if self.folder is None:
            self.memory.pop(ident, None)
        else:
            (self.folder / ident).unlink(missing_ok=True)

    # --------------------------------------------------------------------------------------------------------- upload
    def announce(self, name: str, size: float, found: Field) -> dict[str, Any]:
        """A new file whose bytes are still to come."""
        if not 0 < size <= MAX_BYTES:
            raise Refusal(
                f"Invalid file size {int(size)} (max {MAX_BYTES} bytes)",
                code="INTERNAL_SERVER_ERROR",
                friendly="The file is empty or exceeds the maximum allowed size.",
            )
        return self._new(name, int(size), found)

    def _new(self, name: str, size: int, found: Field) -> dict[str, Any]:
        ident = new_id()
        extension = PurePosixPath(name).suffix
        guessed = mimetypes.guess_type(name)[0]
        kept = {
            "id": ident,
            "name": name,
            "size": size,
            "extension": extension,
            "fieldId": found.id,
            "path": f"{FOLDER}/{found.id}/{ident}{extension}",
            "contentType": guessed or "application/octet-stream",
            "status": "PENDING",
            "permanent": False,
            "createdAt": self.workspace.now(),
        }
        self._keep(kept)
        return kept

    def _keep(self, kept: dict[str, Any]) -> None:
        self.known[kept["id"]] = kept
        self.workspace.store.put("file", kept["id"], kept)

    def store_multipart(self, name: str, content: bytes, found: Field) -> dict[str, Any]:
        """A file that came whole, in a GraphQL multipart request."""
        kept = self._new(name, len(content), found)
        self.put_bytes(kept["id"], content)
        self._keep({**kept, "status": "UPLOADED"})
        return self.known[kept["id"]]

    def complete(self, ident: str) -> dict[str, Any]:
        """A file whose bytes were put and that may now be attached."""
        kept = self.known.get(ident)
        if kept is None:
            raise Refusal("File not found", code="NOT_FOUND")
        content = self.get_bytes(ident)
        if content is None:
            raise Refusal(
                f"File {ident} has not been uploaded to storage yet",
                code="INTERNAL_SERVER_ERROR",
                friendly="The file has not been uploaded yet. Please upload it before confirming.",
            )
        self._keep({**kept, "status": "UPLOADED", "size": len(content)})
        return self.known[ident]

    # --------------------------------------------------------------------------------------------------------- attach
    def attach(
        self, found: Field, item: Object, record: str, listed: list[dict[str, str]] | None
    ) -> list[dict[str, Any]] | None:
        """Hang files on a record; each may hang on one only. What is no longer listed is let go."""
        held = self.workspace.store.rows(
            f"SELECT {quoted(found.name)} FROM {quoted(item.table)} WHERE id = ?",  # noqa: S608 - names of the model
            (record,),
        )
        before = {entry["fileId"]: entry for entry in orjson.loads(held[0][0])} if held and held[0][0] else {}
        kept = []
        for entry in listed or ():
            known = self.known.get(entry["fileId"])
            if entry["fileId"] not in before:
                self._check(entry["fileId"], known, found)
                self._keep({**(known or {}), "permanent": True})
            extension = (known or {}).get("extension") or PurePosixPath(entry["label"]).suffix
            kept.append({"fileId": entry["fileId"], "label": entry["label"], "extension": extension})
        return kept or None

    def _check(self, ident: str, known: dict[str, Any] | None, found: Field) -> None:
        if known is None or known["fieldId"] != found.id:
            raise Refusal(f"File not found: {ident}", friendly="Invalid input provided.")
        if known["permanent"]:
            message = f"File {ident} is already associated with a permanent files field"
            raise Refusal(message, friendly=f"{message}. Please re-upload the file.")
        if known["status"] != "UPLOADED":
            message = f"File {ident} has not been uploaded yet"
            raise Refusal(message, friendly=f"{message}.")

    def of(self, item: Object, record: str) -> list[str]:
        """The files that hang on a record."""
        if not any(kept["permanent"] for kept in self.known.values()):
            return []
        columns = [quoted(found.name) for found in item.fields if found.type == "FILES"]
        texts = [
            text
            for column in columns
            for (text,) in self.workspace.store.rows(
                f"SELECT {column} FROM {quoted(item.table)} WHERE id = ?",  # noqa: S608 - names of the model
                (record,),
            )
        ]
        return [entry["fileId"] for text in texts if text for entry in orjson.loads(text)]

    def drop(self, idents: Iterable[str]) -> None:
        """Drop files with their bytes."""
        for ident in idents:
            self._drop_bytes(ident)
            self.workspace.store.remove("file", ident)
            del self.known[ident]

    # ------------------------------------------------------------------------------------------------------ addresses
    def shown(self, text: str | None) -> list[dict[str, Any]] | None:
        """A FILES value as it is answered, each file with an address that lasts a day."""
        if text is None:
            return None
        return [{**entry, "url": self.download_url(entry["fileId"])} for entry in orjson.loads(text)]

    def download_url(self, ident: str) -> str:
        token = self._token("download", ident, DOWNLOAD_SECONDS)
        return f"{self.workspace.url}/file/{FOLDER}/{ident}?token={token}"

    def upload_url(self, ident: str) -> str:
        return f"{self.workspace.url}/file-upload/{ident}?token={self._token('upload', ident, UPLOAD_SECONDS)}"

    def upload_until(self) -> str:
        """The moment at which an upload address given now expires."""
        return stamp(self.workspace.clock() + UPLOAD_SECONDS)

    def _token(self, purpose: str, ident: str, seconds: float) -> str:
        until = int(self.workspace.clock() + seconds)
        signature = self._signature(purpose, ident, until)
        return base64.urlsafe_b64encode(f"{until}.{signature}".encode()).decode().rstrip("=")

    def _signature(self, purpose: str, ident: str, until: int) -> str:
        text = f"{purpose}.{ident}.{until}".encode()
        return hmac.new(self.workspace.secret, text, hashlib.sha256).hexdigest()[:43]

    def allowed(self, purpose: str, ident: str, token: str | None) -> bool:
        """Whether a token opens this file for this purpose, now."""
        try:
            padded = (token or "") + "=" * (-len(token or "") % 4)
            until, signature = base64.urlsafe_b64decode(padded).decode().split(".")
            fresh = int(until) >= self.workspace.clock()
        except ValueError:
            return False
        expected = self._token(purpose, ident, int(until) - int(self.workspace.clock()))
        same = hmac.compare_digest(signature, self._signature(purpose, ident, int(until)))
        return fresh and same and hmac.compare_digest(expected, token or "")
