"""Taking off: nothing of the old clothes peeks out, nobody is undressed."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.nearby import distance_to
from primerka.perception.surface import silhouette
from primerka.photo import read_photo
from primerka.tryon.surface.buyer import HIPS, grown, prepare_buyer
from primerka.tryon.surface.cloth import _begins, prepare_cloth
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.dress import _beside_what_lies_over, _in_front, _rounded, dress
from primerka.tryon.surface.engine import SurfaceEngine
from primerka.tryon.surface.meeting_skin import FADES, legs_in_place, meeting
from primerka.tryon.surface.outline import skirt_outline
from primerka.tryon.surface.parts import LEGS, SLEEVES, TORSO, along_body
from primerka.tryon.surface.scene import start_scene
from primerka.tryon.surface.scraps import FOOT_BONES, enclosed, prints, scraps, stray_shoes
from primerka.tryon.surface.shoes import MIN_SHOE, shoes
from primerka.tryon.surface.sleeves import arms_in_place
from primerka.tryon.surface.trousers import above_hem, without_holes
from primerka.tryon.surface.undress import (
    HIGHEST_WAIST,
    _around_legs,
    _at_the_neckline,
    _beside_new,
    _tights,
    _trouser_legs,
    keep_decent,
    take_off,
    uncover,
)


@pytest.fixture(scope="module")
def cloths(pose_models, product_paths):
    """kind → the sample product of that kind, prepared."""
    from primerka.samples import product_category

    kinds = {product_category(path): path for path in product_paths}
    return {kind: prepare_cloth(find_garment(analyse(read_photo(path, 640), worn=kind), kind)) for kind, path in kinds.items()}


@pytest.fixture(scope="module")
def buyers(pose_models, buyer_paths):
    return [prepare_buyer(analyse(read_photo(path, 640))) for path in buyer_paths]


def _dressed(buyer, cloth):
    scene = start_scene(buyer)
    dress(scene, buyer, cloth)
    return scene


def test_no_bare_leg_shows_beside_trousers(buyers, cloths):
    for buyer in buyers:
        scene = _dressed(buyer, cloths["trousers"])
        trousers = scene.mask("trousers")
        assert trousers.any()
        knees = (buyer.along > 0.1) & (buyer.along < np.percentile(buyer.along[trousers], 90))
        assert (scene.mask("left_leg", "right_leg", "legwear", "skirt", "dress") & knees).sum() < 0.01 * trousers.sum()


def test_the_trunk_of_a_dressed_person_stays_dressed(buyers, cloths):
    """Whatever is put on, little of chest, belly and hips is bare: a neckline, a strip between a top and a skirt."""
    for buyer in buyers:
        dressed = start_scene(buyer)
        trunk = buyer.person.surface.mask([2, 1, 0]) & dressed.mask("top", "outerwear", "dress", "skirt", "trousers", "shorts")
        for kind, cloth in cloths.items():
            scene = _dressed(buyer, cloth)
            bare = trunk & scene.mask("neck", "background")
            assert bare.sum() < 0.2 * trunk.sum(), kind


@pytest.mark.parametrize("per_cent", [70, 80])
def test_of_a_garment_that_was_hard_to_tell_apart_it_is_said(buyers, cloths, per_cent):
    cloth = cloths["top"]
    everywhere = np.full(cloth.garment.mask.shape, per_cent, np.uint8)
    parsing = replace(cloth.garment.model.parsing, certainty=everywhere, agreement={"top": per_cent / 100})
    garment = replace(cloth.garment, model=replace(cloth.garment.model, parsing=parsing))
    assert garment.certainty == pytest.approx(per_cent / 100)
    scene = _dressed(buyers[0], replace(cloth, garment=garment))
    assert any("hard to tell apart" in warning for warning in scene.all_warnings()) == (per_cent < 75)


def test_a_hood_stays_on(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    hood = scene.mask("hair")
    assert hood.sum() > 100
    scene.labels[hood] = LABEL["outerwear"]
    before = scene.rgb.copy()
    dress(scene, buyer, cloths["top"])
    head = buyer.person.surface.mask([4])
    inside = hood & head
    assert inside.sum() > 100
    assert (scene.rgb[inside] == before[inside]).all(1).mean() > 0.9


def test_what_the_parsing_missed_of_a_hem_is_known_as_the_garments(buyers):
    person = buyers[0].person
    trousers = person.parsing.mask("trousers")
    rows = np.flatnonzero(trousers.any(1))
    missed = trousers & (np.arange(len(trousers))[:, None] > rows[-1] - 6)
    assert missed.sum() > 50
    labels, alpha = person.parsing.labels.copy(), person.parsing.alpha.copy()
    labels[missed], alpha[missed] = 0, 0
    buyer = prepare_buyer(replace(person, parsing=replace(person.parsing, labels=labels, alpha=alpha)))
    assert (buyer.rim[missed] == LABEL["trousers"]).mean() > 0.5


def test_a_second_layer_leaves_the_background_alone(buyers, cloths):
    buyer = buyers[0]
    scene = _dressed(buyer, cloths["skirt"])
    once = scene.changed.copy()
    dress(scene, buyer, cloths["trousers"])
    distance = cv2.distanceTransform((~(once | scene.mask("trousers"))).astype(np.uint8), cv2.DIST_L2, 3)
    beside = (start_scene(buyer).labels == 0) & (buyer.rim == 0) & (distance > 0.05 * buyer.unit) & (buyer.along > 0.1)
    assert beside.any() and not scene.changed[beside].any()


def test_socks_taken_for_trousers_do_not_make_the_leg_between_them_vanish(buyers, cloths):
    buyer = buyers[0]
    shorts = buyer.trunk_legs & (buyer.along > 0) & (buyer.along < 0.8)
    socks = buyer.trunk_legs & (buyer.along > 1.3) & (buyer.along < 1.5)
    alpha = (shorts | socks).astype(np.float32)
    assert socks.any()
    above = above_hem(buyer, cloths["trousers"], replace(_nothing(buyer), alpha=alpha))
    assert above[shorts].mean() > 0.9
    assert not above[buyer.along > 0.9].any()


def test_a_leg_that_the_other_one_crosses_is_in_trousers_all_the_way_down(buyers, cloths):
    """Of its own cloth none shows for a stretch, and below that it hangs together with the rest."""
    buyer = buyers[0]
    worn = buyer.trunk_legs & (buyer.along > 0) & (buyer.along < 1.2)
    left = buyer.person.surface.mask([BONE["left_thigh"], BONE["left_shin"]])
    hidden = left & (buyer.along > 0.5) & (buyer.along < 0.7)
    rows = worn & (buyer.along > 0.9) & (buyer.along < 1.0)
    bridge = np.maximum.accumulate(rows, 1) & np.maximum.accumulate(rows[:, ::-1], 1)[:, ::-1]
    alpha = (worn & ~hidden | bridge).astype(np.float32)
    above = above_hem(buyer, cloths["trousers"], replace(_nothing(buyer), alpha=alpha))
    assert hidden.sum() > 100 and above[hidden].mean() > 0.95


def test_below_a_hem_each_leg_is_bare(buyers, cloths):
    """Also where the other leg's hem is lower: who walks has one knee higher."""
    buyer = buyers[0]
    legs = [buyer.person.surface.mask([BONE[f"{side}_{bone}"] for bone in ("thigh", "shin")]) for side in ("left", "right")]
    hems = (1.13, 1.27)  # torso lengths, at no step's end
    alpha = sum((leg & (buyer.along > 0) & (buyer.along < hem)).astype(np.float32) for leg, hem in zip(legs, hems))
    above = above_hem(buyer, cloths["trousers"], replace(_nothing(buyer), alpha=alpha))
    for leg, hem in zip(legs, hems):
        assert above[leg & (buyer.along > 0.05) & (buyer.along < hem - 0.03)].all()
        assert not above[leg & (buyer.along > hem)].any()


def test_below_a_slanted_hem_a_leg_is_bare_and_beside_narrow_trousers_it_is_not(buyers, cloths):
    buyer = buyers[0]
    leg = buyer.person.surface.mask([BONE["left_thigh"]]) & (buyer.along > 0.3) & (buyer.along < 0.9)
    columns = np.arange(leg.shape[1])
    across = (columns - columns[leg.any(0)][0]) / (leg.any(0).sum() - 1)
    below = leg & (buyer.along > 0.6 + 0.1 * across)
    narrow = leg & (across > 0.8) & (buyer.along > 0.4)
    for missing, bare in ((below, True), (below | narrow, False)):
        above = above_hem(buyer, cloths["trousers"], replace(_nothing(buyer), alpha=(leg & ~missing).astype(np.float32)))
        assert above[leg & ~missing].mean() > 0.95
        beside = leg & (across < 0.2) & below if bare else narrow & (buyer.along < 0.6)
        assert beside.sum() > 50
        assert above[beside].mean() < 0.02 if bare else above[beside].mean() > 0.98


@pytest.mark.parametrize(("from_", "goes"), [(0.9, True), (1.37, False)])
def test_boots_do_not_stand_out_beside_new_trousers_and_shoes_stay_whole(buyers, cloths, from_, goes):
    buyer = buyers[0]
    scene = start_scene(buyer)
    legs = scene.mask("trousers")
    shod = legs & (buyer.along > from_)
    scene.labels[shod] = LABEL["left_shoe"]
    narrow = cv2.erode(legs.astype(np.uint8), np.ones((1, 9), np.uint8)) > 0
    alpha = (narrow & (buyer.along > 0) & (buyer.along < 1.43)).astype(np.float32)
    old = take_off(scene, buyer, cloths["trousers"], replace(_nothing(buyer), alpha=alpha))
    beside = shod & ~narrow & (buyer.along < 1.4)
    assert beside.sum() > 15
    assert old[beside].mean() > 0.9 if goes else old[beside].mean() < 0.4
    assert not old[shod & (buyer.along > 1.5)].any()


def test_trousers_leave_no_hole_over_the_legs(buyers, cloths):
    """Of a model seen from the side they have no room there. What is narrow is the fit's, what is above their waist somebody's shirt."""
    buyer = buyers[0]
    worn = buyer.trunk_legs & (buyer.along > 0.1) & (buyer.along < 1.2)
    ys, xs = np.nonzero(buyer.person.surface.mask([BONE["left_thigh"]]) & (buyer.along > 0.45) & (buyer.along < 0.55))
    at, unit = (int(xs.mean()), int(ys.mean())), buyer.unit
    hole, slit = (
        cv2.ellipse(np.zeros(worn.shape, np.uint8), at, (round(width * unit), round(0.2 * unit)), 0, 0, 360, 1, -1) > 0
        for width in (0.06, 0.015)
    )
    rgb = np.full((*worn.shape, 3), (10, 60, 30), np.uint8)
    for missing, filled in ((hole, True), (slit, False)):
        alpha = cv2.GaussianBlur((worn & ~missing).astype(np.float32), (0, 0), 1.0)
        edge = (alpha < 0.95)[:, :, None]  # of other colours, which stay
        laid = replace(_nothing(buyer), rgb=np.where(edge, np.uint8([200, 0, 0]), rgb), alpha=alpha)
        new = without_holes(laid, buyer, cloths["trousers"])
        lacked = missing & worn
        assert lacked.sum() > 20 and (new.alpha[lacked] > 0.95).mean() > 0.9 if filled else new is laid
        if filled:
            assert np.abs(new.rgb[lacked & (new.alpha > 0.95)].astype(int) - (10, 60, 30)).max() < 3
        assert (new.alpha != alpha)[~_grown(missing)].sum() < 5 and (new.rgb == laid.rgb)[~_grown(missing)].all()
    assert without_holes(laid, buyer, cloths["skirt"]) is laid


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
    gap = _at_the_neckline(scene, buyer, replace(_nothing(buyer), alpha=alpha.astype(np.float32)), old, bare)
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
    new = replace(_nothing(buyer), alpha=alpha.astype(np.float32))
    gap = _at_the_neckline(scene, buyer, new, old, bare)
    assert gap.any() and np.nonzero(gap)[0].max() < arms + 0.15 * buyer.unit
    skin = replace(new, alpha=np.zeros(alpha.shape, np.float32))
    assert not _at_the_neckline(scene, buyer, skin, old, bare | alpha).any()  # no garment is beside it
    alpha[:, middle + 20 : middle + 30] = True
    assert not _at_the_neckline(scene, buyer, replace(new, alpha=alpha.astype(np.float32)), old, bare).any()


def _grown(mask):
    return cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0


def test_tights_go_on_under_a_skirt_that_is_taken_off_and_socks_do_not(buyers, cloths):
    buyer = buyers[0]
    legs = buyer.person.surface.mask([BONE[name] for leg in LEGS for name in leg.bones])
    along = buyer.along
    hem = np.percentile(along[legs], 70)

    def found(legwear_from: float) -> np.ndarray:
        scene = start_scene(buyer)
        scene.labels[legs] = LABEL["left_leg"]
        scene.labels[legs & (along < hem)] = LABEL["skirt"]
        scene.labels[legs & (along >= legwear_from)] = LABEL["legwear"]
        return _tights(scene, buyer, cloths["dress"], _nothing(buyer), scene.mask("skirt"))[1]

    assert found(hem)[legs & (along < hem)].mean() > 0.99
    assert not found(hem + 0.2).any() and not found(hem + 0.035).any()  # however little skin a long skirt leaves


def test_tights_meet_a_hem_that_slants(buyers, cloths):
    buyer = buyers[0]
    left = buyer.person.surface.mask([BONE[name] for name in LEGS[0].bones])
    columns = np.arange(left.shape[1])
    across = (columns - columns[left.any(0)][0]) / (left.any(0).sum() - 1)
    shorts = left & (buyer.along > 0) & (buyer.along < 0.6 + 0.12 * across)
    scene = start_scene(buyer)
    scene.labels[left] = LABEL["skirt"]
    scene.labels[left & (buyer.along > 0.9)] = LABEL["legwear"]
    new = replace(_nothing(buyer), alpha=shorts.astype(np.float32))
    tights = _tights(scene, buyer, cloths["trousers"], new, scene.mask("skirt"))[1]
    between = left & ~shorts & (buyer.along > 0.5) & (buyer.along < 0.85)
    assert between.sum() > 100 and tights[between].mean() > 0.97


def test_the_sleeves_of_a_dress_go_with_its_top(buyers, cloths):
    """They hang lower than the new top, as the skirt does that stays."""
    for buyer in buyers:
        forearms = buyer.arms & ~buyer.hands & (buyer.along > -0.2)
        parsing = buyer.person.parsing
        clothed = parsing.mask("top", "outerwear", "dress", "skirt", "trousers", "shorts", "left_arm", "right_arm") | forearms
        labels = np.where(clothed & ~buyer.hands, LABEL["dress"], parsing.labels).astype(np.uint8)
        scene = start_scene(replace(buyer, person=replace(buyer.person, parsing=replace(parsing, labels=labels))))
        trunk = (clothed & ~buyer.arms & (buyer.along < -0.2)).astype(np.float32)
        old = take_off(scene, buyer, cloths["top"], replace(_nothing(buyer), alpha=trunk))
        assert forearms.sum() > 200 and old[forearms].all()
        assert (scene.mask("skirt") & ~old).sum() > 1000


def _nothing(buyer):
    """A new garment without any cloth."""
    shape = buyer.arms.shape
    rgb, alpha = np.zeros((*shape, 3), np.uint8), np.zeros(shape, np.float32)
    return Drape(rgb, alpha, rgb, alpha, rgb, alpha, ())


def _beside(mask):
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


def test_the_sleeves_of_a_dress_stay_however_low_they_hang(buyers, cloths):
    person = buyers[0].person
    labels = person.parsing.labels.copy()
    arms = person.surface.mask([BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("upper_arm", "forearm")])
    labels[np.isin(labels, [LABEL["top"], LABEL["trousers"]]) | arms] = LABEL["dress"]
    buyer = replace(buyers[0], person=replace(person, parsing=replace(person.parsing, labels=labels)))
    scene = start_scene(buyer)
    low = person.surface.mask([BONE["left_forearm"], BONE["right_forearm"]]) & (buyer.along > 0.05)
    legs = person.surface.mask([BONE["left_shin"], BONE["right_shin"]])
    old = take_off(scene, buyer, cloths["trousers"], _nothing(buyer))
    assert low.sum() > 200 and old[low].mean() < 0.1 and (scene.labels[low] == LABEL["top"]).mean() > 0.9
    assert old[legs].mean() > 0.8


def test_colours_of_the_old_garment_do_not_stay_on_the_skin_beside_it(buyers, cloths):
    """The pixels of a neck along a collar mix the two: they go with the collar."""
    buyer, new = buyers[0], _nothing(buyers[0])
    scene = start_scene(buyer)
    old = take_off(scene, buyer, cloths["top"], new)
    mixed = scene.mask("neck") & _beside(scene.mask("top")) & (buyer.person.surface.part >= 0)
    assert mixed.sum() > 10 and old[mixed].all()
    scene.rgb[mixed] = (0, 255, 0)
    rgb, _ = uncover(scene, buyer, cloths["top"], new, old, scene.mask("face"))
    assert (rgb[mixed] == (0, 255, 0)).all(1).mean() < 0.1
    far = scene.mask("neck") & ~old
    assert far.any() and np.array_equal(rgb[far], scene.rgb[far])


def test_the_invented_background_begins_as_the_photos(buyers, cloths):
    """Where the photo's background ends and the invented one begins there is no step."""
    buyer, new = buyers[0], _nothing(buyers[0])
    buyer = replace(buyer, background=np.full_like(buyer.background, (255, 0, 255)))
    scene = start_scene(buyer)
    photo = scene.mask("background")
    old = take_off(scene, buyer, cloths["top"], new)
    rgb, kind = uncover(scene, buyer, cloths["top"], new, old, scene.mask("face"))
    first = old & photo & _beside(photo & ~old) & (kind == 0)
    step, whole = (np.abs(after.astype(int) - scene.rgb)[first].mean() for after in (rgb, buyer.background))
    assert first.sum() > 50 and 0 < step < 0.6 * whole
    under_cloth = old & (kind == 0) & scene.mask("top") & (buyer.person.surface.part < 0)
    assert under_cloth.any() and np.abs(rgb.astype(int) - (255, 0, 255))[under_cloth].mean() < 40


@pytest.mark.parametrize(("label", "side", "goes"), [("bag", 6, True), ("other", 44, False), ("left_arm", 6, False)])
def test_scraps_that_only_the_old_garment_held_go_with_it(buyers, cloths, label, side, goes):
    """A coat's corner that was parsed as a bag; a gloved hand and a bare one stay."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    last = scene.labels.shape[1] - 1 - (scene.labels > 0)[:, ::-1].argmax(1)
    ends_in_cloth = np.flatnonzero(scene.mask("top")[np.arange(len(last)), last])
    y, x = int(np.median(ends_in_cloth)), int(last[ends_in_cloth].max()) + 3
    scene.labels[y - 3 : y + 3, last[y] : x + 20] = LABEL["top"]
    scrap = np.zeros(scene.labels.shape, bool)
    scrap[y - side // 2 : y + side // 2, x + 20 : x + 20 + side] = True
    scene.labels[scrap] = LABEL[label]
    outside = scrap & (start_scene(buyer).labels == 0)
    assert outside.any()
    old = take_off(scene, buyer, cloths["top"], _nothing(buyer))
    assert old[outside].mean() > 0.99 if goes else old[outside].mean() < 0.5
    if goes:  # nothing of it is left, though bags are before whatever is new
        scene = start_scene(buyer)
        scene.labels[y - 3 : y + 3, last[y] : x + 20] = LABEL["top"]
        scene.labels[scrap], scene.rgb[scrap] = LABEL[label], (255, 0, 255)
        dress(scene, buyer, cloths["top"])
        assert (scene.rgb[outside] == (255, 0, 255)).all(1).mean() < 0.05


@pytest.mark.parametrize(("held_by", "goes"), [(None, True), ("left_arm", False), ("hand", False), ("new", False)])
def test_a_bag_does_not_hang_in_the_air(buyers, cloths, held_by, goes):
    """A coat's tail that was parsed as a bag, or a bag whose strap the old garment hid, unless a hand holds it or a strap may."""
    buyer = buyers[0]
    new, scene = _nothing(buyer), start_scene(buyer)
    trousers = scene.mask("trousers")
    y = int(np.median(np.nonzero(trousers)[0]))
    x = np.nonzero(trousers[y])[0].max()
    bag = np.zeros_like(trousers)
    bag[y - 22 : y + 22, x : x + 44] = True
    scene.labels[bag & ~trousers] = LABEL["bag"]
    bag &= ~trousers
    handle = np.zeros_like(bag)
    handle[np.nonzero(scene.mask("top"))[0].max() - 20 : y, x + 30 : x + 34] = True
    if held_by == "left_arm":
        scene.labels[handle & (scene.labels == 0)] = LABEL["left_arm"]
    elif held_by == "hand":  # that the old garment hides
        buyer = replace(buyer, hands=buyer.hands | np.roll(bag, -30, 0) & ~bag)
    elif held_by == "new":
        new.alpha[np.roll(bag, 44, 1)] = 1
    assert scraps(scene, buyer, trousers, new)[bag].mean() == goes


def test_trousers_that_the_picture_cuts_off_are_no_scrap(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    trousers = scene.mask("trousers")
    first = np.nonzero(trousers.any(1))[0][0]
    scene.labels[first + 8 :] = 0
    scene.labels[-1, :] = 0
    strip = trousers & (np.arange(len(trousers)) < first + 8)[:, None]
    scene.labels[scene.mask("left_arm", "right_arm")] = 0
    cut = scene.labels[: first + 8]
    scene.labels = np.vstack([np.zeros((len(trousers) - len(cut), cut.shape[1]), np.uint8), cut])
    moved = np.vstack([np.zeros((len(trousers) - len(cut), cut.shape[1]), bool), strip[: first + 8]])
    assert moved.sum() > 50
    assert not scraps(scene, buyer, scene.mask("top"), _nothing(buyer))[moved].any()


def test_the_top_under_a_coat_goes_on_over_the_shoulders(buyers, cloths):
    buyer, new = buyers[0], _nothing(buyers[0])
    scene = start_scene(buyer)
    shoulders = buyer.person.surface.mask([BONE["left_clavicle"], BONE["right_clavicle"]]) & scene.mask("top")
    chest = buyer.person.surface.mask([BONE["chest"]])
    assert shoulders.sum() > 50
    scene.labels[scene.mask("top") & ~chest] = LABEL["outerwear"]
    old = take_off(scene, buyer, cloths["outerwear"], new)
    _, kind = uncover(scene, buyer, cloths["outerwear"], new, old, scene.mask("face", "hair"))
    assert (kind[shoulders & old] == LABEL["top"]).mean() > 0.9


def test_a_coat_with_nothing_known_under_it_stays_as_a_top_with_a_level_hem(buyers, cloths):
    buyer, new = buyers[0], _nothing(buyers[0])
    scene = start_scene(buyer)
    scene.labels[scene.mask("top") | scene.mask("trousers") & (buyer.along < 0.6)] = LABEL["outerwear"]
    coat = scene.mask("outerwear")
    old = take_off(scene, buyer, cloths["outerwear"], new)
    kept = scene.mask("top") & ~old
    trunk = coat & ~buyer.arms & (buyer.trunk_legs | buyer.person.surface.mask([BONE["chest"]])) & (buyer.along > 0)
    assert kept.any() and buyer.along[kept].max() < HIPS
    assert kept[trunk & (buyer.along < HIPS - 0.02)].mean() > 0.95
    assert old[coat & (buyer.along > HIPS + 0.02)].all()
    assert any("kept as a top" in warning for warning in scene.all_warnings())


@pytest.mark.parametrize(("width", "goes"), [(0.15, True), (0.5, False)])
def test_a_scrap_of_scarf_goes_with_the_old_top_and_a_scarf_stays(buyers, cloths, width, goes):
    buyer, new = buyers[0], _nothing(buyers[0])
    scene = start_scene(buyer)
    top = scene.mask("top")
    ys, xs = np.nonzero(top)
    scarf = np.zeros_like(top)
    scarf[ys.min() : ys.min() + round(0.2 * buyer.unit), round(xs.mean()) :][:, : round(width * buyer.unit)] = True
    scarf &= top
    scene.labels[scarf] = LABEL["scarf"]
    scene.rgb[scarf] = (255, 0, 255)
    start = replace(scene, rgb=scene.rgb.copy(), labels=scene.labels.copy())
    assert take_off(scene, buyer, cloths["top"], new)[scarf].mean() == (1 if goes else 0)
    dress(start, buyer, cloths["top"])
    left = (start.rgb == (255, 0, 255)).all(2)[scarf].mean()
    assert left == 0 if goes else left > 0.8


@pytest.mark.parametrize("shown", [True, False])
def test_shoes_go_on_under_the_old_hem_as_their_toes_or_plain_and_dark(buyers, cloths, shown):
    buyer = buyers[0]
    new, scene = _nothing(buyer), start_scene(buyer)
    shod = scene.mask("left_shoe", "right_shoe")
    toes = shod & (np.arange(len(shod))[:, None] > np.nonzero(shod)[0].max() - 0.04 * buyer.unit)
    assert toes.sum() > MIN_SHOE * buyer.unit**2
    covered = shod & ~toes if shown else shod
    scene.labels[covered] = LABEL["skirt"]
    old = take_off(scene, buyer, cloths["skirt"], new)
    rgb, kind = uncover(scene, buyer, cloths["skirt"], new, old, np.zeros_like(old))
    middle = covered & old & buyer.person.surface.mask([BONE["left_foot"]])
    middle &= np.arange(len(shod))[:, None] > np.nonzero(shod)[0].max() - 0.1 * buyer.unit
    assert middle.sum() > 20 and np.isin(kind[middle], [LABEL["left_shoe"], LABEL["right_shoe"]]).mean() > 0.95
    assert any("shoes" in warning for warning in scene.all_warnings())
    inner = cv2.erode(middle.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (rgb[inner].max() < 60) != shown


def test_bare_feet_in_sight_stay_bare(buyers):
    buyer = buyers[0]
    scene = start_scene(buyer)
    scene.labels[scene.mask("left_shoe", "right_shoe")] = LABEL["left_leg"]
    worn, feet = shoes(scene, buyer, scene.mask("trousers"))
    assert not worn.any() and not feet.any()


def test_pieces_of_a_garment_that_stays_are_no_scraps(buyers, cloths):
    """A skirt of which a coat leaves stripes in sight stays in each of them."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    trousers = scene.mask("trousers")
    ys = np.nonzero(trousers)[0]
    stripe = np.zeros_like(trousers)
    stripe[int(np.percentile(ys, 40)) : int(np.percentile(ys, 40)) + 5] = True
    apart = cv2.dilate(stripe.astype(np.uint8), np.ones((9, 1))) > 0
    scene.labels[(scene.labels > 0) & apart & ~stripe] = LABEL["outerwear"]
    scene.labels[(scene.labels > 0) & stripe & ~trousers] = LABEL["outerwear"]
    piece = stripe & trousers
    for label, goes in (("trousers", False), ("skirt", True)):
        scene.labels[piece] = LABEL[label]
        assert scraps(scene, buyer, scene.mask("top", "outerwear"), _nothing(buyer))[piece].mean() == goes


@pytest.mark.parametrize(("around", "label", "goes"), [("trousers", "left_leg", True), ("top", "trousers", False)])
def test_a_small_piece_goes_or_stays_with_the_garment_around_it(buyers, cloths, around, label, goes):
    """A print parsed as a bare leg goes with the trousers that it is on; a fold of a jumper parsed as trousers stays."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    ys, xs = np.nonzero(cv2.erode(scene.mask(around).astype(np.uint8), np.ones((25, 25))))
    y, x = ys[len(ys) // 2], xs[len(xs) // 2]
    scene.labels[y - 4 : y + 4, x - 4 : x + 4] = LABEL[label]
    old = take_off(scene, buyer, cloths["skirt"], _nothing(buyer))
    assert (old[y - 4 : y + 4, x - 4 : x + 4] == goes).all()
    assert goes or (scene.labels[y - 4 : y + 4, x - 4 : x + 4] == LABEL[around]).all()


def test_a_fold_of_a_dress_parsed_as_a_coat_does_not_hang_before_the_new_trousers(buyers, cloths):
    """It hangs together with a part that stays; a coat's tail at the dress's side stays whole."""
    buyer, cloth = buyers[0], cloths["trousers"]
    scene = start_scene(buyer)
    clothes = scene.mask("top", "trousers")
    scene.labels[clothes] = LABEL["dress"]
    columns = np.indices(clothes.shape)[1]
    low = clothes & (buyer.along > 0.4)
    middle, leftmost = np.median(columns[low]), columns[low].min()
    scene.labels[clothes & (abs(columns - middle) < 8) & (buyer.along < 0.5)] = LABEL["outerwear"]
    tail = clothes & (columns < leftmost + 8)
    scene.labels[tail] = LABEL["outerwear"]
    new = dress(scene, buyer, cloth)
    fold = clothes & (abs(columns - middle) < 6) & (buyer.along > 0.36) & (buyer.along < 0.48) & (new.alpha > 0.9)
    assert fold.sum() > 50 and (scene.labels[fold] == LABEL["trousers"]).all()
    kept = tail & (buyer.along > 0.36) & (buyer.along < 0.5)
    assert kept.sum() > 50 and (scene.labels[kept] == LABEL["outerwear"]).mean() > 0.9


def test_a_sleeve_before_a_wide_dress_is_no_fold_of_it(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    sleeve = buyer.arms & ~buyer.hands
    scene.labels[scene.mask("top", "trousers") | grown(buyer.arms, buyer, 0.1)] = LABEL["dress"]
    scene.labels[sleeve] = LABEL["outerwear"]
    low = sleeve & (buyer.along > 0)
    old = take_off(scene, buyer, cloths["skirt"], _nothing(buyer))
    assert low.sum() > 100 and (scene.labels[low] == LABEL["outerwear"]).mean() > 0.95 and old[low].mean() < 0.1


def test_a_hand_is_not_invented_below_a_new_skirt(buyers, cloths):
    """The fit has a hand on the thigh, where the photo shows trousers: the hand is in a pocket, or elsewhere."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    hand = buyer.person.surface.mask([BONE["left_hand"], BONE["right_hand"]]) & ~buyer.trunk_legs
    scene.labels[hand] = LABEL["trousers"]
    assert hand.sum() > 50
    old = take_off(scene, buyer, cloths["skirt"], _nothing(buyer))
    _, kind = uncover(scene, buyer, cloths["skirt"], _nothing(buyer), old, np.zeros_like(old))
    assert (kind[hand & old] == LABEL["background"]).all()


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


@pytest.mark.parametrize("sides_hidden", [False, True])
def test_a_narrow_skirt_under_a_coat_is_as_wide_as_its_hem_unless_the_coat_hides_its_sides(buyers, sides_hidden):
    """The coat ends above the hem of a pencil skirt; or it shows a strip of the skirt between its halves."""
    buyer = buyers[0]
    columns, middle = np.arange(buyer.along.shape[1])[None], np.median(np.nonzero(buyer.trunk_legs)[1])
    narrow = np.abs(columns - middle) < 0.12 * buyer.unit
    below_coat = buyer.along > (1.2 if sides_hidden else 0.6)
    worn = narrow & (buyer.along > 0) & (buyer.along < 0.9)
    old = ~worn & ~below_coat & (np.abs(columns - middle) < 0.6 * buyer.unit) & (buyer.along > -1)
    skirt = _around_legs(buyer, worn, old, skirt=True)
    at_the_hem = skirt & (buyer.along > 0.75) & (buyer.along < 0.85)
    legs = buyer.trunk_legs & (buyer.along > 0.75) & (buyer.along < 0.85)
    widths = [np.ptp(np.nonzero(mask.any(0))[0]) for mask in (at_the_hem, worn & at_the_hem, legs)]
    assert widths[0] >= widths[2] if sides_hidden else widths[0] < min(1.8 * widths[1], widths[2])
    assert not skirt[buyer.along < HIGHEST_WAIST - 0.02].any()


def test_the_stripes_of_a_skirt_go_on_under_the_coat_that_is_taken_off(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    skirt = scene.mask("trousers") & (buyer.along > 0)
    scene.labels[skirt] = LABEL["skirt"]
    light = np.where(np.indices(skirt.shape)[1] // 5 % 2, 220, 60).astype(np.uint8)
    scene.rgb[skirt] = light[skirt][:, None]
    under = skirt & (buyer.along < 0.5)
    scene.labels[under], scene.rgb[under] = LABEL["outerwear"], (0, 120, 0)
    old = take_off(scene, buyer, cloths["top"], _nothing(buyer))
    rgb, kind = uncover(scene, buyer, cloths["top"], _nothing(buyer), old, np.zeros_like(old))
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
    beside = _beside_new(buyer, replace(_nothing(buyer), alpha=alpha))
    middle = (top + hem) // 2
    assert beside[middle, columns < left].all() and beside[middle, columns > right].all()
    scene = start_scene(buyer)
    old = grown(scene.mask("top"), buyer, 0.1)
    narrow = replace(_nothing(buyer), alpha=np.where((columns > left + 12) & (columns < right - 12), alpha, 0))
    _, kind = uncover(scene, buyer, cloths["top"], narrow, old, np.zeros_like(old))
    flank = (
        old & body & ~buyer.arms & (columns > left + 2) & (columns < left + 10) & (buyer.along > -0.17) & (buyer.along < 0.05)
    )
    assert flank.sum() > 50 and (kind[flank] == LABEL["background"]).all()
    assert not beside[middle, left:right].any() and not beside[hem - 3, left : left + 6].any() and not beside[hem + 5].any()


@pytest.mark.parametrize("beyond", [-6, 0, 6])
def test_trousers_go_on_under_a_top_as_wide_as_they_are_seen_below_it(buyers, beyond):
    """They lie so many pixels beside the fitted body, which is a little off."""
    buyer = buyers[0]
    body = buyer.trunk_legs
    columns = np.arange(body.shape[1])
    left, right = body.argmax(1), body.shape[1] - 1 - body[:, ::-1].argmax(1)
    worn = (columns >= (left - beyond)[:, None]) & (columns <= (right + beyond)[:, None]) & body.any(1)[:, None]
    worn &= (buyer.along > 0.3) & (buyer.along < 1.5)
    labels = np.where(worn, LABEL["trousers"], 0).astype(np.uint8)
    person = replace(buyer.person, parsing=replace(buyer.person.parsing, labels=labels))
    old = (buyer.along < 0.3) & (buyer.along > -0.3)
    around = _around_legs(replace(buyer, person=person), worn, old, skirt=False) & old & (buyer.along > 0)
    rows = np.flatnonzero(around.any(1))
    edges = np.stack([left[rows] - around[rows].argmax(1), around.shape[1] - 1 - around[rows][:, ::-1].argmax(1) - right[rows]])
    assert (np.abs(np.median(edges, 1) - beyond) <= 1).all()


def test_invented_skin_has_no_step_to_what_shows(buyers):
    """Painted darker and redder than the arm that the photo shows, it meets it all the same, and is itself again further up."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    arm, elbow = (
        buyer.person.surface.mask([BONE["left_upper_arm"], BONE["left_forearm"]]),
        buyer.person.body.bones[BONE["left_forearm"], 1],
    )
    rows = np.arange(len(arm))[:, None]
    old, shown = arm & (rows < elbow), arm & (rows >= elbow)
    scene.labels[:] = np.where(arm, LABEL["left_arm"], 0)
    scene.rgb = np.where(shown[:, :, None], np.uint8((200, 160, 140)), scene.rgb)
    painted = replace(buyer, skin=np.full_like(buyer.skin, (180, 130, 120)))
    skin = meeting(scene, painted, old).skin.astype(int)
    close, far = old & (rows > elbow - 4), old & (rows < elbow - 0.4 * buyer.unit)
    assert np.abs(skin[close] - (200, 160, 140)).mean() < 6 and np.abs(skin[far] - (180, 130, 120)).mean() < 3
    between = skin[old & (np.abs(rows - elbow + 0.7 * FADES * buyer.unit) < 2)].mean(0)
    assert (between > np.add((180, 130, 120), 4)).all() and (between < np.subtract((200, 160, 140), 8)).all()
    assert meeting(scene, painted, np.zeros_like(old)) is painted


def test_what_the_picture_cuts_off_is_no_crumb(buyers):
    buyer = buyers[0]
    cloth, around = (np.zeros(buyer.along.shape, bool) for _ in range(2))
    around[-40:, 100:160] = True
    cloth[-8:, 120:130] = True
    assert not enclosed(cloth, around & ~cloth, buyer).any()
    assert (enclosed(np.roll(cloth, -12, 0), around & ~np.roll(cloth, -12, 0), buyer) > 0).sum() == 80


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


def test_trousers_under_a_long_coat_go_on_as_wide_as_they_are_below_it(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    trousers = scene.mask("trousers")
    coat = trousers & (buyer.along < 1.0)
    coat = cv2.dilate(coat.astype(np.uint8), np.ones((31, 31), np.uint8)) > 0  # wider than the legs are
    coat &= (buyer.along < 1.0) & (buyer.along > -0.2)
    legs = _around_legs(buyer, trousers & ~coat, coat, skirt=False)
    there = (buyer.along > 0.3) & (buyer.along < 0.97)
    assert (legs & trousers & there).sum() > 0.92 * (trousers & there).sum()
    assert (legs & ~trousers & there).sum() < 0.1 * (trousers & there).sum()


@pytest.mark.parametrize("kinds", [("dress", "trousers"), ("skirt", "dress")])
def test_a_dress_takes_the_place_of_a_lower_garment_of_the_same_outfit(buyers, cloths, kinds):
    engine = SurfaceEngine()
    alone, outfit = (engine.dress(buyers[0], [cloths[kind] for kind in chosen]) for chosen in (["dress"], kinds))
    dress = alone.layers["dress_alpha"] > 250
    assert (alone.rgb[dress] == outfit.rgb[dress]).all(1).mean() > 0.98
    assert not any("kept as a top" in warning for warning in outfit.warnings)


def _relabelled(buyer, labels):
    parsing = buyer.person.parsing
    return replace(buyer, person=replace(buyer.person, parsing=replace(parsing, labels=labels.astype(np.uint8))))


@pytest.mark.parametrize("between", ["nothing", "belt", "skin"])
def test_a_tucked_top_goes_on_where_the_new_waist_is_lower(buyers, cloths, between):
    """Behind a belt, too; but where a belly was bare it stays bare."""
    buyer = buyers[0]
    labels, trunk = buyer.person.parsing.labels.copy(), buyer.trunk_legs & ~buyer.arms
    labels[trunk & (buyer.along > -0.05)] = LABEL["trousers"]
    labels[trunk & (buyer.along < -0.05)] = LABEL["top"]
    gap = trunk & (np.abs(buyer.along + 0.08) < 0.04)
    labels[gap] = LABEL[{"nothing": "top", "belt": "other", "skin": "neck"}[between]]
    changed = _relabelled(buyer, labels)
    scene, new = start_scene(changed), replace(_nothing(buyer), alpha=(trunk & (buyer.along > 0.15)).astype(np.float32))
    old = take_off(scene, changed, cloths["trousers"], new)
    _, kind = uncover(scene, changed, cloths["trousers"], new, old, np.zeros_like(old))
    band = old & trunk & ~buyer.hands & (buyer.along > 0) & (buyer.along < 0.1)
    assert band.sum() > 100
    share = (kind[band] == LABEL["top"]).mean()
    assert share == 0 if between == "skin" else share > 0.9


def test_a_tucked_top_goes_on_behind_a_fitted_hand(buyers, cloths):
    """The fit has it there; the photo has the old trousers."""
    buyer, labels = buyers[0], buyers[0].person.parsing.labels.copy()
    trunk = buyer.trunk_legs & ~buyer.arms
    band = trunk & (buyer.along > 0) & (buyer.along < 0.1)
    hand = band & (np.indices(band.shape)[1] < np.median(np.nonzero(band)[1]))
    part = np.where(hand, BONE["left_hand"], buyer.person.surface.part).astype(buyer.person.surface.part.dtype)
    labels[trunk & (buyer.along > -0.05)] = LABEL["trousers"]
    labels[trunk & (buyer.along < -0.05)] = LABEL["top"]
    person = replace(buyer.person, surface=replace(buyer.person.surface, part=part))
    changed = _relabelled(replace(buyer, person=person, arms=buyer.arms | hand, hands=buyer.hands & ~hand), labels)
    scene, new = start_scene(changed), replace(_nothing(buyer), alpha=(trunk & (buyer.along > 0.15)).astype(np.float32))
    old = take_off(scene, changed, cloths["trousers"], new)
    _, kind = uncover(scene, changed, cloths["trousers"], new, old, np.zeros_like(old))
    assert (hand & old).sum() > 50
    assert (kind[hand & old] == LABEL["top"]).mean() > 0.9


def test_a_tucked_top_that_goes_on_lets_high_trousers_go(buyers, cloths):
    """Below it nothing is bare, though the new waist is far lower; without a top above them they stay on."""
    buyer = buyers[0]
    trunk = buyer.trunk_legs & ~buyer.arms | buyer.person.surface.mask([BONE["abdomen"], BONE["chest"]])
    new = replace(_nothing(buyer), alpha=(trunk & (buyer.along > 0.25)).astype(np.float32))
    for above, kept in (("top", False), ("neck", True)):
        labels = buyer.person.parsing.labels.copy()
        labels[trunk & (buyer.along > -0.09)] = LABEL["trousers"]
        labels[trunk & (buyer.along < -0.09)] = LABEL[above]
        changed = _relabelled(buyer, labels)
        scene = start_scene(changed)
        old = take_off(scene, changed, cloths["trousers"], new)
        less = keep_decent(scene, changed, cloths["trousers"], new, old)
        assert (less.sum() < old.sum()) == kept


@pytest.mark.parametrize("sleeveless", [(), SLEEVES])
def test_arms_that_the_product_leaves_bare_are_not_taken_for_covered(buyers, cloths, sleeveless):
    """Whatever of the trunk's cloth lies over them."""
    buyer = buyers[0]
    arms = buyer.arms & ~buyer.hands
    labels = np.where(arms, LABEL["top"], buyer.person.parsing.labels)
    changed, cloth = _relabelled(buyer, labels), replace(cloths["top"], sleeveless=sleeveless)
    new = replace(_nothing(buyer), alpha=np.ones(arms.shape, np.float32))
    scene = start_scene(changed)
    old = take_off(scene, changed, cloth, new)
    _, kind = uncover(scene, changed, cloth, new, old, np.zeros_like(old))
    forearms = arms & old & buyer.person.surface.mask([BONE["left_forearm"], BONE["right_forearm"]])
    assert forearms.sum() > 200
    assert (kind[forearms] == LABEL["neck"]).mean() == bool(sleeveless)


def test_the_sleeves_of_a_top_go_into_those_of_a_new_coat(buyers, cloths):
    buyer = buyers[0]
    arms = buyer.arms & ~buyer.hands
    changed = _relabelled(buyer, np.where(arms, LABEL["top"], buyer.person.parsing.labels))
    covered = arms.astype(np.float32)
    bare, coat = _nothing(buyer), replace(_nothing(buyer), all_sleeves_alpha=covered)
    outer = buyer.person.surface.mask([BONE["left_upper_arm"], BONE["right_upper_arm"]])
    gone = [take_off(start_scene(changed), changed, cloths["outerwear"], new)[outer & arms].mean() for new in (bare, coat)]
    assert gone[0] < 0.05 and gone[1] > 0.35


def test_tights_begin_where_each_leg_of_shorts_ends(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    sides = {
        side: buyer.person.surface.mask([BONE[f"{side}_{bone}"] for bone in ("thigh", "shin")]) for side in ("left", "right")
    }
    legs, along = sides["left"] | sides["right"], buyer.along
    scene.labels[legs] = LABEL["skirt"]
    scene.labels[legs & (along > 1.2)] = LABEL["legwear"]
    hems = {"left": 0.5, "right": 0.8}
    alpha = sum((leg & (along > 0) & (along < hems[side])).astype(np.float32) for side, leg in sides.items())
    found = _tights(scene, buyer, cloths["trousers"], replace(_nothing(buyer), alpha=alpha), scene.mask("skirt"))[1]
    for side, leg in sides.items():
        assert found[leg & (along > hems[side] + 0.03) & (along < 1.1)].all()
        assert not found[leg & (along < hems[side] - 0.1)].any()


@pytest.mark.parametrize(("from_above", "kept"), [(0.2, False), (0.6, True)])
def test_a_high_waist_under_a_top_goes_and_a_bib_stays(buyers, cloths, from_above, kept):
    buyer = buyers[0]
    labels = buyer.person.parsing.labels.copy()
    trunk = np.isin(labels, [LABEL["top"], LABEL["trousers"]]) & ~buyer.arms
    labels[trunk & (buyer.along > -from_above)] = LABEL["trousers"]
    assert (labels == LABEL["top"]).sum() > 0.02 * buyer.unit**2
    changed = _relabelled(buyer, labels)
    old = take_off(start_scene(changed), changed, cloths["trousers"], _nothing(buyer))
    high = trunk & (buyer.along > -from_above) & (buyer.along < HIGHEST_WAIST - 0.02)
    assert high.sum() > 100
    assert old[high].mean() < 0.1 if kept else old[high].mean() > 0.9


@pytest.mark.parametrize("beside_new", [False, True])
def test_a_coats_tail_does_not_hang_in_the_air(buyers, cloths, beside_new):
    """The end of a coat, of which what was between was parsed as the skirt that goes; beside new cloth it may hang on that."""
    buyer = buyers[0]
    new, scene = _nothing(buyer), start_scene(buyer)
    trousers = scene.mask("trousers")
    scene.labels[scene.mask("top")] = LABEL["outerwear"]  # the coat itself, which stays
    y = int(np.median(np.nonzero(trousers)[0]))
    x = np.nonzero(trousers[y])[0].max()
    tail = np.zeros_like(trousers)
    tail[y - 22 : y + 22, x : x + 44] = True
    tail &= ~trousers
    scene.labels[tail] = LABEL["outerwear"]
    if beside_new:
        new.alpha[np.roll(tail, 44, 1)] = 1
    assert tail.sum() > 0.04 * buyer.unit**2 and buyer.along[tail].min() > HIPS
    assert scraps(scene, buyer, trousers, new)[tail].mean() == (not beside_new)


@pytest.mark.parametrize(("away", "goes"), [(0.6, True), (0.0, False)])
def test_a_train_that_was_parsed_as_shoes_goes_and_shoes_stay(buyers, cloths, away, goes):
    buyer = buyers[0]
    scene = start_scene(buyer)
    shoes = scene.mask("left_shoe", "right_shoe")
    y, x = (int(np.median(i)) for i in np.nonzero(shoes))
    x += round(away * buyer.unit)
    train = np.zeros_like(shoes)
    train[y - 4 : y + 4, x - 4 : x + 4] = True
    scene.labels[shoes] = 0
    gown = cv2.dilate(train.astype(np.uint8), np.ones((21, 21))).astype(bool) | scene.mask("trousers")
    scene.labels[gown] = LABEL["skirt"]
    scene.labels[train] = LABEL["left_shoe"]
    assert stray_shoes(scene, buyer, scene.mask("skirt"))[train].mean() == goes
    part = np.where(np.isin(buyer.person.surface.part, FOOT_BONES), -1, buyer.person.surface.part)
    unseen = replace(buyer, person=replace(buyer.person, surface=replace(buyer.person.surface, part=part)))
    assert not stray_shoes(scene, unseen, scene.mask("skirt")).any()  # where are the feet?


@pytest.mark.parametrize("kind", ["top", "trousers", "dress"])
def test_somebody_of_whom_nothing_lies_in_front_is_dressed(buyers, cloths, kind):
    """Cut off at the neck, hands in sleeves."""
    person = buyers[0].person
    labels = np.where(person.parsing.mask("top", "trousers"), person.parsing.labels, 0).astype(np.uint8)
    scene = _dressed(replace(buyers[0], person=replace(person, parsing=replace(person.parsing, labels=labels))), cloths[kind])
    assert scene.mask(kind).any()


def test_a_few_pixels_are_not_where_a_product_begins():
    along = np.repeat(np.arange(0, 1, 0.005)[:, None], 100, 1)
    shown = (along > 0.6) & (np.arange(100) > 5)
    hidden = (along > 0.1) & (along <= 0.6)
    assert _begins(along, shown, hidden) == pytest.approx(0.6, abs=0.03)
    shown[30, :2] = True  # a crumb at 0.15
    assert _begins(along, shown, hidden & (along > 0.2)) == pytest.approx(0.6, abs=0.03)


@pytest.mark.parametrize(("category", "tunic"), [("trousers", True), ("skirt", False)])
def test_a_dress_goes_on_as_a_tunic_over_trousers_whose_waist_their_photo_hides(buyers, cloths, category, tunic):
    person = buyers[0].person
    labels = person.parsing.labels.copy()
    labels[np.isin(labels, [LABEL["top"], LABEL["trousers"]])] = LABEL["dress"]
    buyer = replace(buyers[0], person=replace(person, parsing=replace(person.parsing, labels=labels)))
    hips = buyer.trunk_legs & (labels == LABEL["dress"]) & (buyer.along > 0.1) & (buyer.along < 0.35)
    legs = buyer.trunk_legs & (labels == LABEL["dress"]) & (buyer.along > 0.5)
    scene = start_scene(buyer)
    old = take_off(scene, buyer, replace(cloths[category], begins=0.4), _nothing(buyer))
    assert hips.sum() > 200 and (old[hips].mean() < 0.05) == tunic and old[legs].mean() > 0.95
    assert (scene.labels[hips] == LABEL["top"]).mean() > 0.95 or not tunic


def test_a_product_begins_where_most_of_it_shows(cloths):
    cloth = cloths["trousers"]
    model = cloth.garment.model
    along = along_body(model)
    hidden = cloth.garment.mask & (along < 0.6) & (np.arange(along.shape[1]) < np.median(np.nonzero(cloth.garment.mask)[1]) + 5)
    labels = np.where(hidden, np.uint8(LABEL["top"]), model.parsing.labels)
    model = replace(model, parsing=replace(model.parsing, labels=labels))
    covered = prepare_cloth(replace(cloth.garment, model=model, mask=cloth.garment.mask & ~hidden))
    assert cloth.begins < 0.4 and covered.begins == pytest.approx(0.6, abs=0.05)


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
    scene = _dressed(buyer, replace(cloth, alpha=alpha, sleeveless=SLEEVES))
    near = (rows > elbow) & ~below & cv2.dilate(arm.astype(np.uint8), np.ones((1, 4 * shift))).astype(bool)
    invented, fitted = (np.nonzero(mask & near)[1] for mask in (scene.mask("neck"), arm))
    assert invented.max() >= fitted.max() + 0.25 * shift


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
    _, arms = _in_front(scene, buyers[0], "top", np.zeros_like(teeth))
    free = ~buyers[0].hands[30:-30].any(1)
    assert free.sum() > 100 and np.ptp(arms[30:-30][free].argmax(1)) <= 2


def test_a_hole_in_a_hat_that_was_taken_for_a_coat_stays_hat(buyers, cloths):
    """High above the fitted head, as fur caps are."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    ys, xs = np.nonzero(buyer.person.surface.mask([BONE["head"]]))
    top, middle = ys.min(), (xs.min() + xs.max()) // 2
    scene.labels[top - 24 : top + 4, middle - 20 : middle + 20] = LABEL["hat"]
    hole = np.s_[top - 16 : top - 8, middle - 4 : middle + 4]
    scene.labels[hole] = LABEL["outerwear"]
    old = take_off(scene, buyer, cloths["top"], _nothing(buyer))
    assert not old[hole].any() and (scene.labels[hole] == LABEL["hat"]).all()


@pytest.mark.parametrize(("label", "hand", "goes"), [("top", False, True), ("bag", False, True), ("bag", True, False)])
def test_a_print_on_a_skirt_goes_with_it_and_what_a_hand_holds_before_it_stays(buyers, cloths, label, hand, goes):
    buyer = buyers[0]
    scene = start_scene(buyer)
    thighs = buyer.person.surface.mask([BONE["left_thigh"], BONE["right_thigh"]])
    scene.labels[buyer.trunk_legs & (buyer.along > 0) & (buyer.along < 0.8)] = LABEL["skirt"]
    y, x = (int(np.median(axis)) for axis in np.nonzero(thighs & (np.abs(buyer.along - 0.4) < 0.1)))
    there = np.s_[y - 6 : y + 6, x - 6 : x + 6]
    belt = buyer.trunk_legs & (np.abs(np.arange(buyer.along.shape[1]) - x) < 12) & (np.arange(len(buyer.along))[:, None] < y)
    scene.labels[belt & (scene.labels == LABEL["skirt"])] = LABEL["other"]  # it hangs together with the top
    scene.labels[there] = LABEL[label]
    if hand:
        scene.labels[y - 6 : y + 6, x + 6 : x + 9] = LABEL["left_arm"]
    assert take_off(scene, buyer, cloths["trousers"], _nothing(buyer))[there].all() == goes


def test_a_few_pixels_of_a_dress_at_the_hem_of_a_top_are_no_skirt(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    ys, xs = np.nonzero(scene.mask("top") & buyer.trunk_legs)
    crumb = np.s_[ys.max() - 2 : ys.max() + 1, int(np.median(xs)) - 12 : int(np.median(xs)) + 12]
    scene.labels[crumb] = LABEL["dress"]
    old = take_off(scene, buyer, cloths["top"], _nothing(buyer))
    assert old[crumb].all() and not (scene.labels == LABEL["skirt"]).any()


def test_tights_go_on_as_they_are_seen_and_keep_no_rim_of_the_skirt(buyers, cloths):
    """The fit is a little beside the legs in the photo."""
    buyer = buyers[0]
    legs = buyer.person.surface.mask([BONE[name] for leg in LEGS for name in leg.bones])
    hem = np.percentile(buyer.along[legs], 60)
    seen = np.roll(legs, 5, axis=1)
    scene = start_scene(buyer)
    scene.labels[legs | seen] = LABEL["background"]
    scene.labels[seen & (buyer.along >= hem)] = LABEL["legwear"]
    skirt = grown(buyer.trunk_legs, buyer, 0.1) & (buyer.along > 0) & (buyer.along < hem)
    scene.labels[skirt] = LABEL["skirt"]
    tights = _tights(scene, buyer, cloths["dress"], _nothing(buyer), skirt)[1]
    above = (buyer.along > hem - 0.08) & (buyer.along < hem - 0.02)
    assert (seen & above).sum() > 100
    assert ((tights ^ seen) & above).sum() < 0.5 * ((legs ^ seen) & above).sum()
    old = take_off(scene, buyer, cloths["dress"], _nothing(buyer))
    rim = seen & legs & (buyer.along > hem) & (buyer.along < hem + 0.015)
    assert rim.any() and old[rim].mean() > 0.9


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
    beside = _beside_new(buyer, replace(_nothing(buyer), alpha=np.maximum(alpha, sleeve)))
    strip = body & (columns <= left + 6) & (buyer.along > -0.28) & (buyer.along < -0.2)
    assert strip.sum() > 10 and beside[strip].all()
    assert not (beside & (buyer.along < shoulder)).any()


def test_trousers_that_go_on_under_a_tunic_have_no_seam_to_those_in_sight(buyers):
    """Further down, where they are seen, the legs face the camera less and less."""
    buyer = buyers[0]
    legs = grown(buyer.trunk_legs, buyer, 0.02)
    scene = start_scene(buyer)
    scene.rgb[:] = (90, 120, 160)
    worn, hidden = legs & (buyer.along > 0.6) & (buyer.along < 1.2), legs & (buyer.along > 0.1) & (buyer.along <= 0.6)
    turned = replace(buyer, facing=np.float32(1 - 0.4 * np.clip(buyer.along, 0, 1.2)))
    rgb = _trouser_legs(scene, turned, worn, worn | hidden).astype(int)
    near, far = (hidden & (np.abs(buyer.along - along) < 0.02) for along in (0.58, 0.12))
    assert near.sum() > 20 and far.sum() > 20
    assert abs(rgb[near].mean() - scene.rgb[worn].mean()) < 3 and rgb[far].mean() - scene.rgb[worn].mean() > 12


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
    leg, knee = (
        buyer.person.surface.mask([BONE["left_thigh"], BONE["left_shin"]]),
        buyer.person.body.bones[BONE["left_shin"], 1],
    )
    rows, columns = np.arange(len(leg))[:, None], np.arange(leg.shape[1])
    old, shown = leg & (rows < knee), leg & (rows >= knee)
    middle = int(np.median(np.nonzero(leg & (np.abs(rows - knee) < 3))[1]))
    ridge = np.abs(columns - middle) < 3
    scene.labels[:] = np.where(leg, LABEL["left_leg"], 0)
    scene.rgb[shown] = (190, 150, 130)
    scene.rgb[shown & ridge] = (230, 190, 170)
    skin = meeting(scene, replace(buyer, skin=np.full_like(buyer.skin, (190, 150, 130))), old).skin.astype(int)
    near, far = old & (rows > knee - 3), old & (rows < knee - 0.3 * buyer.unit)
    on_ridge, beside = skin[near & ridge].mean(), skin[near & (np.abs(columns - middle) > 8)].mean()
    assert on_ridge - beside > 15 and np.abs(skin[far] - (190, 150, 130)).mean() < 3


def test_what_is_far_from_what_is_taken_off_is_none_of_its_prints(buyers):
    """A pocket on something that is held out to the side."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    scene.labels[100:160, 4:64] = LABEL["other"]
    scene.labels[125:135, 30:40] = LABEL["scarf"]
    old = scene.mask("top")
    assert not old[90:170, :80].any()
    assert not prints(scene, buyer, old).any()


def test_a_dress_is_worn_by_whoever_points_their_legs_at_the_camera(buyers, cloths, monkeypatch):
    """Their skirt has no outline, that of the product's model has one."""
    buyer, cloth = buyers[0], cloths["dress"]
    assert skirt_outline(buyer.person.body) is not None
    hidden = buyer.person.body
    monkeypatch.setattr(
        "primerka.tryon.surface.drape.skirt_outline", lambda body: None if body is hidden else skirt_outline(body)
    )
    assert _dressed(buyer, cloth).mask("dress").any()
