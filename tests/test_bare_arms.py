"""Hands before the trunk that were taken for cloth."""

import cv2
import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.bare_arms import bare_arms_before_cloth
from primerka.photo import Photo
from primerka.surface import Surface

SKIN, CLOTH = (224, 172, 140), (40, 90, 60)
UNIT = 100.0


@pytest.fixture
def scene():
    """A top from which a forearm of skin colour should stand out: labels, picture, surface."""
    labels = np.zeros((200, 160), np.uint8)
    labels[10:40, 60:100] = LABEL["face"]
    labels[50:180, 40:120] = LABEL["top"]
    rgb = np.full((200, 160, 3), 200, np.uint8)
    rgb[labels == LABEL["face"]] = SKIN
    rgb[labels == LABEL["top"]] = CLOTH
    part = np.full((200, 160), -1, np.int8)
    part[50:180, 40:120] = BONE["chest"]
    part[100:115, 50:110] = BONE["left_forearm"]
    surface = Surface(part, np.zeros(part.shape, np.float32), np.zeros(part.shape, np.int32), np.zeros((1, 3), np.float32))
    return labels, rgb, surface


def _arm(labels, rgb, surface):
    return bare_arms_before_cloth(labels, Photo(rgb), surface, UNIT) == LABEL["left_arm"]


def test_a_bare_forearm_before_the_top_is_an_arm(scene):
    labels, rgb, surface = scene
    rgb[100:115, 50:110] = SKIN
    arm = _arm(labels, rgb, surface)
    expected = np.zeros_like(arm)
    expected[100:115, 50:110] = True
    near = cv2.dilate(expected.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert (arm & expected).sum() > 0.8 * expected.sum() and not (arm & ~near).any()


def test_a_sleeved_forearm_stays_cloth(scene):
    assert not _arm(*scene).any()


def test_skin_colour_where_no_arm_is_stays_cloth(scene):
    labels, rgb, surface = scene
    rgb[150:165, 50:110] = SKIN
    assert not _arm(labels, rgb, surface).any()


def test_a_top_of_skin_colour_and_a_pattern_with_some_are_left_alone(scene):
    labels, rgb, surface = scene
    beige = rgb.copy()
    beige[labels == LABEL["top"]] = (215, 165, 130)
    assert not _arm(labels, beige, surface).any()
    rgb[100:115, 50:110] = SKIN
    rgb[50:180:20, 40:120] = rgb[51:180:20, 40:120] = rgb[52:180:20, 40:120] = rgb[53:180:20, 40:120] = SKIN
    assert not _arm(labels, rgb, surface).any()


def test_nothing_is_changed_in_what_is_given(scene):
    labels, rgb, surface = scene
    rgb[100:115, 50:110] = SKIN
    before = labels.copy()
    _arm(labels, rgb, surface)
    assert np.array_equal(labels, before)
