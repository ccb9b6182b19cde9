"""What lies behind somebody, completed with pieces of the same picture."""

import cv2
import numpy as np
import pytest

from primerka.tryon.surface.buyer import behind
from primerka.tryon.surface.complete import complete
from primerka.tryon.surface.fill import level_fill

UNIT = 80.0


def _hole(height: int, width: int) -> np.ndarray:
    hole = np.zeros((height, width), bool)
    hole[40:200, 110:170] = True
    return hole


def _fence() -> np.ndarray:
    """(240, 280, 3) uint8: a fence of bars before a wall, above a speckled street."""
    random = np.random.default_rng(0)
    rgb = np.full((240, 280, 3), 180, np.uint8)
    rgb[:120, np.arange(280) % 20 < 6] = 40
    rgb[120:] = np.clip(random.normal(110, 12, (120, 280, 1)), 0, 255)
    return rgb


def test_a_fence_goes_on_behind_whoever_stands_before_it():
    rgb, hole = _fence(), _hole(240, 280)
    guess = np.where(hole[:, :, None], 120, rgb).astype(np.uint8)
    filled = complete(np.where(hole[:, :, None], 0, rgb).astype(np.uint8), hole, guess, UNIT, 0.12)
    upper = hole.copy()
    upper[110:] = False
    off = np.abs(filled.astype(int) - rgb)[upper]
    assert off.mean() < 25 and np.abs(guess.astype(int) - rgb)[upper].mean() > 60


def test_a_street_keeps_its_grain_and_does_not_rise():
    rgb, hole = _fence(), _hole(240, 280)
    filled = complete(rgb, hole, np.where(hole[:, :, None], 120, rgb).astype(np.uint8), UNIT, 0.12)
    street = filled[145:195, 115:165].astype(float)
    assert abs(street.mean() - 110) < 4 and 4 < street.std() < 16
    bars = filled[45:105, 122:158]
    assert ((bars < 80) | (bars > 140)).mean() > 0.9


def test_known_pixels_stay_and_it_is_the_same_every_time():
    rgb, hole = _fence(), _hole(240, 280)
    guess = np.where(hole[:, :, None], 120, rgb).astype(np.uint8)
    before = rgb.copy(), hole.copy(), guess.copy()
    filled = complete(rgb, hole, guess, UNIT, 0.12)
    assert np.array_equal(filled[~hole], rgb[~hole])
    assert np.array_equal(filled, complete(rgb, hole, guess, UNIT, 0.12))
    assert all(np.array_equal(one, other) for one, other in zip((rgb, hole, guess), before))


def test_nothing_of_the_hole_comes_back():
    rgb, hole = _fence(), _hole(240, 280)
    rgb[hole] = (255, 0, 255)
    filled = complete(rgb, hole, np.where(hole[:, :, None], 120, rgb).astype(np.uint8), UNIT, 0.12)
    assert not (filled == (255, 0, 255)).all(2).any()


def test_where_the_hole_is_as_wide_as_the_picture_the_guess_stays():
    rgb = _fence()
    hole = np.zeros((240, 280), bool)
    hole[60:180] = True
    guess = np.full_like(rgb, 77)
    filled = complete(rgb, hole, guess, UNIT, 0.12)
    assert (filled[100:140] == 77).all()


def test_where_only_strips_narrower_than_a_patch_are_known_the_guess_stays():
    rgb = np.random.default_rng(0).integers(0, 256, (240, 160, 3)).astype(np.uint8)
    hole = np.zeros((240, 160), bool)
    hole[:, 6:154] = True
    filled = complete(rgb, hole, np.full_like(rgb, 77), UNIT, 0.12)
    assert (filled[40:200, 20:140] == 77).all()


def test_nothing_to_fill_nothing_known_and_pictures_of_a_few_pixels():
    rgb = np.random.default_rng(0).integers(0, 256, (9, 7, 3)).astype(np.uint8)
    guess = 255 - rgb
    none, whole, half = np.zeros((9, 7), bool), np.ones((9, 7), bool), np.arange(63).reshape(9, 7) % 2 == 0
    assert np.array_equal(complete(rgb, none, guess, 4.0, 0.12), rgb)
    assert np.array_equal(complete(rgb, whole, guess, 4.0, 0.12), guess)
    filled = complete(rgb, half, guess, 4.0, 0.12)
    assert filled.shape == rgb.shape and np.array_equal(filled[~half], rgb[~half])


@pytest.mark.parametrize("out_of_focus", [True, False])
def test_behind_whoever_stands_before_a_blurred_lamp_no_second_lamp_is_and_a_sharp_street_stays_sharp(out_of_focus):
    rgb, hole = _fence(), _hole(240, 280)
    if out_of_focus:
        rgb[:] = 150
        rgb[:, 176:184] = 20  # beside the hole
        rgb = cv2.GaussianBlur(rgb, (0, 0), 3)
    filled = behind(rgb, hole, UNIT)
    assert (filled[~hole] == rgb[~hole]).all()
    if out_of_focus:
        assert (filled == level_fill(rgb, hole)).all() and (filled[50:190, 112:169] > 120).all()
    else:
        assert filled[150:190, 112:169].std() > 4
