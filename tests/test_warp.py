"""Moving least squares: exact where the paper says it is, and near the given points everywhere."""

import numpy as np
import pytest

from primerka.tryon.surface.warp import GRID, dense_flow, moving_least_squares


@pytest.fixture
def points():
    return np.random.default_rng(0).uniform(0, 200, (40, 2))


@pytest.fixture
def nodes():
    return np.random.default_rng(1).uniform(-100, 300, (60, 2))


def _similarity(points, scale, degrees, shift):
    turn = np.radians(degrees)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return points @ matrix.T + shift


@pytest.mark.parametrize(
    ("scale", "degrees", "shift"),
    [(1, 0, (0, 0)), (1, 0, (31, -7)), (1, 90, (0, 0)), (0.6, -35, (12, 80)), (2.5, 170, (-40, 3))],
)
def test_similarities_are_exact_also_far_from_all_points(points, nodes, scale, degrees, shift):
    moved = moving_least_squares(nodes, points, _similarity(points, scale, degrees, shift), reach=20, scale=scale)
    assert moved.dtype == np.float32
    np.testing.assert_allclose(moved, _similarity(nodes, scale, degrees, shift), atol=2e-3)


def test_a_stretch_is_followed_among_the_points():
    targets = np.stack(np.meshgrid(np.arange(0, 200, 10.0), np.arange(0, 200, 10.0)), -1).reshape(-1, 2)
    nodes = np.random.default_rng(1).uniform(60, 140, (30, 2))
    moved = moving_least_squares(nodes, targets, targets * (1.5, 1.0), reach=10, scale=1.0)
    assert np.abs(moved - nodes * (1.5, 1.0)).max() < 0.3


def test_given_points_go_nearly_where_they_are_told():
    xs, ys = np.meshgrid(np.arange(0, 200, 40.0), np.arange(0, 200, 40.0))
    targets = np.stack([xs, ys], -1).reshape(-1, 2)
    sources = targets + np.random.default_rng(0).normal(0, 6, targets.shape)
    moved = moving_least_squares(targets, targets, sources, reach=0.5, scale=1.0)
    assert np.abs(moved - sources).max() < 0.3
    assert np.abs(targets - sources).max() > 5


def test_the_order_of_the_points_does_not_matter(points, nodes):
    sources = points + np.random.default_rng(2).normal(0, 5, points.shape)
    order = np.random.default_rng(3).permutation(len(points))
    one, other = (moving_least_squares(nodes, points[i], sources[i], 20, 1.0) for i in (slice(None), order))
    np.testing.assert_allclose(one, other, atol=1e-2)


@pytest.mark.parametrize("box", [(0, 0, 64, 48), (13, -5, 90, 71), (3, 4, 10, 9)])
def test_the_dense_flow_is_that_of_its_nodes(points, box):
    left, top, right, bottom = box
    sources = points + np.random.default_rng(2).normal(0, 5, points.shape)
    flow = dense_flow(points, sources, box, reach=20, scale=1.0)
    assert flow.shape == (bottom - top, right - left, 2) and flow.dtype == np.float32
    xs, ys = np.meshgrid(np.arange(left, right, GRID), np.arange(top, bottom, GRID))
    expected = moving_least_squares(np.stack([xs, ys], -1).reshape(-1, 2).astype(float), points, sources, 20, 1.0)
    np.testing.assert_allclose(flow[::GRID, ::GRID].reshape(-1, 2), expected, atol=1e-3)


def test_between_nodes_the_dense_flow_is_nearly_the_whole_computation(points):
    sources = points + np.random.default_rng(2).normal(0, 5, points.shape)
    flow = dense_flow(points, sources, (20, 20, 100, 100), reach=20, scale=1.0)
    pixels = np.stack(np.meshgrid(np.arange(20, 100), np.arange(20, 100)), -1).reshape(-1, 2).astype(float)
    full = moving_least_squares(pixels, points, sources, 20, 1.0).reshape(80, 80, 2)
    assert np.abs(flow - full).max() < 1.0


def test_far_off_cloth_keeps_its_size_where_the_points_are_stretched():
    targets = np.stack(np.meshgrid(np.arange(0, 100, 10.0), np.arange(0, 100, 10.0)), -1).reshape(-1, 2)
    nodes = np.array([[900.0, 0.0], [900.0, 100.0], [1000.0, 100.0]])
    moved = moving_least_squares(nodes, targets, targets * (1.0, 2.0), reach=10, scale=1.0)
    assert np.abs(np.linalg.norm(np.diff(moved, axis=0), axis=1) - 100).max() < 3
