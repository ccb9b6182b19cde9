"""Legs in new trousers: where they are covered, where they are bare."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from dressing import no_cloth, widened

from primerka.body import BONE
from primerka.tryon.surface.trousers import above_hem, without_holes


def test_socks_taken_for_trousers_do_not_make_the_leg_between_them_vanish(buyers, cloths):
    buyer = buyers[0]
    shorts = buyer.trunk_legs & (buyer.along > 0) & (buyer.along < 0.8)
    socks = buyer.trunk_legs & (buyer.along > 1.3) & (buyer.along < 1.5)
    alpha = (shorts | socks).astype(np.float32)
    assert socks.any()
    above = above_hem(buyer, cloths["trousers"], replace(no_cloth(buyer), alpha=alpha))
    assert above[shorts].mean() > 0.9
    assert not above[buyer.along > 0.9].any()


def test_a_leg_that_the_other_one_crosses_is_in_trousers_all_the_way_down(buyers, cloths):
    """Of its own cloth none shows for a stretch, and below that it hangs together with the rest."""
    buyer = buyers[0]
    worn = buyer.trunk_legs & (buyer.along > 0) & (buyer.along < 1.2)
    left = buyer.person.surface.mask([BONE["left_thigh"], BONE["left_shin"]])
    hidden = left & (buyer.along > 0.5) & (buyer.along < 0.7)
    rows = worn & (buyer.along > 0.9) & (buyer.along < 1.0)
    bridge = np.maximum.accumulate(rows, 1) & np.maximum.accumulate(rows[:, ::-1], 1)[:, ::-1]
    alpha = (worn & ~hidden | bridge).astype(np.float32)
    above = above_hem(buyer, cloths["trousers"], replace(no_cloth(buyer), alpha=alpha))
    assert hidden.sum() > 100 and above[hidden].mean() > 0.95


def test_below_a_hem_each_leg_is_bare(buyers, cloths):
    """Also where the other leg's hem is lower: who walks has one knee higher."""
    buyer = buyers[0]
    legs = [buyer.person.surface.mask([BONE[f"{side}_{bone}"] for bone in ("thigh", "shin")]) for side in ("left", "right")]
    hems = (1.13, 1.27)  # torso lengths, at no step's end
    alpha = sum((leg & (buyer.along > 0) & (buyer.along < hem)).astype(np.float32) for leg, hem in zip(legs, hems))
    above = above_hem(buyer, cloths["trousers"], replace(no_cloth(buyer), alpha=alpha))
    for leg, hem in zip(legs, hems):
        assert above[leg & (buyer.along > 0.05) & (buyer.along < hem - 0.03)].all()
        assert not above[leg & (buyer.along > hem)].any()


def test_below_a_slanted_hem_a_leg_is_bare_and_beside_narrow_trousers_it_is_not(buyers, cloths):
    buyer = buyers[0]
    leg = buyer.person.surface.mask([BONE["left_thigh"]]) & (buyer.along > 0.3) & (buyer.along < 0.9)
    columns = np.arange(leg.shape[1])
    across = (columns - columns[leg.any(0)][0]) / (leg.any(0).sum() - 1)
    below = leg & (buyer.along > 0.6 + 0.1 * across)
    narrow = leg & (across > 0.8) & (buyer.along > 0.4)
    for missing, bare in ((below, True), (below | narrow, False)):
        above = above_hem(buyer, cloths["trousers"], replace(no_cloth(buyer), alpha=(leg & ~missing).astype(np.float32)))
        assert above[leg & ~missing].mean() > 0.95
        beside = leg & (across < 0.2) & below if bare else narrow & (buyer.along < 0.6)
        assert beside.sum() > 50
        assert above[beside].mean() < 0.02 if bare else above[beside].mean() > 0.98


def test_trousers_leave_no_hole_over_the_legs(buyers, cloths):
    """Of a model seen from the side they have no room there. What is narrow is the fit's, what is above their waist somebody's shirt."""
    buyer = buyers[0]
    worn = buyer.trunk_legs & (buyer.along > 0.1) & (buyer.along < 1.2)
    ys, xs = np.nonzero(buyer.person.surface.mask([BONE["left_thigh"]]) & (buyer.along > 0.45) & (buyer.along < 0.55))
    at, unit = (int(xs.mean()), int(ys.mean())), buyer.unit
    hole, slit = (
        cv2.ellipse(np.zeros(worn.shape, np.uint8), at, (round(width * unit), round(0.2 * unit)), 0, 0, 360, 1, -1) > 0
        for width in (0.06, 0.015)
    )
    rgb = np.full((*worn.shape, 3), (10, 60, 30), np.uint8)
    for missing, filled in ((hole, True), (slit, False)):
        alpha = cv2.GaussianBlur((worn & ~missing).astype(np.float32), (0, 0), 1.0)
        edge = (alpha < 0.95)[:, :, None]  # of other colours, which stay
        laid = replace(no_cloth(buyer), rgb=np.where(edge, np.uint8([200, 0, 0]), rgb), alpha=alpha)
        new = without_holes(laid, buyer, cloths["trousers"])
        lacked = missing & worn
        assert lacked.sum() > 20 and (new.alpha[lacked] > 0.95).mean() > 0.9 if filled else new is laid
        if filled:
            assert np.abs(new.rgb[lacked & (new.alpha > 0.95)].astype(int) - (10, 60, 30)).max() < 3
        assert (new.alpha != alpha)[~widened(missing)].sum() < 5 and (new.rgb == laid.rgb)[~widened(missing)].all()
    assert without_holes(laid, buyer, cloths["skirt"]) is laid


@pytest.mark.parametrize("side", ["edge", "wide edge", "middle"])
def test_a_hole_is_filled_and_the_fitted_legs_bulge_is_not(buyers, cloths, side):
    buyer = buyers[0]
    worn = buyer.trunk_legs & (buyer.along > 0) & (buyer.along < 1.2)
    leg = buyer.person.surface.mask([BONE["left_thigh"]]) & (abs(buyer.along - 0.5) < (0.3 if side == "wide edge" else 0.15))
    columns = np.indices(leg.shape)[1]
    first = np.where(leg, columns, leg.shape[1]).min(1, keepdims=True)
    across = (columns - first) / (leg.sum(1, keepdims=True) + 1)
    lacking = leg & {"edge": across > 0.7, "wide edge": across > 0.3, "middle": abs(across - 0.5) < 0.22}[side]
    laid = replace(no_cloth(buyer), alpha=(worn & ~lacking).astype(np.float32))
    new = without_holes(laid, buyer, cloths["trousers"])
    assert lacking.sum() > 200
    assert new is laid if side == "edge" else (new.alpha[lacking] > 0.5).mean() > 0.9
