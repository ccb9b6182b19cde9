"""Edges of trouser legs behind a bag: drawn on where the photo without the bag has them."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.nearby import distance_to
from primerka.perception.surface import silhouette
from primerka.photo import read_photo
from primerka.tryon.surface.between import between
from primerka.tryon.surface.cloth import prepare_cloth
from primerka.tryon.surface.hidden_limbs import ARM, LEG, find_bare_limb, hidden_legs
from primerka.tryon.surface.parts import LEGS, assign_parts
from primerka.tryon.surface.seams import LEGS_PART


@pytest.fixture(scope="module")
def trousers(pose_models, product_paths):
    path = next(path for path in product_paths if path.stem.startswith("trousers"))
    return find_garment(analyse(read_photo(path, 640), worn="trousers"), "trousers")


def _left_leg(garment):
    parts = assign_parts(garment)
    return parts[LEGS[0]] | parts[LEGS[2]]


def _hidden_left_leg(garment):
    found = hidden_legs(garment, assign_parts(garment))
    return found[LEGS[0]] | found[LEGS[2]]


def _with(garment, label, box):
    """The garment with a thing of a label before it."""
    labels = garment.model.parsing.labels.copy()
    labels[box] = LABEL[label]
    model = replace(garment.model, parsing=replace(garment.model.parsing, labels=labels))
    return replace(garment, model=model, mask=garment.mask & ~box)


def _box(leg, top, bottom, left):
    """(H, W) bool: in shares of the leg's own box, and beyond its right edge."""
    ys, xs = np.nonzero(leg)
    box = np.zeros_like(leg)
    height, width = np.ptp(ys), np.ptp(xs)
    box[
        ys.min() + round(top * height) : ys.min() + round(bottom * height), xs.min() + round(left * width) : xs.max() + width
    ] = True
    return box


@pytest.mark.parametrize("label", ["bag", "outerwear"])
def test_an_edge_behind_a_bag_is_where_it_was(trousers, label):
    leg = _left_leg(trousers)
    box = _box(leg, 0.3, 0.6, 0.5)
    hidden = leg & box
    assert hidden.sum() > 500
    found = _hidden_left_leg(_with(trousers, label, box))
    assert not (found & ~box).any()
    assert (found & hidden).sum() > 0.85 * hidden.sum()
    assert (found & ~leg).sum() < 0.15 * hidden.sum()


def test_where_nothing_is_before_a_leg_nothing_is_hidden(trousers):
    assert not _hidden_left_leg(trousers).any()


def test_of_a_leg_that_is_hidden_all_along_nothing_is_said(trousers):
    leg = _left_leg(trousers)
    box = _box(leg, 0.0, 1.0, 0.5)
    assert not _hidden_left_leg(_with(trousers, "bag", box)).any()


def test_a_legs_layer_has_no_rim_of_the_other_leg(trousers):
    cloth, parts = prepare_cloth(trousers), assign_parts(trousers)
    for part in LEGS:
        own = np.logical_or.reduce([parts[leg] for leg in LEGS if leg.name[:4] == part.name[:4]])
        other = np.logical_or.reduce([parts[leg] for leg in LEGS if leg.name[:4] != part.name[:4]])
        beside = (distance_to(other) < 4) & (distance_to(own) > 7) & ~other
        assert cloth.alpha[part][beside].max(initial=0) < 20


def test_trousers_whose_legs_touch_have_no_seam_between_them(trousers):
    """Where the one leg ends and the other begins both have all their cloth, but close to where they part."""
    bones, unit = trousers.model.body.bones, trousers.model.pose.torso_px
    rows, knee = np.arange(len(trousers.mask))[:, None], bones[[BONE["left_shin"], BONE["right_shin"]], 1].mean()
    between_legs = between(trousers.mask, axis=1) & (rows > bones[BONE["pelvis"], 1]) & (rows < knee)
    touching = replace(trousers, mask=trousers.mask | between_legs)
    cloth, parts = prepare_cloth(touching), assign_parts(touching)
    left, right = parts[LEGS[0]], parts[LEGS[1]]
    inner = distance_to(~touching.mask) > 6
    meeting = inner & (distance_to(left) < 2) & (distance_to(right) < 2)
    meeting &= rows < knee - 2 * LEGS_PART * unit
    assert meeting.sum() > 5
    for leg in LEGS[:2]:
        assert cloth.alpha[leg][meeting].min() > 200


def test_a_bare_leg_meets_what_shows_of_it_and_is_the_bodys_at_the_hip(buyer):
    """The fit is a little beside the leg in the photo."""
    leg = silhouette(buyer.body, *buyer.parsing.labels.shape, [BONE["left_thigh"], BONE["left_shin"]])
    beside = np.roll(leg, 5, axis=1)
    hip, knee = (int(buyer.body.bones[BONE[f"left_{bone}"], 1]) for bone in ("thigh", "shin"))
    below = (np.arange(len(leg)) > knee)[:, None]
    found = find_bare_limb(buyer, "left", LEG, beside & below, np.ones_like(leg) & ~below).hidden()
    assert not (found & below).any()
    rows = slice(knee - 12, knee - 2)
    assert (found ^ beside)[rows].sum() < 0.5 * (leg ^ beside)[rows].sum()
    rows = slice(hip + 10, hip + 20)
    assert (found ^ leg)[rows].sum() < 0.15 * leg[rows].sum()


@pytest.mark.parametrize("inner_edge_shows", [True, False])
def test_a_bare_arm_meets_what_shows_of_it_though_its_inner_edge_may_not(buyer, inner_edge_shows):
    """The fit is a little beside the arm in the photo, and a shirt lies between arm and trunk."""
    bones = [BONE["left_upper_arm"], BONE["left_forearm"]]
    arm = silhouette(buyer.body, *buyer.parsing.labels.shape, bones)
    elbow, hand = (int(buyer.body.bones[BONE[f"left_{bone}"], 1]) for bone in ("forearm", "hand"))
    cuff = elbow + (hand - elbow) // 5
    beside, rows = np.roll(arm, 6, axis=1), np.arange(len(arm))[:, None]
    shown, sleeve = beside & (rows > cuff), np.broadcast_to(rows <= cuff, arm.shape).copy()
    if not inner_edge_shows:
        first = np.where(shown.any(1), shown.argmax(1) + 3, 0)[:, None]
        sleeve |= (np.arange(arm.shape[1]) < first) & (np.arange(arm.shape[1]) > first - 40)
        shown &= ~sleeve
    found = find_bare_limb(buyer, "left", ARM, shown, sleeve).hidden() & (rows <= cuff)
    near = slice(cuff - 12, cuff - 1)
    for mask in (found, found[:, ::-1]):
        there = beside if mask is found else beside[:, ::-1]
        assert np.abs(mask[near].argmax(1) - there[near].argmax(1)).mean() < 2.5
    shoulder = int(buyer.body.bones[BONE["left_upper_arm"], 1])
    top = slice(shoulder + 5, shoulder + 15)
    assert (found ^ arm)[top].sum() < 0.25 * arm[top].sum()


@pytest.mark.parametrize("limb", [ARM, LEG])
def test_of_a_limb_of_which_nothing_shows_nothing_is_said(buyer, limb):
    everything = np.ones(buyer.parsing.labels.shape, bool)
    assert find_bare_limb(buyer, "left", limb, ~everything, everything) is None


def test_of_a_leg_both_edges_have_to_show(buyer):
    bones = [BONE["left_thigh"], BONE["left_shin"]]
    leg = silhouette(buyer.body, *buyer.parsing.labels.shape, bones)
    half = leg & (np.arange(leg.shape[1]) < buyer.body.bones[bones, 0].mean())
    assert find_bare_limb(buyer, "left", LEG, leg & ~half, half) is None
    assert (
        find_bare_limb(buyer, "left", LEG, leg & (np.arange(len(leg)) > buyer.body.bones[bones[1], 1])[:, None], half)
        is not None
    )


@pytest.mark.parametrize("limb", [ARM, LEG])
def test_the_painting_of_a_limb_lies_where_the_photo_has_it(buyer, limb):
    """Bright in its middle and dark at its edges, as round things are; the fit is a little beside it."""
    bones = [BONE[f"left_{name}"] for name in limb[:2]]
    fitted = silhouette(buyer.body, *buyer.parsing.labels.shape, bones)
    middle = 255 * np.clip(distance_to(~fitted) / distance_to(~fitted).max(), 0, 1)
    skin = np.repeat(middle[:, :, None], 3, 2).astype(np.uint8)
    beside, rows = np.roll(fitted, 5, axis=1), np.arange(len(fitted))[:, None]
    joint = int(buyer.body.bones[bones[1], 1])
    sleeve = np.broadcast_to(rows <= joint + 10, fitted.shape)
    shown = beside & ~sleeve
    moved = find_bare_limb(buyer, "left", limb, shown, sleeve).carry(skin)
    near = beside & (rows > joint - 10) & (rows < joint + 40)
    expected = np.roll(skin, 5, axis=1).astype(int)
    assert np.abs(moved[near] - expected[near]).mean() < 0.5 * np.abs(skin[near] - expected[near]).mean()


@pytest.mark.parametrize(("aside", "found"), [(0.03, True), (0.35, False)])
def test_a_bare_ankle_says_where_the_leg_is_unless_it_is_far_off_the_fit(buyer, aside, found):
    bones = [BONE["left_thigh"], BONE["left_shin"]]
    leg, rows = silhouette(buyer.body, *buyer.parsing.labels.shape, bones), np.arange(len(buyer.parsing.labels))[:, None]
    hip, end = int(buyer.body.bones[bones[0], 1]), int(np.nonzero(leg)[0].max()) - 2
    hem = end - (end - hip) // 9  # less of its edges shows than of a leg that is believed wherever it is
    shown = np.roll(leg, round(aside * buyer.pose.torso_px), axis=1) & (rows > hem) & (rows < end)
    limb = find_bare_limb(buyer, "left", LEG, shown, np.broadcast_to(rows <= hem, leg.shape))
    assert (limb is not None) == found
    if found:
        near = slice(hem - 10, hem - 2)
        beside = np.roll(leg, round(aside * buyer.pose.torso_px), axis=1)
        assert (limb.hidden() ^ beside)[near].sum() < 0.6 * (leg ^ beside)[near].sum()


def test_a_foot_is_no_ankle(buyer):
    """Bare in an open shoe, it is longer than the leg is wide, and would say that the leg is."""
    bones = [BONE[f"left_{name}"] for name in LEG]
    leg, foot = (silhouette(buyer.body, *buyer.parsing.labels.shape, part) for part in (bones[:2], bones[2:]))
    ankle = round(buyer.body.bones[bones[2], 1])
    below = np.arange(len(leg))[:, None] > ankle - 2
    wide = np.roll(foot, 8, axis=1) | np.roll(foot, -8, axis=1) | foot
    assert find_bare_limb(buyer, "left", LEG, wide & below, leg & ~below) is None


def test_edges_that_would_make_a_stick_of_a_limb_are_not_believed(buyer):
    bones = [BONE["left_thigh"], BONE["left_shin"]]
    leg, rows = silhouette(buyer.body, *buyer.parsing.labels.shape, bones), np.arange(len(buyer.parsing.labels))[:, None]
    hip, knee = (int(buyer.body.bones[bone, 1]) for bone in bones)
    middle = np.where(leg, np.arange(leg.shape[1]), 0).sum(1) // np.maximum(leg.sum(1), 1)
    stick = leg & (np.abs(np.arange(leg.shape[1]) - middle[:, None]) < 3)
    hem = (hip + knee) // 2
    hidden = np.broadcast_to((rows > hem) & (rows < knee), leg.shape)
    for shown, believed in ((leg, True), (stick, False)):
        assert (find_bare_limb(buyer, "left", LEG, shown & ~hidden, hidden) is not None) == believed
