"""What goes on under what is taken off, worn things and bare legs: how much of it shows, and where it must be."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.perception.surface import silhouette
from primerka.tryon.surface.between import between, hull
from primerka.tryon.surface.buyer import COVERED, HIGHEST_WAIST, HIPS, LEG_BONES, MIXED, Buyer, enough, grown
from primerka.tryon.surface.cloth import Cloth
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.hidden_limbs import LEG, between_edges, find_bare_limb
from primerka.tryon.surface.parts import LOWER
from primerka.tryon.surface.scene import Scene
from primerka.tryon.surface.trousers import HEM_STEP, above_hem, nearer_leg

SPARE = 0.03  # torso lengths beside the body that what is worn on it may reach
WAIST, SEEN = 0.1, 0.5  # torso lengths below where it begins to show, of which so much must be seen at a side
LEAST_TOP = 0.1  # torso lengths below the waist: so far down a top goes on under a coat, and further where it is seen there
TUCKED = 0.03  # torso lengths between a top, or the belt on it, and a waist that covers its end
ABOVE_SOCKS = 0.03  # torso lengths between legwear and what is above it
CRACK = 5  # pixels: narrower gaps in a leg are where thigh and shin meet
CHEST_TO_HIPS = [BONE[name] for name in ("chest", "abdomen", "pelvis")]


def chest_to_hips(buyer: Buyer) -> np.ndarray:
    """(H, W) bool: the trunk from the collar bones down to the hips."""
    return buyer.person.surface.mask(CHEST_TO_HIPS)


def inner_top(scene: Scene, buyer: Buyer, cloth: Cloth, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What shows of the top or dress under a coat that is taken off, and where it must be: (H, W) bool each."""
    worn = scene.mask("top", "dress") & ~old
    if cloth.category != "outerwear" or not enough(worn, buyer):
        return worn, np.zeros_like(worn)
    shoulders = buyer.person.surface.mask([BONE["left_clavicle"], BONE["right_clavicle"]])
    trunk = chest_to_hips(buyer)
    on_trunk = worn & trunk  # its sleeves hang lower
    hem = max(hem_of(buyer, on_trunk), LEAST_TOP) if enough(on_trunk, buyer) else LEAST_TOP
    inside = trunk & (buyer.along < hem) | shoulders
    if enough(scene.mask("dress"), buyer):
        inside |= _around_legs(buyer, worn, old, skirt=True)
    return worn, worn | inside


def tucked_top(scene: Scene, buyer: Buyer, cloth: Cloth, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What shows of the top over a lower garment that is taken off, and where it must be: it goes on behind the old waist, if it
    reached that. The new waist may be lower.
    """
    worn = scene.mask("top") & ~old
    nothing = worn, np.zeros_like(worn)
    if cloth.category not in LOWER or not enough(worn, buyer):
        return nothing
    trunk = silhouette(buyer.person.body, *old.shape, CHEST_TO_HIPS) & (buyer.along < HIPS)  # behind hands, too
    waist = old & trunk & ~np.vstack([np.zeros_like(old[:1]), old[:-1]])  # the old garment's upper edge
    reached = waist & grown(worn | scene.mask("other"), buyer, TUCKED)
    if reached.sum() < 0.5 * waist.sum():
        return nothing
    return worn, worn | trunk & old


def lower_garment(scene: Scene, buyer: Buyer, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What shows of the lower garment that stays, and where it must be: hips and legs from the waist to its hem."""
    worn = scene.mask(*LOWER) & ~old
    if not enough(worn, buyer):
        return worn, np.zeros_like(worn)
    around = _around_legs(buyer, worn, old, skirt=enough(worn & scene.mask("skirt"), buyer))
    return worn, worn | around & ~(buyer.arms & ~buyer.hands)  # a hand may be in a pocket


def tights_under(scene: Scene, buyer: Buyer, cloth: Cloth, new: Drape, old: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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
    hem = hem_of(buyer, worn)
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
    return around | between(around, axis=1)


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


def bare_legs(scene: Scene, buyer: Buyer, old: np.ndarray, clothed: np.ndarray) -> np.ndarray:
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
    limbs = [find_bare_limb(buyer.person, side, LEG, shown & nearer, old) for side, nearer in nearer_leg(buyer).items()]
    legs = [limb.hidden() if limb else np.zeros_like(old) for limb in limbs]
    if not all(leg.any() for leg in legs):
        return np.zeros_like(old)
    return cv2.medianBlur(np.logical_or(*legs).astype(np.uint8), CRACK) > 0


def _trousered_legs(buyer: Buyer, shown: np.ndarray, old: np.ndarray) -> np.ndarray:
    """(H, W) bool: legs in trousers that the old garment hides, so that they meet what shows of them below it, their edges straight; nothing
    where the two can't be told apart.
    """
    found = np.zeros_like(shown)
    for side, nearer in nearer_leg(buyer).items():
        leg = between_edges(buyer.person, side, shown & nearer, old)
        if not leg.any():
            return leg
        found |= leg
    # Where the legs are one below the old garment, so they are under it.
    rows = np.where(old, len(old) - 1, np.arange(len(old))[:, None])
    below = np.take_along_axis(shown, np.minimum.accumulate(rows[::-1])[::-1], 0)
    return found | below & old & between(found, axis=1)


def hem_of(buyer: Buyer, worn: np.ndarray) -> float:
    """Where what is worn ends, in torso lengths below the waist."""
    return float(np.percentile(buyer.along[worn], 98))
