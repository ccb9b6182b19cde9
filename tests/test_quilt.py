"""Cloth behind what hides it is patched with what shows of it."""

import numpy as np
import pytest

from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.quilt import quilt

UNIT = 100.0


def _cloth(pattern, light=None):
    """(200, 160, 3) uint8 grey cloth with a pattern of the row and the column."""
    rows, columns = np.mgrid[0:200, 0:160].astype(float)
    grey = (130 + 90 * pattern(rows, columns)) * (1 if light is None else light(rows, columns))
    return np.clip(grey, 0, 255).astype(np.uint8)[:, :, None].repeat(3, 2)


def _hole(at=np.s_[60:140, 50:110]):
    hole = np.zeros((200, 160), bool)
    hole[at] = True
    return hole


def _filled(rgb, hole, cloth=None):
    before = np.where(hole[:, :, None], np.uint8([0, 255, 0]), rgb)
    return quilt(before, hole, np.ones_like(hole) if cloth is None else cloth, UNIT)


def _off(one, other, where):
    return np.abs(one.astype(int) - other)[where].mean()


@pytest.mark.parametrize(
    "pattern",
    [
        lambda rows, columns: np.sign(np.sin(columns * 0.7)),
        lambda rows, columns: np.sign(np.sin(rows * 0.6 + columns * 0.3)),
        lambda rows, columns: np.sign(np.sin(rows * 0.5)) * np.sign(np.sin(columns * 0.5)),
    ],
    ids=["stripes", "slanted stripes", "checks"],
)
def test_a_pattern_goes_on_in_step(pattern):
    rgb, hole = _cloth(pattern), _hole()
    filled = _filled(rgb, hole)
    assert _off(filled, rgb, hole) < 25  # of 90 were it out of step half the time
    assert _off(filled, rgb, hole) < 0.5 * _off(
        mirror_fill(np.where(hole[:, :, None], 0, rgb).astype(np.uint8), hole), rgb, hole
    )


def test_what_is_known_stays_bit_for_bit_and_what_hid_it_never_comes_back():
    rng = np.random.default_rng(0)
    rgb, hole = rng.integers(0, 200, (200, 160, 3)).astype(np.uint8), _hole()
    rgb[:, :, 1] = rgb[:, :, 0]
    filled = _filled(rgb, hole)
    np.testing.assert_array_equal(filled[~hole], rgb[~hole])
    assert np.abs(filled[:, :, 1].astype(int) - filled[:, :, 0]).max() <= 1
    np.testing.assert_array_equal(filled, _filled(rgb, hole))  # the same every time


def test_cloth_gets_no_lighter_where_it_meets_what_shows():
    rgb, hole = _cloth(lambda rows, columns: 0.3 * np.sin(columns * 0.7), lambda rows, columns: 0.5 + rows / 250), _hole()
    filled = _filled(rgb, hole).astype(float).mean(2)
    inside, outside = filled[[60, 139], 50:110].mean(1), filled[[57, 142], 50:110].mean(1)
    assert np.abs(inside - outside).max() < 12
    assert filled[130, 55:105].mean() > filled[70, 55:105].mean() + 20


def test_a_button_does_not_come_again():
    rgb, hole = _cloth(lambda rows, columns: 0.03 * np.sin(columns * 0.7)), _hole(np.s_[:, 80:])
    rgb[60:68, 60:68] = 255
    assert _filled(rgb, hole)[hole].max() < 150


@pytest.mark.parametrize("shows", [0, 6])
def test_where_no_whole_patch_shows_the_mirror_image_does(shows):
    rgb, hole = _cloth(lambda rows, columns: np.sin(columns * 0.7)), _hole(np.s_[:, shows:])
    before = np.where(hole[:, :, None], np.uint8([0, 255, 0]), rgb)
    np.testing.assert_array_equal(quilt(before, hole, np.ones_like(hole), UNIT), mirror_fill(before, hole))


def test_nothing_is_patched_where_no_cloth_is():
    rgb, hole = _cloth(lambda rows, columns: np.sin(columns * 0.7)), _hole()
    before = np.where(hole[:, :, None], np.uint8([0, 255, 0]), rgb)
    cloth = np.zeros_like(hole)
    cloth[:, 90:] = True
    np.testing.assert_array_equal(quilt(before, hole, cloth, UNIT)[:, :90], mirror_fill(before, hole)[:, :90])
