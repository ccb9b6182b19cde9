"""What belongs to the main person."""

import numpy as np

from primerka.perception.parse import FAR, _bystanders


def test_a_face_in_the_distance_is_somebody_elses_and_a_bag_beside_is_not():
    person = np.zeros((120, 160), bool)
    person[10:110, 20:60] = True
    person[70:85, 63:75] = True  # a bag on a strap too thin to see
    person[20:30, 120:130] = True  # a face
    expected = np.zeros_like(person)
    expected[20:30, 120:130] = True
    assert np.array_equal(_bystanders(person, torso_px=10 / FAR), expected)


def test_whoever_is_alone_has_no_bystanders():
    for person in (np.zeros((20, 30), bool), np.ones((20, 30), bool)):
        assert not _bystanders(person, 10.0).any()
