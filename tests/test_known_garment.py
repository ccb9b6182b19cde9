"""What a product is known to be decides between look-alikes, a whole patch at a time."""

import numpy as np
import pytest

from primerka.parsing import CLASSES, GARMENTS
from primerka.perception.known_garment import LOOK_ALIKES, MIN_AREA, expect

TORSO_PX = 20.0
LOOK_ALIKE_PAIRS = [(known, seen) for known in GARMENTS for seen in LOOK_ALIKES[known]]


def _probabilities(*patches: tuple[slice, str, str, float]) -> np.ndarray:
    """(60, 40, classes): rows → the class seen there, another one, and how likely that other one is."""
    probabilities = np.zeros((60, 40, len(CLASSES)), np.float32)
    probabilities[:, :, 0] = 1
    for rows, seen, other, share in patches:
        probabilities[rows, 10:30] = 0
        probabilities[rows, 10:30, CLASSES.index(seen)] = 1 - share
        probabilities[rows, 10:30, CLASSES.index(other)] = share
    return probabilities


def _mask(probabilities: np.ndarray, name: str) -> np.ndarray:
    return probabilities.argmax(2) == CLASSES.index(name)


@pytest.mark.parametrize(("known", "seen"), LOOK_ALIKE_PAIRS)
def test_a_look_alike_is_taken_for_the_garment_that_is_known(known, seen):
    before = _probabilities((slice(10, 50), seen, known, 0.1))
    after = expect(before, known, TORSO_PX)
    assert np.array_equal(_mask(after, known), _mask(before, seen))
    assert np.allclose(after.sum(2), 1)
    assert np.array_equal(after[:, :, 0], before[:, :, 0])


def test_a_coat_over_a_dress_stays_a_coat():
    before = _probabilities((slice(5, 25), "outerwear", "dress", 0.05), (slice(25, 55), "dress", "skirt", 0.2))
    assert _mask(before, "dress").sum() > MIN_AREA["dress"] * TORSO_PX**2
    assert np.array_equal(expect(before, "dress", TORSO_PX), before)


def test_a_patch_that_is_nearly_the_garment_goes_over_whole():
    before = _probabilities((slice(5, 25), "top", "outerwear", 0.1), (slice(25, 40), "outerwear", "top", 0.4))
    before[30, 15:18, CLASSES.index("outerwear")] = 1  # a few sure pixels in the patch do not make a hole
    before[30, 15:18, CLASSES.index("top")] = 0
    assert np.array_equal(_mask(expect(before, "top", TORSO_PX), "top"), (before[:, :, 0] == 0))


@pytest.mark.parametrize(("high", "left_goes"), [(20, False), (12, True)])
def test_both_halves_of_an_open_coat_go_over_or_neither(high, left_goes):
    """Left of a top is nearly a top, right of it much less so: the other half, or a crumb that is none."""
    before = _probabilities((slice(5, 25), "top", "outerwear", 0.1))
    for columns, rows, share in ((slice(10, 18), slice(5, 25), 0.2), (slice(29, 30), slice(5, 5 + high), 0.003)):
        before[rows, columns, CLASSES.index("outerwear")] = 1 - share
        before[rows, columns, CLASSES.index("top")] = share
    after = _mask(expect(before, "top", TORSO_PX), "top")
    assert after[5:25, 18:29].all() and not after[5 : 5 + high, 29].any()
    assert after[5:25, 10:18].all() == after[5:25, 10:18].any() == left_goes


def test_what_is_no_look_alike_is_left_alone():
    before = _probabilities((slice(10, 50), "bag", "top", 0.4))
    assert np.array_equal(expect(before, "top", TORSO_PX), before)


@pytest.mark.parametrize(
    ("known", "seen", "goes"), [("outerwear", "top", True), ("dress", "skirt", True), ("top", "outerwear", False)]
)
def test_an_unlikely_look_alike_is_taken_where_nothing_else_is_the_garment_but_a_coat_for_no_top(known, seen, goes):
    before = _probabilities((slice(10, 50), seen, known, 0.01))
    after = expect(before, known, TORSO_PX)
    assert _mask(after, known).any() == goes
    assert not _mask(expect(_probabilities((slice(10, 50), seen, known, 1e-4)), known, TORSO_PX), known).any()
