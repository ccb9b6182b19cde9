"""A mirrored pose is the pose of the mirrored photo: its sides change places, and twice is nothing."""

import numpy as np

from primerka.keypoints import KEYPOINTS, MIRROR_KEYPOINTS
from primerka.pose import LANDMARK, LANDMARKS, MIRROR_LANDMARKS, Pose

WIDTH = 50


def _pose() -> Pose:
    random = np.random.default_rng(0)
    xy = random.integers(0, WIDTH, (33, 2)).astype(np.float32)
    return Pose(xy, random.normal(0, 1, (33, 3)).astype(np.float32), random.uniform(0, 1, 33).astype(np.float32), 0.7, 2)


def test_mirroring_twice_is_nothing():
    pose, twice = _pose(), _pose().mirrored(WIDTH).mirrored(WIDTH)
    for name in ("xy", "xyz_m", "visibility", "score", "people"):
        np.testing.assert_array_equal(getattr(twice, name), getattr(pose, name))


def test_the_orders_are_involutions():
    for order, names in ((MIRROR_KEYPOINTS, KEYPOINTS), (MIRROR_LANDMARKS, LANDMARKS)):
        np.testing.assert_array_equal(order[order], np.arange(len(names)))


def test_a_partner_is_the_other_side_and_the_middle_is_its_own():
    for order, names in ((MIRROR_KEYPOINTS, KEYPOINTS), (MIRROR_LANDMARKS, LANDMARKS)):
        for name, partner in zip(names, order):
            swapped = name.replace("left", "LEFT").replace("right", "left").replace("LEFT", "right")
            assert names[partner] == swapped
    alone = [name for name, partner in zip(KEYPOINTS, MIRROR_KEYPOINTS) if KEYPOINTS[partner] == name]
    assert alone == ["nose", "neck"]


def test_the_left_wrist_is_where_the_mirror_shows_the_right_one():
    pose, mirrored = _pose(), _pose().mirrored(WIDTH)
    x, y = pose.xy[LANDMARK["right_wrist"]]
    np.testing.assert_array_equal(mirrored["left_wrist"], [WIDTH - 1 - x, y])
    assert mirrored.visibility[LANDMARK["left_wrist"]] == pose.visibility[LANDMARK["right_wrist"]]
    x, y, z = pose.xyz_m[LANDMARK["right_hip"]]
    np.testing.assert_array_equal(mirrored.xyz_m[LANDMARK["left_hip"]], [-x, y, z])


def test_heatmaps_of_the_mirrored_pose_are_the_mirrored_heatmaps_in_the_other_order():
    pose = _pose()
    maps = pose.keypoints.heatmaps(WIDTH, WIDTH)
    assert maps.any()
    np.testing.assert_allclose(
        pose.mirrored(WIDTH).keypoints.heatmaps(WIDTH, WIDTH), maps[MIRROR_KEYPOINTS, :, ::-1], atol=1e-6
    )
