"""Dressing: what lies before the new garment, and what an outfit does."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from dressing import dressed, no_cloth

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.nearby import distance_to
from primerka.tryon.surface.buyer import grown
from primerka.tryon.surface.dress import _beside_what_lies_over, _in_front, _rounded, dress
from primerka.tryon.surface.engine import SurfaceEngine
from primerka.tryon.surface.hands import hands_in_sight
from primerka.tryon.surface.outline import skirt_outline
from primerka.tryon.surface.parts import LEGS, TORSO
from primerka.tryon.surface.scene import start_scene


@pytest.mark.parametrize("per_cent", [70, 80])
def test_of_a_garment_that_was_hard_to_tell_apart_it_is_said(buyers, cloths, per_cent):
    cloth = cloths["top"]
    everywhere = np.full(cloth.garment.mask.shape, per_cent, np.uint8)
    parsing = replace(cloth.garment.model.parsing, certainty=everywhere, agreement={"top": per_cent / 100})
    garment = replace(cloth.garment, model=replace(cloth.garment.model, parsing=parsing))
    assert garment.certainty == pytest.approx(per_cent / 100)
    scene = dressed(buyers[0], replace(cloth, garment=garment))
    assert any("hard to tell apart" in warning for warning in scene.all_warnings()) == (per_cent < 75)


def test_a_second_layer_leaves_the_background_alone(buyers, cloths):
    buyer = buyers[0]
    scene = dressed(buyer, cloths["skirt"])
    once = scene.changed.copy()
    dress(scene, buyer, cloths["trousers"])
    distance = cv2.distanceTransform((~(once | scene.mask("trousers"))).astype(np.uint8), cv2.DIST_L2, 3)
    beside = (start_scene(buyer).labels == 0) & (buyer.rim == 0) & (distance > 0.05 * buyer.unit) & (buyer.along > 0.1)
    assert beside.any() and not scene.changed[beside].any()


@pytest.mark.parametrize("taken_off", [False, True])
def test_what_a_hand_wears_is_before_new_trousers_and_a_belt_goes(buyers, cloths, taken_off):
    buyer = buyers[0]
    scene = start_scene(buyer)
    ys, xs = np.nonzero(scene.mask("trousers") & buyer.person.surface.mask(LEGS[0].indices))
    y, x = int(np.median(ys)), int(np.median(xs))
    glove = np.zeros(scene.labels.shape, bool)
    glove[y - 20 : y + 20, x - 20 : x + 20] = True
    if not taken_off:  # a sleeve's end is between it and the old trousers
        scene.labels[cv2.dilate(glove.astype(np.uint8), np.ones((31, 31))) > 0] = LABEL["outerwear"]
    scene.labels[glove] = LABEL["other"]
    scene.rgb[glove] = (255, 0, 255)
    dress(scene, buyer, cloths["trousers"])
    kept = (scene.rgb[glove] == (255, 0, 255)).all(1).mean()
    assert kept < 0.9 if taken_off else kept > 0.95


@pytest.mark.parametrize(("label", "bare"), [("top", False), ("outerwear", True)])
def test_a_hand_that_the_fit_has_before_a_top_is_behind_it_and_one_in_a_coat_in_its_pocket(buyers, cloths, label, bare):
    buyer = buyers[0]
    hand = buyer.person.surface.mask([BONE["left_hand"], BONE["right_hand"]])
    on_trunk = replace(buyer, trunk_legs=buyer.trunk_legs | hand)
    scene = start_scene(on_trunk)
    scene.labels[cv2.dilate(hand.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0] = LABEL[label]
    wide = {part: np.full_like(alpha, 255) for part, alpha in cloths["dress"].alpha.items() if part == TORSO}
    dress(scene, on_trunk, replace(cloths["dress"], alpha=wide))
    skin = np.abs(scene.rgb.astype(int) - buyer.skin).max(2) < 25  # it meets the skin beside it
    assert (skin[cv2.erode(hand.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0].mean() > 0.9) == bare


def test_no_line_of_the_new_garment_shows_between_a_bare_forearm_and_its_hand(buyers, cloths):
    """The hand is before everything, the arm before the trunk: where they meet nothing is between them."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    arm = buyer.person.surface.mask([BONE["left_forearm"], BONE["left_hand"]])
    scene.labels[arm] = LABEL["left_arm"]
    hand = hands_in_sight(scene, buyer).astype(np.uint8)
    before = scene.rgb.copy()
    wide = {part: np.full_like(alpha, 255) for part, alpha in cloths["dress"].alpha.items() if part == TORSO}
    dress(scene, buyer, replace(cloths["dress"], alpha=wide))
    inner = cv2.erode(arm.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    seam = inner & (cv2.dilate(hand, np.ones((5, 5), np.uint8)) > cv2.erode(hand, np.ones((5, 5), np.uint8)))
    assert seam.any() and (scene.rgb[seam] == before[seam]).all()


@pytest.mark.parametrize("kinds", [("dress", "trousers"), ("skirt", "dress")])
def test_a_dress_takes_the_place_of_a_lower_garment_of_the_same_outfit(buyers, cloths, kinds):
    engine = SurfaceEngine()
    alone, outfit = (engine.dress(buyers[0], [cloths[kind] for kind in chosen]) for chosen in (["dress"], kinds))
    dress = alone.layers["dress_alpha"] > 250
    assert (alone.rgb[dress] == outfit.rgb[dress]).all(1).mean() > 0.98
    assert not any("kept as a top" in warning for warning in outfit.warnings)


@pytest.mark.parametrize("kind", ["top", "trousers", "dress"])
def test_somebody_of_whom_nothing_lies_in_front_is_dressed(buyers, cloths, kind):
    """Cut off at the neck, hands in sleeves."""
    person = buyers[0].person
    labels = np.where(person.parsing.mask("top", "trousers"), person.parsing.labels, 0).astype(np.uint8)
    scene = dressed(replace(buyers[0], person=replace(person, parsing=replace(person.parsing, labels=labels))), cloths[kind])
    assert scene.mask(kind).any()


def test_a_wide_skirt_does_not_stick_out_beside_the_coat_over_it(buyers):
    buyer = buyers[0]
    scene = start_scene(buyer)
    hem = int(np.median(np.nonzero(np.abs(buyer.along - 0.4) < 0.01)[0]))
    rows = np.arange(len(scene.labels))[:, None]
    coat = (cv2.dilate(buyer.trunk_legs.astype(np.uint8), np.ones((1, 9))) > 0) & (rows <= hem)
    scene.labels[coat] = LABEL["outerwear"]
    hidden = _beside_what_lies_over(scene, buyer)
    row, far = hem - 5, round(0.3 * buyer.unit)
    first, last = np.nonzero(coat[row])[0][[0, -1]]
    assert hidden[row, last + 2 : last + far].all() and hidden[row, first - far : first - 2].all()
    assert not (hidden & coat).any()
    below = hem + far  # where it may be wider again
    assert hidden[below, last + far] and not hidden[below, last : last + far // 4].any()
    scene.labels[scene.mask("top", "outerwear")] = 0
    assert not _beside_what_lies_over(scene, buyer).any()
    scene.labels[cv2.erode(coat.astype(np.uint8), np.ones((1, 15))) > 0] = LABEL["top"]  # too narrow to be seen right
    hidden = _beside_what_lies_over(scene, buyer)
    assert hidden.any() and not (hidden & buyer.trunk_legs).any()


def test_a_new_skirt_is_as_narrow_as_the_coat_that_stays_over_it(buyers, cloths):
    buyer = buyers[0]
    coat = cv2.dilate((buyer.trunk_legs & (buyer.along < 0.6)).astype(np.uint8), np.ones((1, 5))) > 0
    sticking_out = []
    for coat_stays in (False, True):
        scene = start_scene(buyer)
        if coat_stays:
            scene.labels[coat] = LABEL["outerwear"]
        dress(scene, buyer, cloths["skirt"])
        sticking_out.append((scene.mask("skirt") & ~coat & (buyer.along > 0.2) & (buyer.along < 0.57)).sum())
    assert sticking_out[0] > 50 and sticking_out[1] < 0.2 * sticking_out[0]


@pytest.mark.parametrize("as_trousers", [False, True])
def test_a_hand_before_new_trousers_has_no_rim_of_the_old_ones_nor_of_the_street(buyers, cloths, as_trousers):
    """At the edge its pixels are mixed with what was behind: the colours further inside stand for them."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    side = 20
    thighs = scene.mask("trousers") & buyer.trunk_legs & (buyer.along > 0.3)
    ys, xs = np.nonzero(cv2.erode(thighs.astype(np.uint8), np.ones((side + 10, side + 10))))
    y, x = ys[0] - side // 2, xs[0] - side // 2
    hand = np.zeros(scene.labels.shape, bool)
    hand[y : y + side, x : x + side] = True
    inner = cv2.erode(hand.astype(np.uint8), np.ones((3, 3))) > 0
    rim = cv2.dilate(hand.astype(np.uint8), np.ones((3, 3))) - inner > 0
    scene.labels[hand] = LABEL["left_arm"]
    scene.rgb[rim], scene.rgb[inner] = scene.rgb[thighs].mean(0) if as_trousers else (255, 0, 255), (205, 160, 135)
    buyer = replace(buyer, background=np.full_like(buyer.background, (0, 255, 0)))
    dress(scene, buyer, cloths["trousers"])
    red, green, blue = scene.rgb[cv2.dilate(hand.astype(np.uint8), np.ones((7, 7))) > 0].astype(int).T
    assert ((red > 150) & (blue > 150) & (green < 100)).mean() < 0.02 and ((green > 150) & (red < 100)).mean() < 0.02
    assert (scene.rgb[y + side // 2, x + side // 2] == (205, 160, 135)).all()


def test_what_hangs_before_an_invented_leg_has_no_rim_of_the_old_trousers(buyers, cloths):
    """At its soft edge what is behind shows through: that is the leg, not what was there."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    shins = scene.mask("trousers") & buyer.trunk_legs & (buyer.along > 1.1)
    scene.rgb[scene.mask("trousers")] = (255, 0, 255)
    side = 14
    ys, xs = np.nonzero(cv2.erode(shins.astype(np.uint8), np.ones((side + 8, side + 8))))
    y, x = ys[0] - side // 2, xs[0] - side // 2
    thing = np.zeros(scene.labels.shape, bool)
    thing[y : y + side, x : x + side] = True
    scene.labels[thing], scene.rgb[thing] = LABEL["hair"], (40, 60, 40)
    scene.rgb = cv2.GaussianBlur(scene.rgb, (0, 0), 1.5)
    dress(scene, buyer, cloths["skirt"])
    red, green, blue = scene.rgb[cv2.dilate(thing.astype(np.uint8), np.ones((9, 9))) > 0].astype(int).T
    assert (np.minimum(red, blue) - green > 60).mean() < 0.02
    assert (scene.rgb[y + side // 2, x + side // 2] == (40, 60, 40)).all()
    assert (scene.labels[thing] == LABEL["hair"]).mean() > 0.8


def test_a_line_that_an_old_hem_left_on_trousers_is_not_in_the_look(buyers, cloths, monkeypatch):
    buyer = buyers[0]
    scene = start_scene(buyer)
    trousers = scene.mask("trousers")
    scene.rgb[trousers] = (40, 60, 90)
    hem = trousers & ~grown(scene.mask("background", "left_arm", "right_arm"), buyer, 0.05)
    hem &= distance_to(scene.mask("top") & buyer.trunk_legs) < 0.035 * buyer.unit
    scene.rgb[hem] = (90, 110, 140)
    short = replace(no_cloth(buyer), alpha=((buyer.along < 0) & scene.mask("top")).astype(np.float32))
    monkeypatch.setattr("primerka.tryon.surface.dress.drape", lambda cloth, person: short)
    dress(scene, buyer, cloths["top"])
    left = scene.rgb[hem].astype(int)
    assert hem.sum() > 50 and np.abs(left - (40, 60, 90)).mean() < 12
    assert scene.changed[hem].mean() > 0.9


def test_where_an_arm_begins_is_no_zigzag():
    """The fitted body's faces say where a bare shoulder ends; a garment without sleeves is cut there."""
    rows, columns = np.indices((120, 120))
    arm = columns > 60 + 6 * (rows // 8 % 2)  # teeth of six pixels
    neck, background = ~arm, rows < 20
    arm, neck = arm & ~background, neck & ~background
    rounded = _rounded(arm, neck, 150)
    assert not (rounded & ~(arm | neck)).any()
    starts = rounded[30:110].argmax(1)
    assert np.ptp(starts) <= 2 and 60 < starts.mean() < 67
    alone = _rounded(arm, np.zeros_like(arm), 150)
    assert (alone == arm).all()  # beside anything else the arm is what it is
    assert not _rounded(np.zeros_like(arm), neck, 150).any()


def test_a_garment_without_sleeves_is_cut_in_a_smooth_line(buyers):
    scene = start_scene(buyers[0])
    rows, columns = np.indices(scene.labels.shape)
    teeth = columns > 200 + 6 * (rows // 8 % 2)
    scene.labels[:] = np.where(teeth, LABEL["left_arm"], LABEL["neck"])
    _, arms = _in_front(scene, buyers[0], "top", np.zeros_like(teeth), np.zeros(teeth.shape, np.float32))
    free = ~buyers[0].hands[30:-30].any(1)
    assert free.sum() > 100 and np.ptp(arms[30:-30][free].argmax(1)) <= 2


def test_a_dress_is_worn_by_whoever_points_their_legs_at_the_camera(buyers, cloths, monkeypatch):
    """Their skirt has no outline, that of the product's model has one."""
    buyer, cloth = buyers[0], cloths["dress"]
    assert skirt_outline(buyer.person.body) is not None
    hidden = buyer.person.body
    monkeypatch.setattr(
        "primerka.tryon.surface.drape.skirt_outline", lambda body: None if body is hidden else skirt_outline(body)
    )
    assert dressed(buyer, cloth).mask("dress").any()
