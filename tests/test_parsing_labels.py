"""The label lists agree with each other."""

import numpy as np
import pytest

from primerka.parsing import CARRIED, CLASSES, GARMENTS, LABEL, LABELS, MERGED, SHOES, SKIN, Parsing
from primerka.perception.overlay import COLOURS


def test_every_class_is_merged_into_a_coarse_one():
    assert set(MERGED) == set(CLASSES)
    assert set(MERGED.values()) == {"background", "hair", "skin", "clothes", "shoes", "carried"}


def test_classes_and_labels_differ_by_skin_and_shoes_alone():
    assert set(LABELS) - set(CLASSES) == {*SKIN, *SHOES}
    assert set(CLASSES) - set(LABELS) == {"skin", "shoes"}


def test_no_name_twice_and_background_is_zero():
    assert len(set(CLASSES)) == len(CLASSES) and len(set(LABELS)) == len(LABELS)
    assert CLASSES[0] == LABELS[0] == "background"
    assert [LABEL[name] for name in LABELS] == list(range(len(LABELS)))


def test_garments_and_carried_things_are_labels():
    assert {*GARMENTS, *CARRIED} <= set(LABELS)
    assert all(MERGED[name] == "clothes" for name in GARMENTS)


def test_every_label_has_its_own_colour():
    assert COLOURS.shape == (len(LABELS), 3) and len(np.unique(COLOURS, axis=0)) == len(LABELS)


def test_a_mask_is_the_pixels_with_one_of_the_labels():
    labels = np.random.default_rng(0).integers(0, len(LABELS), (9, 7)).astype(np.uint8)
    mask = Parsing(labels, np.ones((9, 7), np.float32), labels).mask("hair", "bag")
    slow = [[LABELS[label] in ("hair", "bag") for label in row] for row in labels]
    np.testing.assert_array_equal(mask, slow)


CERTAINTY = np.zeros((4, 5), np.uint8)


@pytest.mark.parametrize(
    ("labels", "alpha", "certainty", "words"),
    [
        (
            np.zeros((4, 5), np.int64),
            np.zeros((4, 5), np.float32),
            CERTAINTY,
            r"Parsing.labels must be \(H, W\) uint8, got \(4, 5\) int64",
        ),
        (np.zeros((4, 5, 1), np.uint8), np.zeros((4, 5), np.float32), CERTAINTY, r"Parsing.labels .* got \(4, 5, 1\)"),
        (
            np.zeros((4, 5), np.uint8),
            np.zeros((5, 4), np.float32),
            CERTAINTY,
            r"Parsing.alpha must be \(4, 5\) float32, got \(5, 4\)",
        ),
        (np.zeros((4, 5), np.uint8), np.zeros((4, 5)), CERTAINTY, r"Parsing.alpha .* got \(4, 5\) float64"),
        (
            np.zeros((4, 5), np.uint8),
            np.zeros((4, 5), np.float32),
            np.zeros((4, 5)),
            r"Parsing.certainty must be \(4, 5\) uint8, got \(4, 5\) float64",
        ),
    ],
)
def test_wrong_arrays_are_named(labels, alpha, certainty, words):
    with pytest.raises(ValueError, match=words):
        Parsing(labels, alpha, certainty)
