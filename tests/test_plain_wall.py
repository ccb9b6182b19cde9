"""Before a plain wall its colours say what is the person and what is not; before a street they say nothing."""

import cv2
import numpy as np
import pytest

from primerka.perception.plain_wall import told_from_the_wall
from primerka.pose import LANDMARK, Pose

SKELETON = {
    "left_shoulder": (180, 75), "right_shoulder": (120, 75), "left_hip": (170, 190), "right_hip": (130, 190), "left_elbow": (225, 150),
    "left_wrist": (260, 220), "nose": (150, 40), "left_ear": (158, 40), "right_ear": (142, 40),
}  # fmt: skip
TRUNK = np.s_[60:260, 110:190]
WHITE, RED, SKIN = (246, 244, 240), (190, 40, 50), (205, 160, 140)


def _photo(cloth=RED, seed=3):
    """Somebody with an arm beside them, before a grey wall that is darker below."""
    rgb = np.repeat(np.linspace(232, 205, 320)[:, None, None], 300, 1) + np.zeros(3)
    rgb[_arm()], rgb[TRUNK] = SKIN, cloth
    noise = np.random.default_rng(seed).normal(0, 1.5, (320, 300, 1))
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


def _arm():
    ends = [SKELETON[f"left_{joint}"] for joint in ("shoulder", "elbow", "wrist")]
    return cv2.polylines(np.zeros((320, 300), np.uint8), [np.array(ends)], False, 1, 26).astype(bool)


def _pose():
    xy, visibility = np.zeros((33, 2), np.float32), np.zeros(33, np.float32)
    for name, place in SKELETON.items():
        xy[LANDMARK[name]], visibility[LANDMARK[name]] = place, 1
    return Pose(xy, np.zeros((33, 3), np.float32), visibility, 1.0)


def _person():
    person = np.zeros((320, 300), bool)
    person[TRUNK] = True
    return person | _arm()


def _background(person, doubt=0.02):
    """What a network says that saw this person."""
    return np.where(person, doubt, 1 - 0.02).astype(np.float32)


def _taken_for_person(doubt=0.02):
    """The upper half of the gap between arm and trunk is taken for the person, and how that looks to the network."""
    person, gap = _person(), np.zeros((320, 300), bool)
    gap[120:180, 188:] = True
    gap &= ~person & np.logical_or.accumulate(person[:, ::-1], 1)[:, ::-1]
    return _background(person | gap, doubt), cv2.erode(gap.astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool)


def _little(added) -> bool:
    """No more than the tip of the gap between arm and trunk, which is too narrow to be told."""
    return added.sum() < 40


def test_the_gap_beside_an_arm_is_wall():
    background, gap = _taken_for_person()
    removed, added = told_from_the_wall(background, _photo(), _pose())
    assert removed[gap].mean() > 0.95 and _little(added)
    assert not removed[_person()].any()


def test_before_a_street_nothing_is_told():
    background, _ = _taken_for_person()
    street = np.random.default_rng(0).integers(60, 250, (40, 38, 3)).astype(np.uint8)
    rgb = np.where(_person()[:, :, None], _photo(), cv2.resize(street, (300, 320), interpolation=cv2.INTER_CUBIC))
    removed, added = told_from_the_wall(background, rgb, _pose())
    assert not removed.any() and _little(added)


@pytest.mark.parametrize("cloth", [(222, 222, 222), WHITE], ids=("the wall's grey", "white"))
def test_light_cloth_stays(cloth):
    """Cloth of the wall's own colour cannot be told from it; white cloth before a grey wall is not the wall."""
    rgb = _photo(cloth)
    removed, added = told_from_the_wall(_background(_person()), rgb, _pose())
    assert not removed.any() and _little(added)
    background, gap = _taken_for_person()
    removed, _ = told_from_the_wall(background, rgb, _pose())
    assert removed[gap].mean() > 0.9 if cloth == WHITE else not removed.any()


def test_what_the_network_is_not_sure_of_in_the_wall_stays_wall():
    """A bag that stands apart is not near the person."""
    rgb, background = _photo(), _background(_person())
    rgb[240:280, 20:60] = (30, 30, 30)
    background[240:280, 20:60] = 0.7
    removed, added = told_from_the_wall(background, rgb, _pose())
    assert not removed.any() and _little(added)


def test_cloth_that_was_cut_at_its_pattern_is_whole():
    """White stripes of a jumper were taken for the wall at its edge."""
    rgb, person = _photo(WHITE), _person()
    for top in range(64, 256, 12):
        rgb[top : top + 6, 110:190] = (30, 40, 90)
    torn = person.copy()
    torn[70:250, 110:115] &= rgb[70:250, 110:115, 0] < 120
    removed, added = told_from_the_wall(_background(torn), rgb, _pose())
    lost = person & ~torn
    assert added[lost].mean() > 0.4 and _little(added & ~person) and not removed.any()


def test_a_shadow_on_the_wall_is_not_the_person():
    rgb = _photo()
    rgb[100:240, 100:110] = (0.8 * rgb[100:240, 100:110]).astype(np.uint8)
    removed, added = told_from_the_wall(_background(_person()), rgb, _pose())
    assert not added[100:240, 100:108].any() and not removed.any()


def test_the_person_goes_on_a_little_only():
    """What has another colour than the wall is the person's beside them, not far away: a banner on the wall is not."""
    rgb = _photo()
    rgb[0:60, 140:170] = (200, 30, 30)
    _, added = told_from_the_wall(_background(_person()), rgb, _pose())
    assert not added[:50].any()


def test_where_nobody_was_seen_nothing_is_told():
    removed, added = told_from_the_wall(np.ones((320, 300), np.float32), _photo(), _pose())
    assert not removed.any() and not added.any()
