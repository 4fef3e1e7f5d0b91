"""What a file is by its name and its first bytes: the type of its content, the category of the attachment, an image."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from bridgework.mapping.target import FileRef

Kind = Literal["image", "document", "unknown"]
"""`image`: also a film, a model of a jaw and an archive, in which there may be any of these."""

HEAD = 4096
"""How many of a file's first bytes tell its kind."""

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

# Radiographs, photos and scans of a dental practice: pictures, DICOM, volumes (CBCT), models of jaws, films, archives.
_IMAGE_ENDS = (
    "jpg jpeg jpe jfif jif png apng gif bmp dib tif tiff btf webp heic heif hif avif svg ico tga psd xcf raw cr2 cr3",
    "nef arw orf rw2 dng jp2 j2k jpf jpx jpm j2c jpc jls jxl jxr wdp pcx pgm ppm pbm pnm ima img",
    "dcm dicom dic dc3 dicomdir ivr xvi sid dxr rvg pan ceph opg iso nii nrrd mha mhd vol hdr gipl inv csz gz tgz",
    "stl ply obj 3oxz 3ox dxd 3mf off dcmx hps xyz pcd wrl vrml glb gltf",
    "mp4 m4v mov avi mkv webm wmv mpg mpeg flv 3gp mts zip rar 7z tar bz2 xz cab lzh zst",
)
_DOCUMENT_ENDS = (
    "pdf doc docx docm dot dotx odt ott rtf txt md log xml html htm mht msg eml xls xlsx xlsm csv ods ppt pptx pps",
    "ppsx odp mp3 wav m4a ogg wma aac",
)
_KIND_OF: dict[str, Kind] = {
    **{end: "image" for ends in _IMAGE_ENDS for end in ends.split()},
    **{end: "document" for ends in _DOCUMENT_ENDS for end in ends.split()},
}
_IMAGE_CATEGORIES = frozenset({"PANORAMIC", "INTRA_ORAL", "PHOTO", "SCAN"})

# The first bytes, from the formats' own specifications; DICOM has its four after a preamble of 128 (PS3.10, 7.1).
_IMAGE_BYTES = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n|GIF8[79]a|BM.{4}\0\0\0\0|II[*+]\0|MM\0[*+]|RIFF.{4}(?:WEBP|AVI )|.{4}ftyp(?!M4A )"
    rb"|\0\0\0\x0c(?:jP  |JXL )|\xff\x4f\xff\x51|\xff\x0a|8BPS|.{128}DICM|\x1a\x45\xdf\xa3|ply\r?\n"
    rb"|\s*solid\s[^{]*?facet|\x1f\x8b|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07|BZh[1-9]|.{344}n[+i]1\0|(?:\s*<[?!][^>]*>)*\s*<svg",
    re.DOTALL,
)
_OFFICE = re.compile(
    rb"PK\x03\x04.*(?:\[Content_Types\]\.xml|mimetypeapplication/vnd\.oasis\.opendocument\.[tsp])", re.DOTALL
)
_DOCUMENT_BYTES = re.compile(
    rb"(?:\xef\xbb\xbf|\s)*%PDF-|\{\\rtf|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|RIFF.{4}WAVE|ID3|OggS|.{4}ftypM4A ", re.DOTALL
)
_MODEL_LINE = re.compile(rb"(?m)^(?:v|vn|vt|f) [-\d./ ]+\r?$")
_NO_TEXT = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


def file_ref(cell: str, without: Collection[str] = ()) -> FileRef:
    """The file that a cell names; a path shows as its last part. `without`: what kinds of files the map leaves out."""
    label = re.split(r"[\\/]", cell)[-1] or cell
    wanted: Literal["any", "no image", "document"] = "any"
    if "images" in without:
        wanted = "no image" if kind_by_name(cell) == "document" else "document"
    content_type = _TYPES.get(_extension(label), "application/octet-stream")
    return FileRef(cell, label[-_LONGEST_NAME:], content_type, wanted)


def category(name: str) -> str:
    """The option of `attachment.fileCategory` for a file's name."""
    return _CATEGORY_OF.get(_extension(name), "OTHER")


def is_left_out(cell: str, without: Collection[str], category: str | None = None) -> bool:
    """Whether a map that leaves out kinds of files (`images`) leaves out the one that a cell names.

    `category` is the option that the practice's own category of the document means, of the list `document_category`.
    What the name does not tell, the content does when the file is at hand.
    """
    return "images" in without and (category in _IMAGE_CATEGORIES or kind_by_name(cell) == "image")


def kind_by_name(cell: str) -> Kind:
    """What a file is by the end of its name; unknown where it has none, or one that could be anything."""
    return _KIND_OF.get(_extension(cell.strip().rstrip(".")), "unknown")


def kind_by_content(head: bytes) -> Kind:
    """What a file is by its first bytes (`HEAD` of them): a document is one of a known format, or text."""
    if _DOCUMENT_BYTES.match(head) or _OFFICE.match(head):
        return "document"
    if _IMAGE_BYTES.match(head):
        return "image"
    if not head or _NO_TEXT.search(head):
        return "unknown"
    return "image" if len(_MODEL_LINE.findall(head)) > 2 else "document"


def is_wanted(file: FileRef, head: bytes) -> bool:
    """Whether a file may be attached, by its first bytes: an image may not by a map without, however it is called."""
    kind = kind_by_content(head)
    return file.wanted == "any" or kind == "document" or (file.wanted == "no image" and kind == "unknown")


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
