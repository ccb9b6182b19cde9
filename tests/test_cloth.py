"""A garment is continued where something lies before it, and keeps nothing of what that was."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.nearby import distance_to
from primerka.photo import Photo, read_photo
from primerka.tryon.surface.between import between
from primerka.tryon.surface.cloth import _even, prepare_cloth
from primerka.tryon.surface.cloth_colours import DOUBTFUL_RIM
from primerka.tryon.surface.fill import mirror_fill

SKIN, BAG = (235, 40, 40), (40, 40, 235)


@pytest.fixture(scope="module")
def skirt(pose_models, product_paths):
    path = next(path for path in product_paths if path.stem.startswith("skirt"))
    return find_garment(analyse(read_photo(path, 640), worn="skirt"), "skirt")


def _box(garment, x, y, width, height):
    """(H, W) bool: a box in shares of the garment's own box."""
    ys, xs = np.nonzero(garment.mask)
    low, size = np.array([xs.min(), ys.min()]), np.array([np.ptp(xs), np.ptp(ys)])
    (left, top), (right, bottom) = low + size * (x, y), low + size * (x + width, y + height)
    box = np.zeros_like(garment.mask)
    box[round(top) : round(bottom), round(left) : round(right)] = True
    return box


def _before(garment, thing, label, colour, missed=None):
    """The garment with a thing of one colour before it, of which the parsing took `missed` for cloth."""
    rgb, labels = garment.model.photo.rgb.copy(), garment.model.parsing.labels.copy()
    labels[np.isin(labels, [LABEL["left_arm"], LABEL["right_arm"], LABEL["bag"]])] = 0
    rgb[thing] = colour
    labels[thing] = LABEL[label]
    mask = garment.mask & ~thing
    if missed is not None:
        mask |= missed
        labels[missed] = LABEL["skirt"]
    model = replace(garment.model, photo=Photo(rgb), parsing=replace(garment.model.parsing, labels=labels))
    return replace(garment, model=model, mask=mask)


def _alpha(cloth):
    return np.maximum.reduce(list(cloth.alpha.values()))


def test_notches_in_an_outline_are_filled_and_spikes_cut_and_straps_stay():
    unit = 180
    whole = np.zeros((300, 300), bool)
    whole[100:250, 50:250] = True
    whole[96:100, 60:240:12] = whole[96:100, 61:240:12] = True  # spikes
    whole[246:250, 60:240:12] = whole[246:250, 61:240:12] = False  # notches
    whole[30:100, 100:104] = True  # a strap
    even = _even(whole, unit)
    columns = np.r_[60:92, 112:240]
    for ragged, smooth in ((whole, even), (whole[::-1], even[::-1])):
        assert np.ptp(ragged[:, columns].argmax(0)) == 4
        assert np.ptp(smooth[:, columns].argmax(0)) <= 1
    assert even[30:98, 100:104].all() and not even[30:90, 105:].any()


def test_stripes_go_on_behind_a_bag(skirt):
    """The rest of the skirt knows them; their mirror image at the bag's border does not. In most places: the search may miss by a stripe."""
    rows = np.arange(len(skirt.mask))[:, None] // 5 % 2 == 0
    rgb = np.repeat(np.where(skirt.mask & rows, 200, 60)[:, :, None], 3, 2).astype(np.uint8)
    striped = replace(skirt, model=replace(skirt.model, photo=Photo(rgb)))
    off = []
    for across in (0.3, 0.33, 0.35, 0.37, 0.4):
        thing = _box(skirt, across, 0.35, 0.3, 0.3)
        garment = _before(striped, thing, "bag", BAG)
        middle = cv2.erode(thing.astype(np.uint8), np.ones((15, 15))) > 0
        truth = np.where(np.broadcast_to(rows, thing.shape), 200, 60)[middle]
        pure = cv2.erode(garment.mask.astype(np.uint8), np.ones((7, 7))) > 0
        mirrored = mirror_fill(garment.model.photo.rgb, ~pure)
        off.append([np.abs(rgb[middle][:, 0].astype(int) - truth).mean() for rgb in (prepare_cloth(garment).rgb, mirrored)])
    found, by_mirror = np.median(off, 0)
    assert found < 25 and found < 0.6 * by_mirror


def test_a_shred_that_even_outlines_leave_nothing_of_is_no_part(skirt):
    shred = np.zeros_like(skirt.mask)
    ys, xs = np.nonzero(skirt.model.surface.mask([BONE["left_shin"]]))
    shred[ys.max() - 12 : ys.max() - 1, int(xs.mean()) : int(xs.mean()) + 3] = True
    cloth = prepare_cloth(replace(skirt, mask=skirt.mask | shred, category="trousers"))
    assert all(alpha.max() > 127 for alpha in cloth.alpha.values())


@pytest.mark.parametrize(("label", "colour"), [("left_arm", SKIN), ("bag", BAG)])
def test_fingers_and_straps_that_were_taken_for_cloth_leave_no_colour(skirt, label, colour):
    thing = _box(skirt, 0.35, 0.3, 0.25, 0.3)
    missed = _box(skirt, 0.5, 0.4, 0.1, 0.1) & thing
    cloth = prepare_cloth(_before(skirt, thing, label, colour, missed))
    assert missed.sum() > 50 and (_alpha(cloth)[thing] > 200).mean() > 0.95
    off = np.linalg.norm(cloth.rgb[thing].astype(float) - colour, axis=1)
    assert off.min() > 60


def test_cloth_of_another_colour_is_left_alone_beside_a_bag(skirt):
    thing, stripe = _box(skirt, 0.35, 0.3, 0.15, 0.3), _box(skirt, 0.55, 0.1, 0.1, 0.8)
    garment = _before(skirt, thing, "bag", BAG)
    rgb = garment.model.photo.rgb.copy()
    rgb[stripe] = (250, 250, 60)
    garment = replace(garment, model=replace(garment.model, photo=Photo(rgb)))
    inside = cv2.erode((stripe & garment.mask).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert inside.any() and np.array_equal(prepare_cloth(garment).rgb[inside], rgb[inside])


def test_a_hole_that_shows_the_person_is_closed_and_a_hole_that_shows_the_street_is_not(skirt):
    hole = _box(skirt, 0.4, 0.4, 0.1, 0.1)
    for label, closed in (("outerwear", True), ("background", False)):
        labels = skirt.model.parsing.labels.copy()
        labels[hole] = LABEL[label]
        model = replace(skirt.model, parsing=replace(skirt.model.parsing, labels=labels))
        alpha = _alpha(prepare_cloth(replace(skirt, model=model, mask=skirt.mask & ~hole)))
        assert (alpha[hole].mean() > 240) == closed


def test_a_bag_at_the_edge_of_a_skirt_does_not_cut_it(skirt):
    edge = _box(skirt, 0.8, 0.4, 0.3, 0.3)
    cloth = prepare_cloth(_before(skirt, edge, "bag", BAG))
    cut = edge & skirt.mask
    assert cut.sum() > 100 and (_alpha(cloth)[cut] > 128).mean() > 0.8


def test_the_white_of_stripes_beside_a_pale_hand_is_cloth(skirt):
    """It is more like the hand than the stripes' mean is, but so is every second stripe."""
    model = skirt.model
    rgb = model.photo.rgb.copy()
    rows = np.broadcast_to((np.arange(len(rgb)) // 5 % 2 == 0)[:, None], skirt.mask.shape)
    rgb[skirt.mask & rows], rgb[skirt.mask & ~rows] = (245, 244, 238), (50, 60, 110)
    striped = replace(skirt, model=replace(model, photo=Photo(rgb)))
    handled, hand = (
        _before(striped, _box(skirt, 0.4, 0.4, 0.2, 0.2), "left_arm", (236, 205, 190)),
        _box(skirt, 0.4, 0.4, 0.2, 0.2),
    )
    rim = 2 * round(DOUBTFUL_RIM * model.pose.torso_px) + 5
    beyond = cv2.dilate(hand.astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0
    near = (cv2.dilate(hand.astype(np.uint8), np.ones((3 * rim, 3 * rim), np.uint8)) > 0) & ~beyond & skirt.mask
    cloth = prepare_cloth(handled)
    assert near.sum() > 100 and np.array_equal(cloth.rgb[near], rgb[near])


def test_figures_of_a_print_that_are_like_a_hand_are_cloth(skirt):
    """One pixel in nine is of its colour, far from the cloth's mean; so it is where no hand is near, too."""
    model, hand = skirt.model, _box(skirt, 0.4, 0.4, 0.2, 0.2)
    rgb = model.photo.rgb.copy()
    rows, columns = (np.indices(skirt.mask.shape) % 15) < 5
    rgb[skirt.mask & ~(rows & columns)], rgb[skirt.mask & rows & columns] = (40, 50, 150), (220, 90, 70)
    checked = replace(skirt, model=replace(model, photo=Photo(rgb)))
    rim = 2 * round(DOUBTFUL_RIM * model.pose.torso_px) + 5
    beyond = cv2.dilate(hand.astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0
    near = (cv2.dilate(hand.astype(np.uint8), np.ones((3 * rim, 3 * rim), np.uint8)) > 0) & ~beyond & skirt.mask
    cloth = prepare_cloth(_before(checked, hand, "left_arm", (236, 150, 130)))
    assert near.sum() > 100 and np.array_equal(cloth.rgb[near], rgb[near])


def test_fingers_that_were_taken_for_cloth_of_nearly_their_colour_leave_none(skirt):
    """Beige cloth has it everywhere, too, but as its own mean: no figure of a print."""
    rgb = skirt.model.photo.rgb.copy()
    rgb[skirt.mask] = (190, 150, 130)
    beige, finger = replace(skirt, model=replace(skirt.model, photo=Photo(rgb))), (208, 166, 141)
    thing = _box(skirt, 0.35, 0.3, 0.25, 0.3)
    missed = _box(skirt, 0.5, 0.4, 0.1, 0.1) & thing
    cloth = prepare_cloth(_before(beige, thing, "left_arm", finger, missed))
    assert np.abs(cloth.rgb[thing].astype(int) - (190, 150, 130)).max() < 6


@pytest.fixture(scope="module")
def top(pose_models, product_paths):
    path = next(path for path in product_paths if path.stem == "top-breton")
    return find_garment(analyse(read_photo(path, 640), worn="top"), "top")


def _with_hair(garment, hair):
    labels = garment.model.parsing.labels.copy()
    labels[hair] = LABEL["hair"]
    model = replace(garment.model, parsing=replace(garment.model.parsing, labels=labels))
    return replace(garment, model=model, mask=garment.mask & ~hair)


@pytest.mark.parametrize(
    ("bone", "sides"),
    [
        ("chest", (-1, 1)),
        ("left_clavicle", (-1, 1)),
        ("right_clavicle", (-1, 1)),
        ("left_clavicle", (1,)),
        ("left_upper_arm", (1,)),
    ],
)
def test_a_top_goes_on_under_long_hair(top, bone, sides):
    """Over both sides of the chest and both shoulders, down to the elbows; or over one shoulder and sleeve whose twins show the garment."""
    aside = (np.arange(top.mask.shape[1])[None] - np.median(np.nonzero(top.mask)[1])) / top.model.pose.torso_px
    above = np.arange(len(top.mask))[:, None] < np.percentile(np.nonzero(top.mask)[0], 60)
    hair = top.mask & above & np.logical_or.reduce([side * aside > 0.1 for side in sides])
    wanted = hair & top.model.surface.mask([BONE[bone]])
    assert wanted.sum() > 50 and (_alpha(prepare_cloth(_with_hair(top, hair)))[wanted] > 128).mean() > 0.8


def test_shoulders_that_no_cloth_shows_on_stay_bare_under_hair(top):
    """A strapless top: above its edge hair lies on skin."""
    rows = np.arange(len(top.mask))[:, None]
    edge = np.percentile(np.nonzero(top.mask)[0], 30)
    labels = np.where((rows < edge) & top.mask, LABEL["neck"], top.model.parsing.labels).astype(np.uint8)
    model = replace(top.model, parsing=replace(top.model.parsing, labels=labels))
    strapless = replace(top, model=model, mask=top.mask & (rows >= edge))
    hair = top.mask & (rows < edge - 4) & top.model.surface.mask([BONE["chest"], BONE["left_clavicle"], BONE["right_clavicle"]])
    assert hair.sum() > 100 and (_alpha(prepare_cloth(_with_hair(strapless, hair)))[hair] > 128).mean() < 0.1


def test_hair_in_a_neckline_lies_on_skin(top):
    """A deep neckline, hair down its middle: no cloth there, though there is cloth left and right."""
    columns = np.arange(top.mask.shape[1])[None]
    aside = np.abs(columns - np.median(np.nonzero(top.mask)[1])) / top.model.pose.torso_px
    rows = np.arange(len(top.mask))[:, None]
    above = rows < np.percentile(np.nonzero(top.mask)[0], 45)
    neckline, lock = top.mask & above & (aside < 0.2), top.mask & above & (aside < 0.08)
    labels = np.where(neckline, LABEL["neck"], top.model.parsing.labels).astype(np.uint8)
    model = replace(top.model, parsing=replace(top.model.parsing, labels=labels))
    low_cut = _with_hair(replace(top, model=model, mask=top.mask & ~neckline), lock)
    inner = lock & (rows < np.percentile(np.nonzero(top.mask)[0], 35))
    assert inner.sum() > 50 and (_alpha(prepare_cloth(low_cut))[inner] > 128).mean() < 0.1


def _locks_beside_the_neck(top, highest):
    """The top, with skin in a narrow slit of its middle down to a row, and with hair on both sides of it that hides the shoulders."""
    rows, columns = (np.arange(size) for size in top.mask.shape)
    aside = np.abs(columns - np.median(np.nonzero(top.mask)[1]))[None] / top.model.pose.torso_px
    slit = top.mask & (aside < 0.05) & (rows[:, None] < highest)
    hair = top.mask & (aside > 0.05) & (aside < 0.3) & (rows[:, None] < np.percentile(np.nonzero(top.mask)[0], 40))
    labels = np.where(slit, LABEL["neck"], top.model.parsing.labels).astype(np.uint8)
    model = replace(top.model, parsing=replace(top.model.parsing, labels=labels))
    return _with_hair(replace(top, model=model, mask=top.mask & ~slit), hair), hair


def test_a_neckline_under_hair_leads_from_the_skin_in_sight_to_the_neck(top):
    """Not along the hair: what is below that line is cloth, however near the skin."""
    rows = np.arange(len(top.mask))[:, None]
    lowest = round(np.percentile(np.nonzero(top.mask)[0], 25))
    veiled, hair = _locks_beside_the_neck(top, lowest)
    alpha = _alpha(prepare_cloth(veiled))
    below, beside = hair & (rows > lowest + 4), hair & (rows < lowest - 0.05 * top.model.pose.torso_px)
    columns = np.arange(top.mask.shape[1])[None]
    aside = np.abs(columns - np.median(np.nonzero(top.mask)[1])) / top.model.pose.torso_px
    outer = beside & (aside > 0.2) & top.model.surface.mask([BONE["left_clavicle"], BONE["right_clavicle"]])
    assert below.sum() > 100 and (alpha[below] > 128).mean() > 0.95
    assert outer.sum() > 100 and (alpha[outer] > 128).mean() > 0.9
    slit = (veiled.model.parsing.labels == LABEL["neck"]) & top.mask
    assert slit.sum() > 20 and (alpha[slit & (rows < lowest - 6)] < 128).mean() > 0.7


def test_cloth_that_shows_between_locks_ends_the_neckline_there(top):
    """The parsing takes the ends of locks for skin, below where the cloth shows between them."""
    rows = np.arange(len(top.mask))[:, None]
    veiled, hair = _locks_beside_the_neck(top, round(np.percentile(np.nonzero(top.mask)[0], 15)))
    low = hair & (rows > np.percentile(np.nonzero(top.mask)[0], 22))
    ends = (
        low
        & (rows > np.percentile(np.nonzero(top.mask)[0], 36))
        & ~cv2.erode(hair.astype(np.uint8), np.ones((3, 5))).astype(bool)
    )
    labels = np.where(ends, LABEL["neck"], veiled.model.parsing.labels).astype(np.uint8)
    model = replace(veiled.model, parsing=replace(veiled.model.parsing, labels=labels))
    alpha = _alpha(prepare_cloth(replace(veiled, model=model)))
    inner = low & ~cv2.dilate(ends.astype(np.uint8), np.ones((9, 9))).astype(bool)
    assert ends.sum() > 10 and inner.sum() > 100 and (alpha[inner] > 128).mean() > 0.95


def test_hair_all_over_the_neck_lies_on_no_cloth(top):
    """As of somebody seen from the side: no skin says where the opening is."""
    model = top.model
    neck = (model.surface.mask([BONE["neck"]]) | model.parsing.mask("neck")) & ~top.mask
    labels = np.where(neck, LABEL["hair"], model.parsing.labels).astype(np.uint8)
    alpha = _alpha(prepare_cloth(replace(top, model=replace(model, parsing=replace(model.parsing, labels=labels)))))
    above = neck & (distance_to(top.mask) > 0.03 * model.pose.torso_px)
    assert above.sum() > 100 and (alpha[above] > 128).mean() < 0.05


def test_a_top_goes_on_up_to_the_shoulders_under_a_coat_that_is_open_over_its_neckline(top):
    """And not up the neck, where the coat has its collar."""
    rows = np.arange(len(top.mask))[:, None]
    under = top.mask & (rows < np.percentile(np.nonzero(top.mask)[0], 25))
    collar = top.model.surface.mask([BONE["neck"]])
    labels = np.where(under | collar, LABEL["outerwear"], top.model.parsing.labels).astype(np.uint8)
    model = replace(top.model, parsing=replace(top.model.parsing, labels=labels))
    alpha = _alpha(prepare_cloth(replace(top, model=model, mask=top.mask & ~under)))
    shoulders = under & top.model.surface.mask([BONE["left_clavicle"], BONE["right_clavicle"]])
    neck = collar & (distance_to(under) > 0.06 * model.pose.torso_px)
    assert shoulders.sum() > 50 and (alpha[shoulders] > 128).mean() > 0.9
    assert neck.sum() > 50 and (alpha[neck] > 128).mean() < 0.1


@pytest.fixture(scope="module")
def coat(pose_models, product_paths):
    """A top's photo that is taken for an open coat: garment with a strip of another top down its middle, and that strip."""
    path = next(path for path in product_paths if path.stem == "top-breton")
    garment = find_garment(analyse(read_photo(path, 640), worn="top"), "top")
    columns = np.arange(garment.mask.shape[1])[None]
    middle = np.median(np.nonzero(garment.mask)[1])
    strip = garment.mask & (np.abs(columns - middle) < 0.15 * garment.model.pose.torso_px)
    labels = np.where(garment.mask, LABEL["outerwear"], garment.model.parsing.labels).astype(np.uint8)
    labels[strip] = LABEL["top"]
    model = replace(garment.model, parsing=replace(garment.model.parsing, labels=labels))
    return replace(garment, model=model, mask=garment.mask & ~strip, category="outerwear"), strip


def _worn(coat, thing, name):
    """The coat with something before it."""
    labels = coat.model.parsing.labels.copy()
    labels[thing] = LABEL[name]
    model = replace(coat.model, parsing=replace(coat.model.parsing, labels=labels))
    return prepare_cloth(replace(coat, model=model, mask=coat.mask & ~thing))


def _rows(mask, low, high):
    ys = np.nonzero(mask)[0]
    rows = np.arange(len(mask))[:, None]
    return (rows >= np.percentile(ys, low)) & (rows < np.percentile(ys, high))


def test_a_belt_under_an_open_coat_does_not_close_it(coat):
    coat, strip = coat
    belt = strip & _rows(strip, 60, 70)
    assert (
        belt.sum() > 100
        and (_alpha(_worn(coat, belt, "other"))[cv2.erode(belt.astype(np.uint8), np.ones((5, 9))) > 0] < 64).all()
    )


def test_a_coat_goes_on_under_a_buckle(coat):
    coat, strip = coat
    away = cv2.distanceTransform(coat.mask.astype(np.uint8), cv2.DIST_L2, 3)
    y, x = np.unravel_index(away.argmax(), away.shape)
    buckle = np.zeros_like(strip)
    buckle[y - 4 : y + 4, x - 4 : x + 4] = True
    assert (_alpha(_worn(coat, buckle, "other"))[buckle] > 128).all()


def test_hair_between_a_coat_and_what_is_under_it_is_divided_among_them(coat):
    coat, strip = coat
    reach = 2 * int(0.1 * coat.model.pose.torso_px) + 1
    hair = (cv2.dilate(strip.astype(np.uint8), np.ones((1, reach), np.uint8)) > 0) & _rows(strip, 20, 50)
    core = strip & (cv2.erode(strip.astype(np.uint8), np.ones((1, 9), np.uint8)) > 0)
    hair &= ~core  # two locks, on the edges of the coat; the shirt shows between them
    alpha = _alpha(_worn(coat, hair, "hair"))
    outer = hair & ~(cv2.dilate(strip.astype(np.uint8), np.ones((1, 7), np.uint8)) > 0)
    assert (
        outer.sum() > 50 and (alpha[outer & coat.mask] > 128).mean() > 0.8 and (alpha[core & _rows(strip, 25, 45)] < 128).all()
    )


@pytest.mark.parametrize("name", ["bag", "left_arm", "scarf"])
def test_what_is_carried_before_an_open_coat_does_not_close_it(coat, name):
    """A strap across both halves and the shirt between them: under the shirt's middle there is no coat, under the coat there is."""
    coat, strip = coat
    band = (coat.mask | strip) & _rows(strip, 55, 65) & (cv2.dilate(strip.astype(np.uint8), np.ones((1, 41), np.uint8)) > 0)
    alpha = _alpha(_worn(coat, band, name))
    middle = strip & band & (cv2.erode(strip.astype(np.uint8), np.ones((1, 25), np.uint8)) > 0)
    assert middle.sum() > 50 and (alpha[middle] > 128).mean() < 0.2
    assert (alpha[band & coat.mask & ~(cv2.dilate(strip.astype(np.uint8), np.ones((1, 15), np.uint8)) > 0)] > 128).mean() > 0.8


def test_folds_go_on_deep_under_a_top_without_edges(skirt):
    """Nothing shows at the same height: folds drawn out from below would be polygons."""
    columns = np.arange(skirt.mask.shape[1])
    folds = 120 + 40 * np.sin(columns / 4.0) * np.exp(-(((columns - columns.mean()) / 60) ** 2))
    rgb = np.repeat(np.broadcast_to(folds, skirt.mask.shape)[:, :, None], 3, 2).astype(np.uint8)
    top = _box(skirt, -0.2, -0.2, 1.4, 0.7)
    rgb[top] = (220, 30, 30)
    garment = _before(replace(skirt, model=replace(skirt.model, photo=Photo(rgb))), top, "top", (220, 30, 30))
    cloth = prepare_cloth(garment)
    deep = (_alpha(cloth) > 250) & (distance_to(garment.mask) > 0.15 * garment.model.pose.torso_px)
    assert deep.sum() > 300
    grey = cv2.GaussianBlur(cloth.rgb[:, :, 1].astype(np.float32), (0, 0), 1.5)
    across, down = (np.abs(cv2.Sobel(grey, cv2.CV_32F, *axis) / 8)[deep] for axis in ((1, 0), (0, 1)))
    assert abs(np.median(grey[deep]) - 120) < 15
    assert 5 < np.percentile(across, 99) < 11  # as they are below
    assert np.percentile(down, 99) < 5


def test_the_shadow_of_a_top_does_not_darken_the_cloth_under_it(skirt):
    top = _box(skirt, -0.2, -0.2, 1.4, 0.6)
    shadow = skirt.mask & ~top & (distance_to(top) < 0.045 * skirt.model.pose.torso_px)
    rgb = np.full_like(skirt.model.photo.rgb, 150)
    rgb[shadow] = 40
    garment = _before(replace(skirt, model=replace(skirt.model, photo=Photo(rgb))), top, "top", (220, 30, 30))
    cloth = prepare_cloth(garment)
    under = (_alpha(cloth) > 250) & top & (distance_to(shadow) > 2)
    assert shadow.sum() > 100 and under.sum() > 300
    assert np.percentile(cloth.rgb[under], 5) > 130


def test_where_trouser_legs_part_neither_has_a_step(pose_models, product_paths):
    """Where they touch each reaches a little into the other, or they would come apart on legs further apart."""
    path = next(path for path in product_paths if path.stem.startswith("trousers"))
    garment = find_garment(analyse(read_photo(path), worn="trousers"), "trousers")
    model, unit = garment.model, garment.model.pose.torso_px
    rows, columns = np.indices(garment.mask.shape)
    middle, knee = model.body.bones[[BONE["left_shin"], BONE["right_shin"]], :2].mean(0)
    part = round(knee + 0.2 * unit)
    legs = garment.mask | between(garment.mask, axis=1) & (rows > model.body.bones[BONE["pelvis"], 1])
    mask = legs & (np.abs(columns - middle) > 0.1 * (rows - part))
    labels = np.where(mask, LABEL["trousers"], np.where(legs, 0, model.parsing.labels)).astype(np.uint8)
    garment = replace(garment, mask=mask, model=replace(model, parsing=replace(model.parsing, labels=labels)))
    for leg, alpha in prepare_cloth(garment).alpha.items():
        if leg.name.endswith("shin"):
            shin = alpha[part - round(0.1 * unit) : part + round(0.3 * unit)] > 127
            inner = (shin[:, ::-1] if leg.name.startswith("right") else shin).argmax(1)
            assert np.abs(inner[4:] - inner[:-4]).max() <= 2
