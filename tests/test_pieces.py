"""Pieces of masks, and what lies around them."""

import numpy as np
import pytest

from primerka.parsing import LABEL, LABELS, labelled
from primerka.perception.pieces import outline_shares, pieces_in


def test_a_piece_is_in_a_mask_that_holds_one_pixel_of_it_and_what_is_no_piece_never_is():
    pieces = np.array([[1, 1, 0, 2], [1, 0, 0, 2], [0, 0, 3, 0]], np.int32)
    where = np.array([[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]], bool)
    np.testing.assert_array_equal(pieces_in(pieces, where), np.isin(pieces, [1, 3]))
    assert not pieces_in(pieces, pieces == 0).any() and not pieces_in(np.zeros((0, 4), int), np.zeros((0, 4), bool)).any()


@pytest.mark.parametrize("corner, around, beside", [((5, 5), 12, 4), ((0, 0), 5, 0), ((18, 18), 5, 3), ((0, 9), 8, 3)])
def test_the_share_of_an_outline_counts_what_the_picture_has_of_it(corner, around, beside):
    y, x = corner
    mask, left = np.zeros((20, 20), bool), np.zeros((20, 20), bool)
    mask[y : y + 2, x : x + 2] = True
    left[:, max(x - 1, 0) : x] = True
    pieces, shares = outline_shares(mask, left, ~mask)
    np.testing.assert_array_equal(pieces, mask)
    np.testing.assert_allclose(shares, [[0, beside / around], [0, 1]])


def test_nothing_has_no_pieces():
    pieces, shares = outline_shares(np.zeros((5, 6), bool), np.ones((5, 6), bool), np.ones((5, 6), bool))
    assert not pieces.any() and shares.shape == (2, 1) and not shares.any()


@pytest.mark.parametrize("names", [(), ("background",), ("other", "top"), LABELS])
def test_a_look_up_of_labels_says_what_comparing_says(names):
    labels = np.random.default_rng(1).integers(0, len(LABELS), (9, 7)).astype(np.uint8)
    found = labelled(labels, *names)
    assert found.dtype == bool
    np.testing.assert_array_equal(found, np.isin(labels, [LABEL[name] for name in names]))
