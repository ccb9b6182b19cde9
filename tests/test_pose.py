"""Pose: the OpenPose skeleton and the heatmaps that PG2 and ADGAN take."""

import math

import numpy as np
import pytest

from primerka.keypoints import KEYPOINTS
from primerka.pose import LANDMARK, LANDMARKS, Pose


def _pose(seed: int = 0, low: float = 0, high: float = 60) -> Pose:
    random = np.random.default_rng(seed)
    return Pose(
        random.uniform(low, high, (33, 2)).astype(np.float32),
        random.normal(0, 1, (33, 3)).astype(np.float32),
        random.uniform(0, 1, 33).astype(np.float32),
        0.9,
    )


def _slow_heatmaps(pose: Pose, height: int, width: int, sigma: float) -> np.ndarray:
    maps = np.zeros((18, height, width))
    for index, ((px, py), visible) in enumerate(zip(pose.keypoints.xy, pose.keypoints.visibility)):
        if visible < 0.5 or not (0 <= px < width and 0 <= py < height):
            continue
        for y in range(height):
            for x in range(width):
                maps[index, y, x] = math.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * sigma**2))
    return maps


@pytest.mark.parametrize("seed", range(4))
def test_heatmaps_equal_a_slow_loop(seed):
    pose = _pose(seed, -20, 70)
    maps = pose.keypoints.heatmaps(128, 90)
    assert maps.dtype == np.float32
    np.testing.assert_allclose(maps, _slow_heatmaps(pose, 128, 90, 3.0), atol=1e-6)


def test_some_of_those_keypoints_were_hidden_and_some_outside():
    seen = [_pose(seed, -20, 70).keypoints.heatmaps(40, 50).max((1, 2)) > 0 for seed in range(4)]
    assert 0.05 < np.mean(seen) < 0.95


def test_a_heatmap_is_one_on_its_keypoint():
    xy = np.full((33, 2), 7, np.float32)
    pose = Pose(xy, np.zeros((33, 3), np.float32), np.ones(33, np.float32), 1.0)
    assert (pose.keypoints.heatmaps(20, 20)[:, 7, 7] == 1).all()


def test_keypoints_are_the_landmarks_of_their_name():
    pose = _pose()
    xy, visibility = pose.keypoints.xy, pose.keypoints.visibility
    assert xy.shape == (18, 2) and xy.dtype == np.float32 and visibility.dtype == np.float32
    for index, name in enumerate(KEYPOINTS):
        if name != "neck":
            np.testing.assert_array_equal(xy[index], pose.xy[LANDMARKS.index(name)])
            assert visibility[index] == pose.visibility[LANDMARKS.index(name)]


def test_the_neck_is_between_the_shoulders_and_seen_when_both_are():
    pose = _pose()
    xy, visibility = pose.keypoints.xy, pose.keypoints.visibility
    left, right = LANDMARKS.index("left_shoulder"), LANDMARKS.index("right_shoulder")
    np.testing.assert_allclose(xy[1], (pose.xy[left] + pose.xy[right]) / 2, rtol=1e-6)
    assert visibility[1] == min(pose.visibility[left], pose.visibility[right])


def test_moved_goes_where_opencv_moves_the_picture():
    import cv2

    picture = np.zeros((60, 60), np.uint8)
    picture[20, 30] = 255
    matrix = cv2.getRotationMatrix2D((25, 25), 30, 1.5)
    y, x = np.unravel_index(cv2.warpAffine(picture, matrix, (80, 80), flags=cv2.INTER_LINEAR).argmax(), (80, 80))
    pose = Pose(np.tile(np.float32([30, 20]), (33, 1)), np.zeros((33, 3), np.float32), np.ones(33, np.float32), 1.0)
    np.testing.assert_allclose(pose.moved(matrix).xy[0], [x, y], atol=0.6)


def test_sees_needs_all():
    visibility = np.ones(33, np.float32)
    visibility[LANDMARK["left_hip"]] = 0.49
    pose = Pose(_pose().xy, _pose().xyz_m, visibility, 1.0)
    assert pose.sees("left_knee", "right_hip") and not pose.sees("left_hip") and not pose.sees("left_knee", "left_hip")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("xy", np.zeros((17, 2), np.float32)),
        ("xy", np.zeros((33, 2))),
        ("xyz_m", np.zeros((33, 2), np.float32)),
        ("visibility", np.zeros(18, np.float32)),
    ],
)
def test_a_wrong_shape_or_type_is_named(name, value):
    good = {"xy": _pose().xy, "xyz_m": _pose().xyz_m, "visibility": _pose().visibility, "score": 1.0}
    with pytest.raises(ValueError) as caught:
        Pose(**(good | {name: value}))
    assert f"Pose.{name}" in str(caught.value) and f"got {value.shape} {value.dtype}" in str(caught.value)
