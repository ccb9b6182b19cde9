"""Dress a prepared buyer in prepared cloth: what lies before the new garment, and the order of the layers."""

import cv2
import numpy as np

from primerka.parsing import LABEL, SKIN
from primerka.perception.guided_filter import guided_filter
from primerka.perception.nearby import box_of, distance_to, nearest_known
from primerka.tryon.surface.armpits import with_armpits
from primerka.tryon.surface.buyer import COVERED, MIXED, Buyer, grown
from primerka.tryon.surface.cloth import Cloth
from primerka.tryon.surface.drape import Drape, drape, without
from primerka.tryon.surface.hands import hands_behind, hands_in_sight, in_cuffs
from primerka.tryon.surface.meeting_skin import legs_in_place, meeting, passing
from primerka.tryon.surface.parts import LOWER
from primerka.tryon.surface.scene import Scene, over, smooth_edge
from primerka.tryon.surface.sleeves import arms_in_place, let_out, under_caps
from primerka.tryon.surface.slits import without_slits
from primerka.tryon.surface.take_off import keep_decent, take_off
from primerka.tryon.surface.trousers import TROUSERS, without_holes
from primerka.tryon.surface.uncover import uncover

# What is always in front of a new garment, and what is in front of a new lower garment.
FRONT = ("face", "hair", "hat", "glasses", "bag", "scarf")
SOFT_EDGED = ("hair", "hat", "bag", "scarf", "left_arm", "right_arm")
OVER_LOWER = ("top", "outerwear", "left_arm", "right_arm")
CERTAIN = 0.75  # of 178 held-out garments 50 are less certain, 25 of the 31 whose label overlaps by less than 0.6 among them
HEM, SPREADS = 0.1, 0.35  # torso lengths of its last rows; how far it spreads to either side below them, in their length
CORNER = 0.04  # torso lengths
RADIUS = 3  # pixels of the filter that softens edges
SOFT = np.ones((5, 5), np.uint8)  # around a pixel: as far as this reaches from it an edge makes it soft


def dress(scene: Scene, buyer: Buyer, cloth: Cloth) -> Drape:
    """Put one garment on; changes the scene. Returns the garment as it was laid on the body."""
    new = drape(cloth, buyer.person)
    if cloth.category in TROUSERS:
        new = without_holes(new, buyer, cloth)
    new = with_armpits(without_slits(new, buyer), buyer, cloth)
    if cloth.category in LOWER:
        new = without(new, smooth_edge(_beside_what_lies_over(scene, buyer), buyer.unit))
    old = keep_decent(scene, buyer, cloth, new, take_off(scene, buyer, cloth, new))
    scene.cover(old)
    buyer = meeting(scene, legs_in_place(scene, arms_in_place(scene, buyer, old), old), old)
    front, arms = _in_front(scene, buyer, cloth.category, old, new.sleeve_alpha)
    # Through a soft edge the old clothes would be seen.
    open_to_view = old | (front > 0) & (front < 1) & scene.mask(*SOFT_EDGED) & grown(old, buyer, 0)
    out, kind, met = uncover(scene, buyer, cloth, new, open_to_view, front > 0.99)
    uncovered = old & (kind == LABEL["neck"]) & grown(old & ~scene.mask(*SKIN), buyer, MIXED)  # and not bare before
    passes = passing(scene, buyer, uncovered & (new.whole_alpha < 0.5))
    out = over(out, buyer.skin, passes)

    trunk_alpha = new.alpha * (1 - arms)
    # A hand that old trousers hide is in their pocket, and goes into the pocket of the new ones.
    uncovered_arms = old & buyer.arms & (kind == LABEL["neck"]) & (cloth.category not in LOWER)
    seen_arms = buyer.arms & ~hands_behind(scene, buyer)
    seen_arms &= ~(under_caps(buyer, new.whole_alpha, cloth.sleeveless) & (trunk_alpha > 0.5))
    arm_alpha = smooth_edge(seen_arms, buyer.unit) * (uncovered_arms & seen_arms)
    out = over(out, new.rgb, trunk_alpha)
    out = over(out, buyer.skin, arm_alpha)
    out = over(out, new.sleeve_rgb, new.sleeve_alpha)
    invented = buyer.arms & (buyer.person.parsing.labels > 0)  # where the fit has an arm beside the person there is none
    every_arm = ((arms > 0) | invented) & ~buyer.hands
    wider_rgb, wider_alpha = let_out(new.all_sleeves_rgb, new.all_sleeves_alpha, every_arm, buyer)
    out = over(out, wider_rgb, wider_alpha)
    out = over(out, _own_colours(scene.rgb, front), front)

    alpha = np.maximum.reduce([trunk_alpha, new.sleeve_alpha, wider_alpha]) * (1 - front)
    changed = (open_to_view | met | (alpha > 0.004) | (passes > 0)) & ~buyer.person.parsing.mask("face")
    scene.rgb = np.where(changed[:, :, None], out, scene.rgb)
    scene.labels = np.where(old, kind, scene.labels)
    scene.labels[alpha > 0.5] = LABEL[cloth.category]
    scene.cover(alpha > 0.5)
    scene.changed |= changed
    for part in new.unsure:
        scene.warnings.append(
            f"the product photo does not show the {part.replace('_', ' ')} well: it is made from the other side"
        )
    if cloth.garment.certainty < CERTAIN:
        scene.warnings.append(f"the {cloth.category} is hard to tell apart in the product photo: look at how it is cut out")
    if cloth.filled > 0.03:
        scene.warnings.append(f"{100 * cloth.filled:.0f} % of the {cloth.category} is hidden in the product photo and invented")
    return new


def _beside_what_lies_over(scene: Scene, buyer: Buyer) -> np.ndarray:
    """(H, W) bool: the rows of the body that a top or a coat covers, beside it and the body: what is under it does not stick out
    there, and below its hem not at once.
    """
    over = scene.mask("top", "outerwear")
    covered = np.flatnonzero((over & buyer.trunk_legs).sum(1) > COVERED * buyer.trunk_legs.sum(1))
    if not len(covered):
        return np.zeros_like(over)
    rows, columns = np.indices(over.shape)
    left, right = over.argmax(1), over.shape[1] - 1 - over[:, ::-1].argmax(1)
    hem = covered[covered > covered[-1] - HEM * buyer.unit]
    below = rows > covered[-1]
    room = np.where(below, SPREADS * (rows - covered[-1]), 0)
    left, right = (np.where(below, widest, side[rows]) for side, widest in ((left, left[hem].min()), (right, right[hem].max())))
    beside = (np.isin(rows, covered) | below) & ((columns < left - room) | (columns > right + room))
    return beside & ~buyer.trunk_legs


def _in_front(scene: Scene, buyer: Buyer, category: str, old: np.ndarray, sleeves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) float32 mattes: what stays before everything new, and bare arms, which stay before all but sleeves. Where an arm is in front, as hands
    are, it is in both, but for its soft edge.

    old      (H, W) bool: what is taken off; what hands wear stays before new trousers, and a belt that touches nothing old
    sleeves  (H, W) float32: the matte of the new sleeves before the trunk
    """
    arms = scene.mask("left_arm", "right_arm")
    front = scene.mask(*FRONT) | hands_in_sight(scene, buyer) & ~in_cuffs(scene, buyer, sleeves)
    if category in LOWER:
        front |= scene.mask(*OVER_LOWER) | scene.mask("other") & ~old
    arms = _rounded(arms, scene.mask("neck"), buyer.unit)
    arms &= ~front | _inside(arms)
    return _matte(front, scene.rgb), arms.astype(np.float32)


def _rounded(arms: np.ndarray, neck: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) bool: bare arms and bare shoulders, (H, W) bool each, with a smooth border between them: the fitted body, whose faces say where
    it is, has corners there.
    """
    if not arms.any():
        return arms
    place = box_of(arms, margin=round(3 * CORNER * unit))
    share = cv2.GaussianBlur((arms[place] | neck[place]).astype(np.float32), (0, 0), CORNER * unit)
    rounded = arms.copy()
    near = cv2.GaussianBlur(arms[place].astype(np.float32), (0, 0), CORNER * unit) > share / 2
    rounded[place] = near & (arms | neck)[place]
    return rounded


def _inside(mask: np.ndarray) -> np.ndarray:
    """(H, W) bool: a mask without the pixels at its edge that are soft in its matte."""
    return cv2.erode(mask.astype(np.uint8), SOFT) > 0


def _matte(mask: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """(H, W) float32: a mask with its edge softened along the photo's own edges."""
    matte, place = np.zeros(mask.shape, np.float32), box_of(mask, margin=4 * RADIUS)  # further away nothing reaches it
    guide, hard = rgb[place].astype(np.float32) / 255, mask[place].astype(np.uint8)
    if hard.any():
        soft = guided_filter(guide, hard.astype(np.float32), RADIUS, epsilon=1e-4)
        inner, outer = _inside(mask[place]), cv2.dilate(hard, SOFT) > 0
        matte[place] = np.where(inner, 1.0, np.where(outer, np.clip(soft, 0, 1), 0.0))
    return matte


def _own_colours(rgb: np.ndarray, matte: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: the picture, but at the matte's soft edge the colours a little further inside: at the edge itself they are mixed with
    those of what was behind, and would be a rim before what is there now.
    """
    colours, place = rgb.copy(), box_of(matte > 0, margin=RADIUS)
    whole = (matte[place] >= 1).astype(np.uint8)
    if not whole.any():
        return colours
    inside = cv2.erode(whole, np.ones((3, 3), np.uint8)) > 0
    if not inside.any():
        return colours
    edge = (matte[place] > 0) & ~inside & (distance_to(inside) <= 2 * RADIUS)
    x, y = np.moveaxis(nearest_known(~inside).astype(int), 2, 0)
    colours[place] = np.where(edge[:, :, None], rgb[place][y, x], rgb[place])
    return colours
