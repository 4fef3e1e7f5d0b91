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
    "name": 5.818,
    "name_is_word": 1.277,
    "usual_word": 1.016,
    "name_ahead": 1.134,
    "fit": 4.446,
    "misfit": 2.182,
    "explained_otherwise": 1.266,
    "unique": 3.534,
    "links": 5.225,
    "chosen": 4.452,
    "years": 1.059,
    "speaks": 4.338,
    "name_parts": 0.51,
    "beside": 5.39,
    "meaning": 0.768,
    "rare": 0.861,
    "unnamed": 2.005,
}
NO_CONCEPT = 5.16
"""The score that a pair must pass to be proposed at all."""

CERTAINTY = {"bias": -0.062, "score": -0.099, "margin": 0.855, "contest": 0.317}


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
