"""LPIPS on the VGG16 trunk of the HED edge detector.

Source: Zhang et al. 2018, "The unreasonable effectiveness of deep features as a perceptual metric" (arXiv 1801.03924),
section 3 and equation 1. No packaged ImageNet VGG16 has a licence and a place to come from, so the trunk is HED's, which
was trained on from ImageNet's. Numbers are called "LPIPS (HED-VGG)" and are not comparable with published LPIPS.
"""

from functools import cache

import numpy as np

from primerka.weights import weights_path

CONVOLUTIONS = (2, 2, 3, 3, 3)
_MEAN_BGR = (103.939, 116.779, 123.68)


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


def _features(rgb: np.ndarray) -> list:
    import torch
    from torch.nn.functional import conv2d, max_pool2d, relu

    x = torch.from_numpy(rgb[:, :, ::-1].astype(np.float32) - np.float32(_MEAN_BGR)).permute(2, 0, 1)[None]
    features = []
    for index, block in enumerate(_trunk()):
        if index:
            x = max_pool2d(x, 2, ceil_mode=True)
        for weight, bias in block:
            x = relu(conv2d(x, weight, bias, padding=1))
        features.append(x)
    return features


@cache
def _trunk() -> list:
    """Five blocks of (weight (O, I, 3, 3), bias (O,)) tensors."""
    import h5py
    import torch

    def read(file, block: int, layer: int) -> tuple:
        name = f"block{block + 1}/layers/conv2d{f'_{layer}' if layer else ''}/vars"
        kernel = torch.from_numpy(file[f"{name}/0"][()]).permute(3, 2, 0, 1).contiguous()
        return kernel, torch.from_numpy(file[f"{name}/1"][()])

    with h5py.File(weights_path("hed_vgg16")) as file:
        return [[read(file, block, layer) for layer in range(layers)] for block, layers in enumerate(CONVOLUTIONS)]


@cache
def _heads() -> list:
    import torch

    state = torch.load(weights_path("lpips_heads"), map_location="cpu", weights_only=True)
    return [state[f"lin{index}.model.1.weight"] for index in range(len(CONVOLUTIONS))]
