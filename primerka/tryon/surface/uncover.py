"""Fill what the old garment leaves, each pixel by its kind: cloth, skin or background."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.nearby import box_of, distance_to, nearest_known
from primerka.perception.pieces import pieces_in
from primerka.tryon.surface.between import between
from primerka.tryon.surface.buyer import ARM_BONES, COVERED, FADE, LEG_BONES, MIN_CLOTH, Buyer, along_at, enough, grown
from primerka.tryon.surface.cloth import Cloth
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.goes_on import bare_legs, hem_of, inner_top, lower_garment, tights_under, tucked_top
from primerka.tryon.surface.parts import LOWER, UNDER_COATS
from primerka.tryon.surface.quilt import quilt
from primerka.tryon.surface.scene import Scene, over, smooth_edge
from primerka.tryon.surface.shoes import MIN_SHOE, plain_shoes, shoes
from primerka.tryon.surface.skirts import go_on_along
from primerka.tryon.surface.sleeves import below_slanted_hems, over_arms, under_sleeves
from primerka.tryon.surface.trousers import above_hem
from primerka.tryon.surface.under_coats import around_coat

UNDER_HEM = 0.12  # torso lengths that the corners of a hem may be rounded
ARMHOLE = 0.25  # torso lengths below the shoulder joints, where it ends
ARMPIT = 0.1  # torso lengths below the shoulder joints, where an arm parts from the trunk
MIXED_CLOTH = 1 / 40  # torso lengths that the colours of what is taken off reach into cloth that goes on under it, with shadow
SHADED = 0.4  # of its lightness: what cloth would lose from where a leg faces the camera to where it is seen edge on …
PASSES = 0.15  # torso lengths over which it passes from what it is there to what is usual
LEAST_FACING = 0.4  # … which it never is: wide trousers go on beyond the body's edge
MEETS = 0.04  # torso lengths over which cloth that shows passes into it: where an old hem lay there would be a line
EDGE = 0.02  # torso lengths beyond what is drawn, for who blends its edge


def uncover(
    scene: Scene, buyer: Buyer, cloth: Cloth, new: Drape, old: np.ndarray, front: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The picture with the old clothes off, (H, W, 3) uint8, the label of what then shows in each pixel, (H, W) uint8, and (H, W) bool
    where cloth that shows passes into cloth that is invented.

    old, front  (H, W) bool: what is taken off or seen through a soft edge, and what lies before it
    """
    hole = old & ~front
    beside = _beside_new(buyer, new)
    if cloth.category == "outerwear":
        beside |= around_coat(buyer, new)
    armless = ~buyer.person.surface.mask(ARM_BONES) | buyer.hands & buyer.trunk_legs  # behind hands that are not there is body
    body = (buyer.person.surface.part >= 0) & armless & ~beside | buyer.arms
    if cloth.category in LOWER:  # hands that trousers hid are in pockets, or the fit has them a little off
        body &= ~buyer.arms | buyer.trunk_legs
    lower, top = (
        (worn, around & ~beside) for worn, around in (lower_garment(scene, buyer, old), inner_top(scene, buyer, cloth, old))
    )
    clothed_legs = above_hem(buyer, cloth, new)
    if lower[1].any():
        clothed_legs |= (buyer.along > 0) & (buyer.along < hem_of(buyer, lower[0]))
    legs = bare_legs(scene, buyer, old, clothed_legs)
    if legs.any():
        body = body & ~buyer.person.surface.mask(LEG_BONES) | legs
    bare = (
        body
        & ~((buyer.trunk_legs | legs) & ~buyer.arms & clothed_legs)
        & ~(under_sleeves(buyer, over_arms(buyer, new), cloth.sleeveless) & ~below_slanted_hems(buyer, new.all_sleeves_alpha))
    )
    if cloth.category in UNDER_COATS:
        bare |= _at_the_neckline(scene, buyer, new, old, bare)
    kind = np.where(bare, LABEL["neck"], LABEL["background"]).astype(np.uint8)
    kept = scene.mask("background") & ~old
    fade = distance_to(kept) / max(FADE * buyer.unit, 1)
    fade[buyer.rim > 0] = 1  # there the photo has the old garment's colours
    rgb = over(scene.rgb, buyer.background, hole * np.clip(fade, 0, 1))
    rgb = over(rgb, buyer.skin, hole * smooth_edge(bare & ~kept, buyer.unit))
    clothed, met = np.zeros_like(hole), np.zeros_like(hole)
    inner = ~front & ~grown(kept, buyer, 0)
    tights = tights_under(scene, buyer, cloth, new, old)
    shod = shoes(scene, buyer, old)
    below = _skirt if enough(lower[0] & scene.mask("skirt"), buyer) else _trouser_legs
    layers = (
        (tights, _trouser_legs),
        (tucked_top(scene, buyer, cloth, old), _cloth),
        (lower, below),
        (top, _cloth),
        (shod, plain_shoes),
    )
    for (worn, region), drawn in layers:
        if (hole & region).any():
            picture = drawn(scene, buyer, worn, region)
            rgb = over(rgb, picture, hole * smooth_edge(region & ~kept, buyer.unit))
            if drawn is not plain_shoes:
                meets = _meeting(worn & ~hole & inner, hole & region, buyer.unit)
                rgb = over(rgb, picture, meets)
                met |= meets > 0
            kind[region] = np.bincount(scene.labels[worn]).argmax() if worn.any() else LABEL["left_shoe"]
            clothed |= region
    for side in ("left", "right"):
        foot = shod[1] & buyer.person.surface.mask([BONE[f"{side}_foot"]])
        kind[foot] = LABEL[f"{side}_shoe"]
    open_to_view, least = hole & (new.whole_alpha < 0.5), MIN_CLOTH * buyer.unit**2
    scene.note("skin that the old garment covered is invented", open_to_view & bare & ~clothed & ~buyer.arms, least)
    scene.note("tights that the old garment covered are invented", open_to_view & tights[1], least)
    scene.note("shoes that the old garment covered are invented", open_to_view & shod[1], MIN_SHOE * buyer.unit**2)
    return rgb, kind, met


def _meeting(shown: np.ndarray, invented: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) float32: a matte over cloth that shows beside what is invented of it, (H, W) bool each, less the further off."""
    matte, place = np.zeros(shown.shape, np.float32), box_of(invented, margin=round(MEETS * unit) + 1)
    fades = np.clip(1.5 * (1 - distance_to(invented[place]) / (MEETS * unit)), 0, 1)
    matte[place] = fades * fades * (3 - 2 * fades) * shown[place]
    return matte


def _at_the_neckline(scene: Scene, buyer: Buyer, new: Drape, old: np.ndarray, bare: np.ndarray) -> np.ndarray:
    """(H, W) bool: shoulders beside a neckline, where the new garment lies higher than on the fitted body: between it and skin in their
    row, from the base of the neck down to the arms, and touching both.
    """
    joints = buyer.person.body.bones
    arms = max(joints[BONE[f"{side}_upper_arm"], 1] for side in ("left", "right"))
    rows = np.arange(len(old))[:, None]
    skin = bare & old | scene.mask("neck") & ~old
    garment = new.whole_alpha > 0.5
    solid = skin | garment | scene.mask("hair")
    gap = old & ~solid & between(solid, axis=1)
    gap &= (rows > joints[BONE["neck"], 1]) & (rows < arms + ARMPIT * buyer.unit)
    _, pieces = cv2.connectedComponents(gap.astype(np.uint8))
    beside_skin, beside_cloth = (pieces_in(pieces, grown(mask, buyer, 0)) for mask in (skin, garment))
    return beside_skin & beside_cloth


def _beside_new(buyer: Buyer, new: Drape) -> np.ndarray:
    """(H, W) bool: what lies to the sides of the new garment in the rows where it covers the hips and the trunk below the armpits, but not
    right under its rounded hem: the body is no wider than what is worn over it.
    """
    cloth = new.alpha > 0.5
    body = buyer.trunk_legs | buyer.person.surface.mask([BONE["chest"]]) & (
        buyer.along > along_at(buyer, "left_upper_arm", "right_upper_arm") + ARMHOLE
    )
    covered = (cloth & body).sum(1) > COVERED * np.maximum(body.sum(1), 1)
    rows = np.arange(len(cloth))[:, None]
    last = np.maximum.accumulate(np.where(cloth, rows, -len(cloth)), 0)
    over_its_end = rows < np.flatnonzero(covered).max(initial=0) - UNDER_HEM * buyer.unit
    return covered[:, None] & ~between(cloth, axis=1) & (over_its_end | (rows - last > UNDER_HEM * buyer.unit))


def _without_rim(worn: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) bool: worn cloth less the colours that are mixed with what is beside it; all of it, if it is narrow."""
    rim = 2 * max(round(MIXED_CLOTH * unit), 2) + 1
    inner = cv2.erode(worn.astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0
    return inner if inner.any() else worn


def _cloth(scene: Scene, buyer: Buyer, worn: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: worn cloth continued over its region."""
    wanted, shown = grown(region & ~worn, buyer, EDGE), _without_rim(worn, buyer.unit)
    drawn, place = scene.rgb.copy(), box_of(wanted | worn, margin=2)
    drawn[place] = quilt(scene.rgb[place], ~shown[place], wanted[place], buyer.unit, MEETS * buyer.unit)
    return drawn


def _skirt(scene: Scene, buyer: Buyer, worn: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: a worn skirt continued over all of its region."""
    return go_on_along(scene.rgb, _without_rim(worn, buyer.unit), region, buyer.unit, MEETS * buyer.unit)


def _trouser_legs(scene: Scene, buyer: Buyer, worn: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: worn cloth, darker towards the edges of legs, as round things are; as light as it is where it is seen closest."""
    rgb = _cloth(scene, buyer, worn, region)
    facing = np.maximum(buyer.facing, LEAST_FACING)
    x, y = np.moveaxis(nearest_known(~worn).astype(int), 2, 0)
    meets = np.exp(-distance_to(worn) / (PASSES * buyer.unit))
    usual = np.median(facing[worn]) + meets * (cv2.GaussianBlur(facing[y, x], (0, 0), 3) - np.median(facing[worn]))
    return np.clip(rgb * (1 + SHADED * (facing - usual))[:, :, None], 0, 255).astype(np.uint8)
