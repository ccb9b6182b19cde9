"""The pose mask against a slow distance to each limb, and what it must do whatever the pose."""

import numpy as np
import pytest

from primerka.keypoints import KEYPOINT, KEYPOINTS, LIMBS, Keypoints
from primerka.pose_mask import RADIUS, pose_mask

STANDING = {
    "nose": (48, 20), "neck": (48, 32), "right_shoulder": (36, 34), "right_elbow": (30, 50), "right_wrist": (28, 66),
    "left_shoulder": (60, 34), "left_elbow": (66, 50), "left_wrist": (70, 66), "right_hip": (40, 68),
    "right_knee": (39, 92), "right_ankle": (38, 116), "left_hip": (56, 68), "left_knee": (57, 92), "left_ankle": (60, 116),
    "right_eye": (46, 18), "left_eye": (50, 18), "right_ear": (43, 19), "left_ear": (53, 19),
}  # fmt: skip


def _keypoints(places: dict[str, tuple[float, float]]) -> Keypoints:
    xy, visibility = np.full((18, 2), 7, np.float32), np.zeros(18, np.float32)
    for name, place in places.items():
        xy[KEYPOINT[name]], visibility[KEYPOINT[name]] = place, 1
    return Keypoints(xy, visibility)


def _distance(x: float, y: float, a: np.ndarray, b: np.ndarray) -> float:
    """From a point to the segment a-b."""
    along = b - a
    length = float(along @ along)
    t = min(max(float(((x, y) - a) @ along) / length, 0), 1) if length else 0.0
    return float(np.hypot(*(a + t * along - (x, y))))


@pytest.mark.parametrize("end", [(48, 32), (70.5, 40.25), (20, 20)])
def test_one_limb_is_every_pixel_near_its_segment(end):
    """A nose and a neck: the pixels within RADIUS of the line between them; within one pixel of the rim both are right."""
    height, width = 128, 96
    keypoints = _keypoints({"nose": (48, 20), "neck": end})
    mask, radius = pose_mask(keypoints, height, width), RADIUS * height
    assert mask.shape == (height, width) and mask.dtype == np.float32 and set(np.unique(mask)) == {0, 1}
    for y in range(height):
        for x in range(width):
            distance = _distance(x, y, keypoints.xy[0], keypoints.xy[1])
            if abs(distance - radius) > 1:
                assert mask[y, x] == (distance < radius), (x, y)


def test_a_whole_body_holds_every_limb_and_the_whole_trunk():
    keypoints = _keypoints(STANDING)
    mask = pose_mask(keypoints, 128, 96)
    for a, b in LIMBS:
        for t in np.linspace(0, 1, 9):
            x, y = np.round((1 - t) * keypoints.xy[a] + t * keypoints.xy[b]).astype(int)
            assert mask[y, x] == 1, (KEYPOINTS[a], KEYPOINTS[b])
    assert mask[34:69, 40:57].all()
    assert not mask[:8].any() and not mask[:, :16].any() and not mask[:, 82:].any()
    assert 0.15 < mask.mean() < 0.35


def test_a_broad_trunk_has_no_holes():
    """Between the lines from the neck to the hips there is room that no limb comes near."""
    broad = {
        "neck": (48, 32),
        "right_shoulder": (24, 34),
        "left_shoulder": (72, 34),
        "right_hip": (28, 76),
        "left_hip": (68, 76),
    }
    mask = pose_mask(_keypoints(broad), 128, 96)
    assert mask[34:77, 28:69].all()
    headless = {name: place for name, place in broad.items() if name != "neck"}
    np.testing.assert_array_equal(pose_mask(_keypoints(headless), 128, 96)[40:], mask[40:])


def test_hidden_keypoints_leave_their_limbs_out():
    whole = pose_mask(_keypoints(STANDING), 128, 96)
    legless = {name: place for name, place in STANDING.items() if "knee" not in name and "ankle" not in name}
    mask = pose_mask(_keypoints(legless), 128, 96)
    assert not mask[76:].any() and whole[76:].any()
    np.testing.assert_array_equal(mask[:60], whole[:60])
    assert not pose_mask(_keypoints({}), 128, 96).any()
    assert not pose_mask(_keypoints({"nose": (300, 20), "neck": (48, 32)}), 128, 96).any()  # outside the picture


def test_the_mask_grows_with_the_picture():
    small = pose_mask(_keypoints(STANDING), 128, 96)
    large = pose_mask(_keypoints({name: (2 * x + 0.5, 2 * y + 0.5) for name, (x, y) in STANDING.items()}), 256, 192)
    both = large[::2, ::2] * small
    assert both.sum() / np.maximum(large[::2, ::2], small).sum() > 0.9


def test_a_mirrored_body_has_the_mirrored_mask():
    keypoints = _keypoints(STANDING)
    mask, mirrored = pose_mask(keypoints, 128, 96)[:, ::-1], pose_mask(keypoints.mirrored(96), 128, 96)
    assert (mask * mirrored).sum() / np.maximum(mask, mirrored).sum() > 0.97
