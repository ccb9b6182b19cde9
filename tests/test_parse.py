"""What belongs to the main person."""

import numpy as np

from primerka.perception.parse import FAR, RIM, _bystanders, _nearest_parts
from primerka.pose import LANDMARK, Pose


def _pose(x: float) -> Pose:
    """Somebody who stands at column x, 10 / FAR pixels from neck to hips."""
    xy = np.tile(np.float32([x, 60]), (33, 1))
    for name in ("left_shoulder", "right_shoulder"):
        xy[LANDMARK[name]] = x, 60 - 10 / FAR
    return Pose(xy, np.zeros((33, 3), np.float32), np.ones(33, np.float32), 1.0)


def test_a_face_in_the_distance_is_somebody_elses_and_a_bag_beside_is_not():
    person = np.zeros((120, 160), bool)
    person[10:110, 20:60] = True
    person[70:85, 63:75] = True  # a bag on a strap too thin to see
    person[20:30, 120:130] = True  # a face
    expected = np.zeros_like(person)
    rim = round(RIM * 10 / FAR)  # their half-transparent edge too
    expected[20 - rim : 30 + rim, 120 - rim : 130 + rim] = True
    assert np.array_equal(_bystanders(person, _pose(40)), expected)


def test_whom_the_pose_is_of_stays_beside_somebody_larger():
    person = np.zeros((120, 160), bool)
    person[10:110, 20:60] = True
    person[30:90, 120:126] = True
    assert not _bystanders(person, _pose(123)).any()


def test_whoever_is_alone_has_no_bystanders():
    for person in (np.zeros((20, 30), bool), np.ones((20, 30), bool)):
        assert not _bystanders(person, _pose(10)).any()


def test_between_a_face_and_its_neck_the_border_has_no_spikes():
    shape, here = (100, 100), np.zeros((100, 100), bool)
    here[10:90, 20:80] = True
    rows, columns = np.indices(shape)
    face = np.where(rows < 50 + 8 * (columns % 10 == 0), 0.0, 1.0)
    parts = _nearest_parts(here, [face, 1 - face], 160.0)
    assert (parts[10:48, 20:80] == 1).all() and (parts[52:90, 20:80] == 2).all()
    assert not parts[~here].any()
