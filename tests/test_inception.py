"""Inception Score against a slow loop, torchmetrics, and cases with a known answer."""

from math import exp, log

import numpy as np
import pytest

from primerka.metrics.inception import inception_score


def _probabilities(count: int = 200, classes: int = 20) -> np.ndarray:
    odds = np.exp(np.random.default_rng(0).normal(0, 3, (count, classes)))
    return odds / odds.sum(1, keepdims=True)


def _slow(probabilities: np.ndarray, splits: int) -> float:
    scores = []
    for split in range(splits):
        rows = [
            row
            for index, row in enumerate(probabilities)
            if split <= (index + 1) * splits / len(probabilities) - 1e-9 < split + 1
        ]
        divergence = 0.0
        for row in rows:
            for k, p in enumerate(row):
                divergence += p * (log(p) - log(sum(other[k] for other in rows) / len(rows))) / len(rows)
        scores.append(exp(divergence))
    return sum(scores) / splits


def test_equals_a_slow_loop():
    probabilities = _probabilities(60, 7)
    assert inception_score(probabilities, 4) == pytest.approx(_slow(probabilities, 4), rel=1e-12)


def test_equals_torchmetrics():
    # InceptionScore of torchmetrics 1.8.2 on the logarithms of these, one split, float64.
    assert inception_score(_probabilities(), 1) == pytest.approx(5.594981012970196, rel=1e-12)


def test_splits_go_by_the_order_and_may_be_uneven():
    probabilities = _probabilities(23, 5)
    parts = [inception_score(probabilities[start:stop], 1) for start, stop in ((0, 7), (7, 15), (15, 23))]
    assert inception_score(probabilities, 3) == pytest.approx(np.mean(parts))


def test_pictures_that_all_look_alike_score_one():
    assert inception_score(np.full((40, 8), 1 / 8)) == pytest.approx(1)
    assert inception_score(np.tile(_probabilities(1), (40, 1))) == pytest.approx(1)


def test_certain_and_balanced_scores_the_number_of_classes():
    assert inception_score(np.tile(np.eye(8, dtype=np.float32), (10, 1))) == pytest.approx(8)


def test_without_splits_the_order_does_not_matter():
    probabilities = _probabilities()
    shuffled = np.random.default_rng(1).permutation(probabilities)
    assert inception_score(shuffled, 1) == pytest.approx(inception_score(probabilities, 1))


def test_fewer_pictures_than_splits_are_refused():
    with pytest.raises(ValueError, match="N at least 10"):
        inception_score(_probabilities(9))
