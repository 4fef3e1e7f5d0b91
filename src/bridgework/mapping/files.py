"""What Twenty should know of a file by its name: the type of its content and the category of the attachment."""

from __future__ import annotations

import re
from collections.abc import Collection

from bridgework.mapping.target import FileRef

# Twenty never computes the category of an attachment; these are the options of `attachment.fileCategory`.
_CATEGORIES = {
    "ARCHIVE": "zip rar 7z tar gz",
    "AUDIO": "mp3 wav m4a ogg",
    "IMAGE": "jpg jpeg png gif bmp tif tiff webp heic svg dcm",
    "PRESENTATION": "ppt pptx odp",
    "SPREADSHEET": "xls xlsx csv ods",
    "TEXT_DOCUMENT": "pdf doc docx odt rtf txt md xml html htm msg eml",
    "VIDEO": "mp4 mov avi mkv webm",
}
_CATEGORY_OF = {extension: name for name, extensions in _CATEGORIES.items() for extension in extensions.split()}

# The usual types; kept here, because the operating system's own list differs from machine to machine.
_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "webp": "image/webp",
    "dcm": "application/dicom",
    "txt": "text/plain",
    "csv": "text/csv",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
}
_LONGEST_NAME = 200


def file_ref(cell: str) -> FileRef:
    """The file that a cell names; a path shows as its last part."""
    label = re.split(r"[\\/]", cell)[-1] or cell
    return FileRef(cell, label[-_LONGEST_NAME:], _TYPES.get(_extension(label), "application/octet-stream"))


def category(name: str) -> str:
    """The option of `attachment.fileCategory` for a file's name."""
    return _CATEGORY_OF.get(_extension(name), "OTHER")


def is_left_out(cell: str, without: Collection[str]) -> bool:
    """Whether a map that leaves out kinds of files (`images`) leaves out the one that a cell names."""
    return "images" in without and category(cell) == "IMAGE"


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
