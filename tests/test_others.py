"""Two people in one photo: only the main one is parsed."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.perception.analyse import analyse
from primerka.perception.blazepose import find_others, find_pose
from primerka.perception.others import others_pixels
from primerka.photo import Photo, read_photo
from primerka.pose import Pose


@pytest.fixture(scope="module")
def couple(pose_models, buyer_paths):
    """Two sample buyers as close to each other as their photos allow, and the column between them."""
    left, right = (read_photo(path, 640).rgb for path in buyer_paths[:2])
    left, right = left[:, :-110], right[:, 110:]
    return Photo(np.ascontiguousarray(np.hstack([left, right]))), left.shape[1]


def test_whoever_stands_beside_the_main_person_is_background(couple):
    photo, border = couple
    person = analyse(photo)
    assert person.pose.people == 2
    main_is_left = person.pose["pelvis"][0] < border
    labels = person.parsing.labels > 0
    ours, theirs = labels[:, :border].sum(), labels[:, border:].sum()
    ours, theirs = (ours, theirs) if main_is_left else (theirs, ours)
    assert ours > 10_000 and theirs < 0.1 * ours


def test_the_other_one_is_found_and_the_main_one_is_not_found_twice(couple):
    photo, border = couple
    main, mask = find_pose(photo)
    others = find_others(photo, main)
    assert len(others) == 1 and (others[0][0]["pelvis"][0] < border) != (main["pelvis"][0] < border)
    theirs = others_pixels(main, mask, others)
    assert others[0][1][theirs].min() > 0.5
    assert theirs[others[0][1] > 0.9].mean() > 0.9 and not theirs[mask > 0.9].any()


def _standing(x):
    """Somebody upright in a picture of 100 rows, a line at column x; the torso is 30 pixels long."""
    rows = np.interp(np.arange(33), [0, 10, 11, 12, 22, 23, 24, 32], [10, 12, 20, 20, 40, 50, 50, 95])
    xy = np.stack([np.full(33, x), rows], 1).astype(np.float32)
    return Pose(xy, np.zeros((33, 3), np.float32), np.ones(33, np.float32), 1.0)


def test_a_pixel_is_theirs_that_is_closer_to_them_and_that_their_mask_claims():
    main, other = _standing(30), _standing(70)
    half, full = np.full((100, 100), 0.6, np.float32), np.ones((100, 100), np.float32)
    columns = np.arange(100)
    theirs = others_pixels(main, half, [(other, full)])
    assert theirs[50, columns > 52].all() and not theirs[50, columns < 48].any()
    assert not others_pixels(main, full, [(other, half)]).any()
    assert not others_pixels(main, 0 * full, [(other, 0.4 * full)]).any()
    unseen = replace(other, visibility=np.zeros(33, np.float32))  # below the trunk nothing of them is sure
    assert others_pixels(main, half, [(unseen, full)])[90].sum() < theirs[90].sum()
