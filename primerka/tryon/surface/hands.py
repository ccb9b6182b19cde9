"""The buyer's hands: which the photo shows, and where there is none to invent."""

import numpy as np

from primerka.body import BONE
from primerka.perception.nearby import box_of, distance_to
from primerka.tryon.surface.buyer import Buyer
from primerka.tryon.surface.parts import along_bone
from primerka.tryon.surface.scene import Scene

LEAST_HAND = 0.15  # of a fitted hand: less of a hand in sight is a finger, or a mistake
HAND_REACH = 0.3  # torso lengths that a hand in sight may lie beside the fitted one
CUFF = 0.1  # torso lengths below the wrist that a sleeve may reach …
BEYOND_CUFF = 0.1  # … but for so much of what it covers of a hand


def at_hand(buyer: Buyer, side: str) -> np.ndarray:
    """(H, W) bool: what lies near a side's fitted hand, and nearer to it than to the rest of that fitted arm."""
    fitted, reach = buyer.person.surface, HAND_REACH * buyer.unit
    found, hand = np.zeros_like(buyer.hands), fitted.mask([BONE[f"{side}_hand"]])
    if not hand.any():  # it is behind the body
        return found
    place = box_of(hand, margin=round(2 * reach))  # what is further off is nearer to nothing that counts
    to_hand, to_arm = (
        distance_to(part[place]) for part in (hand, fitted.mask([BONE[f"{side}_{name}"] for name in ("upper_arm", "forearm")]))
    )
    found[place] = (to_hand < to_arm) & (to_hand < reach)
    return found


def hands_in_sight(scene: Scene, buyer: Buyer) -> np.ndarray:
    """(H, W) bool: the hands that the photo shows; the fitted ones lie a little off."""
    found = np.zeros_like(buyer.hands)
    for side in ("left", "right"):
        arm = scene.mask(f"{side}_arm")
        if arm.any():
            found |= arm & at_hand(buyer, side)
    return found


def in_cuffs(scene: Scene, buyer: Buyer, sleeves: np.ndarray) -> np.ndarray:
    """(H, W) bool: of the hands in sight what is in the cuffs of new sleeves, whose matte is (H, W) float32. A hand of which a sleeve covers more
    is before it.
    """
    covered, found = hands_in_sight(scene, buyer) & (sleeves > 0.5), np.zeros_like(buyer.hands)
    for side in ("left", "right"):
        hand, (forearm, wrist) = covered & scene.mask(f"{side}_arm"), (BONE[f"{side}_{name}"] for name in ("forearm", "hand"))
        length = np.linalg.norm(buyer.person.body.bones[wrist, :2] - buyer.person.body.bones[forearm, :2])
        ys, xs = np.nonzero(hand)
        beyond = along_bone(buyer.person, forearm, xs, ys) - length > CUFF * buyer.unit
        if beyond.sum() <= BEYOND_CUFF * len(ys):
            found[ys, xs] = ~beyond
    return found


def not_to_invent(scene: Scene, buyer: Buyer) -> np.ndarray:
    """(H, W) bool: of the fitted hands, which are open and whole, what lies beyond where a hand in sight begins: that one is a fist, holds
    something, or is in a pocket.
    """
    in_sight, found = hands_in_sight(scene, buyer), np.zeros_like(buyer.hands)
    for side in ("left", "right"):
        fitted, shown = buyer.person.surface.mask([BONE[f"{side}_hand"]]), in_sight & scene.mask(f"{side}_arm")
        if shown.sum() > LEAST_HAND * fitted.sum():
            forearm = BONE[f"{side}_forearm"]
            along, along_shown = (along_bone(buyer.person, forearm, *np.nonzero(mask)[::-1]) for mask in (fitted, shown))
            found[fitted] |= along > np.percentile(along_shown, 10)
    return found


def hands_behind(scene: Scene, buyer: Buyer) -> np.ndarray:
    """(H, W) bool: fitted hands more than half of which lies where the photo has a top or a dress: before that they would be seen, so they are
    behind it, wholly: less of one would end along an old hem. Coats and trousers more often have them in a pocket.
    """
    found, behind = np.zeros_like(buyer.hands), buyer.trunk_legs & scene.mask("top", "dress")
    for side in ("left", "right"):
        hand = buyer.hands & buyer.person.surface.mask([BONE[f"{side}_hand"]])
        if (hand & behind).sum() > 0.5 * hand.sum():
            found |= hand & buyer.trunk_legs
    return found
