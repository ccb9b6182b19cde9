"""What only the old garment held: pieces of cloth, bags, tails and trains that go with it, though they were parsed as something else."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import GARMENTS, LABEL
from primerka.perception.nearby import distance_to
from primerka.perception.pieces import at_the_edge, outline_shares, pieces_in
from primerka.tryon.surface.buyer import HIPS, Buyer, enough, grown
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.hands import at_hand
from primerka.tryon.surface.parts import LOWER
from primerka.tryon.surface.scene import Scene

MAX_SCRAP = 0.04  # of the torso length squared: a piece of cloth that hangs on nothing once the old garment is off, is of it
MAX_BAG = 0.5  # likewise, of a bag: larger, it is something else
CUFF = 0.3  # of its outline: so much of a cuff lies at its sleeve …
LEAST_CUFF = 0.01  # … and so large it is, of the torso length squared: less is a watch
LEAST_HELD = 0.01  # of the torso length squared: less of a bag beside a hand is a fold of the old garment …
FOLD = 0.3  # … if so much of its outline lies at that
STRAP = 0.05  # torso lengths between a bag and the new garment or a fitted hand: closer, a strap may hold it that the parsing missed
ENCLOSED = 0.7  # of a piece's outline: with so much of another garment around it, it is of that one …
WHOLLY = 0.95  # … and a larger one with nearly all of it
WINDOW = 0.08  # of the torso length squared: as large is what seems to be a window in a closed coat
FOOT_BONES = [BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("shin", "foot")]
SHOE_REACH = 0.25  # torso lengths around fitted feet in which the photo's are


def scraps(scene: Scene, buyer: Buyer, old: np.ndarray, new: Drape) -> np.ndarray:
    """(H, W) bool: pieces of cloth or of what is carried, parsed as something else, that only the old garment held: small ones, and
    bags and tails of coats that would hang in the air, beside neither a hand nor the new garment. What the picture cuts off may be
    the end of something large; a piece of a garment that stays is not of the old one.
    """
    rest = (scene.labels != LABEL["background"]) & ~old
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(rest.astype(np.uint8))
    areas, unit_area = stats[:, cv2.CC_STAT_AREA], buyer.unit**2
    small = areas < MAX_SCRAP * unit_area
    stays = [LABEL[name] for name in GARMENTS if enough(scene.mask(name) & ~small[pieces] & ~old, buyer)]
    bags, tails = (
        np.bincount(pieces[rest & mask], minlength=len(areas)) > 0.5 * areas
        for mask in (scene.mask("bag"), scene.mask("top", "outerwear"))
    )
    tails &= np.bincount(pieces[rest & (buyer.along < HIPS)], minlength=len(areas)) == 0
    may_hold = (new.whole_alpha > 0.5) | buyer.hands
    strapped = np.unique(pieces[grown(may_hold, buyer, STRAP)])
    small |= (bags | tails) & (areas < MAX_BAG * unit_area) & ~np.isin(np.arange(len(areas)), strapped)
    small[0] = False
    body = np.bincount(pieces[rest & ~scene.mask(*GARMENTS, "legwear", "bag", "scarf", "other")], minlength=len(small))
    held = np.bincount(pieces[rest & grown(old, buyer, 0)], minlength=len(small))
    body += np.where(tails, 0, np.bincount(pieces[rest & np.isin(scene.labels, stays)], minlength=len(small)))
    small[at_the_edge(pieces)] = False
    return (small & (body == 0) & (held > 0))[pieces]


def stray_shoes(scene: Scene, buyer: Buyer, old: np.ndarray) -> np.ndarray:
    """(H, W) bool: what is parsed as shoes at the old garment's hem, far from the feet: its train."""
    shoes, held = scene.mask("left_shoe", "right_shoe"), grown(old, buyer, 0)
    feet = buyer.person.surface.mask(FOOT_BONES)
    if not ((shoes & held).any() and feet.any()):
        return np.zeros_like(shoes)
    _, pieces = cv2.connectedComponents(shoes.astype(np.uint8))
    at_feet = distance_to(feet) < SHOE_REACH * buyer.unit
    return pieces_in(pieces, held) & ~pieces_in(pieces, at_feet)


def prints(scene: Scene, buyer: Buyer, old: np.ndarray) -> np.ndarray:
    """(H, W) bool: what is parsed as another garment, or as something small that is carried, but what is taken off is all around it: its
    prints, pockets and folds. A bag beside a hand or an arm may be held by it; very little of one between it and what is taken off is a fold, too.
    """
    around = old | belts_at(scene, old, buyer)
    inside = np.zeros_like(old)
    for name in (*GARMENTS, "scarf"):
        inside |= enclosed(scene.mask(name) & ~old, around, buyer, WINDOW if name in LOWER else MAX_SCRAP) > 0
    bag, arms = scene.mask("bag") & ~old, scene.mask("left_arm", "right_arm")
    pieces, (at_old,) = outline_shares(bag, around)
    large = np.bincount(pieces.ravel()) > LEAST_HELD * buyer.unit**2
    held = pieces_in(pieces, grown(buyer.hands | arms, buyer, STRAP)) & (large | (at_old < FOLD))[pieces]
    return inside | (enclosed(bag, around | arms, buyer) > 0) & ~held


def crumbs_beside(old: np.ndarray, mask: np.ndarray, buyer: Buyer) -> np.ndarray:
    """(H, W) bool: the pieces of a mask that are too small to be what they were taken for, and touch what is taken off."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    small = stats[:, cv2.CC_STAT_AREA] < MAX_SCRAP * buyer.unit**2
    small[at_the_edge(pieces)] = False  # the end of something large, perhaps
    return small[pieces] & pieces_in(pieces, grown(old, buyer, 0))


def cuffs(scene: Scene, buyer: Buyer, old: np.ndarray) -> np.ndarray:
    """(H, W) bool: what is parsed as a bracelet or the like, but goes on from an old sleeve, above the hand."""
    small = scene.mask("other")
    if not (small & buyer.arms).any():
        return np.zeros_like(small)
    pieces, (held,) = outline_shares(small, old)
    hands = at_hand(buyer, "left") | at_hand(buyer, "right")
    area, on_arm, on_hand = (np.bincount(pieces[small & where], minlength=len(held)) for where in (small, buyer.arms, hands))
    cuff = (area > LEAST_CUFF * buyer.unit**2) & (held > CUFF) & (2 * on_arm > area) & (2 * on_hand < area)
    cuff[at_the_edge(pieces)] = False
    return small & cuff[pieces]


def enclosed(mask: np.ndarray, by: np.ndarray, buyer: Buyer, largest: float = MAX_SCRAP) -> np.ndarray:
    """(H, W) int32: the small pieces of a mask that another mask is around, numbered; 0 elsewhere. What the picture cuts off may
    be the end of something large.

    largest  of the torso length squared: how large what is wholly enclosed may be
    """
    pieces, (inside,) = outline_shares(mask, by)
    share = np.bincount(pieces.ravel()) / buyer.unit**2
    small = (share < MAX_SCRAP) & (inside > ENCLOSED) | (share < largest) & (inside > WHOLLY)
    small[at_the_edge(pieces)] = False
    return np.where(small[pieces], pieces, 0)


def belts_at(scene: Scene, worn: np.ndarray, buyer: Buyer) -> np.ndarray:
    """(H, W) bool: belts and the like, whole ones, that touch what is worn, (H, W) bool."""
    _, belts = cv2.connectedComponents(scene.mask("other").astype(np.uint8))
    return pieces_in(belts, grown(worn, buyer, 0))


def belts_of_others(scene: Scene, old: np.ndarray, buyer: Buyer) -> np.ndarray:
    """(H, W) bool: belts and the like that touch nothing large of what is taken off, (H, W) bool."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(old.astype(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] > WINDOW * buyer.unit**2
    return scene.mask("other") & ~belts_at(scene, old & large[pieces], buyer)
