"""Whoever stands beside a person is not re-posed with them."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.parsing import LABEL
from primerka.tryon.surface.canvas import Canvas
from primerka.tryon.surface.figure import hang


@pytest.mark.parametrize("kind", ["top", "hair", "left_arm", "skirt", "bag"])
def test_what_lies_far_off_the_body_hangs_on_nothing(buyer, kind):
    corner = np.zeros(buyer.parsing.labels.shape, bool)
    corner[:25, :25] = True
    ys, xs = np.nonzero(buyer.surface.part >= 0)
    assert np.hypot(ys - 25, xs - 25).min() > 0.8 * buyer.pose.torso_px
    labels = np.where(corner, LABEL[kind], buyer.parsing.labels).astype(buyer.parsing.labels.dtype)
    regions = hang(replace(buyer, parsing=replace(buyer.parsing, labels=labels)))
    assert not any((region & corner).any() for region in regions.values())
    own = np.logical_or.reduce(list(regions.values()))
    assert own.sum() > 0.95 * (buyer.parsing.labels > 0).sum()


@pytest.mark.parametrize(("side", "kept"), [(10, False), (40, True)])
def test_a_torn_off_piece_is_left_out_unless_it_is_large(side, kept):
    canvas = Canvas(100, 200)
    for rows, columns in ((slice(0, 100), slice(0, 60)), (slice(0, side), slice(120, 120 + side))):
        alpha = np.ones((rows.stop - rows.start, columns.stop - columns.start), np.float32)
        canvas.lay(rows, columns, np.zeros((*alpha.shape, 3), np.float32), alpha, alpha)
    alpha = canvas.picture()[1]
    assert alpha[50, 30] == 1 and (alpha[side // 2, 120 + side // 2] == 1) == kept
