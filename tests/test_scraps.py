"""What hangs on the old garment alone goes with it; nothing hangs in the air."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from dressing import no_cloth

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.tryon.surface.buyer import HIPS
from primerka.tryon.surface.dress import dress
from primerka.tryon.surface.scene import start_scene
from primerka.tryon.surface.scraps import FOOT_BONES, MAX_SCRAP, WINDOW, cuffs, enclosed, prints, scraps, stray_shoes
from primerka.tryon.surface.take_off import take_off


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
    old = take_off(scene, buyer, cloths["top"], no_cloth(buyer))
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
    new, scene = no_cloth(buyer), start_scene(buyer)
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
    assert not scraps(scene, buyer, scene.mask("top"), no_cloth(buyer))[moved].any()


@pytest.mark.parametrize(("width", "goes"), [(0.15, True), (0.5, False)])
def test_a_scrap_of_scarf_goes_with_the_old_top_and_a_scarf_stays(buyers, cloths, width, goes):
    buyer, new = buyers[0], no_cloth(buyers[0])
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
        assert scraps(scene, buyer, scene.mask("top", "outerwear"), no_cloth(buyer))[piece].mean() == goes


@pytest.mark.parametrize(("around", "label", "goes"), [("trousers", "left_leg", True), ("top", "trousers", False)])
def test_a_small_piece_goes_or_stays_with_the_garment_around_it(buyers, cloths, around, label, goes):
    """A print parsed as a bare leg goes with the trousers that it is on; a fold of a jumper parsed as trousers stays."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    ys, xs = np.nonzero(cv2.erode(scene.mask(around).astype(np.uint8), np.ones((25, 25))))
    y, x = ys[len(ys) // 2], xs[len(xs) // 2]
    scene.labels[y - 4 : y + 4, x - 4 : x + 4] = LABEL[label]
    old = take_off(scene, buyer, cloths["skirt"], no_cloth(buyer))
    assert (old[y - 4 : y + 4, x - 4 : x + 4] == goes).all()
    assert goes or (scene.labels[y - 4 : y + 4, x - 4 : x + 4] == LABEL[around]).all()


def test_what_the_picture_cuts_off_is_no_crumb(buyers):
    buyer = buyers[0]
    cloth, around = (np.zeros(buyer.along.shape, bool) for _ in range(2))
    around[-40:, 100:160] = True
    cloth[-8:, 120:130] = True
    assert not enclosed(cloth, around & ~cloth, buyer).any()
    assert (enclosed(np.roll(cloth, -12, 0), around & ~np.roll(cloth, -12, 0), buyer) > 0).sum() == 80


@pytest.mark.parametrize("beside_new", [False, True])
def test_a_coats_tail_does_not_hang_in_the_air(buyers, cloths, beside_new):
    """The end of a coat, of which what was between was parsed as the skirt that goes; beside new cloth it may hang on that."""
    buyer = buyers[0]
    new, scene = no_cloth(buyer), start_scene(buyer)
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


@pytest.mark.parametrize(
    ("label", "half", "hand", "goes"),
    [("top", 6, False, True), ("bag", 6, False, True), ("bag", 9, True, False), ("bag", 4, True, True)],
)
def test_a_print_on_a_skirt_goes_with_it_and_what_a_hand_holds_before_it_stays(buyers, cloths, label, half, hand, goes):
    buyer = buyers[0]
    scene = start_scene(buyer)
    thighs = buyer.person.surface.mask([BONE["left_thigh"], BONE["right_thigh"]])
    scene.labels[buyer.trunk_legs & (buyer.along > 0) & (buyer.along < 0.8)] = LABEL["skirt"]
    y, x = (int(np.median(axis)) for axis in np.nonzero(thighs & (np.abs(buyer.along - 0.4) < 0.1)))
    there = np.s_[y - half : y + half, x - half : x + half]
    belt = buyer.trunk_legs & (np.abs(np.arange(buyer.along.shape[1]) - x) < 12) & (np.arange(len(buyer.along))[:, None] < y)
    scene.labels[belt & (scene.labels == LABEL["skirt"])] = LABEL["other"]  # it hangs together with the top
    scene.labels[there] = LABEL[label]
    if hand:
        scene.labels[y - half : y + half, x + half : x + half + 3] = LABEL["left_arm"]
    assert take_off(scene, buyer, cloths["trousers"], no_cloth(buyer))[there].all() == goes


def test_what_is_far_from_what_is_taken_off_is_none_of_its_prints(buyers):
    """A pocket on something that is held out to the side."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    scene.labels[100:160, 4:64] = LABEL["other"]
    scene.labels[125:135, 30:40] = LABEL["scarf"]
    old = scene.mask("top")
    assert not old[90:170, :80].any()
    assert not prints(scene, buyer, old).any()


@pytest.mark.parametrize(("beside", "stays"), [("outerwear", True), ("background", False)])
def test_a_window_in_a_closed_coat_is_coat(buyers, cloths, beside, stays):
    """Larger than a print, but coat and belt are all around it."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    side = round(0.12 * buyer.unit)
    y, x = (int(np.median(axis)) for axis in np.nonzero(buyer.trunk_legs & (np.abs(buyer.along - 0.4) < 0.05)))
    window = np.s_[y - side : y + side, x - side : x + side]
    scene.labels[y - 2 * side : y + 2 * side, x - 2 * side : x + 2 * side] = LABEL["outerwear"]
    scene.labels[window] = LABEL["skirt"]
    scene.labels[y - side - 6 : y - side, x - side : x + side] = LABEL["other"]
    scene.labels[y - side : y + side, x + side : x + side + 4] = LABEL[beside]
    assert MAX_SCRAP < 4 * side**2 / buyer.unit**2 < WINDOW
    assert take_off(scene, buyer, cloths["skirt"], no_cloth(buyer))[window].any() != stays
    assert (scene.labels[window] == LABEL["outerwear"]).all() == stays
    scene.labels[window] = LABEL["skirt"]
    assert prints(scene, buyer, scene.mask("outerwear"))[window].any() == stays  # and it goes with its coat


def test_a_crumb_in_the_middle_of_a_belt_is_no_garments(buyers, cloths):
    buyer = buyers[0]
    scene = start_scene(buyer)
    y, x = (int(np.median(axis)) for axis in np.nonzero(scene.mask("top")))
    scene.labels[y - 20 : y + 20, x - 20 : x + 20] = LABEL["other"]
    crumb = np.s_[y - 3 : y + 3, x - 3 : x + 3]
    scene.labels[crumb] = LABEL["skirt"]
    assert take_off(scene, buyer, cloths["skirt"], no_cloth(buyer))[crumb].all()


def test_a_strip_of_trousers_above_their_belt_goes_with_them(buyers, cloths):
    """The belt is theirs, too: between it and a top nothing of them stays."""
    buyer = buyers[0]
    scene = start_scene(buyer)
    trousers = scene.mask("trousers")
    waist = np.nonzero(trousers.any(1))[0][0] + 40
    rows, columns = np.indices(trousers.shape)
    strip = trousers & (rows >= waist - 4) & (rows < waist) & (np.abs(columns - np.median(columns[trousers])) < 8)
    assert strip.sum() > 30
    scene.labels[trousers & (rows < waist) & ~strip] = LABEL["top"]
    scene.labels[trousers & (rows >= waist) & (rows < waist + 6)] = LABEL["other"]
    assert take_off(scene, buyer, cloths["skirt"], no_cloth(buyer))[strip].all()


@pytest.mark.parametrize(("beside", "goes"), [("left_arm", False), ("skirt", True)])
def test_a_bit_of_a_bag_on_an_arm_is_no_fold_of_a_skirt_far_away(buyers, beside, goes):
    buyer = buyers[0]
    scene = start_scene(buyer)
    scene.labels[:] = 0
    scene.labels[100:160, 40:100] = LABEL["left_arm"]
    scene.labels[125:133, 60:68] = LABEL["bag"]
    scene.labels[125:133, 40:60] = scene.labels[105:125, 60:68] = LABEL[beside]
    old = scene.mask("skirt")
    assert prints(scene, buyer, old)[125:133, 60:68].any() == goes


@pytest.mark.parametrize(("part", "half", "goes"), [("forearm", 10, True), ("forearm", 3, False), ("hand", 10, False)])
def test_a_cuff_goes_with_its_sleeve_and_a_watch_and_what_a_hand_wears_stay(buyers, part, half, goes):
    buyer = buyers[0]
    surface = buyer.person.surface
    scene = start_scene(buyer)
    scene.labels[:] = 0
    scene.labels[surface.mask([BONE["left_upper_arm"], BONE["left_forearm"], BONE["left_hand"]])] = LABEL["top"]
    ys, xs = np.nonzero(surface.mask([BONE[f"left_{part}"]]))
    y, x = int(np.median(ys)), int(np.median(xs))
    there = np.zeros_like(buyer.arms)
    there[y - half : y + half, x - half : x + half] = True
    there &= surface.mask([BONE["left_forearm"], BONE["left_hand"]])
    assert (there.sum() > 0.01 * buyer.unit**2) == (half > 3)
    scene.labels[there] = LABEL["other"]
    assert cuffs(scene, buyer, scene.mask("top"))[there].all() == goes
    assert not cuffs(scene, buyer, np.zeros_like(there)).any()  # nothing is taken off
