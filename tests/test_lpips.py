"""LPIPS (HED-VGG): a distance that grows with what people see."""

import numpy as np
import pytest

from primerka.errors import WeightsMissing
from primerka.metrics.lpips import lpips, lpips_map
from primerka.weights import weights_path


@pytest.fixture(scope="module")
def picture():
    pytest.importorskip("h5py", reason="h5py is not installed (the extra `eval`)")
    try:
        weights_path("hed_vgg16"), weights_path("lpips_heads")
    except WeightsMissing as refusal:
        pytest.skip(str(refusal))
    ys, xs = np.mgrid[0:64, 0:48]
    return np.stack([127 + 100 * np.sin(xs / 5), 2 * ys + 40, 127 + 100 * np.cos((xs + ys) / 7)], 2).astype(np.uint8)


def _noisy(picture, sigma):
    return np.clip(picture + np.random.default_rng(0).normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def test_equal_pictures_have_no_distance(picture):
    assert lpips(picture, picture) == pytest.approx(0, abs=1e-7)


def test_symmetric(picture):
    assert lpips(picture, _noisy(picture, 20)) == pytest.approx(lpips(_noisy(picture, 20), picture), rel=1e-4)


def test_grows_with_noise(picture):
    distances = [lpips(picture, _noisy(picture, sigma)) for sigma in (2, 10, 40)]
    assert 0 < distances[0] < distances[1] < distances[2]


def test_a_mask_takes_the_mean_inside_it(picture):
    other = picture.copy()
    other[40:] = 255 - other[40:]
    distance = lpips_map(picture, other)
    assert distance.shape == picture.shape[:2]
    mask = np.zeros(distance.shape, bool)
    mask[:8] = True
    assert lpips(picture, other, mask) == pytest.approx(distance[:8].mean()) and distance[:8].mean() < distance[40:].mean()
