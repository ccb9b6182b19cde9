"""Invented skin meets the skin that shows beside it."""

from dataclasses import replace

import cv2
import numpy as np

from primerka.body import BONE
from primerka.perception.nearby import box_of, distance_to
from primerka.tryon.surface.buyer import LEG_BONES, Buyer
from primerka.tryon.surface.hands import hands_in_sight
from primerka.tryon.surface.hidden_limbs import LEG, find_bare_limb
from primerka.tryon.surface.scene import Scene, smooth_edge
from primerka.tryon.surface.skin import FADES, MEETS, to_meet
from primerka.tryon.surface.trousers import nearer_leg

# Of what is not skin: a and b of Lab from skin as it would be there; or of its chroma; how much lighter.
OTHER_COLOUR, GREYER, LIGHTER = 14, 0.7, 30
NECK, ARMS, LEGS = ("neck",), ("left_arm", "right_arm"), ("left_leg", "right_leg")
# In torso lengths, of skin that shows:
SHADOW = 1 / 40  # what lies in the shadow of what is taken off …
EDGE = 1 / 16  # … and beyond it what the invented skin meets
LEGS_PASS, ARMS_PASS = 0.08, 0.05  # … and over which the invented skin passes into it
FINE, FINE_FADES = 1 / 60, 1 / 16  # of its edge, a mean of which is met, too, and over which that fades: knees, muscles


def meeting(scene: Scene, buyer: Buyer, old: np.ndarray) -> Buyer:
    """The buyer, whose painted skin has no step to what shows beside the old clothes that are taken off, (H, W) bool."""
    away = distance_to(old) / buyer.unit
    shown = scene.mask(*NECK, *ARMS, *LEGS) & (away > SHADOW) & (away < SHADOW + EDGE)
    if not shown.any():
        return buyer
    place = box_of(old | shown)
    photo, skin = (cv2.cvtColor(rgb[place].astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for rgb in (scene.rgb, buyer.skin))
    for reach, fades in ((MEETS, FADES), (FINE, FINE_FADES)):
        skin += to_meet(photo - skin, shown[place], reach * buyer.unit, fades * buyer.unit)
    met = cv2.cvtColor(skin, cv2.COLOR_LAB2RGB)
    painted = buyer.skin.copy()
    painted[place] = np.rint(255 * np.clip(met, 0, 1)).astype(np.uint8)
    return replace(buyer, skin=painted)


def passing(scene: Scene, buyer: Buyer, invented: np.ndarray) -> np.ndarray:
    """(H, W) float32: a matte of painted skin over the skin that shows beside what is invented of arms, of legs or of the trunk, (H, W) bool.
    There an old hem left its shadow, which would be a line across it; hands keep their own pixels. Shoes and socks have soft edges before it.
    """
    matte, place = np.zeros(invented.shape, np.float32), box_of(invented, margin=round(LEGS_PASS * buyer.unit))
    if not invented.any():
        return matte
    taken, arms, below = invented[place], buyer.arms[place], (buyer.along > 0)[place]
    alike = ~(invented | hands_in_sight(scene, buyer))[place] & _as_in_a_shadow(scene.rgb[place], buyer.skin[place])
    for labels, painted, passes in (
        (LEGS, ~arms & below, LEGS_PASS),
        (ARMS, arms, ARMS_PASS),
        (NECK, ~arms & ~below, ARMS_PASS),
    ):
        new, shown = taken & painted, scene.mask(*labels)[place] & alike
        near = np.clip(1 - distance_to(new) / (passes * buyer.unit), 0, 1)
        limb = smooth_edge(new | shown, buyer.unit) * shown  # soft at its sides alone
        matte[place] = np.maximum(matte[place], limb * near * near * (3 - 2 * near))
    shod = (scene.mask("left_shoe", "right_shoe", "legwear") & ~invented)[place]
    matte[place] = np.maximum(matte[place], smooth_edge(taken & ~arms & below, buyer.unit) * shod)
    return matte


def _as_in_a_shadow(photo: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """(H, W) bool: where a photo may show painted skin, (H, W, 3) uint8 each, in a shadow or in this light: jewellery, straps and tattoos are of
    other colours, or lighter.
    """
    photo, skin = (cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for rgb in (photo, skin))
    step, chroma = (np.linalg.norm(ab, axis=2) for ab in ((photo - skin)[:, :, 1:], skin[:, :, 1:]))
    return (step < np.minimum(OTHER_COLOUR, GREYER * chroma)) & (photo[:, :, 0] < skin[:, :, 0] + LIGHTER)


def legs_in_place(scene: Scene, buyer: Buyer, old: np.ndarray) -> Buyer:
    """The buyer, whose painted legs lie where the photo has them below what is taken off, (H, W) bool, if it shows both: the fit has them a
    little off.
    """
    bare = scene.mask("left_leg", "right_leg") & ~old
    if not (bare.any() and (old & buyer.person.surface.mask(LEG_BONES)).any()):
        return buyer
    near, skin, depths = nearer_leg(buyer), buyer.skin, buyer.person.body.bones[:, 2]
    for side in sorted(near, key=lambda side: -depths[BONE[f"{side}_shin"]]):  # the one in front is painted last
        leg = find_bare_limb(buyer.person, side, LEG, bare & near[side], old)
        if leg is None:  # one alone would lie beside the other
            return buyer
        skin = leg.carry(skin)
    return replace(buyer, skin=skin)
