"""Which of the old clothes the new garment takes the place of."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import GARMENTS, LABEL
from primerka.perception.nearby import box_of, nearest_known
from primerka.perception.pieces import outline_shares
from primerka.person import Garment
from primerka.tryon.surface.buyer import FADE, HIGHEST_WAIST, HIPS, MIN_CLOTH, MIXED, RIM_REACH, Buyer, along_at, enough, grown
from primerka.tryon.surface.cloth import Cloth
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.goes_on import chest_to_hips, inner_top, lower_garment, tucked_top
from primerka.tryon.surface.hands import hands_in_sight
from primerka.tryon.surface.parts import LOWER, SLEEVES, UNDER_COATS, assign_parts
from primerka.tryon.surface.scene import Scene
from primerka.tryon.surface.scraps import (
    ENCLOSED,
    WINDOW,
    belts_of_others,
    crumbs_beside,
    cuffs,
    enclosed,
    prints,
    scraps,
    stray_shoes,
)
from primerka.tryon.surface.sleeves import inner_sleeves
from primerka.tryon.surface.trousers import above_hem
from primerka.tryon.surface.under_coats import sticks_out

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
BESIDE = 0.05  # torso lengths beside the fitted body that a limb may lie
OUTLINE, PARTLY = 0.06, 0.3  # torso lengths beside old clothes in which an outline of them may be, and of which alpha it is
SEAM = 0.03  # torso lengths by which half of a one-piece reaches under the new garment
END = 0.05  # torso lengths of the new garment above where it is cut, beside which …
SHOULDER = 1.0  # … that half falls off so steeply: cut straight, it would have corners
HIGH_WAIST = 0.08  # of the torso length squared: so little above that is a waistband, where a top is seen …
BIB = 0.3  # … but for what reaches up further than so many torso lengths above the waist: a dress in a coat that is hardly open
PIECE = 0.25  # of what is above the waist: less of it says nothing
KEPT_AS_TOP = "the upper part of the old garment is kept as a top"
KEPT_AS_DRESS = "the old garment is kept as a dress"
BELOW_COAT = 0.05  # of the torso length squared: less that is worn on the legs says nothing of what is under a coat
EVEN = 1 / 50  # torso lengths: what is finer on the upper edge of shoes and socks is the parsing's
CHIN = 0.02  # of the torso length squared
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
    under = np.zeros_like(old)  # where an old coat's colours reach into what goes on under it
    if category == "top":
        kept = scene.mask("dress")
        old |= kept
        if not enough(scene.mask(*LOWER), buyer):
            kept |= scene.mask("outerwear")
        cut = min(_reach(buyer, new, 98) - SEAM, 0)
        kept &= buyer.along > cut + SHOULDER * _beside((new.alpha > 0.5) & (buyer.along > cut - END)) / buyer.unit
        kept &= ~grown(buyer.arms & ~buyer.hands, buyer, SEAM)  # sleeves go
        kept &= enough(kept, buyer)  # or it is the hem of something else
        old &= ~kept
        scene.labels[kept] = LABEL["skirt"]
        scene.note("the lower part of the old garment is kept as a skirt", kept, MIN_CLOTH * buyer.unit**2)
    elif category == "outerwear":
        worn = scene.mask(*UNDER_COATS)
        if not enough(worn, buyer):  # nothing else is known to be under the old coat
            kept = old & (chest_to_hips(buyer) | buyer.trunk_legs & ~buyer.arms) & (buyer.along < HIPS)
            skirt = old & (buyer.along > 0) & ~grown(buyer.arms & ~buyer.hands, buyer, SEAM)
            long = enough(skirt & (buyer.along > HIPS), buyer)
            if long and scene.mask(*LOWER, "legwear").sum() < BELOW_COAT * buyer.unit**2:  # nor below it
                kept |= skirt
                scene.labels[kept] = LABEL["dress"]
                scene.note(KEPT_AS_DRESS, kept, MIN_CLOTH * buyer.unit**2)
            else:
                scene.labels[kept] = LABEL["top"]
                scene.note(KEPT_AS_TOP, kept, MIN_CLOTH * buyer.unit**2)
            old &= ~kept
        else:
            edge = worn & chest_to_hips(buyer) & grown(old, buyer, MIXED)
            under = edge & enough(worn & ~edge, buyer)
        old |= inner_sleeves(buyer, new.all_sleeves_alpha, scene.mask(*UNDER_COATS))
    elif category in LOWER:
        dress = scene.mask("dress")
        onepiece = scene.mask("dress", *LOWER) & (buyer.along < HIGHEST_WAIST)
        # Where a top or a coat hides trousers in their photo, the dress goes on over them as a tunic.
        begins = max(_reach(buyer, new, 2), cloth.begins if category == "trousers" else -np.inf) + SEAM
        if enough(scene.mask("top"), buyer) and _is_waistband(onepiece, buyer):  # it covers the top's end
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
        above = above_hem(buyer, cloth, new, even=False)
        old |= scene.mask("left_leg", "right_leg", "legwear") & above
        boots = scene.mask("left_shoe", "right_shoe") & above
        if boots.sum() > SHAFT * buyer.unit**2:
            old |= boots
    stays = scene.mask(*GARMENTS) & ~old
    crumbs = enclosed(old, stays | belts_of_others(scene, old, buyer), buyer, WINDOW)  # shadows, prints, pockets of what stays
    for crumb in np.unique(crumbs[crumbs > 0]):
        beside = scene.labels[grown(crumbs == crumb, buyer, 0) & stays]
        if len(beside):  # in the middle of a belt it is none of theirs
            scene.labels[crumbs == crumb] = np.bincount(beside).argmax()
            old &= crumbs != crumb
    if category == "outerwear":
        old |= sticks_out(buyer, new, scene.mask(*UNDER_COATS) & ~old)
    # A hood stays on, as a hat would, and so does what a hat or hair is all around.
    over_neck = buyer.along < along_at(buyer, "neck")
    hood = _hood(buyer, old) | (enclosed(old & over_neck, scene.mask("hat", "hair"), buyer) > 0)
    old &= ~hood
    scene.labels[hood] = LABEL["hat"]
    # Belts and necklaces on what is taken off go with it.
    old |= scene.mask("other") & grown(old, buyer, 1 / 40) & ~buyer.hands & ~buyer.arms
    if category not in LOWER:  # and cuffs, prints and collars, which as a scarf would stay before everything new
        old |= cuffs(scene, buyer, old)
        crumbs = crumbs_beside(old, scene.mask("scarf"), buyer)
        scene.labels[crumbs] = LABEL["top"]
        old |= crumbs
    behind = scene.mask("background") | scene.mask(*LOWER) & ~old
    on_body = buyer.person.surface.part >= 0
    limbs = scene.mask("left_arm", "right_arm", "left_leg", "right_leg", "legwear") & grown(on_body, buyer, BESIDE)
    skin = (limbs | scene.mask("neck") & on_body) & ~hands_in_sight(scene, buyer)
    worn = np.unique(buyer.person.parsing.labels[old])
    missed = np.isin(buyer.rim, worn[worn > 0]) & grown(old, buyer, RIM_REACH)
    held = scraps(scene, buyer, old, new) | stray_shoes(scene, buyer, old) | prints(scene, buyer, old)
    scene.labels[held] = LABEL["trousers"]  # or a bag would stay before everything new
    old |= held | (enclosed(scene.mask("left_leg", "right_leg"), old, buyer) > 0)  # its holes and prints
    mixed = (
        behind & (missed | grown(old, buyer, 1 / 45)) | skin & grown(old, buyer, MIXED) | under | _outline(scene, buyer, old)
    )
    wide = cv2.morphologyEx((old | mixed).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    old |= mixed & wide  # dots and lines of the rim would be dots and lines in the look
    even = cv2.GaussianBlur(old.astype(np.float32), (0, 0), EVEN * buyer.unit) > 0.5
    return old | even & scene.mask("left_shoe", "right_shoe", "legwear")  # which have no ragged ends


def _hood(buyer: Buyer, old: np.ndarray) -> np.ndarray:
    """(H, W) bool: pieces of old clothes on the head that reach above the nose, or hide so much of a chin that nobody knows it; less is a
    collar.
    """
    on_head = old & buyer.person.surface.mask([BONE["head"]])
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(on_head.astype(np.uint8))
    stays = stats[:, cv2.CC_STAT_TOP] < buyer.person.pose["nose"][1]
    stays |= stats[:, cv2.CC_STAT_AREA] > CHIN * buyer.unit**2
    return stays[pieces] & on_head


def _outline(scene: Scene, buyer: Buyer, old: np.ndarray) -> np.ndarray:
    """(H, W) bool: what is beside old clothes and may be of the person, nearer to them than to anything that stays: an outline of them
    would be left of it. As far as the photo fades into the invented background, it is to show nothing of them.
    """
    outline, place = np.zeros_like(old), box_of(old, margin=round(2 * OUTLINE * buyer.unit) + 1)
    background, taken = scene.mask("background")[place], old[place]
    if not taken.any():
        return outline
    x, y = np.moveaxis(nearest_known(background & ~taken).astype(int), 2, 0)
    fades = grown(buyer.person.parsing.alpha[place] > PARTLY, buyer, FADE)
    outline[place] = background & fades & taken[y, x] & grown(taken, buyer, OUTLINE)
    return outline


def _is_waistband(above: np.ndarray, buyer: Buyer) -> bool:
    """Whether what a lower garment has above the waist, (H, W) bool, is its waistband, or nothing: little, and no piece of it reaches up far."""
    if above.sum() >= HIGH_WAIST * buyer.unit**2:
        return False
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(above.astype(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] > max(PIECE * above.sum(), MIN_CLOTH * buyer.unit**2)
    return not (above & large[pieces] & (buyer.along < -BIB)).any()


def _sleeves(buyer: Buyer, dress: np.ndarray) -> np.ndarray:
    """(H, W) bool: what of a dress hangs on the arms, however low."""
    if not dress.any():
        return dress
    parts = assign_parts(Garment(buyer.person, dress, "dress"))
    return np.logical_or.reduce([np.zeros_like(dress), *(parts[sleeve] for sleeve in SLEEVES if sleeve in parts)])


def _reach(buyer: Buyer, new: Drape, percentile: float) -> float:
    """How far down the body the new garment begins or ends, in torso lengths below the waist."""
    cloth = new.alpha > 0.5
    return float(np.percentile(buyer.along[cloth], percentile)) if cloth.any() else 0.0


def _beside(cloth: np.ndarray) -> np.ndarray:
    """(1, W) float: how far each column lies to the left or the right of all cloth, (H, W) bool, in pixels; 0 if there is none."""
    shown, columns = np.flatnonzero(cloth.any(0)), np.arange(cloth.shape[1])
    first, last = (shown[0], shown[-1]) if len(shown) else (0, len(columns))
    return np.maximum(np.maximum(first - columns, columns - last), 0.0)[None]


def keep_decent(scene: Scene, buyer: Buyer, cloth: Cloth, new: Drape, old: np.ndarray) -> np.ndarray:
    """What is taken off, less what nothing would cover: where the new garment leaves the trunk bare, the old one stays."""
    bare, most = old & chest_to_hips(buyer) & (new.whole_alpha < 0.5), MAX_BARE * buyer.unit**2
    if bare.sum() >= most:
        for _, goes_on in (
            lower_garment(scene, buyer, old),
            tucked_top(scene, buyer, cloth, old),
            inner_top(scene, buyer, cloth, old),
        ):
            bare &= ~goes_on
    if bare.sum() < most:
        return old
    scene.note("the product does not cover all that the old garment did: part of the old one stays on", bare)
    return old & ~bare
