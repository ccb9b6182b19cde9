"""Two people in one photo: only the main one is parsed."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.perception import parse
from primerka.perception.analyse import analyse
from primerka.perception.blazepose import find_hidden, find_others, find_pose
from primerka.perception.glances import glance_twice
from primerka.perception.others import only, others_pixels, too_wide
from primerka.photo import Photo, read_photo
from primerka.pose import LANDMARK, Pose


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
    both = others_pixels(main, full, [(other, 0.95 * full)])  # a hand that the two masks hold
    assert both[50, columns > 52].all() and not both[50, columns < 48].any()
    unseen = replace(other, visibility=np.zeros(33, np.float32))  # below the trunk nothing of them is sure
    assert others_pixels(main, half, [(unseen, full)])[90].sum() < theirs[90].sum()


def test_an_arm_before_somebody_elses_trunk_stays_the_main_persons():
    main, other = _standing(30), _standing(70)
    for name, x, y in (("right_shoulder", 55, 20), ("left_hip", 75, 50), ("right_hip", 55, 50), ("left_shoulder", 85, 20)):
        other.xy[LANDMARK[name]] = x, y
    for name, x, y in (("left_elbow", 50, 30), ("left_wrist", 70, 35), ("left_index", 72, 36)):
        main.xy[LANDMARK[name]] = x, y
    full = np.ones((100, 100), np.float32)
    arm = np.zeros((100, 100), bool)
    arm[32:37, 58:70] = True
    theirs = others_pixels(main, full, [(other, 0.95 * full)])
    assert not theirs[arm].any() and theirs[46:50, 60:72].all()


def test_the_detector_sees_whom_it_missed_once_the_main_one_is_out_of_the_picture(couple):
    photo, border = couple
    main, mask = find_pose(photo)
    others = find_hidden(photo, main, only(main, mask))
    assert len(others) == 1 and (others[0][0]["pelvis"][0] < border) != (main["pelvis"][0] < border)
    alone = Photo(photo.rgb[:, :border]) if main["pelvis"][0] < border else Photo(photo.rgb[:, border:])
    main, mask = find_pose(alone)
    assert find_hidden(alone, main, only(main, mask)) == []


@pytest.mark.parametrize(("people", "wide", "found"), [(1, True, 1), (2, False, 1), (1, False, 0)])
def test_whom_the_detector_misses_is_background_all_the_same(couple, monkeypatch, people, wide, found):
    """Of two who stand close it finds one, and the network takes both for that one."""
    photo, _ = couple
    main, mask = find_pose(photo)
    both = np.maximum(mask, find_others(photo, main)[0][1])
    assigned = []
    monkeypatch.setattr(parse, "too_wide", lambda main, person: wide)
    monkeypatch.setattr(
        parse, "others_pixels", lambda main, mask, others: assigned.extend(others) or others_pixels(main, mask, others)
    )
    several = replace(main, people=people)
    parse.class_probabilities(photo, several, both, glance_twice(photo, several, both))
    assert len(assigned) == found


def test_what_is_far_from_the_skeleton_may_be_somebody_else():
    main, person = _standing(30), np.zeros((100, 100), bool)
    person[10:95, 24:38] = True
    assert not too_wide(main, person)
    person[10:95, 60:80] = True
    assert too_wide(main, person)
    assert not only(main, person.astype(np.float32))[:, 60:].any() and only(main, person.astype(np.float32))[50, 30]
