"""Scarves and hats that the network doubts are none."""

import numpy as np
import pytest

from primerka.parsing import CLASSES
from primerka.perception.doubtful import without_doubtful

TOP, BAG = CLASSES.index("top"), CLASSES.index("bag")


def _seen(name: str, likely: float, other: int = TOP) -> np.ndarray:
    """Two pieces of one class, the left one as likely as given, the right one nearly certain; all else is skin."""
    seen = np.zeros((40, 80, len(CLASSES)), np.float32)
    seen[:, :, CLASSES.index("skin")] = 1
    for columns, share in ((slice(10, 30), likely), (slice(50, 70), 0.9)):
        seen[10:30, columns] = 0
        seen[10:30, columns, CLASSES.index(name)] = share
        seen[10:30, columns, other] = 0.75 * (1 - share)
        seen[10:30, columns, BAG] = 0.25 * (1 - share)
    return seen


@pytest.mark.parametrize("name", ["scarf", "hat"])
def test_a_doubtful_piece_is_what_it_is_likeliest_else_and_a_sure_one_stays(name):
    told = without_doubtful(_seen(name, 0.5))
    assert (told[10:30, 10:30].argmax(2) == TOP).all() and np.allclose(told[10:30, 10:30, TOP], 0.75)
    assert np.allclose(told[:, 40:], _seen(name, 0.5)[:, 40:]) and np.allclose(told.sum(2), 1)


@pytest.mark.parametrize(("name", "likely"), [("scarf", 0.65), ("glasses", 0.5), ("hair", 0.5)])
def test_what_is_sure_or_no_scarf_and_no_hat_stays(name, likely):
    seen = _seen(name, likely, other=CLASSES.index("outerwear"))
    assert np.allclose(without_doubtful(seen), seen)


def test_a_piece_is_doubtful_as_a_whole():
    """A border that is less sure than the middle is none of its own."""
    seen = _seen("scarf", 0.9)
    seen[10:30, 10:14] = 0.5 * (seen[10:30, 10:14] + np.eye(len(CLASSES), dtype=np.float32)[TOP])
    seen[10:30, 10:14, CLASSES.index("scarf")] += 0.05
    assert np.allclose(without_doubtful(seen), seen)


def test_a_doubtful_scarf_is_no_hat_and_no_hole():
    seen = _seen("scarf", 0.4, other=CLASSES.index("hat"))
    seen[10:30, 10:30, 0] = 0.2
    seen[10:30, 10:30, TOP] = 0.1
    told = without_doubtful(seen / seen.sum(2, keepdims=True))
    piece = told[10:30, 10:30]
    assert np.isin(piece.argmax(2), [TOP, BAG]).all() and np.allclose(told.sum(2), 1)
    assert np.allclose(piece[:, :, 0], 0.2 / seen[20, 20].sum()) and (piece[:, :, CLASSES.index("hat")] == 0).all()


def test_what_is_nothing_else_stays():
    seen = np.zeros((20, 20, len(CLASSES)), np.float32)
    seen[:, :, CLASSES.index("scarf")], seen[:, :, 0] = 0.55, 0.45
    assert np.allclose(without_doubtful(seen), seen)
