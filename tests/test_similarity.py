"""SSIM and PSNR against scikit-image."""

import numpy as np
import pytest

from primerka.metrics.similarity import mask_ssim, psnr, ssim, ssim_map

skimage = pytest.importorskip("skimage.metrics", reason="scikit-image is not installed")


@pytest.fixture(params=[3, 30, 120])
def pair(request):
    random = np.random.default_rng(request.param)
    one = random.integers(0, 256, (40, 50, 3)).astype(np.uint8)
    other = np.clip(one + random.normal(0, request.param, one.shape), 0, 255).astype(np.uint8)
    return one, other


def test_ssim_equals_scikit_images(pair):
    _, expected = skimage.structural_similarity(
        *pair, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, full=True
    )
    np.testing.assert_allclose(ssim_map(*pair), expected.mean(2), atol=1e-9)
    assert ssim(*pair) == pytest.approx(expected.mean(), abs=1e-9)


def test_psnr_equals_scikit_images(pair):
    assert psnr(*pair) == pytest.approx(skimage.peak_signal_noise_ratio(*pair, data_range=255))


def test_equal_pictures(pair):
    assert ssim(pair[0], pair[0]) == pytest.approx(1) and psnr(pair[0], pair[0]) == float("inf")


def test_symmetric(pair):
    assert ssim(*pair) == pytest.approx(ssim(*pair[::-1])) and psnr(*pair) == psnr(*pair[::-1])


def test_outside_the_mask_nothing_counts(pair):
    one, other = pair
    mask = np.zeros(one.shape[:2], bool)
    mask[:20] = True
    spoiled = other.copy()
    spoiled[30:] = 255 - spoiled[30:]
    assert psnr(one, spoiled, mask) == psnr(one, other, mask) == pytest.approx(psnr(one[:20], other[:20]))
    assert ssim(one, spoiled, mask) == pytest.approx(ssim(one, other, mask))
    assert ssim(one, spoiled) < ssim(one, other)


@pytest.fixture
def person_mask(pair):
    ys, xs = np.mgrid[: pair[0].shape[0], : pair[0].shape[1]]
    return ((ys - 20) / 15) ** 2 + ((xs - 25) / 8) ** 2 < 1


def test_mask_ssim_equals_scikit_images_of_blackened_pictures(pair, person_mask):
    black = [picture.copy() for picture in pair]
    for picture in black:
        picture[~person_mask] = 0
    _, expected = skimage.structural_similarity(
        *black, channel_axis=2, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255, full=True
    )
    assert mask_ssim(*pair, person_mask) == pytest.approx(expected.mean(), abs=1e-9)


def test_outside_its_mask_mask_ssim_sees_nothing(pair, person_mask):
    one, other = pair
    spoiled = np.where(person_mask[:, :, None], other, 255 - other)
    assert mask_ssim(one, spoiled, person_mask) == mask_ssim(one, other, person_mask) < 1
    assert mask_ssim(one, other, np.ones_like(person_mask)) == ssim(one, other)
