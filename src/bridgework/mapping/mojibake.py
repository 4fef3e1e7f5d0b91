"""Letters that were written as UTF-8 and read as cp1252 on their way here: `Ã©` for é.

Only such pairs and triples count as are a letter or a sign of Western languages; whether they are mended, the map says.
"""

from __future__ import annotations

import re

# The letters with accents, and the signs that cp1252 has beyond Latin-1.
_MEANT = [chr(code) for code in (*range(0xA0, 0x180), *range(0x2010, 0x2040), 0x20AC, 0x2122)]


def _misread(sign: str) -> str:
    """The sign's bytes of UTF-8, read as cp1252; bytes that it lacks are control characters, as browsers have it."""
    return "".join(bytes([one]).decode("cp1252", "replace").replace("�", chr(one)) for one in sign.encode())


_SIGNS = {_misread(sign): sign for sign in _MEANT}
_MISREAD = re.compile("|".join(map(re.escape, sorted(_SIGNS, key=len, reverse=True))))


def has_mojibake(text: str) -> bool:
    """Whether the text holds such letters."""
    return not text.isascii() and _MISREAD.search(text) is not None


def mended(text: str) -> str:
    """The text with the letters that were meant."""
    return _MISREAD.sub(lambda match: _SIGNS[match[0]], text)
