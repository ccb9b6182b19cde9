"""A checkpoint of the shape that ADGAN's authors publish, with values made up here from names and seeds."""

import zlib

import numpy as np
import torch


def seeded_state(shapes: dict[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    """Values that keep each layer's output about as large as its input, each from the name of its entry."""
    state = {}
    for key, shape in shapes.items():
        values = np.random.default_rng(zlib.crc32(key.encode())).standard_normal(shape, np.float32)
        if len(shape) > 1:
            values *= np.float32(np.sqrt(2 / np.prod(shape[1:])))
        elif key.endswith("gamma"):
            values = 1 + np.float32(0.2) * values
        else:
            values *= np.float32(0.2)
        state[key] = torch.from_numpy(values)
    return state


def seeded_inputs(people: int, height: int, width: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Heatmaps, source, regions; the regions are bands with one attribute that nobody has."""
    random = np.random.default_rng(people)
    heatmaps = random.random((people, 18, height, width), np.float32)
    source = random.random((people, 3, height, width), np.float32) * 2 - 1
    labels = np.zeros((people, height, width), int)
    for person in range(people):
        for attribute in (1, 2, 3, 4, 6, 7):
            top, left = random.integers(0, height * 3 // 4), random.integers(0, width * 3 // 4)
            labels[person, top : top + height // 4, left : left + width // 4] = attribute
    regions = (labels[:, None] == np.arange(8)[:, None, None]).astype(np.float32)
    return torch.from_numpy(heatmaps), torch.from_numpy(source), torch.from_numpy(regions)
