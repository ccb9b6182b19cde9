"""Uncovering: cloth, skin or background, and nothing of the old clothes peeks out."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from dressing import dressed, no_cloth, relabelled, touching

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.body_model import body_model
from primerka.perception.nearby import distance_to
from primerka.tryon.surface.buyer import grown
from primerka.tryon.surface.dress import dress
from primerka.tryon.surface.engine import SurfaceEngine
from primerka.tryon.surface.parts import SLEEVES
from primerka.tryon.surface.scene import start_scene
from primerka.tryon.surface.shoes import plain_shoes, shoes
from primerka.tryon.surface.take_off import take_off
from primerka.tryon.surface.uncover import _at_the_neckline, _beside_new, uncover


def test_no_bare_leg_shows_beside_trousers(buyers, cloths):
    for buyer in buyers:
        scene = dressed(buyer, cloths["trousers"])
        trousers = scene.mask("trousers")
        assert trousers.any()
        knees = (buyer.along > 0.1) & (buyer.along < np.percentile(buyer.along[trousers], 90))
        assert (scene.mask("left_leg", "right_leg", "legwear", "skirt", "dress") & knees).sum() < 0.01 * trousers.sum()


@pytest.mark.parametrize(
    ("columns", "filled"),
    [((60, 80), True), ((60, 61), True), ((300, 310), False), (None, False)],
    ids=["sleeve", "strap", "far", "none"],
)
def test_a_shoulder_goes_on_up_to_a_neckline_that_lies_higher(buyers, columns, filled):
    buyer = buyers[0]
    joints = buyer.person.body.bones
    neck, arms = (round(float(joints[BONE[name], 1])) for name in ("neck", "left_upper_arm"))
    middle = round(float(joints[BONE["neck"], 0]))
    scene = start_scene(buyer)
    scene.labels[:] = 0
    old, bare, alpha = (np.zeros_like(buyer.arms) for _ in range(3))
    old[neck - 20 : arms + 60, middle - 20 : middle + 100] = True
    bare[neck - 20 : arms + 60, middle - 20 : middle + 30] = True
    alpha[arms + 40 : arms + 60, middle - 20 : middle + 90] = True
    if columns:
        alpha[neck - 20 : arms + 60, middle + columns[0] : middle + columns[1]] = True
    gap = _at_the_neckline(scene, buyer, replace(no_cloth(buyer), alpha=alpha.astype(np.float32)), old, bare)
    between = np.zeros_like(gap)
    between[neck + 1 : arms + 10, middle + 30 : middle + 60] = True
    assert gap[between].all() == gap.any() == filled
    assert not gap[:neck].any() and not gap[arms + 40 :].any() and not (gap & bare).any()


def test_an_arm_parts_from_the_trunk_below_the_neckline(buyers):
    """And what touches no skin is behind the person."""
    buyer = buyers[0]
    joints = buyer.person.body.bones
    arms, middle = (round(float(value)) for value in (joints[BONE["left_upper_arm"], 1], joints[BONE["neck"], 0]))
    scene = start_scene(buyer)
    scene.labels[:] = 0
    old, bare, alpha = (np.zeros_like(buyer.arms) for _ in range(3))
    old[arms - 10 : arms + 100, middle : middle + 100] = True
    bare[arms - 10 : arms + 100, middle : middle + 20] = True
    alpha[arms - 10 : arms + 100, middle + 60 : middle + 80] = True
    alpha[arms + 90 : arms + 100] = True
    new = replace(no_cloth(buyer), alpha=alpha.astype(np.float32))
    gap = _at_the_neckline(scene, buyer, new, old, bare)
    assert gap.any() and np.nonzero(gap)[0].max() < arms + 0.15 * buyer.unit
    skin = replace(new, alpha=np.zeros(alpha.shape, np.float32))
    assert not _at_the_neckline(scene, buyer, skin, old, bare | alpha).any()  # no garment is beside it
    alpha[:, middle + 20 : middle + 30] = True
    assert not _at_the_neckline(scene, buyer, replace(new, alpha=alpha.astype(np.float32)), old, bare).any()


def test_colours_of_the_old_garment_do_not_stay_on_the_skin_beside_it(buyers, cloths):
    """The pixels of a neck along a collar mix the two: they go with the collar."""
    buyer, new = buyers[0], no_cloth(buyers[0])
    scene = start_scene(buyer)
    old = take_off(scene, buyer, cloths["top"], new)
    mixed = scene.mask("neck") & touching(scene.mask("top")) & (buyer.person.surface.part >= 0)
    assert mixed.sum() > 10 and old[mixed].all()
    scene.rgb[mixed] = (0, 255, 0)
    rgb, _, _ = uncover(scene, buyer, cloths["top"], new, old, scene.mask("face"))
    assert (rgb[mixed] == (0, 255, 0)).all(1).mean() < 0.1
    far = scene.mask("neck") & ~old
    assert far.any() and np.array_equal(rgb[far], scene.rgb[far])


@pytest.mark.parametrize("label", ["trousers", "skirt"])
def test_no_line_stays_where_an_old_hem_lay_over_what_goes_on(buyers, cloths, label):
    """Its colours and its shadow reach further into the cloth below than the rim that goes with it."""
    buyer, new = buyers[0], no_cloth(buyers[0])
    scene = start_scene(buyer)
    scene.labels[scene.mask("trousers")] = LABEL[label]
    scene.rgb[scene.mask(label)] = (40, 60, 90)
    old = take_off(scene, buyer, cloths["top"], new)
    worn = scene.mask(label) & ~old & ~grown(scene.mask("background", "left_arm", "right_arm"), buyer, 0.05)
    line = worn & (distance_to(old & buyer.trunk_legs) <= 2)
    scene.rgb[line] = (90, 110, 140)
    front = scene.mask("face")
    front[:, : np.flatnonzero(line.any(0))[3]] = True
    rgb, _, met = uncover(scene, buyer, cloths["top"], new, old, front)
    line &= ~front
    assert line.sum() > 20 and met[line].mean() > 0.8
    assert np.abs(rgb[line].astype(int) - (40, 60, 90)).mean() < 20
    far = worn & (distance_to(old) > 0.05 * buyer.unit)
    assert far.any() and not met[far].any() and np.array_equal(rgb[far], scene.rgb[far])
    assert not met[front | grown(scene.mask("background") & ~old, buyer, 0)].any()


def test_the_invented_background_begins_as_the_photos(buyers, cloths):
    """Where the photo's background ends and the invented one begins there is no step."""
    buyer, new = buyers[0], no_cloth(buyers[0])
    buyer = replace(buyer, background=np.full_like(buyer.background, (255, 0, 255)))
    scene = start_scene(buyer)
    photo = scene.mask("background")
    old = take_off(scene, buyer, cloths["top"], new)
    rgb, kind, _ = uncover(scene, buyer, cloths["top"], new, old, scene.mask("face"))
    first = old & photo & touching(photo & ~old) & (kind == 0)
    step, whole = (np.abs(after.astype(int) - scene.rgb)[first].mean() for after in (rgb, buyer.background))
    assert first.sum() > 50 and 0 < step < 0.6 * whole
    under_cloth = old & (kind == 0) & scene.mask("top") & (buyer.person.surface.part < 0)
    assert under_cloth.any() and np.abs(rgb.astype(int) - (255, 0, 255))[under_cloth].mean() < 40


def test_bare_feet_in_sight_stay_bare(buyers):
    buyer = buyers[0]
    scene = start_scene(buyer)
    scene.labels[scene.mask("left_shoe", "right_shoe")] = LABEL["left_leg"]
    worn, feet = shoes(scene, buyer, scene.mask("trousers"))
    assert not worn.any() and not feet.any()


@pytest.mark.parametrize("shows", [6, 10])
def test_no_shoe_is_patched_from_what_shows_of_it(buyers, cloths, shows):
    """What is hidden is plain, in the colour of what shows."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    shod = scene.mask("left_shoe", "right_shoe")
    rows, columns = np.indices(shod.shape)
    scene.rgb[shod] = np.where(columns // 4 % 2, 200, 100)[shod][:, None]
    tip = shod & (rows > np.flatnonzero(shod.any(1)).max() - shows)
    scene.labels[shod & ~tip] = LABEL["trousers"]
    buyer = replace(buyer, facing=np.ones_like(buyer.facing))
    old = scene.mask("trousers")
    rgb, kind, met = uncover(scene, buyer, cloths["skirt"], no_cloth(buyer), old, np.zeros_like(old))
    assert not met[tip].any()
    made = (
        cv2.erode((old & shod & np.isin(kind, [LABEL["left_shoe"], LABEL["right_shoe"]])).astype(np.uint8), np.ones((5, 5))) > 0
    )
    beside = made[:, 1:] & made[:, :-1]
    step = np.percentile(np.abs(np.diff(rgb[:, :, 0].astype(int), axis=1))[beside], 99)
    assert tip.any() and made.sum() > 30
    assert step < 25 and 80 < np.median(rgb[made]) < 130


def test_a_shoe_goes_no_further_down_than_what_shows_of_its_sole(buyers):
    """The fit has the feet too low."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    shod = scene.mask("left_shoe", "right_shoe")
    rows = np.indices(shod.shape)[0]
    feet = buyer.person.surface.mask([BONE["left_foot"], BONE["right_foot"]])
    sole = np.flatnonzero(shod.any(1)).max() - round(0.06 * buyer.unit)
    scene.labels[shod & (rows > sole)] = LABEL["background"]
    worn, region = shoes(scene, buyer, scene.mask("trousers"))
    assert (feet & (rows > sole)).sum() > 50 and worn.any()
    assert region.any() and not (region & (rows > sole)).any()
    # A speck beside the ankle is no sole.
    foot = buyer.person.surface.mask([BONE["left_foot"]])
    hidden = start_scene(buyer)
    hidden.labels[hidden.mask("left_shoe")] = LABEL["trousers"]
    whole = shoes(hidden, buyer, hidden.mask("trousers"))[1] & foot
    top, left = np.flatnonzero(foot.any(1))[0], np.flatnonzero(foot.any(0))[0]
    hidden.labels[top - 4 : top + 2, left : left + 4] = LABEL["left_shoe"]
    assert whole.any() and (shoes(hidden, buyer, hidden.mask("trousers"))[1] & foot).sum() > 0.9 * whole.sum()


def _under_a_gown(buyer):
    """The buyer's scene in a gown that hides the feet, and it."""
    scene = start_scene(buyer)
    gown = scene.mask("trousers", "left_shoe", "right_shoe")
    scene.labels[gown] = LABEL["dress"]
    return scene, gown


@pytest.mark.parametrize("seen", ["from before", "from behind"])
def test_plain_shoes_are_open_at_the_instep(buyers, seen):
    buyer = buyers[0]
    body = buyer.person.body
    if seen == "from behind":
        vertices, feet = body.vertices.copy(), np.isin(body_model().part, [BONE["left_foot"], BONE["right_foot"]])
        vertices[feet, 2] = 2 * body.bones[BONE["left_foot"], 2] - vertices[feet, 2]
        buyer = replace(buyer, person=replace(buyer.person, body=replace(body, vertices=vertices)))
    scene, gown = _under_a_gown(buyer)
    _, region = shoes(scene, buyer, gown)
    foot = buyer.person.surface.mask([BONE["left_foot"]])
    columns = np.flatnonzero((region & foot).any(0))
    top = np.where(region & foot, np.indices(foot.shape)[0], len(foot)).min(0)
    middle = columns[len(columns) * 2 // 5 : len(columns) * 3 // 5]
    assert (top[middle].min() > top[columns].min() + 0.05 * buyer.unit) == (seen == "from before")


def test_plain_shoes_have_a_gleam_and_a_sole_at_the_bodys_sole_alone(buyers):
    buyer = replace(buyers[0], facing=np.ones_like(buyers[0].facing))
    scene, gown = _under_a_gown(buyer)
    worn, region = shoes(scene, buyer, gown)
    foot = buyer.person.surface.mask([BONE["left_foot"]])
    rows, columns = np.nonzero(foot)
    ankle, sole = buyer.person.body.bones[BONE["left_foot"], 1], rows.max()
    drawn = plain_shoes(scene, buyer, worn, region)[:, round(columns.mean()), 0].astype(int)
    toes, upper = (drawn[round(ankle + down * (sole - ankle))] for down in (0.72, 0.45))
    assert toes > upper + 15 and drawn[round(ankle + 0.9 * (sole - ankle)) : sole + 1].min() < 0.9 * upper
    # Where the picture, or the other foot, hides its lower half no sole shows.
    part = buyer.person.surface.part.copy()
    part[foot & (np.indices(foot.shape)[0] > ankle + 0.6 * (sole - ankle))] = -1
    cut = replace(buyer, person=replace(buyer.person, surface=replace(buyer.person.surface, part=part)))
    shown = plain_shoes(scene, cut, worn, region)[:, round(columns.mean()), 0]
    assert shown[round(ankle + 0.55 * (sole - ankle))] > 0.9 * drawn[round(ankle + 0.55 * (sole - ankle))]


def test_a_hand_is_not_invented_below_a_new_skirt(buyers, cloths):
    """The fit has a hand on the thigh, where the photo shows trousers: the hand is in a pocket, or elsewhere."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    hand = buyer.person.surface.mask([BONE["left_hand"], BONE["right_hand"]]) & ~buyer.trunk_legs
    scene.labels[hand] = LABEL["trousers"]
    assert hand.sum() > 50
    old = take_off(scene, buyer, cloths["skirt"], no_cloth(buyer))
    _, kind, _ = uncover(scene, buyer, cloths["skirt"], no_cloth(buyer), old, np.zeros_like(old))
    assert (kind[hand & old] == LABEL["background"]).all()


def test_the_stripes_of_a_skirt_go_on_under_the_coat_that_is_taken_off(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    skirt = scene.mask("trousers") & (buyer.along > 0)
    scene.labels[skirt] = LABEL["skirt"]
    light = np.where(np.indices(skirt.shape)[1] // 5 % 2, 220, 60).astype(np.uint8)
    scene.rgb[skirt] = light[skirt][:, None]
    under = skirt & (buyer.along < 0.5)
    scene.labels[under], scene.rgb[under] = LABEL["outerwear"], (0, 120, 0)
    old = take_off(scene, buyer, cloths["top"], no_cloth(buyer))
    rgb, kind, _ = uncover(scene, buyer, cloths["top"], no_cloth(buyer), old, np.zeros_like(old))
    high = under & (buyer.along < 0.3) & (kind == LABEL["skirt"])
    assert high.sum() > 200 and np.corrcoef(rgb[high][:, 0], light[high])[0, 1] > 0.5


def test_nothing_of_the_trousers_stands_out_beside_a_narrower_top(buyers, cloths):
    """The old top was wider than the new one: between them is what lies behind, and the trousers begin below the new hem."""
    for buyer in buyers:
        scene = start_scene(buyer)
        wide = cv2.dilate(scene.mask("top").astype(np.uint8), np.ones((1, 31), np.uint8)).astype(bool)
        wide &= scene.mask("background") | scene.mask("top")
        scene.labels[wide] = LABEL["top"]
        new = dress(scene, buyer, cloths["top"])
        cloth = new.alpha > 0.5
        rows = np.arange(len(cloth))[:, None]
        hem = np.nonzero(cloth & buyer.trunk_legs)[0].max()
        beside = wide & ~cloth & ~buyer.arms & (rows < hem - 0.15 * buyer.unit) & (buyer.along > -0.3)
        beside &= ~(np.cumsum(cloth, 1) > 0) | ~(np.cumsum(cloth[:, ::-1], 1)[:, ::-1] > 0)
        assert beside.sum() > 100
        assert scene.mask("trousers", "neck")[beside].mean() < 0.02


def test_beside_a_garment_is_not_below_the_rounded_corners_of_its_hem(buyers, cloths):
    buyer = buyers[0]
    body, columns = buyer.trunk_legs, np.arange(buyer.trunk_legs.shape[1])
    left, right = np.nonzero(body & (np.abs(buyer.along) < 0.02))[1][[0, -1]]
    top, hem = (round(float(np.nonzero(np.abs(buyer.along - along) < 0.01)[0].mean())) for along in (-0.3, 0.2))
    alpha = np.zeros(body.shape, np.float32)
    alpha[top:hem, left:right] = 1
    for row in range(12):  # the corners
        alpha[hem - 12 + row, left : left + row] = 0
    beside = _beside_new(buyer, replace(no_cloth(buyer), alpha=alpha))
    middle = (top + hem) // 2
    assert beside[middle, columns < left].all() and beside[middle, columns > right].all()
    scene = start_scene(buyer)
    old = grown(scene.mask("top"), buyer, 0.1)
    narrow = replace(no_cloth(buyer), alpha=np.where((columns > left + 12) & (columns < right - 12), alpha, 0))
    _, kind, _ = uncover(scene, buyer, cloths["top"], narrow, old, np.zeros_like(old))
    flank = (
        old & body & ~buyer.arms & (columns > left + 2) & (columns < left + 10) & (buyer.along > -0.17) & (buyer.along < 0.05)
    )
    assert flank.sum() > 50 and (kind[flank] == LABEL["background"]).all()
    assert not beside[middle, left:right].any() and not beside[hem - 3, left : left + 6].any() and not beside[hem + 5].any()


def test_new_trousers_are_seen_whole_where_the_old_coat_hid_the_legs_and_nothing_is_said_of_what_they_cover(buyers, cloths):
    buyer = buyers[0]
    parsing = buyer.person.parsing
    coat = np.isin(parsing.labels, [LABEL["top"]]) | (parsing.labels == LABEL["trousers"]) & (buyer.along < 0.9)
    labels = np.where(coat, LABEL["outerwear"], np.where(parsing.labels == LABEL["trousers"], LABEL["legwear"], parsing.labels))
    person = replace(buyer.person, parsing=replace(parsing, labels=labels.astype(np.uint8)))
    coated, engine = replace(buyer, person=person), SurfaceEngine()
    alone = engine.dress(coated, [cloths["top"]])
    outfit = engine.dress(coated, [cloths["trousers"], cloths["top"]])
    assert any("kept as a skirt" in warning for warning in alone.warnings)
    assert not any("kept as a skirt" in warning for warning in outfit.warnings)
    below = (buyer.along > 0.5) & (buyer.along < 0.8) & (outfit.layers["trousers_alpha"] > 250)
    assert below.sum() > 500
    np.testing.assert_allclose(outfit.rgb[below].astype(int), outfit.layers["trousers_draped"][below].astype(int), atol=2)


@pytest.mark.parametrize("sleeveless", [(), SLEEVES])
def test_arms_that_the_product_leaves_bare_are_not_taken_for_covered(buyers, cloths, sleeveless):
    """Whatever of the trunk's cloth lies over them."""
    buyer = buyers[0]
    arms = buyer.arms & ~buyer.hands
    labels = np.where(arms, LABEL["top"], buyer.person.parsing.labels)
    changed, cloth = relabelled(buyer, labels), replace(cloths["top"], sleeveless=sleeveless)
    new = replace(no_cloth(buyer), alpha=np.ones(arms.shape, np.float32))
    scene = start_scene(changed)
    old = take_off(scene, changed, cloth, new)
    _, kind, _ = uncover(scene, changed, cloth, new, old, np.zeros_like(old))
    forearms = arms & old & buyer.person.surface.mask([BONE["left_forearm"], BONE["right_forearm"]])
    assert forearms.sum() > 200
    assert (kind[forearms] == LABEL["neck"]).mean() == bool(sleeveless)


def test_below_a_short_sleeve_the_arm_is_bare_before_the_trunks_cloth(buyers, cloths):
    buyer = buyers[0]
    arms = buyer.arms & ~buyer.hands
    changed = relabelled(buyer, np.where(arms, LABEL["top"], buyer.person.parsing.labels))
    upper, fore = (
        buyer.person.surface.mask([BONE[f"{side}_{name}"] for side in ("left", "right")]) for name in ("upper_arm", "forearm")
    )
    cloth = replace(cloths["top"], sleeveless=())
    new = replace(no_cloth(buyer), alpha=np.ones(arms.shape, np.float32), all_sleeves_alpha=upper.astype(np.float32))
    scene = start_scene(changed)
    old = take_off(scene, changed, cloth, new)
    _, kind, _ = uncover(scene, changed, cloth, new, old, np.zeros_like(old))
    forearms, sleeved = (arms & old & part & (distance_to(~part) > 3) for part in (fore, upper))
    assert forearms.sum() > 200 and (kind[forearms] == LABEL["neck"]).mean() > 0.9
    assert (kind[sleeved] != LABEL["neck"]).mean() > 0.9


def test_an_arm_goes_on_from_the_forearm_in_sight(buyers, cloths):
    """The fit has it a little beside that."""
    person = buyers[0].person
    labels, shift = person.parsing.labels.copy(), round(0.05 * buyers[0].unit)
    arm, forearm = (
        person.surface.mask([BONE[f"left_{bone}"] for bone in bones]) for bones in (("upper_arm", "forearm"), ("forearm",))
    )
    elbow = person.body.bones[BONE["left_forearm"], 1]
    rows = np.arange(len(labels))[:, None]
    below = rows > elbow + 0.1 * buyers[0].unit
    labels[arm] = LABEL["top"]
    labels[forearm & below] = 0
    labels[np.roll(forearm, shift, 1) & below] = LABEL["left_arm"]
    buyer = replace(buyers[0], person=replace(person, parsing=replace(person.parsing, labels=labels)))
    cloth = cloths["top"]
    alpha = {part: layer for part, layer in cloth.alpha.items() if part not in SLEEVES}
    scene = dressed(buyer, replace(cloth, alpha=alpha, sleeveless=SLEEVES))
    near = (rows > elbow) & ~below & cv2.dilate(arm.astype(np.uint8), np.ones((1, 4 * shift))).astype(bool)
    invented, fitted = (np.nonzero(mask & near)[1] for mask in (scene.mask("neck"), arm))
    assert invented.max() >= fitted.max() + 0.25 * shift


def test_below_the_armpits_the_body_is_no_wider_than_the_top_over_it(buyers):
    """Right under the end of a sleeve, too."""
    buyer = buyers[0]
    chest = buyer.person.surface.mask([BONE["chest"]])
    columns, shoulder = np.arange(chest.shape[1]), buyer.along[chest].min()
    rows = (buyer.along > shoulder) & (buyer.along < 0.2)
    body = buyer.trunk_legs | chest
    left, right = body.argmax(1)[:, None], (chest.shape[1] - 1 - body[:, ::-1].argmax(1))[:, None]
    alpha = (rows & body & (columns > left + 6) & (columns < right - 6)).astype(np.float32)
    sleeve = grown(body, buyer, 0.1) & (buyer.along < -0.3) & (buyer.along > shoulder)
    beside = _beside_new(buyer, replace(no_cloth(buyer), alpha=np.maximum(alpha, sleeve)))
    strip = body & (columns <= left + 6) & (buyer.along > -0.28) & (buyer.along < -0.2)
    assert strip.sum() > 10 and beside[strip].all()
    assert not (beside & (buyer.along < shoulder)).any()


def test_before_the_body_there_is_skin_where_a_hand_is_not_invented(buyers, cloths):
    """Beside a fist before a thigh shorts are put on: no street shows where the fit has fingers."""
    buyer = buyers[0]
    hand = buyer.person.surface.mask([BONE["left_hand"]])
    dropped = replace(buyer, arms=buyer.arms & ~hand, trunk_legs=buyer.trunk_legs | hand)
    scene = start_scene(buyer)
    scene.labels[scene.labels > 0] = LABEL["trousers"]
    scene.labels[hand] = LABEL["trousers"]
    old = scene.mask("trousers")
    _, kind, _ = uncover(scene, dropped, cloths["skirt"], no_cloth(buyer), old, np.zeros_like(old))
    assert (kind[hand & old] != LABEL["background"]).all()
