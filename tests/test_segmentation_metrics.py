"""Confusion and overlap against sets of pixels."""

import numpy as np
import pytest

from primerka.metrics.segmentation import confusion, iou_per_class, mean_iou


@pytest.fixture
def maps():
    random = np.random.default_rng(0)
    true = random.integers(0, 4, (12, 9)).astype(np.uint8)
    predicted = np.where(random.random((12, 9)) < 0.6, true, random.integers(0, 4, (12, 9))).astype(np.int64)
    return predicted, true  # class 4 of five is in neither


def test_confusion_equals_a_slow_loop(maps):
    slow = np.zeros((5, 5), int)
    for p, t in zip(maps[0].ravel(), maps[1].ravel()):
        slow[t, p] += 1
    np.testing.assert_array_equal(confusion(*maps, 5), slow)
    assert slow.sum() == 108 and not np.array_equal(slow, slow.T)


def test_iou_equals_that_of_sets(maps):
    predicted, true = (array.ravel() for array in maps)
    ious = iou_per_class(confusion(*maps, 5))
    for index in range(4):
        a, b = set(np.flatnonzero(predicted == index)), set(np.flatnonzero(true == index))
        assert ious[index] == pytest.approx(len(a & b) / len(a | b))


def test_a_class_that_nobody_has_does_not_count(maps):
    counts = confusion(*maps, 5)
    assert np.isnan(iou_per_class(counts)[4])
    assert mean_iou(counts) == pytest.approx(mean_iou(counts[:4, :4]))


def test_a_class_that_is_only_predicted_counts_as_zero():
    assert mean_iou(confusion(np.array([0, 1]), np.array([0, 0]), 3)) == pytest.approx((0.5 + 0) / 2)


def test_perfect():
    labels = np.arange(6).reshape(2, 3)
    assert mean_iou(confusion(labels, labels, 6)) == 1
