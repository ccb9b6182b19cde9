"""Invented skin meets the skin in sight."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.nearby import distance_to
from primerka.perception.surface import silhouette
from primerka.tryon.surface.meeting_skin import ARMS_PASS, FADES, LEGS_PASS, legs_in_place, meeting, passing
from primerka.tryon.surface.scene import start_scene
from primerka.tryon.surface.sleeves import arms_in_place


def _limb(buyer, upper: str, lower: str):
    """A fitted limb of two bones, the row of its joint, what is taken off above that, and what shows below it."""
    limb, joint = buyer.person.surface.mask([BONE[upper], BONE[lower]]), buyer.person.body.bones[BONE[lower], 1]
    rows = np.arange(len(limb))[:, None]
    return limb, joint, limb & (rows < joint), limb & (rows >= joint)


def test_invented_skin_has_no_step_to_what_shows(buyers):
    """Painted darker and redder than the arm that the photo shows, it meets it all the same, and is itself again further up."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    arm, elbow, old, shown = _limb(buyer, "left_upper_arm", "left_forearm")
    rows = np.arange(len(arm))[:, None]
    scene.labels[:] = np.where(arm, LABEL["left_arm"], 0)
    scene.rgb = np.where(shown[:, :, None], np.uint8((200, 160, 140)), scene.rgb)
    painted = replace(buyer, skin=np.full_like(buyer.skin, (180, 130, 120)))
    skin = meeting(scene, painted, old).skin.astype(int)
    close, far = old & (rows > elbow - 4), old & (rows < elbow - 0.4 * buyer.unit)
    assert np.abs(skin[close] - (200, 160, 140)).mean() < 6 and np.abs(skin[far] - (180, 130, 120)).mean() < 3
    between = skin[old & (np.abs(rows - elbow + 0.7 * FADES * buyer.unit) < 2)].mean(0)
    assert (between > np.add((180, 130, 120), 4)).all() and (between < np.subtract((200, 160, 140), 8)).all()
    assert meeting(scene, painted, np.zeros_like(old)) is painted


@pytest.mark.parametrize(("limb", "in_place"), [("arm", arms_in_place), ("leg", legs_in_place)])
def test_the_painting_of_limbs_moves_to_what_shows_below_what_is_taken_off(buyers, limb, in_place):
    buyer = buyers[0]
    bones = [BONE[f"left_{name}"] for name in {"arm": ("upper_arm", "forearm"), "leg": ("thigh", "shin")}[limb]]
    fitted = silhouette(buyer.person.body, *buyer.arms.shape, bones)
    round_ = (255 * distance_to(~fitted) / distance_to(~fitted).max()).astype(np.uint8)
    painted = replace(buyer, skin=np.repeat(round_[:, :, None], 3, 2))
    rows, joint = np.arange(len(fitted))[:, None], int(buyer.person.body.bones[bones[1], 1])
    beside, old = np.roll(fitted, 5, axis=1), np.broadcast_to(rows <= joint + 10, fitted.shape)
    scene = start_scene(buyer)
    scene.labels[:] = LABEL["background"]
    if limb == "leg":  # both must show, or the two can't be told apart
        assert in_place(scene, painted, old) is painted
        right = silhouette(buyer.person.body, *buyer.arms.shape, [BONE["right_thigh"], BONE["right_shin"]])
        scene.labels[right & ~old] = LABEL["right_leg"]
        assert in_place(scene, painted, old) is painted
    scene.labels[beside & ~old] = LABEL[f"left_{limb}"]
    moved, near = in_place(scene, painted, old).skin, beside & (np.abs(rows - joint) < 10)
    off = [np.abs(skin[near].astype(int) - np.roll(painted.skin, 5, axis=1)[near]).mean() for skin in (moved, painted.skin)]
    assert near.sum() > 100 and off[0] < 0.6 * off[1]


def test_a_ridge_in_the_skin_in_sight_goes_on_a_little(buyers):
    """A knee in the sun, the edge of a shin."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    leg, knee, old, shown = _limb(buyer, "left_thigh", "left_shin")
    rows, columns = np.arange(len(leg))[:, None], np.arange(leg.shape[1])
    middle = int(np.median(np.nonzero(leg & (np.abs(rows - knee) < 3))[1]))
    ridge = np.abs(columns - middle) < 3
    scene.labels[:] = np.where(leg, LABEL["left_leg"], 0)
    scene.rgb[shown] = (190, 150, 130)
    scene.rgb[shown & ridge] = (230, 190, 170)
    skin = meeting(scene, replace(buyer, skin=np.full_like(buyer.skin, (190, 150, 130))), old).skin.astype(int)
    near, far = old & (rows > knee - 3), old & (rows < knee - 0.3 * buyer.unit)
    on_ridge, beside = skin[near & ridge].mean(), skin[near & (np.abs(columns - middle) > 8)].mean()
    assert on_ridge - beside > 10 and np.abs(skin[far] - (190, 150, 130)).mean() < 3


@pytest.mark.parametrize(("upper", "lower", "skin"), [("thigh", "shin", "leg"), ("upper_arm", "forearm", "arm")])
def test_invented_skin_passes_into_what_shows_of_the_same_limb(buyers, upper, lower, skin):
    """The shadow of an old hem would be a line across it."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    limb, joint, invented, shown = _limb(buyer, f"left_{upper}", f"left_{lower}")
    rows, inside = np.arange(len(limb))[:, None], distance_to(~limb) > 4
    scene.labels[:] = np.where(limb, LABEL[f"left_{skin}"], 0)
    scene.rgb[:] = buyer.skin  # in no shadow
    matte, reach = passing(scene, buyer, invented), (LEGS_PASS if skin == "leg" else ARMS_PASS) * buyer.unit
    close, middle, far = (shown & (np.abs(rows - joint - share * reach) < 1.5) for share in (0, 0.5, 1.2))
    assert matte[close & inside].mean() > 0.8 and 0.3 < matte[middle & inside].mean() < 0.7 and not matte[far].any()
    assert not matte[invented].any() and not passing(scene, buyer, np.zeros_like(invented)).any()
    scene.labels[shown] = LABEL["left_arm" if skin == "leg" else "left_leg"]  # an arm before the leg, or beside it
    assert not passing(scene, buyer, invented).any()


def test_hands_keep_their_own_pixels_beside_an_invented_arm(buyers):
    buyer = buyers[0]
    scene = start_scene(buyer)
    hand, fore = (buyer.person.surface.mask([BONE[f"left_{name}"]]) for name in ("hand", "forearm"))
    scene.labels[:] = np.where(hand, LABEL["left_arm"], 0)
    assert hand.sum() > 50 and not passing(scene, buyer, fore).any()


@pytest.mark.parametrize("worn", ["left_shoe", "legwear"])
def test_shoes_and_socks_have_soft_edges_before_an_invented_leg(buyers, worn):
    buyer = buyers[0]
    scene = start_scene(buyer)
    leg, knee, invented, shown = _limb(buyer, "left_thigh", "left_shin")
    rows, inside = np.arange(len(leg))[:, None], distance_to(~leg) > 4
    scene.labels[:] = np.where(shown, LABEL[worn], 0)
    matte = passing(scene, buyer, invented)
    first, far = shown & inside & (rows < knee + 1), shown & (rows > knee + 0.06 * buyer.unit)
    assert first.any() and 0.2 < matte[first].mean() < 0.6 and not matte[far].any()


@pytest.mark.parametrize("skin", [(222, 182, 155), (75, 52, 42)])
@pytest.mark.parametrize("metal", [(40, 180, 90), (192, 192, 196)])
def test_jewellery_stays(buyers, skin, metal):
    buyer = replace(buyers[0], skin=np.full_like(buyers[0].skin, skin))
    scene = start_scene(buyer)
    arm, elbow, invented, shown = _limb(buyer, "left_upper_arm", "left_forearm")
    rows = np.arange(len(arm))[:, None]
    scene.labels[:] = np.where(arm, LABEL["left_arm"], 0)
    bangle = shown & (rows < elbow + 3)
    for share in (1.0, 0.6):  # in a shadow, too
        scene.rgb[:] = (share * np.array(skin)).astype(np.uint8)
        assert passing(scene, buyer, invented)[bangle & (distance_to(~arm) > 4)].min() > 0.5
    scene.rgb[bangle] = metal
    assert not passing(scene, buyer, invented)[bangle].any()


def test_skin_passes_into_the_neck_above_a_neckline(buyers):
    buyer = buyers[0]
    scene = start_scene(buyer)
    neck, chest = buyer.person.surface.mask([BONE["neck"]]), buyer.person.surface.mask([BONE["chest"]])
    scene.labels[:] = np.where(neck, LABEL["neck"], 0)
    scene.rgb[:] = buyer.skin
    matte = passing(scene, buyer, chest)
    beside = neck & (distance_to(chest) < 2) & (distance_to(~(neck | chest)) > 4)
    assert beside.sum() > 5 and matte[beside].mean() > 0.6 and not matte[~neck].any()
