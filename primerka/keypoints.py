"""Keypoints: the 18 joints of OpenPose that pose transfer speaks of, in pixels of one picture."""

from dataclasses import dataclass

import numpy as np

# In the order that PG2, PATN and ADGAN use.
KEYPOINTS = (
    "nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle", "right_eye", "left_eye",
    "right_ear", "left_ear",
)  # fmt: skip

LIMBS = (
    (0, 1), (1, 2), (2, 3), (3, 4), (1, 5), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10), (1, 11), (11, 12), (12, 13),
    (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip

KEYPOINT = {name: index for index, name in enumerate(KEYPOINTS)}
VISIBLE = 0.5
HEATMAP_SIGMA = 6 / 256  # of the picture's height


def mirrored_order(names: tuple[str, ...]) -> np.ndarray:
    """For each name the index of its partner on the other side of the body, itself where it has none."""

    def partner(name: str) -> str:
        if "left" in name:
            return name.replace("left", "right")
        return name.replace("right", "left")

    return np.array([names.index(partner(name)) for name in names])


MIRROR_KEYPOINTS = mirrored_order(KEYPOINTS)


@dataclass(frozen=True)
class Keypoints:
    """The OpenPose skeleton of one person.

    xy          (18, 2) float32, pixels, x right, y down; meaningless where not visible
    visibility  (18,) float32 in [0, 1]; a keypoint counts as visible from VISIBLE on
    """

    xy: np.ndarray
    visibility: np.ndarray

    def __post_init__(self):
        for name, shape in (("xy", (18, 2)), ("visibility", (18,))):
            value = getattr(self, name)
            if value.shape != shape or value.dtype != np.float32:
                raise ValueError(f"Keypoints.{name} must be {shape} float32, got {value.shape} {value.dtype}")

    def visible(self, height: int, width: int) -> np.ndarray:
        """(18,) bool: seen, and inside a picture of this size."""
        inside = (self.xy >= 0).all(1) & (self.xy[:, 0] < width) & (self.xy[:, 1] < height)
        return inside & (self.visibility >= VISIBLE)

    def heatmaps(self, height: int, width: int) -> np.ndarray:
        """(18, H, W) float32: a Gaussian of height 1 on each visible keypoint, zero for the others.

        Source: the pose representation of PG2 (Ma et al. 2017, arXiv 1705.09368, section 3.1) in the Gaussian form
        that PATN and ADGAN read: exp(-d^2 / 2 sigma^2), sigma = 6 pixels at 256x176. Ours grows with the picture.
        """
        sigma = HEATMAP_SIGMA * height
        ys = np.arange(height, dtype=np.float32)[None, :] - self.xy[:, 1, None]
        xs = np.arange(width, dtype=np.float32)[None, :] - self.xy[:, 0, None]
        rows = np.exp(-(ys**2) / (2 * sigma**2))
        columns = np.exp(-(xs**2) / (2 * sigma**2))
        return rows[:, :, None] * columns[:, None, :] * self.visible(height, width).astype(np.float32)[:, None, None]

    def moved(self, matrix: np.ndarray) -> "Keypoints":
        """In pixels of another picture. matrix: (2, 3), as cv2.warpAffine takes it."""
        return Keypoints((self.xy @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32), self.visibility)

    def resized(self, old: tuple[int, int], new: tuple[int, int]) -> "Keypoints":
        """In a copy of the picture that was scaled from (height, width) old to new; pixel centres keep their place."""
        scale = np.array([new[1] / old[1], new[0] / old[0]])
        return self.moved(np.hstack([np.diag(scale), (scale / 2 - 0.5)[:, None]]))

    def mirrored(self, width: int) -> "Keypoints":
        """Of the mirror image of a picture that is `width` pixels wide: left and right change places."""
        xy = self.xy * np.float32([-1, 1]) + np.float32([width - 1, 0])
        return Keypoints(xy[MIRROR_KEYPOINTS], self.visibility[MIRROR_KEYPOINTS])
