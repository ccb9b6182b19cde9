"""Cloth behind what hides it is patched with what shows of it."""

import time

import numpy as np
import pytest

from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.quilt import quilt

GREEN = np.uint8([0, 255, 0])


def _cloth(pattern, light=None, shape=(200, 160)):
    """(H, W, 3) uint8 grey cloth with a pattern of the row and the column, and its light."""
    rows, columns = np.indices(shape).astype(float)
    grey = (130 + 90 * pattern(rows, columns)) * (1 if light is None else light(rows, columns))
    return np.clip(grey, 0, 255).astype(np.uint8)[:, :, None].repeat(3, 2)


def _hole(at=np.s_[60:140, 50:110], shape=(200, 160)):
    hole = np.zeros(shape, bool)
    hole[at] = True
    return hole


def _before(rgb, hole):
    return np.where(hole[:, :, None], GREEN, rgb)


def _filled(rgb, hole, unit=100.0):
    return quilt(_before(rgb, hole), hole, np.ones_like(hole), unit)


def _off(one, other, where):
    return np.abs(one.astype(int) - other)[where].mean()


@pytest.mark.parametrize("unit", [60.0, 100.0, 170.0])
@pytest.mark.parametrize(
    "pattern",
    [
        lambda rows, columns: np.sign(np.sin(columns * 0.5)),
        lambda rows, columns: np.sign(np.sin(rows * 0.5 + columns * 0.3)),
        lambda rows, columns: np.sign(np.sin(rows * 0.5)) * np.sign(np.sin(columns * 0.5)),
    ],
    ids=["stripes", "slanted stripes", "checks"],
)
def test_a_pattern_goes_on_in_step(pattern, unit):
    rgb, hole = _cloth(pattern), _hole()
    assert _off(_filled(rgb, hole, unit), rgb, hole) < 0.5 * _off(mirror_fill(_before(rgb, hole), hole), rgb, hole)


def test_what_is_known_stays_bit_for_bit_and_what_hid_it_never_comes_back():
    rgb, hole = np.random.default_rng(0).integers(0, 200, (200, 160, 1)).astype(np.uint8).repeat(3, 2), _hole()
    filled = _filled(rgb, hole)
    np.testing.assert_array_equal(filled[~hole], rgb[~hole])
    assert np.abs(filled[:, :, 1].astype(int) - filled[:, :, 0]).max() <= 1
    np.testing.assert_array_equal(filled, _filled(rgb, hole))  # the same every time


@pytest.mark.parametrize("unit", [50.0, 100.0])
def test_plain_cloth_is_as_light_deep_in_a_wide_hole_as_at_its_border(unit):
    rgb, hole = _cloth(lambda rows, columns: 0.02 * np.sin(columns * 0.7)), _hole(np.s_[:, 40:])
    assert _off(_filled(rgb, hole, unit), rgb, hole) < 6


def test_stripes_get_as_light_as_their_place_is():
    """It grows from left to right; patches of either side as they are would be off by nearly two levels somewhere."""
    rgb = _cloth(lambda rows, columns: 0.3 * np.sin(rows * 0.7), lambda rows, columns: 0.5 + columns / 160)
    filled = _filled(rgb, _hole(np.s_[30:170, 50:110]))
    off = [filled[32:168, column].mean() - rgb[32:168, column].mean() for column in range(52, 108, 5)]
    assert np.abs(off).max() < 1.2


def test_a_button_does_not_come_again():
    rgb, hole = _cloth(lambda rows, columns: 0.03 * np.sin(columns * 0.7)), _hole(np.s_[:, 80:])
    rgb[60:68, 60:68] = 255
    filled = _filled(rgb, hole)
    assert filled[hole].max() < 200 and (filled[hole].max(1) > 150).mean() < 0.004


def test_a_patch_meets_its_neighbours_without_an_edge():
    """Folds that nowhere fit quite: no step between neighbours is higher than those of the cloth that shows."""
    rgb = _cloth(lambda rows, columns: 0.5 * np.sin(columns * 0.12 + rows * rows / 900))
    hole = _hole()
    steps = [np.abs(np.diff(picture[61:139, 51:109, 0].astype(int), axis=0)) for picture in (_filled(rgb, hole), rgb)]
    assert np.percentile(steps[0], 99) < 1.15 * np.percentile(steps[1], 99)


def test_cloth_apart_from_all_that_shows_has_its_pattern_too():
    rgb, hole = _cloth(lambda rows, columns: np.sign(np.sin(columns * 0.7))), _hole(np.s_[:, 60:])
    cloth = np.zeros_like(hole)
    cloth[:, :80] = cloth[:, 110:] = True
    filled = quilt(_before(rgb, hole), hole, cloth, 100.0)
    assert filled[:, 112:158].std() > 50


def test_where_no_whole_patch_shows_what_there_is_passes_into_each_other_without_corners():
    """Two cuffs, one of them in the shade."""
    rgb, hole = np.full((200, 160, 3), 90, np.uint8), np.ones((200, 160), bool)
    rgb[:100], hole[20:28, :8], hole[170:178, 150:] = 180, False, False
    filled = _filled(rgb, hole).astype(int)
    steps = [np.abs(np.diff(filled, axis=axis)).max() for axis in (0, 1)]
    assert max(steps) < 25 and filled[60].max() > 150 and filled[140].min() < 120
    assert np.abs(np.diff(mirror_fill(_before(rgb, hole), hole).astype(int), axis=0)).max() > 80


def test_where_nothing_is_known_nothing_changes():
    rgb, hole = _cloth(lambda rows, columns: np.sin(columns * 0.7)), np.ones((200, 160), bool)
    np.testing.assert_array_equal(quilt(rgb, hole, hole, 100.0), rgb)


def test_nothing_is_patched_where_no_cloth_is():
    rgb, hole = _cloth(lambda rows, columns: np.sin(columns * 0.7)), _hole()
    cloth = np.zeros_like(hole)
    cloth[:, 90:] = True
    filled = quilt(_before(rgb, hole), hole, cloth, 100.0)
    np.testing.assert_array_equal(filled[:, :90], mirror_fill(_before(rgb, hole), hole)[:, :90])


def test_a_strip_says_what_the_rest_is_like():
    """A hem below a coat: all that is known is small, so it may be looked at closely."""
    rgb = _cloth(lambda rows, columns: np.sign(np.sin(rows * 0.35)) * np.sign(np.sin(columns * 0.35)), shape=(700, 500))
    hole = _hole(np.s_[:650], rgb.shape[:2])
    filled = _filled(rgb, hole, 190.0)
    assert filled[20:600].std() > 0.7 * rgb[20:600].std() and _off(filled, rgb, np.s_[560:620]) < 30


def test_a_large_picture_of_which_little_is_known_takes_seconds_too():
    shape = (1000, 800)
    rgb, hole = _cloth(lambda rows, columns: np.sin(columns * 0.2), shape=shape), ~_hole(np.s_[490:510, 390:410], shape)
    start = time.process_time()
    _filled(rgb, hole)
    assert time.process_time() - start < 30


def test_a_wide_hole_in_a_large_picture_takes_seconds():
    """As a far crumb or a torso that is seen from above asks for: it is patched more coarsely. Without that, minutes."""
    shape = (1000, 800)
    rgb, hole = _cloth(lambda rows, columns: np.sin(columns * 0.2), shape=shape), _hole(np.s_[200:900, 100:700], shape)
    start = time.process_time()
    _filled(rgb, hole, 60.0)
    assert time.process_time() - start < 30


def test_what_is_laid_has_the_tone_of_what_it_meets():
    """The redder the nearer to the middle, which no patch elsewhere is; patches as they are would end in a step of four levels."""
    rgb, hole = _cloth(lambda rows, columns: 0.05 * np.sin(columns * 0.7)), _hole()
    rows, columns = np.indices(hole.shape)
    rgb[:, :, 1:] -= (0.8 * np.clip(70 - np.hypot(rows - 100, columns - 80), 0, None)).astype(np.uint8)[:, :, None]
    filled = _filled(rgb, hole).astype(float)
    off = np.abs((filled[:, :, 0] - filled[:, :, 1]) - (rgb[:, :, 0].astype(float) - rgb[:, :, 1]))
    assert off[60:140, 50:56].mean() < 1.5 and off[60:140, 104:110].mean() < 1.5


def test_what_is_known_passes_into_what_is_laid_only_where_that_is_wanted():
    """A dark line along the hole, as what hid the cloth leaves it."""
    rgb, hole = _cloth(lambda rows, columns: 0.05 * np.sin(columns * 0.7)), _hole()
    rgb[56:60, 50:110] = 60
    line = np.s_[56:60, 55:105]
    assert (_filled(rgb, hole)[line] == 60).all()
    passed = quilt(_before(rgb, hole), hole, np.ones_like(hole), 100.0, 5.0)
    lighter = passed[line].mean((1, 2)) - 60
    assert lighter[-1] > 40 and (np.diff(lighter) > 8).all()
    np.testing.assert_array_equal(passed[:50], rgb[:50])


def test_the_shadow_of_what_hid_the_cloth_is_not_carried_into_it():
    """It is darkest at the border; patches are of lighter cloth, and what they lack there is no tone."""
    rgb, hole = _cloth(lambda rows, columns: 0.05 * np.sin(columns * 0.7)).astype(float), np.zeros((200, 160), bool)
    hole[:80] = True
    rgb *= np.clip(0.5 + (np.arange(200) - 80) / 12, 0.5, 1)[:, None, None]
    assert _filled(rgb.astype(np.uint8), hole)[72:79].mean() > 94  # as without a tone it is 103, and at the border 65
