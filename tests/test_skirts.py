"""Skirts go on under what hides them."""

import cv2
import numpy as np
import pytest

from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.skirts import go_on_along

UNIT = 80.0


def _flared(pattern):
    """A skirt that flares from 60 to 140 pixels in 160 rows, with a pattern of its place across it, and where it is."""
    rows, columns = np.mgrid[0:200, 0:200].astype(float)
    left, right = 70 - (rows - 20) / 4, 130 + (rows - 20) / 4
    skirt = (rows >= 20) & (rows < 180) & (columns >= left) & (columns <= right)
    grey = 128 + 90 * pattern((columns - left) / (right - left))
    return np.where(skirt, grey, 20).astype(np.uint8)[:, :, None].repeat(3, 2), skirt


@pytest.mark.parametrize("slope", [0.0, 0.5])
def test_stripes_go_on_along_a_flared_skirt_under_a_level_and_a_slanted_hem(slope):
    rgb, skirt = _flared(lambda across: np.sin(across * 40))
    rows, columns = np.mgrid[0:200, 0:200]
    hidden = skirt & (rows < 70 + slope * (columns - 100))
    photo = np.where((hidden | (rows < 20))[:, :, None], np.uint8([0, 90, 0]), rgb)
    drawn = go_on_along(photo, skirt & ~hidden, skirt, UNIT, 0.0)

    def off(picture):
        return np.abs(picture.astype(int) - rgb)[hidden & (rows > 25)].mean()

    assert off(drawn) < 0.35 * off(mirror_fill(photo, ~(skirt & ~hidden)))
    around = cv2.dilate(skirt.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (drawn[around & (rows < 60)][:, 0] > 10).all()  # nothing of what hid it, also where its edge is blended


@pytest.mark.parametrize("odd", ["slanted waist", "speck"])
def test_stripes_do_not_turn_after_the_corner_of_a_waist_or_after_a_speck(odd):
    rgb, skirt = _flared(lambda across: np.sin(across * 40))
    rows, columns = np.mgrid[0:200, 0:200]
    seen = skirt & (rows > 20 + 0.2 * (columns - 55)) if odd == "slanted waist" else skirt.copy()
    if odd == "speck":
        seen[40:52, 2:14] = True
    shown = seen & (rows >= 80)
    drawn = go_on_along(np.where(shown[:, :, None], rgb, np.uint8([0, 90, 0])), shown, seen, UNIT, 0.0)
    assert np.abs(drawn.astype(int) - rgb)[skirt & seen & (rows > 35) & (rows < 80)].mean() < 15


def test_a_skirt_in_crumbs_is_drawn_too():
    rgb, skirt = _flared(lambda across: np.sin(across * 40))
    rows, columns = np.indices(skirt.shape)
    crumbs = skirt & (rows % 9 < 4) & (columns % 9 < 4)
    assert go_on_along(rgb, crumbs & (rows > 100), crumbs, UNIT, 0.0).shape == rgb.shape
    assert (go_on_along(rgb, crumbs & False, crumbs, UNIT, 0.0)[~skirt & (rows < 10)] == rgb[~skirt & (rows < 10)]).all()


def test_what_is_printed_down_a_skirt_goes_on_in_step():
    rgb, skirt = _flared(lambda across: 0 * across)
    rows = np.indices(skirt.shape)[0]
    rgb[skirt] = (100 + 60 * np.sin(rows / 3)).astype(np.uint8)[skirt][:, None]
    shown = skirt & (rows >= 90)
    drawn = go_on_along(np.where(shown[:, :, None], rgb, np.uint8([0, 90, 0])), shown, skirt, UNIT, 0.0)
    assert np.abs(drawn.astype(int) - rgb)[skirt & (rows > 50) & (rows < 90)].mean() < 16
