"""Filling holes: what is known stays, what was in the hole never comes back."""

from functools import partial

import cv2
import numpy as np
import pytest
from scipy.sparse import lil_matrix
from scipy.sparse.linalg import spsolve

from primerka.perception.nearby import local_mean, nearest_known
from primerka.tryon.surface.fill import SIDEWAYS, blend_fill, level_fill, mirror_fill, spread_out


def _holes():
    ys, xs = np.mgrid[0:60, 0:80]
    yield "disc", (ys - 30) ** 2 + (xs - 40) ** 2 < 200
    yield "edge", xs < 15
    yield "corner", (xs > 60) & (ys > 40)
    yield "strip", (xs > 20) & (xs < 30)
    yield "crumbs", np.random.default_rng(0).random((60, 80)) < 0.3
    yield "most", (xs > 3) | (ys > 3)


HOLES = dict(_holes())


FILLS = pytest.mark.parametrize(
    "fill",
    [mirror_fill, partial(blend_fill, reach=20.0), level_fill],
    ids=["mirror", "blend", "level"],
)


@FILLS
@pytest.mark.parametrize("name", HOLES)
def test_known_pixels_stay_bit_for_bit(name, fill):
    rgb = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    before = rgb.copy()
    filled = fill(rgb, HOLES[name])
    assert filled.shape == rgb.shape and filled.dtype == np.uint8
    np.testing.assert_array_equal(filled[~HOLES[name]], rgb[~HOLES[name]])
    np.testing.assert_array_equal(rgb, before)


@FILLS
@pytest.mark.parametrize("name", HOLES)
def test_what_was_in_the_hole_never_comes_back(name, fill):
    rgb = np.full((60, 80, 3), 90, np.uint8)
    rgb[HOLES[name]] = 255
    assert (fill(rgb, HOLES[name]) == 90).all()


def test_a_level_fill_passes_evenly_from_side_to_side_and_keeps_a_horizon():
    rgb = np.zeros((80, 60, 3), np.uint8)
    rgb[:, :30], rgb[:, 30:], rgb[50:] = 40, 200, 120
    hole = np.zeros((80, 60), bool)
    hole[10:70, 15:45] = True
    filled = level_fill(rgb, hole)[:, :, 0].astype(int)
    sky = filled[30, 14:46]
    assert (np.diff(sky) >= 0).all() and abs(sky[16] - 120) < 12 and np.diff(sky).max() < 30
    assert abs(filled[56:64, 15:45] - 120).max() < 20


def test_a_level_fill_solves_its_equation():
    """Every pixel is the mean of its neighbours, those beside it counting SIDEWAYS times: solved by a sparse solver instead."""
    ys, xs = np.mgrid[0:50, 0:60]
    rgb = np.repeat((128 + 60 * np.sin(xs / 9) + 50 * np.cos(ys / 7)).astype(np.uint8)[:, :, None], 3, 2)
    hole = (xs - 30) ** 2 / 300 + (ys - 24) ** 2 / 200 < 1
    number = np.full(hole.shape, -1)
    number[hole] = np.arange(hole.sum())
    matrix, right = lil_matrix((hole.sum(), hole.sum())), np.zeros(hole.sum())
    for y, x in np.argwhere(hole):
        row = number[y, x]
        matrix[row, row] = 2 + 2 * SIDEWAYS
        for dy, dx, weight in ((0, 1, SIDEWAYS), (0, -1, SIDEWAYS), (1, 0, 1), (-1, 0, 1)):
            if hole[y + dy, x + dx]:
                matrix[row, number[y + dy, x + dx]] -= weight
            else:
                right[row] += weight * float(rgb[y + dy, x + dx, 0])
    off = np.abs(level_fill(rgb, hole)[hole][:, 0] - spsolve(matrix.tocsr(), right))
    assert off.mean() < 2.5 and off.max() < 6


def test_across_the_border_of_a_hole_the_picture_is_its_mirror_image():
    columns = np.linspace(0, 255, 80).astype(np.uint8)
    rgb = np.repeat(np.repeat(columns[None, :, None], 60, 0), 3, 2)
    filled = mirror_fill(rgb, HOLES["edge"])  # columns 0 to 14; the nearest known column is 15
    assert np.abs(filled[30, 5:13, 0].astype(int) - columns[2 * 15 - np.arange(5, 13)]).max() <= 8


def test_a_wide_hole_between_two_colours_has_no_seam():
    rgb = np.zeros((60, 80, 3), np.uint8)
    rgb[:, 40:] = 200
    hole = np.zeros((60, 80), bool)
    hole[:, 15:65] = True
    row = blend_fill(rgb, hole, 20.0)[30, :, 0].astype(int)
    assert (row[:15] == 0).all() and (row[65:] == 200).all()
    assert np.abs(np.diff(row)).max() < 30 and (np.diff(row) >= -1).all()


@FILLS
def test_nothing_known_and_nothing_to_fill(fill):
    rgb = np.random.default_rng(0).integers(0, 256, (10, 12, 3)).astype(np.uint8)
    for hole in (np.zeros((10, 12), bool), np.ones((10, 12), bool)):
        np.testing.assert_array_equal(fill(rgb, hole), rgb)


@pytest.mark.parametrize("name", HOLES)
def test_the_nearest_known_pixel_is_known_and_near(name):
    hole = HOLES[name]
    near = nearest_known(hole)
    known = np.argwhere(~hole)
    for y, x in np.argwhere(hole)[::97]:
        nx, ny = near[y, x].astype(int)
        assert not hole[ny, nx]
        nearest = np.sqrt(((known - (y, x)) ** 2).sum(1).min())
        assert np.hypot(nx - x, ny - y) <= 1.08 * nearest + 0.5  # OpenCV's 5x5 distance is approximate
    ys, xs = np.nonzero(~hole)
    np.testing.assert_array_equal(near[~hole], np.stack([xs, ys], 1))


@pytest.mark.parametrize("sigma", [2.0, 9.0])
def test_a_constant_spreads_as_itself(sigma):
    known = np.zeros((40, 56), bool)
    known[10:30, 10:40] = True
    values = np.where(known, 5.0, 99.0).astype(np.float32)
    spread = spread_out(values, known, sigma)
    np.testing.assert_allclose(spread[10:30, 10:40], 5, rtol=0.02)
    assert spread.max() < 5.1  # what is not known has no say


def test_each_channel_spreads_alone():
    random = np.random.default_rng(0)
    values, known = random.normal(0, 1, (40, 56, 3)).astype(np.float32), random.random((40, 56)) < 0.5
    spread = spread_out(values, known, 3.0)
    for channel in range(3):
        np.testing.assert_allclose(spread[:, :, channel], spread_out(values[:, :, channel].copy(), known, 3.0), atol=1e-5)


def test_far_from_everything_known_is_zero():
    known = np.zeros((20, 200), bool)
    known[:, :10] = True
    assert np.abs(spread_out(np.full((20, 200), 5, np.float32), known, 4.0)[:, 100:]).max() < 1e-3


def test_what_stands_further_off_than_the_reach_is_not_shown_twice():
    rgb = np.full((60, 80, 3), 90, np.uint8)
    rgb[:, 60:64] = 255
    hole = np.zeros((60, 80), bool)
    hole[:, 10:45] = True
    assert (blend_fill(rgb, hole, 10.0)[:, 10:45] == 90).all()
    assert (blend_fill(rgb, hole, 1e3)[:, 10:45] > 90).any()


@pytest.mark.parametrize("reach", [1, 6, 24])
def test_a_local_mean_is_a_blur_of_the_region_alone(reach):
    random = np.random.default_rng(0)
    rgb = cv2.GaussianBlur(random.integers(0, 256, (120, 90, 3)).astype(np.uint8), (0, 0), 3)
    region = np.zeros((120, 90), bool)
    region[30:90, 20:60] = True
    weight = cv2.GaussianBlur(region.astype(np.float64), (0, 0), reach)[:, :, None]
    exact = cv2.GaussianBlur(rgb * region[:, :, None].astype(np.float64), (0, 0), reach) / np.maximum(weight, 1e-6)
    assert np.abs(local_mean(rgb, region, reach) - exact)[region].max() < 2.5
    assert np.allclose(local_mean(np.full_like(rgb, 77), region, reach)[region], 77, atol=0.01)
