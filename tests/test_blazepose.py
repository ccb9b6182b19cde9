"""Finding the pose: regions, refusals, and a sample buyer and their mirror image."""

import cv2
import numpy as np
import pytest

from primerka.errors import PhotoRejected
from primerka.perception.blazepose import Region, find_pose
from primerka.photo import Photo, read_photo
from primerka.pose import LANDMARK, VISIBLE


@pytest.mark.parametrize("roll", [0.0, 0.7, -2.0])
def test_a_region_goes_to_the_middle_of_its_crop(roll):
    region = Region(np.array([310.0, 120.0]), 200.0, roll)
    matrix = region.matrix(256)
    np.testing.assert_allclose(matrix @ [310, 120, 1], [128, 128])
    assert np.sqrt(np.linalg.det(matrix[:, :2])) == pytest.approx(256 / 200)


def test_a_rolled_person_is_upright_in_the_crop():
    """roll turns "up" towards the right: a point on the body's axis lies straight above the centre."""
    roll = 0.4
    up = np.array([np.sin(roll), -np.cos(roll)])
    x, y = Region(np.array([50.0, 60.0]), 100.0, roll).matrix(100) @ [*(np.array([50, 60]) + 30 * up), 1]
    assert x == pytest.approx(50) and y == pytest.approx(20)


def _pictures():
    random = np.random.default_rng(0)
    yield "black", np.zeros((300, 200, 3), np.uint8)
    yield "white", np.full((200, 300, 3), 255, np.uint8)
    yield "noise", random.integers(0, 256, (256, 256, 3)).astype(np.uint8)
    smooth = cv2.resize(random.integers(0, 256, (8, 6, 3)).astype(np.uint8), (240, 320), interpolation=cv2.INTER_CUBIC)
    yield "blots", smooth


@pytest.mark.parametrize(("name", "rgb"), list(_pictures()), ids=lambda value: value if isinstance(value, str) else "")
def test_nobody_is_found_where_nobody_is(pose_models, name, rgb):
    with pytest.raises(PhotoRejected) as caught:
        find_pose(Photo(rgb))
    assert caught.value.code == "no_person"


@pytest.fixture(scope="module")
def photo(pose_models, buyer_paths):
    return read_photo(buyer_paths[0], 640)


@pytest.fixture(scope="module")
def found(photo):
    return find_pose(photo)


def test_a_sample_buyer_stands_upright_in_the_picture(photo, found):
    pose, mask = found
    assert pose.score > 0.5 and pose.people == 1 and pose.sees("left_shoulder", "right_shoulder")
    assert pose["nose"][1] < pose["neck"][1] < pose["pelvis"][1]
    assert mask.shape == photo.rgb.shape[:2] and mask.min() >= 0 and mask.max() <= 1
    x, y = np.rint((pose["neck"] + pose["pelvis"]) / 2).astype(int)
    assert mask[y, x] > 0.5 and mask[0, 0] < 0.5


def test_the_mirror_image_has_the_mirrored_pose(photo, found):
    pose = found[0]
    mirrored = find_pose(Photo(np.ascontiguousarray(photo.rgb[:, ::-1])))[0].mirrored(photo.width)
    joints = [
        LANDMARK[f"{side}_{joint}"] for side in ("left", "right") for joint in ("shoulder", "elbow", "hip", "knee", "ankle")
    ]
    seen = [joint for joint in joints if min(pose.visibility[joint], mirrored.visibility[joint]) >= VISIBLE]
    assert len(seen) >= 5
    off = np.linalg.norm(pose.xy[seen] - mirrored.xy[seen], axis=1) / pose.torso_px
    assert np.median(off) < 0.05 and off.max() < 0.2


def test_a_person_off_the_middle_of_a_larger_picture_is_the_same_person(photo, found):
    left, top = 90, 40
    larger = cv2.copyMakeBorder(photo.rgb, top, 10, left, 20, cv2.BORDER_REPLICATE)
    pose = find_pose(Photo(larger))[0]
    joints = [LANDMARK[f"{side}_{joint}"] for side in ("left", "right") for joint in ("shoulder", "hip")]
    off = np.linalg.norm(pose.xy[joints] - (left, top) - found[0].xy[joints], axis=1) / found[0].torso_px
    assert off.max() < 0.1
