"""What the parsing network sees: the person's crop of the photo, with the pose drawn into extra channels."""

import cv2
import numpy as np

from primerka.pose import Pose

ASPECT = 2 / 3  # width / height of the crop


def person_crop(pose: Pose, height: int) -> np.ndarray:
    """(2, 3) photo pixels → pixels of a crop `height` pixels high: the whole person with air around.

    Landmarks stop at the eyes and the toes; the air leaves room for hats, shoes, wide skirts and bags.
    """
    low, high = pose.xy.min(0), pose.xy.max(0)
    center = (low + high) / 2
    tall, wide = high[1] - low[1], high[0] - low[0]
    side = max(1.28 * tall, 1.35 * wide / ASPECT, 3.0 * pose.torso_px)
    center[1] -= 0.03 * tall
    scale = height / side
    return np.array([[scale, 0, ASPECT * height / 2 - scale * center[0]], [0, scale, height / 2 - scale * center[1]]])


def network_input(rgb: np.ndarray, pose: Pose, mask: np.ndarray) -> np.ndarray:
    """(22, H, W) float32 for networks.parsing_net, all in pixels of the crop.

    rgb (H, W, 3) uint8; pose in the crop's pixels; mask (H, W) float32, the coarse person mask in [0, 1].
    """
    height, width = rgb.shape[:2]
    channels = np.empty((22, height, width), np.float32)
    channels[:3] = rgb.transpose(2, 0, 1) / np.float32(127.5) - 1
    channels[3:21] = pose.keypoints.heatmaps(height, width)
    channels[21] = mask
    return channels


def crop(picture: np.ndarray, matrix: np.ndarray, height: int, nearest: bool = False) -> np.ndarray:
    """Cut a crop out of a picture; what lies outside repeats the border (labels: is 0)."""
    size = (round(ASPECT * height), height)
    if nearest:
        return cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_NEAREST, borderValue=0)
    return cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
