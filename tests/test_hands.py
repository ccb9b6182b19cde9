"""Hands in sight are the buyer's own, and no second one is painted beside them."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.tryon.surface.hands import hands_behind, hands_in_sight, in_cuffs, not_to_invent
from primerka.tryon.surface.parts import along_bone
from primerka.tryon.surface.scene import start_scene


@pytest.fixture
def arm(buyers):
    """A buyer, the scene in which nothing of their left arm shows, that arm's fitted hand, and how far down the forearm each pixel lies."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    scene.labels[scene.mask("left_arm", "right_arm")] = LABEL["top"]
    rows, columns = np.indices(scene.labels.shape)
    along = along_bone(buyer.person, BONE["left_forearm"], columns.ravel(), rows.ravel()).reshape(rows.shape)
    return buyer, scene, buyer.person.surface.mask([BONE["left_hand"]]), along


def test_a_hand_in_sight_is_one_though_the_fit_lies_beside_it(arm):
    buyer, scene, hand, along = arm
    assert not hands_in_sight(scene, buyer).any()
    shift = round(0.08 * buyer.unit)
    beside = np.roll(hand, shift, 1) & ~buyer.arms
    forearm = np.roll(buyer.person.surface.mask([BONE["left_forearm"]]), shift, 1)
    above = forearm & (along < np.percentile(along[forearm], 80))
    assert beside.any()
    scene.labels[beside | forearm] = LABEL["left_arm"]
    shown = hands_in_sight(scene, buyer)
    assert shown[beside].mean() > 0.9 and not shown[above].any()
    scene.labels[scene.mask("left_arm")] = LABEL["right_arm"]
    assert not hands_in_sight(scene, buyer).any()  # the other arm's skin, before the left hand


def test_nothing_is_at_a_hand_behind_the_back(arm):
    buyer, scene, hand, _ = arm
    surface = buyer.person.surface
    part = np.where(hand, BONE["pelvis"], surface.part)
    behind = replace(buyer, person=replace(buyer.person, surface=replace(surface, part=part)))
    scene.labels[hand] = LABEL["left_arm"]
    assert hands_in_sight(scene, buyer).any() and not hands_in_sight(scene, behind).any()
    assert not not_to_invent(scene, behind).any()


def test_beside_a_fist_there_is_no_open_hand(arm):
    buyer, scene, hand, along = arm
    assert not not_to_invent(scene, buyer).any()  # nothing shows: the fitted hand is all there is
    begins = np.percentile(along[hand], 30)
    fist = hand & (along > begins) & (along < np.percentile(along[hand], 70))
    scene.labels[fist] = LABEL["left_arm"]
    found = not_to_invent(scene, buyer)
    reach = 0.05 * buyer.unit
    assert found[hand & (along > begins + reach)].all() and not found[hand & (along < begins)].any()
    assert not found[~hand].any()
    scene.labels[fist & (along > np.percentile(along[fist], 10))] = LABEL["top"]
    assert not not_to_invent(scene, buyer).any()  # a finger says nothing


@pytest.mark.parametrize(("over", "share", "behind"), [("top", 0.8, True), ("top", 0.2, False), ("outerwear", 0.8, False)])
def test_a_hand_is_behind_what_most_of_it_would_hide(arm, over, share, behind):
    buyer, scene, hand, along = arm
    scene.labels[hand] = LABEL["shorts"]
    scene.labels[hand & (along < np.quantile(along[hand], share))] = LABEL[over]
    found = hands_behind(scene, replace(buyer, trunk_legs=buyer.trunk_legs | hand))
    assert found[hand].all() == behind and found.any() == behind


def test_a_hand_comes_out_of_a_cuff_and_lies_before_a_sleeve_that_would_hide_it(arm):
    buyer, scene, hand, along = arm
    scene.labels[hand] = LABEL["left_arm"]
    bones = buyer.person.body.bones
    wrist = np.linalg.norm(bones[BONE["left_hand"], :2] - bones[BONE["left_forearm"], :2])
    shown = hands_in_sight(scene, buyer)
    cuff = shown & (along < wrist + 0.07 * buyer.unit)
    assert cuff.sum() > 20 and (in_cuffs(scene, buyer, (along < wrist + 0.07 * buyer.unit).astype(np.float32)) == cuff).all()
    assert not in_cuffs(scene, buyer, (along < wrist + 0.3 * buyer.unit).astype(np.float32)).any()
    assert not in_cuffs(scene, buyer, np.zeros(hand.shape, np.float32)).any()
