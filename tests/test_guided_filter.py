"""The guided filter against the paper's equations, one window at a time."""

import numpy as np

from primerka.perception.guided_filter import guided_filter


def _windows(values: np.ndarray, radius: int):
    padded = np.pad(values, [(radius, radius), (radius, radius)] + [(0, 0)] * (values.ndim - 2), mode="reflect")
    side = 2 * radius + 1
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            yield y, x, padded[y : y + side, x : x + side].reshape(side * side, *values.shape[2:])


def _slow(guide: np.ndarray, source: np.ndarray, radius: int, epsilon: float) -> np.ndarray:
    """He, Sun, Tang 2013, equations 19 to 21, in float64."""
    guide, source = guide.astype(float), source.astype(float)
    slope, offset = np.zeros(guide.shape), np.zeros(source.shape)
    for (y, x, i), (_, _, p) in zip(_windows(guide, radius), _windows(source, radius)):
        mean = i.mean(0)
        covariance = (i - mean).T @ (i - mean) / len(i)
        slope[y, x] = np.linalg.solve(covariance + epsilon * np.eye(3), ((i - mean) * (p - p.mean())[:, None]).mean(0))
        offset[y, x] = p.mean() - slope[y, x] @ mean
    out = np.zeros(source.shape)
    for (y, x, a), (_, _, b) in zip(_windows(slope, radius), _windows(offset, radius)):
        out[y, x] = a.mean(0) @ guide[y, x] + b.mean()
    return out


def test_equals_the_equations():
    random = np.random.default_rng(0)
    guide = random.uniform(0, 1, (18, 15, 3)).astype(np.float32)
    source = random.uniform(0, 1, (18, 15)).astype(np.float32)
    out = guided_filter(guide, source, 3, 1e-2)
    assert out.shape == source.shape and out.dtype == np.float32
    np.testing.assert_allclose(out, _slow(guide, source, 3, 1e-2), atol=2e-4)


def test_a_flat_guide_gives_the_mean_of_means():
    source = np.random.default_rng(0).uniform(0, 1, (18, 15)).astype(np.float32)
    out = guided_filter(np.full((18, 15, 3), 0.4, np.float32), source, 2, 1e-3)
    once = np.array([w.mean() for _, _, w in _windows(source, 2)]).reshape(source.shape)
    twice = np.array([w.mean() for _, _, w in _windows(once, 2)]).reshape(source.shape)
    np.testing.assert_allclose(out, twice, atol=1e-4)


def test_a_constant_stays():
    guide = np.random.default_rng(0).uniform(0, 1, (18, 15, 3)).astype(np.float32)
    np.testing.assert_allclose(guided_filter(guide, np.full((18, 15), 0.7, np.float32), 3, 1e-3), 0.7, atol=1e-4)


def test_an_edge_of_the_guide_sharpens_a_soft_map():
    guide = np.zeros((20, 40, 3), np.float32)
    guide[:, 20:] = 1
    soft = np.clip((np.arange(40, dtype=np.float32) - 14) / 12, 0, 1)[None].repeat(20, 0)
    sharp = guided_filter(guide, soft, 6, 1e-4)
    assert sharp[10, 20] - sharp[10, 19] > 4 * (soft[10, 20] - soft[10, 19])
