"""Take the old garment off and fill what that uncovers, each pixel by its kind: cloth, skin or background."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import GARMENTS, LABEL
from primerka.perception.nearby import distance_to, nearest_known
from primerka.perception.pieces import outline_shares
from primerka.perception.surface import silhouette
from primerka.person import Garment
from primerka.tryon.surface.buyer import ARM_BONES, HIPS, LEG_BONES, MIN_CLOTH, MIXED, RIM_REACH, Buyer, enough, grown
from primerka.tryon.surface.cloth import UNDER_COATS, Cloth, between, hull
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.fill import WORN_FOLD, cloth_fill
from primerka.tryon.surface.hidden_limbs import LEG, bare_limb, between_edges
from primerka.tryon.surface.parts import LOWER, SLEEVES, assign_parts
from primerka.tryon.surface.scene import Scene, over
from primerka.tryon.surface.scraps import ENCLOSED, crumbs_beside, enclosed, prints, scraps, stray_shoes
from primerka.tryon.surface.shoes import MIN_SHOE, plain_shoes, shoes
from primerka.tryon.surface.skirts import go_on_along
from primerka.tryon.surface.sleeves import below_slanted_hems, inner_sleeves, under_sleeves
from primerka.tryon.surface.trousers import HEM_STEP, above_hem, nearer_leg

# What each kind of garment takes the place of.
REPLACES = {
    "top": ("top", "outerwear"),
    "outerwear": ("outerwear",),
    "dress": ("top", "outerwear", "dress", "skirt", "trousers", "shorts"),
    "skirt": LOWER,
    "trousers": LOWER,
    "shorts": LOWER,
}
MAX_BARE = 0.12  # of the torso length squared: more of a bare trunk than a neckline or a short top leaves
SEAM = 0.03  # torso lengths by which half of a one-piece reaches under the new garment
COVERED = 0.6  # of a row of the body
UNDER_HEM = 0.12  # torso lengths that the corners of a hem may be rounded
SPARE = 0.03  # torso lengths beside the body that what is worn on it may reach
WAIST, SEEN = 0.1, 0.5  # torso lengths below where it begins to show, of which so much must be seen at a side
HIGHEST_WAIST = -0.1  # torso lengths below the waist
HIGH_WAIST = 0.08  # of the torso length squared: so little above that is a waistband, where a top is seen
TUCKED = 0.03  # torso lengths between a top, or the belt on it, and a waist that covers its end
ABOVE_SOCKS = 0.03  # torso lengths between legwear and what is above it
ARMHOLE = 0.25  # torso lengths below the shoulder joints, where it ends
ARMPIT = 0.1  # torso lengths below the shoulder joints, where an arm parts from the trunk
MIXED_CLOTH = 1 / 40  # torso lengths that the colours of what is taken off reach into cloth that goes on under it, with shadow
SHADED = 0.4  # of its lightness: what cloth would lose from where a leg faces the camera to where it is seen edge on …
PASSES = 0.15  # torso lengths over which it passes from what it is there to what is usual
LEAST_FACING = 0.4  # … which it never is: wide trousers go on beyond the body's edge
FADE = 1 / 60  # torso lengths over which the photo's background passes into the invented one
CRACK = 5  # pixels: narrower gaps in a leg are where thigh and shin meet
KEPT_AS_TOP = "the upper part of the old garment is kept as a top"
TRUNK_BONES = [BONE[name] for name in ("chest", "abdomen", "pelvis")]
SHAFT = 0.05  # of the torso length squared: more of shoes above a hem than their edges


def take_off(scene: Scene, buyer: Buyer, cloth: Cloth, new: Drape) -> np.ndarray:
    """(H, W) bool: the old clothes that the new garment replaces, with the rim of pixels that mix them and what is behind.

    Half of a dress or of a long coat stays where the new garment has nothing to put in its place; the scene's labels say
    what it then is.
    """
    category = cloth.category
    if category == "dress" and "lower" not in cloth.zones:  # the photo shows its upper half: the other half stays dressed
        category = "top"
    old = scene.mask(*REPLACES[category])
    if category == "top":
        kept = scene.mask("dress")
        old |= kept
        if not enough(scene.mask(*LOWER), buyer):
            kept |= scene.mask("outerwear")
        kept &= buyer.along > min(_reach(buyer, new, 98) - SEAM, 0)
        kept &= ~grown(buyer.arms & ~buyer.hands, buyer, SEAM)  # sleeves go
        kept &= enough(kept, buyer)  # or it is the hem of something else
        old &= ~kept
        scene.labels[kept] = LABEL["skirt"]
        scene.note("the lower part of the old garment is kept as a skirt", kept, MIN_CLOTH * buyer.unit**2)
    elif category == "outerwear":
        if not enough(scene.mask("top", "dress"), buyer):  # nothing else is known to be under the old coat
            kept = old & (_trunk(buyer) | buyer.trunk_legs & ~buyer.arms) & (buyer.along < HIPS)
            old &= ~kept
            scene.labels[kept] = LABEL["top"]
            scene.note(KEPT_AS_TOP, kept, MIN_CLOTH * buyer.unit**2)
        old |= inner_sleeves(buyer, new.all_sleeves_alpha, scene.mask("top", "dress"))
    elif category in LOWER:
        dress = scene.mask("dress")
        onepiece = scene.mask("dress", *LOWER) & (buyer.along < HIGHEST_WAIST)
        # Where a top or a coat hides trousers in their photo, the dress goes on over them as a tunic.
        begins = max(_reach(buyer, new, 2), cloth.begins if category == "trousers" else -np.inf) + SEAM
        if enough(scene.mask("top"), buyer) and onepiece.sum() < HIGH_WAIST * buyer.unit**2:  # it covers the top's end
            onepiece = np.zeros_like(onepiece)
        else:
            onepiece |= dress & (buyer.along < begins) | _sleeves(buyer, dress)
        scene.note(KEPT_AS_TOP, onepiece & dress, MIN_CLOTH * buyer.unit**2)
        old = (old | dress) & ~onepiece
        scene.labels[onepiece] = LABEL["top"]
        # Folds of the dress, parsed as a coat, don't hang down before what is new.
        sleeves = buyer.arms & ~buyer.hands
        below = scene.mask("top", "outerwear") & (buyer.along > begins) & ~grown(sleeves, buyer, SEAM)
        pieces, (in_dress,) = outline_shares(below, dress & old)
        folds = (in_dress > ENCLOSED)[pieces]
        scene.labels[folds] = LABEL["dress"]
        old |= folds
        # Bare legs are not wider than the trousers on them, nor are the shafts of boots.
        above = above_hem(buyer, cloth, new)
        old |= scene.mask("left_leg", "right_leg", "legwear") & above
        boots = scene.mask("left_shoe", "right_shoe") & above
        if boots.sum() > SHAFT * buyer.unit**2:
            old |= boots
    stays = scene.mask(*GARMENTS) & ~old
    crumbs = enclosed(old, stays, buyer)  # shadows, prints, pockets of what stays
    for crumb in np.unique(crumbs[crumbs > 0]):
        scene.labels[crumbs == crumb] = np.bincount(scene.labels[grown(crumbs == crumb, buyer, 0) & stays]).argmax()
    old &= crumbs == 0
    # A hood stays on, as a hat would, and so does what a hat or hair is all around.
    over_neck = buyer.along < _along_at(buyer, "neck")
    hood = old & buyer.person.surface.mask([BONE["head"]]) | (enclosed(old & over_neck, scene.mask("hat", "hair"), buyer) > 0)
    old &= ~hood
    scene.labels[hood] = LABEL["hat"]
    # Belts and necklaces on what is taken off go with it.
    old |= scene.mask("other") & grown(old, buyer, 1 / 40) & ~buyer.hands & ~buyer.arms
    if category not in LOWER:  # prints and collars, which as a scarf would stay before everything new
        crumbs = crumbs_beside(old, scene.mask("scarf"), buyer)
        scene.labels[crumbs] = LABEL["top"]
        old |= crumbs
    behind = scene.mask("background") | scene.mask(*LOWER) & ~old
    skin = (
        scene.mask("neck", "left_arm", "right_arm", "left_leg", "right_leg", "legwear")
        & ~buyer.hands
        & (buyer.person.surface.part >= 0)
    )
    worn = np.unique(buyer.person.parsing.labels[old])
    missed = np.isin(buyer.rim, worn[worn > 0]) & grown(old, buyer, RIM_REACH)
    held = scraps(scene, buyer, old, new) | stray_shoes(scene, buyer, old) | prints(scene, buyer, old)
    scene.labels[held] = LABEL["trousers"]  # or a bag would stay before everything new
    old |= held | (enclosed(scene.mask("left_leg", "right_leg"), old, buyer) > 0)  # its holes and prints
    return old | behind & (missed | grown(old, buyer, 1 / 45)) | skin & grown(old, buyer, MIXED)


def _sleeves(buyer: Buyer, dress: np.ndarray) -> np.ndarray:
    """(H, W) bool: what of a dress hangs on the arms, however low."""
    if not dress.any():
        return dress
    parts = assign_parts(Garment(buyer.person, dress, "dress"))
    return np.logical_or.reduce([np.zeros_like(dress), *(parts[sleeve] for sleeve in SLEEVES if sleeve in parts)])


def keep_decent(scene: Scene, buyer: Buyer, cloth: Cloth, new: Drape, old: np.ndarray) -> np.ndarray:
    """What is taken off, less what nothing would cover: where the new garment leaves the trunk bare, the old one stays."""
    goes_on = _lower(scene, buyer, old)[1] | _tucked_top(scene, buyer, cloth, old)[1]
    bare = old & _trunk(buyer) & (new.whole_alpha < 0.5) & ~goes_on
    if bare.sum() < MAX_BARE * buyer.unit**2:
        return old
    scene.note("the product does not cover all that the old garment did: part of the old one stays on", bare)
    return old & ~bare


def uncover(
    scene: Scene, buyer: Buyer, cloth: Cloth, new: Drape, old: np.ndarray, front: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The picture with the old clothes off, (H, W, 3) uint8, and the label of what then shows in each pixel, (H, W) uint8.

    old, front  (H, W) bool: what is taken off, and what lies before it
    """
    hole = old & ~front
    beside = _beside_new(buyer, new)
    body = (buyer.person.surface.part >= 0) & ~buyer.person.surface.mask(ARM_BONES) & ~beside | buyer.arms
    if cloth.category in LOWER:  # hands that trousers hid are in pockets, or the fit has them a little off
        body &= ~buyer.arms | buyer.trunk_legs
    lower, around = _lower(scene, buyer, old)
    lower = lower, around & ~beside
    clothed_legs = above_hem(buyer, cloth, new)
    if lower[1].any():
        clothed_legs |= (buyer.along > 0) & (buyer.along < _hem(buyer, lower[0]))
    legs = _bare_legs(scene, buyer, old, clothed_legs)
    if legs.any():
        body = body & ~buyer.person.surface.mask(LEG_BONES) | legs
    bare = (
        body
        & ~((buyer.trunk_legs | legs) & ~buyer.arms & clothed_legs)
        & ~(under_sleeves(buyer, new.whole_alpha, cloth.sleeveless) & ~below_slanted_hems(buyer, new.all_sleeves_alpha))
    )
    if cloth.category in UNDER_COATS:
        bare |= _at_the_neckline(scene, buyer, new, old, bare)
    kind = np.where(bare, LABEL["neck"], LABEL["background"]).astype(np.uint8)
    kept = (scene.mask("background") & ~old).astype(np.uint8)
    fade = cv2.distanceTransform(1 - kept, cv2.DIST_L2, 3) / max(FADE * buyer.unit, 1)
    fade[buyer.rim > 0] = 1  # there the photo has the old garment's colours
    rgb = over(scene.rgb, buyer.background, hole * np.clip(fade, 0, 1))
    rgb = over(rgb, buyer.skin, hole * _soft(bare))
    clothed = np.zeros_like(hole)
    tights, shod = _tights(scene, buyer, cloth, new, old), shoes(scene, buyer, old)
    tops = [_inner_top(scene, buyer, cloth, old), _tucked_top(scene, buyer, cloth, old)]
    below = _skirt if enough(lower[0] & scene.mask("skirt"), buyer) else _trouser_legs
    layers = (
        (tights, _trouser_legs),
        *((top, _cloth) for top in tops),
        (lower, below),
        (shod, _cloth if shod[0].any() else plain_shoes),
    )
    for (worn, region), drawn in layers:
        if (hole & region).any():
            rgb = over(rgb, drawn(scene, buyer, worn, region), hole * _soft(region))
            kind[region] = np.bincount(scene.labels[worn]).argmax() if worn.any() else LABEL["left_shoe"]
            clothed |= region
    for side in ("left", "right"):
        foot = shod[1] & buyer.person.surface.mask([BONE[f"{side}_foot"]])
        kind[foot] = LABEL[f"{side}_shoe"]
    open_to_view, least = hole & (new.whole_alpha < 0.5), MIN_CLOTH * buyer.unit**2
    scene.note("skin that the old garment covered is invented", open_to_view & bare & ~clothed & ~buyer.arms, least)
    scene.note("tights that the old garment covered are invented", open_to_view & tights[1], least)
    scene.note("shoes that the old garment covered are invented", open_to_view & shod[1], MIN_SHOE * buyer.unit**2)
    return rgb, kind


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
    between_both = [np.isin(pieces, np.unique(pieces[grown(mask, buyer, 0)])) for mask in (skin, garment)]
    return gap & np.logical_and.reduce(between_both)


def _beside_new(buyer: Buyer, new: Drape) -> np.ndarray:
    """(H, W) bool: what lies to the sides of the new garment in the rows where it covers the hips and the trunk below the armpits, but not
    right under its rounded hem: the body is no wider than what is worn over it.
    """
    cloth = new.alpha > 0.5
    body = buyer.trunk_legs | buyer.person.surface.mask([BONE["chest"]]) & (
        buyer.along > _along_at(buyer, "left_upper_arm", "right_upper_arm") + ARMHOLE
    )
    covered = (cloth & body).sum(1) > COVERED * np.maximum(body.sum(1), 1)
    rows = np.arange(len(cloth))[:, None]
    last = np.maximum.accumulate(np.where(cloth, rows, -len(cloth)), 0)
    over_its_end = rows < np.flatnonzero(covered).max(initial=0) - UNDER_HEM * buyer.unit
    return covered[:, None] & ~between(cloth, axis=1) & (over_its_end | (rows - last > UNDER_HEM * buyer.unit))


def _along_at(buyer: Buyer, *joints: str) -> float:
    """How far below the waist joints lie in the mean, in torso lengths; negative above it."""
    places = np.rint(buyer.person.body.bones[[BONE[joint] for joint in joints], :2]).astype(int)
    x, y = np.clip(places, 0, np.array(buyer.along.shape[::-1]) - 1).T
    return float(buyer.along[y, x].mean())


def _reach(buyer: Buyer, new: Drape, percentile: float) -> float:
    """How far down the body the new garment begins or ends, in torso lengths below the waist."""
    cloth = new.alpha > 0.5
    return float(np.percentile(buyer.along[cloth], percentile)) if cloth.any() else 0.0


def _soft(mask: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)


def _without_rim(worn: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) bool: worn cloth less the colours that are mixed with what is beside it; all of it, if it is narrow."""
    rim = 2 * max(round(MIXED_CLOTH * unit), 2) + 1
    inner = cv2.erode(worn.astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0
    return inner if inner.any() else worn


def _cloth(scene: Scene, buyer: Buyer, worn: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: worn cloth continued everywhere."""
    return cloth_fill(scene.rgb, ~_without_rim(worn, buyer.unit), WORN_FOLD * buyer.unit)


def _skirt(scene: Scene, buyer: Buyer, worn: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: a worn skirt continued over all of its region."""
    return go_on_along(scene.rgb, _without_rim(worn, buyer.unit), region, buyer.unit)


def _trouser_legs(scene: Scene, buyer: Buyer, worn: np.ndarray, region: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: worn cloth, darker towards the edges of legs, as round things are; as light as it is where it is seen closest."""
    rgb = _cloth(scene, buyer, worn, region)
    facing = np.maximum(buyer.facing, LEAST_FACING)
    x, y = np.moveaxis(nearest_known(~worn).astype(int), 2, 0)
    meets = np.exp(-distance_to(worn) / (PASSES * buyer.unit))
    usual = np.median(facing[worn]) + meets * (cv2.GaussianBlur(facing[y, x], (0, 0), 3) - np.median(facing[worn]))
    return np.clip(rgb * (1 + SHADED * (facing - usual))[:, :, None], 0, 255).astype(np.uint8)


def _trunk(buyer: Buyer) -> np.ndarray:
    """(H, W) bool: chest and belly, below the collar bones."""
    return buyer.person.surface.mask(TRUNK_BONES)


def _inner_top(scene: Scene, buyer: Buyer, cloth: Cloth, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What shows of the top or dress under a coat that is taken off, and where it must be: (H, W) bool each."""
    worn = scene.mask("top", "dress") & ~old
    if cloth.category != "outerwear" or not enough(worn, buyer):
        return worn, np.zeros_like(worn)
    shoulders = buyer.person.surface.mask([BONE["left_clavicle"], BONE["right_clavicle"]])
    inside = _trunk(buyer) & (buyer.along < 0.1) | shoulders
    if enough(scene.mask("dress"), buyer):
        inside |= _around_legs(buyer, worn, old, skirt=True)
    return worn, worn | inside


def _tucked_top(scene: Scene, buyer: Buyer, cloth: Cloth, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What shows of the top over a lower garment that is taken off, and where it must be: it goes on behind the old waist, if it
    reached that. The new waist may be lower.
    """
    worn = scene.mask("top") & ~old
    nothing = worn, np.zeros_like(worn)
    if cloth.category not in LOWER or not enough(worn, buyer):
        return nothing
    trunk = silhouette(buyer.person.body, *old.shape, TRUNK_BONES) & (buyer.along < HIPS)  # behind hands, too
    waist = old & trunk & ~np.vstack([np.zeros_like(old[:1]), old[:-1]])  # the old garment's upper edge
    reached = waist & grown(worn | scene.mask("other"), buyer, TUCKED)
    if reached.sum() < 0.5 * waist.sum():
        return nothing
    return worn, worn | trunk & old


def _lower(scene: Scene, buyer: Buyer, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What shows of the lower garment that stays, and where it must be: hips and legs from the waist to its hem."""
    worn = scene.mask(*LOWER) & ~old
    if not enough(worn, buyer):
        return worn, np.zeros_like(worn)
    around = _around_legs(buyer, worn, old, skirt=enough(worn & scene.mask("skirt"), buyer))
    return worn, worn | around & ~(buyer.arms & ~buyer.hands)  # a hand may be in a pocket


def _tights(scene: Scene, buyer: Buyer, cloth: Cloth, new: Drape, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What shows of tights under a skirt or a dress that is taken off, and where they must be: the legs, up from their lowest
    place. Legwear that ends below bare skin is socks.
    """
    worn, skirt = scene.mask("legwear") & ~old, scene.mask("skirt", "dress") & old
    if not enough(worn, buyer) or not enough(skirt, buyer):
        return worn, np.zeros_like(worn)
    bottom = np.percentile(buyer.along[worn], 98)
    ends = worn & ~np.vstack([np.zeros_like(worn[:1]), worn[:-1]])
    bare = scene.mask("left_leg", "right_leg") & ~old
    if (ends & grown(bare, buyer, ABOVE_SOCKS)).sum() > (ends & grown(skirt, buyer, ABOVE_SOCKS)).sum():
        return worn, np.zeros_like(worn)
    legs = _slim_legs(buyer, worn, old)
    if not legs.any():
        legs = buyer.person.surface.mask(LEG_BONES)
    trousers, step = above_hem(buyer, cloth, new), max(round(HEM_STEP * buyer.unit), 1)
    # Beside trousers no tights show, but a little above their hem.
    legs &= ~(trousers & np.vstack([trousers[step:], np.zeros_like(trousers[:step])]))
    return worn, worn | legs & (buyer.along < bottom)


def _around_legs(buyer: Buyer, worn: np.ndarray, old: np.ndarray, skirt: bool) -> np.ndarray:
    """(H, W) bool: where what is worn on hips and legs must be, from the waist to its hem. A skirt that shows its hem is the least
    convex shape around the hips and what shows of it; one whose sides the old garment hides is as wide as the legs. Trousers of which
    it hides more than the hips are two legs as wide as what shows of them.
    """
    hem = _hem(buyer, worn)
    around = grown(buyer.trunk_legs, buyer, SPARE) & (buyer.along > HIGHEST_WAIST) & (buyer.along < hem)
    if not skirt:
        around &= _as_wide(buyer, worn)
        hides_legs = enough(old & around & (buyer.along > HIPS), buyer)
        legs = _trousered_legs(buyer, worn, old) if hides_legs else np.zeros_like(worn)
        hips = silhouette(buyer.person.body, *worn.shape, [BONE["pelvis"], BONE["abdomen"]])
        return around & hips | legs if legs.any() else around
    lowest = worn & (buyer.along > hem - HEM_STEP)
    beside_old = (grown(lowest, buyer, 0) & old).any(1) & lowest.any(1)
    if beside_old.sum() < 0.5 * lowest.any(1).sum():
        return hull(around & (buyer.along < HIPS) | worn & (buyer.along > HIGHEST_WAIST)) & (buyer.along < hem)
    return around | np.maximum.accumulate(around, 1) & np.flip(np.maximum.accumulate(np.flip(around, 1), 1), 1)


def _as_wide(buyer: Buyer, worn: np.ndarray) -> np.ndarray:
    """(H, W) bool: above where what is worn begins to show, as far beside the body as it lies there, on each side where it is seen
    before the background; below that, everywhere.
    """
    body, background = buyer.trunk_legs, buyer.person.parsing.mask("background")
    rows = np.flatnonzero((worn & body).sum(1) > COVERED * np.maximum(body.sum(1), 1))
    wide = np.ones_like(worn)
    if not len(rows):
        return wide
    shown, columns = rows[rows < rows[0] + WAIST * buyer.unit], np.arange(worn.shape[1])
    for side in (slice(None), slice(None, None, -1)):
        cloth_edge, body_edge = (mask[:, side].argmax(1) for mask in (worn, body))
        outside = np.maximum(cloth_edge[shown] - 3, 0)
        seen = background[:, side][shown, outside]
        if seen.sum() < SEEN * len(shown):
            continue
        beyond = np.median((body_edge - cloth_edge)[shown][seen])
        wide[: rows[0], side] &= columns >= (body_edge - beyond)[: rows[0], None]
    return wide


def _bare_legs(scene: Scene, buyer: Buyer, old: np.ndarray, clothed: np.ndarray) -> np.ndarray:
    """(H, W) bool: where legs show, and would show that the old garment covers, if the new one does not."""
    hidden = old & buyer.person.surface.mask(LEG_BONES) & ~clothed
    if not enough(hidden, buyer):
        return np.zeros_like(old)
    skin = scene.mask("left_leg", "right_leg")  # tights go on as the fitted leg has them
    shown = skin & ~old
    legs = _slim_legs(buyer, shown, old)
    return legs | shown | skin & grown(shown, buyer, MIXED) if legs.any() else legs


def _slim_legs(buyer: Buyer, shown: np.ndarray, old: np.ndarray) -> np.ndarray:
    """(H, W) bool: legs, bare or in tights, that the old garment hides, so that they meet what shows of them below it; nothing where the two
    can't be told apart.
    """
    limbs = [bare_limb(buyer.person, side, LEG, shown & nearer, old) for side, nearer in nearer_leg(buyer).items()]
    legs = [limb.hidden() if limb else np.zeros_like(old) for limb in limbs]
    if not all(leg.any() for leg in legs):
        return np.zeros_like(old)
    return cv2.medianBlur(np.logical_or(*legs).astype(np.uint8), CRACK) > 0


def _trousered_legs(buyer: Buyer, shown: np.ndarray, old: np.ndarray) -> np.ndarray:
    """(H, W) bool: the same of legs in trousers, whose edges are straight."""
    found = np.zeros_like(shown)
    for side, nearer in nearer_leg(buyer).items():
        leg = between_edges(buyer.person, side, shown & nearer, old)
        if not leg.any():
            return leg
        found |= leg
    # Where the legs are one below the old garment, so they are under it.
    rows = np.where(old, len(old) - 1, np.arange(len(old))[:, None])
    below = np.take_along_axis(shown, np.minimum.accumulate(rows[::-1])[::-1], 0)
    return found | below & old & np.maximum.accumulate(found, 1) & np.maximum.accumulate(found[:, ::-1], 1)[:, ::-1]


def _hem(buyer: Buyer, worn: np.ndarray) -> float:
    """Where what is worn ends, in torso lengths below the waist."""
    return float(np.percentile(buyer.along[worn], 98))
