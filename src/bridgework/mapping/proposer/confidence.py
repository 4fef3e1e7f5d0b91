"""From evidence to a score, and from a score to a probability: the weights, as fitted on labelled headers.

`python -m tests.bench.mapping_fit` finds these numbers on the training part of the labelled set; the measurement is
made on the other part. A line is sure where the probability is at least SURE.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

SURE = 0.99
UNCLEAR = 0.98
"""No line of a file is surer than this while it is not clear what the file holds."""
LEAST = 0.2
"""Below this a column is better a field of its own: the concept is named as the next best, and no more."""

WEIGHTS: dict[str, float] = {
    "name": 5.862,
    "name_is_word": 1.19,
    "usual_word": 1.144,
    "name_ahead": 1.121,
    "fit": 4.444,
    "misfit": 2.189,
    "explained_otherwise": 1.256,
    "unique": 3.523,
    "links": 5.236,
    "chosen": 4.401,
    "years": 1.069,
    "speaks": 4.32,
    "name_parts": 0.473,
    "beside": 5.389,
    "meaning": 1.277,
    "rare": 0.86,
    "unnamed": 2.02,
}
NO_CONCEPT = 5.171
"""The score that a pair must pass to be proposed at all."""

CERTAINTY = {"bias": -0.01, "score": -0.108, "margin": 0.867, "contest": 0.317}


def score(features: Sequence[float]) -> float:
    """How much speaks for a pair, all in all."""
    total: float = sum(map(mul, WEIGHTS.values(), features))
    return total


def certainty(best: float, margin: float, contest: float) -> float:
    """The probability that the pair with this score is right.

    `margin` is how far the column's next concept is behind, `contest` how far the concept's next column is.
    """
    z = CERTAINTY["bias"] + CERTAINTY["score"] * best + CERTAINTY["margin"] * margin + CERTAINTY["contest"] * contest
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))
