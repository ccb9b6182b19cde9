"""Fréchet distance against SciPy's matrix square root, torchmetrics, and cases with a known answer."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from primerka.metrics.fid import FeatureStatistics, frechet_distance


def _statistics(features: np.ndarray, batches: int = 7) -> FeatureStatistics:
    statistics = FeatureStatistics(features.shape[1])
    for batch in np.array_split(features, batches):
        statistics.add(batch)
    return statistics


def _sets(seed: int, count: int, other_count: int, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    one = random.normal(0, 1, (count, dimensions)) @ random.normal(0, 1, (dimensions, dimensions))
    return one, 1.5 * random.normal(0, 1, (other_count, dimensions)) + 0.3


def test_statistics_in_batches_equal_numpys():
    features = np.random.default_rng(0).normal(2, 3, (53, 6)).astype(np.float32)
    statistics = _statistics(features)
    assert statistics.count == 53
    np.testing.assert_allclose(statistics.mean, features.mean(0, dtype=float))
    np.testing.assert_allclose(statistics.covariance, np.cov(features.astype(float), rowvar=False))


def test_one_picture_has_no_covariance():
    with pytest.raises(ValueError, match="two features"):
        _statistics(np.ones((1, 4)), 1).covariance  # noqa: B018


def test_equals_scipys_square_root():
    one, other = _sets(3, 300, 90, 12)
    a, b = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    expected = ((one.mean(0) - other.mean(0)) ** 2).sum() + np.trace(a + b - 2 * sqrtm(a @ b).real)
    assert frechet_distance(_statistics(one), _statistics(other)) == pytest.approx(expected, rel=1e-10)


# FrechetInceptionDistance of torchmetrics 1.8.2 on the features themselves, in float64, for the sets of these seeds. In the
# second there are fewer pictures than dimensions, and the eigenvalues it sums are only good to the root of float64's precision.
@pytest.mark.parametrize(
    ("sizes", "expected", "tolerance"),
    [((0, 200, 150, 16), 150.65635644232262, 1e-12), ((1, 40, 30, 48), 1876.1810936626098, 1e-8)],
)
def test_equals_torchmetrics(sizes, expected, tolerance):
    one, other = _sets(*sizes)
    assert frechet_distance(_statistics(one), _statistics(other)) == pytest.approx(expected, rel=tolerance)


def test_two_lines():
    """Of covariances vv' and ww' the square root has the trace |v.w|, and no rank to speak of."""
    random = np.random.default_rng(0)
    v, w = random.normal(0, 1, (2, 40))
    along = np.array([-1.0, 1.0]) / np.sqrt(2)  # variance 1
    distance = frechet_distance(_statistics(np.outer(along, v)), _statistics(np.outer(along, w)))
    assert distance == pytest.approx(v @ v + w @ w - 2 * abs(v @ w), rel=1e-10)


@pytest.mark.parametrize("count", [20, 400])
def test_a_set_has_no_distance_from_itself_in_any_order(count):
    features = _sets(5, count, 1, 64)[0]
    shuffled = np.random.default_rng(0).permutation(features)
    assert frechet_distance(_statistics(features), _statistics(shuffled, 3)) == pytest.approx(0, abs=1e-8)


def test_symmetric_and_grows_with_a_shift():
    one, other = _sets(7, 60, 50, 8)
    assert frechet_distance(_statistics(one), _statistics(other)) == pytest.approx(
        frechet_distance(_statistics(other), _statistics(one))
    )
    shifted = one + np.arange(8)
    assert frechet_distance(_statistics(one), _statistics(shifted)) == pytest.approx((np.arange(8) ** 2).sum())
