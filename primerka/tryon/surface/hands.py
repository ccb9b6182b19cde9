"""The buyer's hands: which the photo shows, and where there is none to invent."""

import numpy as np

from primerka.body import BONE
from primerka.perception.nearby import distance_to
from primerka.tryon.surface.buyer import Buyer
from primerka.tryon.surface.parts import along_bone
from primerka.tryon.surface.scene import Scene

LEAST_HAND = 0.15  # of a fitted hand: less of a hand in sight is a finger, or a mistake


def nearer_hands(buyer: Buyer) -> np.ndarray:
    """(H, W) bool: what lies nearer to the fitted hands than to the rest of the fitted arms."""
    return distance_to(buyer.hands) < distance_to(buyer.arms & ~buyer.hands)


def hands_in_sight(scene: Scene, buyer: Buyer) -> np.ndarray:
    """(H, W) bool: the hands that the photo shows; the fitted ones lie a little off."""
    shown = scene.mask("left_arm", "right_arm")
    return shown & nearer_hands(buyer) if shown.any() else shown


def beside_hands_in_sight(scene: Scene, buyer: Buyer) -> np.ndarray:
    """(H, W) bool: what the fitted hands, which are open and whole, add to those in sight, which are fists, hold something, or are in pockets:
    beyond where a hand in sight begins there is nothing to invent.
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
    """(H, W) bool: fitted hands before which the photo has a top or a dress: before that they would be seen, so they are behind it. Coats and
    trousers more often have them in a pocket.
    """
    found, behind = np.zeros_like(buyer.hands), buyer.trunk_legs & scene.mask("top", "dress")
    for side in ("left", "right"):
        hand = buyer.hands & buyer.person.surface.mask([BONE[f"{side}_hand"]])
        if (hand & behind).sum() > 0.5 * hand.sum():
            found |= hand & buyer.trunk_legs
    return found
