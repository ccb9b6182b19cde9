"""One sample of pose transfer: the same dressed person in two poses."""

from dataclasses import dataclass

import numpy as np

from primerka.keypoints import Keypoints


@dataclass(frozen=True)
class PosePair:
    """Two pictures of one person in the same clothes.

    source, target                      (H, W, 3) uint8 RGB
    source_keypoints, target_keypoints  in pixels of their pictures
    source_parsing, target_parsing      (H, W) uint8 indices into attributes.ATTRIBUTES, or None where the set has none
    """

    name: str
    source: np.ndarray
    target: np.ndarray
    source_keypoints: Keypoints
    target_keypoints: Keypoints
    source_parsing: np.ndarray | None = None
    target_parsing: np.ndarray | None = None

    def __post_init__(self):
        for name in ("source", "target"):
            picture, parsing = getattr(self, name), getattr(self, f"{name}_parsing")
            if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype != np.uint8:
                raise ValueError(f"PosePair.{name} must be (H, W, 3) uint8, got {picture.shape} {picture.dtype}")
            if parsing is not None and (parsing.shape != picture.shape[:2] or parsing.dtype != np.uint8):
                raise ValueError(
                    f"PosePair.{name}_parsing must be {picture.shape[:2]} uint8, got {parsing.shape} {parsing.dtype}"
                )
