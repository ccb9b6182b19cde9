"""Pictures as networks see them: (B, 3, H, W) float32 in [-1, 1]; everywhere else they are (H, W, 3) uint8."""

import numpy as np
import torch
from torch import Tensor


def to_tensor(rgb: np.ndarray) -> Tensor:
    """(..., H, W, 3) uint8 → (..., 3, H, W) float32 in [-1, 1]."""
    return torch.from_numpy(np.moveaxis(rgb, -1, -3).astype(np.float32) / np.float32(127.5) - 1)


def to_picture(tensor: Tensor) -> np.ndarray:
    """(..., 3, H, W) in [-1, 1], what lies outside cut off → (..., H, W, 3) uint8."""
    pixels = (tensor.float().clamp(-1, 1) + 1) * 127.5
    return pixels.round().byte().movedim(-3, -1).cpu().numpy()
