"""LPIPS on the VGG16 trunk of the HED edge detector.

Source: Zhang et al. 2018, "The unreasonable effectiveness of deep features as a perceptual metric" (arXiv 1801.03924),
section 3 and equation 1. The trunk is HED's (weights/hed_vgg16.py says why). Numbers are called "LPIPS (HED-VGG)" and are
not comparable with published LPIPS.
"""

from functools import cache

import numpy as np

from primerka.weights import weights_path

TAPS = ("1_2", "2_2", "3_3", "4_3", "5_3")


def lpips_map(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(H, W) float32 distance at each pixel of two (H, W, 3) uint8 pictures; its mean is the LPIPS distance."""
    import torch
    from torch.nn.functional import interpolate

    total = torch.zeros(1, 1, *one.shape[:2])
    with torch.inference_mode():
        for a, b, head in zip(_features(one), _features(other), _heads()):
            a, b = a / (a.norm(dim=1, keepdim=True) + 1e-10), b / (b.norm(dim=1, keepdim=True) + 1e-10)
            distance = ((a - b) ** 2 * head).sum(1, keepdim=True)
            total += interpolate(distance, size=one.shape[:2], mode="bilinear", align_corners=False)
    return total[0, 0].numpy()


def lpips(one: np.ndarray, other: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Mean of lpips_map, inside the mask where one is given."""
    distance = lpips_map(one, other)
    return float(distance[mask].mean() if mask is not None else distance.mean())


def check_lpips() -> None:
    """Raises WeightsMissing where lpips would: before hours of work that ends with it."""
    _trunk(), _heads()


def _features(rgb: np.ndarray) -> list:
    import torch

    return _trunk()(torch.from_numpy(rgb.astype(np.float32) / np.float32(127.5) - 1).permute(2, 0, 1)[None])


@cache
def _trunk():
    from primerka.networks.vgg import Vgg, load_trunk
    from primerka.weights.hed_vgg16 import read_hed_vgg16

    trunk = Vgg("hed_vgg16", TAPS)
    load_trunk(trunk, read_hed_vgg16())
    return trunk


@cache
def _heads() -> list:
    import torch

    state = torch.load(weights_path("lpips_heads"), map_location="cpu", weights_only=True)
    return [state[f"lin{index}.model.1.weight"] for index in range(len(TAPS))]
