"""Finds the weights of `bridgework.mapping.proposer.confidence` on the training part, and prints them.

`python -m tests.bench.mapping_fit`, in the environment of `make bench-map` (it needs numpy). The weights make the right
concept (or none) the likeliest of a column's concepts: a conditional logit, by gradient descent with a little pull to
zero. Each column counts three times: with header and cells, and with each of them alone, so that no evidence leans on
another. The certainty is a logistic regression on what was then assigned.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from bridgework.mapping.proposer import confidence, evidence, meaning
from bridgework.mapping.proposer.columns import meant, standing, weigh
from bridgework.mapping.proposer.evidence import Column, Seen
from bridgework.mapping.proposer.links import among, linked
from tests.bench.header_cells import cells, load_styles
from tests.bench.mapping import ROWS, keys_of, seen_by

_STEPS, _PULL = 500, 0.0003


def objects(part: str) -> Iterator[Any]:
    """Each file of the part in the three ways of seeing it: (subject, columns, looks, labels, how it is seen)."""
    for style in load_styles():
        if style.part != part:
            continue
        files = cells(style, ROWS)
        keys = among(keys_of(files))
        for file in files:
            about = evidence.subject(file.object)
            names = [one.concept for one in about.lines]
            labels = [names.index(one.concept) if one.concept else -1 for one in file.columns]
            for sees in ("both", "names", "values"):
                if sees != "values" and not file.header:
                    continue
                columns = seen_by(file, sees)
                if sees != "names":
                    columns = [Column(one.header, one.cells, linked(one.cells, keys)) for one in columns]
                yield about, [Seen.of(one) for one in columns], labels, sees


def weighed_of(about: Any, columns: Any, *, embed: bool = False) -> Any:
    """As the proposer weighs, with the embedding or without."""
    weighed = weigh(about, columns)
    return weigh(about, columns, meant(about, columns, weighed)) if embed else weighed


def fit_weights(data: list[Any], *, embed: bool = False) -> tuple[np.ndarray, float]:
    """The weights, and the score of no concept; with the embedding only the weight of what it says."""
    moved = np.array([(name == "meaning") == embed for name in confidence.WEIGHTS], dtype=float)
    rows: list[tuple[Any, int, float]] = []
    for about, columns, labels, sees in data:
        pairs = weighed_of(about, columns, embed=embed).pairs
        for row, label in zip(pairs, labels, strict=True):
            rows.append(([one.features for one in row], label, 1.0 if sees == "both" else 0.5))
    widest = max(len(row) for row, _, _ in rows)
    features = np.zeros((len(rows), widest, len(confidence.WEIGHTS)))
    there = np.zeros((len(rows), widest + 1), dtype=bool)
    there[:, -1] = True  # no concept
    for number, (row, _, _) in enumerate(rows):
        features[number, : len(row)], there[number, : len(row)] = row, True
    labels = np.array([label for _, label, _ in rows])
    counts = np.array([weight for _, _, weight in rows])
    weights, none, rate = np.array(list(confidence.WEIGHTS.values())), confidence.NO_CONCEPT, 0.5
    for step in range(_STEPS):
        scores = np.column_stack([features @ weights, np.full(len(rows), none)])
        scores = np.where(there, scores, -np.inf)
        likely = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        likely[np.arange(len(rows)), labels] -= 1  # -1, no concept, is the last place
        wrong = likely * (counts / counts.sum())[:, None]
        gradient = np.einsum("rc,rcf->f", wrong[:, :-1], features) + _PULL * weights
        weights = np.maximum(weights - rate * gradient * moved, 0.0)
        none -= 0.0 if embed else rate * wrong[:, -1].sum()
        if step > _STEPS // 2:
            rate = 0.2
    return weights, none


def fit_certainty(data: list[Any]) -> np.ndarray:
    """bias, score, margin and contest."""
    rows, right = [], []
    for about, columns, labels, _ in data:
        weighed = weighed_of(about, columns)
        for number, place in enumerate(weighed.best):
            if place is not None:
                rows.append([1.0, *standing(weighed, number, place)])
                right.append(float(place == labels[number]))
    matrix, truth = np.array(rows), np.array(right)
    found = np.zeros(4)
    for _ in range(20000):
        likely = 1 / (1 + np.exp(-matrix @ found))
        found -= 0.05 * (matrix.T @ (likely - truth) / len(truth) + 0.0005 * found)
    return found


def main() -> None:
    """Print the numbers for confidence.py."""
    data = list(objects("train"))
    # What stands beside depends on the weights: so twice. Most have no embedding: what it says is weighed last.
    for embed in (False, False, True) if meaning.is_there() else (False, False):
        weights, none = fit_weights(data, embed=embed)
        confidence.WEIGHTS.update(
            {name: round(float(one), 3) for name, one in zip(confidence.WEIGHTS, weights, strict=True)}
        )
        confidence.NO_CONCEPT = round(float(none), 3)
    certainty = [round(float(one), 3) for one in fit_certainty(data)]
    sys.stdout.write(f"{confidence.WEIGHTS} {confidence.NO_CONCEPT}\n{certainty}\n")


if __name__ == "__main__":
    main()
