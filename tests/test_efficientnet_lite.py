"""Our EfficientNet-Lite against the packaged one, checkpoints and all."""

import pytest
import torch

from primerka.networks.efficientnet_lite import LITE0, LITE2, EfficientNetLite, load_imagenet
from primerka.weights.imagenet import imagenet_checkpoint


@pytest.fixture(scope="module", params=[LITE0, LITE2], ids=["lite0", "lite2"])
def size(request):
    pytest.importorskip(request.param.package[0], reason="the packaged checkpoint is not installed")
    return request.param


@pytest.fixture(scope="module")
def state(size):
    return imagenet_checkpoint(size.package)


def test_features_equal_the_packaged_networks(size, state):
    packaged = pytest.importorskip("efficientnet_lite_pytorch", reason="the packaged network is not installed")
    name = {LITE0: "efficientnet-lite0", LITE2: "efficientnet-lite2"}[size]
    theirs = packaged.EfficientNet.from_name(name, image_size=224)  # its padding is that of one size of picture: an even one
    theirs.load_state_dict(state)
    theirs.eval()
    kept = []
    for block in theirs._blocks:
        block.register_forward_hook(lambda module, inputs, output: kept.append(output))
    ours = EfficientNetLite(size).eval()
    load_imagenet(ours, state)
    picture = torch.rand(1, 3, 96, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        theirs.extract_features(picture)
        features = ours(picture)
    # The last block of each resolution.
    last = {tuple(output.shape[2:]): output for output in kept}
    assert len(features) == len(last) == 5
    for feature, expected in zip(features, last.values()):
        torch.testing.assert_close(feature, expected, rtol=1e-4, atol=1e-4)


def test_further_channels_begin_without_a_say(size, state):
    plain, wide = EfficientNetLite(size).eval(), EfficientNetLite(size, 22).eval()
    load_imagenet(plain, state)
    load_imagenet(wide, state)
    x = torch.randn(1, 22, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        for a, b in zip(plain(x[:, :3]), wide(x)):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_a_checkpoint_that_lacks_a_tensor_is_refused(size, state):
    lacking = {key: value for key, value in state.items() if key != "_blocks.3._bn1.weight"}
    with pytest.raises(RuntimeError, match="Missing key"):
        load_imagenet(EfficientNetLite(size), lacking)


@pytest.mark.parametrize(("size", "channels"), [(LITE0, (16, 24, 40, 112, 320)), (LITE2, (16, 24, 48, 120, 352))])
def test_strides_and_channels(size, channels):
    with torch.inference_mode():
        features = EfficientNetLite(size).eval()(torch.zeros(2, 3, 96, 64))
    expected = [(2, c, 96 // s, 64 // s) for c, s in zip(channels, (2, 4, 8, 16, 32))]
    assert [tuple(feature.shape) for feature in features] == expected
