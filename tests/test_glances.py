"""How far two glances of the network agree."""

import numpy as np
import pytest

from primerka.evaluation.parsing import _faults_found
from primerka.parsing import CLASSES, certainty
from primerka.perception.glances import Glances

TOP, COAT = CLASSES.index("top"), CLASSES.index("outerwear")
HALF = np.array([[0.5, 0, 0], [0, 0.5, 0]])
WORN = np.zeros((80, 60), bool)
WORN[20:60, 10:50] = True


def _seen(*boxes) -> np.ndarray:
    """(40, 30, classes): of each box (rows, columns, class, how likely) its class, the rest background."""
    probabilities = np.zeros((40, 30, len(CLASSES)), np.float32)
    for rows, columns, kind, likely in boxes:
        probabilities[rows, columns, kind] = likely
    probabilities[:, :, 0] = 1 - probabilities.sum(2)
    return probabilities


WHOLE = (slice(10, 30), slice(5, 25), TOP, 0.9)
UPPER = (slice(10, 20), slice(5, 25), TOP, 0.9)


def _glances(one, other) -> Glances:
    return Glances(np.zeros((40, 30, 3), np.uint8), np.stack([one, other]), HALF)


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [(_seen(WHOLE), _seen(WHOLE), 1.0), (_seen(WHOLE), _seen(UPPER), 0.75), (_seen(UPPER), _seen(UPPER), 0.5)],
)
def test_both_glances_count(one, other, agreement):
    assert _glances(one, other).agreement(WORN, "top", False, 40.0) == pytest.approx(agreement, abs=0.06)


def test_what_somebody_named_holds_for_each_glance():
    """One takes it for a coat, a little sooner: told that it is a top, it is none."""
    doubtful = _seen((*WHOLE[:2], COAT, 0.6), (*WHOLE[:2], TOP, 0.35))
    glances = _glances(_seen(WHOLE), doubtful)
    assert glances.agreement(WORN, "top", False, 40.0) == pytest.approx(0.5, abs=0.06)
    assert glances.agreement(WORN, "top", True, 40.0) == pytest.approx(1.0, abs=0.06)


def test_what_nobody_sees_agrees_with_nothing():
    empty = _glances(_seen(), _seen())
    assert empty.agreement(WORN, "top", True, 40.0) == 0 and empty.agreement(~WORN & WORN, "top", True, 40.0) == 0


def test_certainty_is_whole_only_if_both_are():
    assert certainty(1.0, 1.0) == 1.0 and certainty(0.0, 1.0) < 1 and certainty(1.0, 0.0) < certainty(0.0, 1.0)


def test_faults_among_the_least_certain():
    overlaps, certain = [0.1, 0.9, 0.5, 0.9, 0.9], [0.2, 0.3, 0.95, 0.8, 0.9]
    assert [_faults_found(overlaps, certain, share) for share in (20, 40, 100)] == [50.0, 50.0, 100.0]
    assert _faults_found([0.9], [0.1], 20) is None
