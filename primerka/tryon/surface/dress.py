"""Dress a prepared buyer in prepared cloth: take the old garment off, fill what that uncovers, lay the new one on."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from primerka.parsing import LABEL
from primerka.perception.guided_filter import guided_filter
from primerka.tryon.surface.buyer import Buyer
from primerka.tryon.surface.cloth import Cloth
from primerka.tryon.surface.drape import Drape, drape
from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.parts import LOWER

# What each kind of garment takes the place of. A dress or a long coat is taken off above or below the waist only.
REPLACES = {
    "top": ("top", "outerwear"),
    "outerwear": ("outerwear",),
    "dress": ("top", "outerwear", "dress", "skirt", "trousers", "shorts"),
    "skirt": LOWER,
    "trousers": LOWER,
    "shorts": LOWER,
}
# What is always in front of a new garment, and what is in front of a new lower garment.
FRONT = ("face", "hair", "hat", "glasses", "bag", "scarf")
OVER_LOWER = ("top", "outerwear")


@dataclass
class Scene:
    """The picture while it is being dressed.

    rgb (H, W, 3) uint8; labels (H, W) uint8; changed (H, W) bool; warnings: what was invented, and why
    """

    rgb: np.ndarray
    labels: np.ndarray
    changed: np.ndarray
    warnings: list[str] = field(default_factory=list)

    def mask(self, *names: str) -> np.ndarray:
        return np.isin(self.labels, [LABEL[name] for name in names])


def start_scene(buyer: Buyer) -> Scene:
    photo, parsing = buyer.person.photo, buyer.person.parsing
    return Scene(photo.rgb.copy(), parsing.labels.copy(), np.zeros(parsing.labels.shape, bool))


def dress(scene: Scene, buyer: Buyer, cloth: Cloth) -> Drape:
    """Put one garment on; changes the scene."""
    new = drape(cloth, buyer.person)
    old = _taken_off(scene, buyer, cloth)
    front, over_torso = _in_front(scene, buyer, cloth.category)
    bare, kind = _uncover(scene, buyer, old, front > 0.99, new, cloth)

    torso_alpha = new.alpha * (1 - np.maximum(front, over_torso))
    sleeve_alpha = new.sleeve_alpha * (1 - front)
    out = _over(bare, new.rgb, torso_alpha)
    uncovered_arms = old & buyer.arms
    if uncovered_arms.any():
        arm_alpha = cv2.GaussianBlur(uncovered_arms.astype(np.float32), (0, 0), 1.0) * uncovered_arms
        out = _over(out, buyer.skin, arm_alpha * (1 - front))
    out = _over(out, new.sleeve_rgb, sleeve_alpha)

    alpha = np.maximum(torso_alpha, sleeve_alpha)
    changed = (old | (alpha > 0.004)) & ~scene.mask("face")
    scene.rgb = np.where(changed[:, :, None], out, scene.rgb)
    scene.labels = np.where(old, kind, scene.labels)
    scene.labels[alpha > 0.5] = LABEL[cloth.category]
    scene.changed |= changed
    for part in new.unsure:
        scene.warnings.append(f"the product photo does not show the {part.replace('_', ' ')}: it is made from the other side")
    if cloth.filled > 0.03:
        scene.warnings.append(f"{100 * cloth.filled:.0f} % of the {cloth.category} is hidden in the product photo and invented")
    return new


def _over(below: np.ndarray, above: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Straight-alpha compositing (Porter and Duff 1984); rounds to the nearest value, so alpha 0 keeps every bit."""
    mixed = below.astype(np.float32) + (above.astype(np.float32) - below) * alpha[:, :, None]
    return np.rint(mixed).astype(np.uint8)


def _taken_off(scene: Scene, buyer: Buyer, cloth: Cloth) -> np.ndarray:
    """(H, W) bool: the old clothes that the new garment replaces, with the rim of pixels that mix them and what is behind."""
    category, below = cloth.category, buyer.along > 0
    if category == "dress" and len(cloth.zones) == 1:  # the photo shows half of it: the other half stays dressed
        category = "top" if "upper" in cloth.zones else "skirt"
    old = scene.mask(*REPLACES[category])
    has_lower = scene.mask(*LOWER).sum() > 0.02 * buyer.unit**2
    if category == "top":
        dressed = scene.mask("dress")
        if dressed.any() or not has_lower:
            kept = (dressed | (scene.mask("outerwear") if not has_lower else False)) & below
            old = (old | dressed) & ~kept
            scene.labels[kept] = LABEL["skirt"]
            if kept.any():
                scene.warnings.append("the lower part of the old garment is kept as a skirt")
    elif category in LOWER:
        onepiece = scene.mask("dress", *LOWER) & (buyer.along < -0.1)
        old = (old | scene.mask("dress")) & ~onepiece
        scene.labels[onepiece] = LABEL["top"]
    # Belts and necklaces on what is taken off go with it.
    around = cv2.dilate(old.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    old |= scene.mask("other") & around & ~buyer.hands & ~buyer.arms
    rim = max(round(buyer.unit / 45), 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1))
    grown = cv2.dilate(old.astype(np.uint8), kernel) > 0
    return old | (grown & scene.mask("background"))


def _in_front(scene: Scene, buyer: Buyer, category: str) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) float32 mattes: what stays before everything new, and what stays before it except sleeves (bare arms)."""
    front = scene.mask(*FRONT)
    arms = scene.mask("left_arm", "right_arm")
    if category in LOWER:
        front |= scene.mask(*OVER_LOWER) | arms
    front |= arms & buyer.hands
    guide = scene.rgb.astype(np.float32) / 255
    return _matte(front, guide), arms.astype(np.float32)


def _matte(mask: np.ndarray, guide: np.ndarray) -> np.ndarray:
    """A mask with its edge softened along the photo's own edges."""
    soft = guided_filter(guide, mask.astype(np.float32), radius=3, epsilon=1e-4)
    inner = cv2.erode(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    outer = cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return np.where(inner, 1.0, np.where(outer, np.clip(soft, 0, 1), 0.0)).astype(np.float32)


def _uncover(scene: Scene, buyer: Buyer, old: np.ndarray, front: np.ndarray, new: Drape, cloth: Cloth) -> tuple[np.ndarray, np.ndarray]:
    """The picture with the old clothes off, and the label of what then shows in each pixel."""
    body = buyer.person.surface.part >= 0
    worn = scene.mask(*LOWER) & ~old
    lower = _lower_region(scene, buyer, worn)
    kind = np.where(body, LABEL["neck"], LABEL["background"]).astype(np.uint8)
    for name in LOWER:
        if (worn & scene.mask(name)).any():
            kind[lower] = LABEL[name]
    rgb = scene.rgb.copy()
    hole = old & ~front
    cloth_below = hole & lower
    bare = body & ~lower
    if cloth.category == "trousers" and (new.alpha > 0.5).any():  # no bare leg above their hem
        hem = np.percentile(buyer.along[new.alpha > 0.5], 97)
        bare &= ~(buyer.trunk_legs & ~buyer.arms & (buyer.along < hem) & (buyer.along > 0))
    skin_alpha = cv2.GaussianBlur(bare.astype(np.float32), (0, 0), 1.0)
    filled = _over(buyer.background, buyer.skin, np.where(hole, skin_alpha, 0))
    rgb[hole] = filled[hole]
    if cloth_below.any():
        inner = cv2.erode(worn.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        continued = mirror_fill(scene.rgb, ~(inner if inner.any() else worn))
        rgb = _over(rgb, continued, np.where(hole, cv2.GaussianBlur(lower.astype(np.float32), (0, 0), 1.0), 0))
    shown = hole & (new.whole_alpha < 0.5)
    invented = shown & body & ~lower & ~buyer.arms
    if invented.sum() > 0.02 * buyer.unit**2:
        scene.warnings.append("skin that the old garment covered is invented")
    return rgb, kind


def _lower_region(scene: Scene, buyer: Buyer, worn: np.ndarray) -> np.ndarray:
    """(H, W) bool: where the lower garment must be, seen or not: hips and legs from the waist to its hem.

    worn (H, W) bool: the pixels that show it
    """
    if worn.sum() < 0.02 * buyer.unit**2:
        return np.zeros_like(worn)
    hem = np.percentile(buyer.along[worn], 98)
    air = max(round(0.03 * buyer.unit), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * air + 1, 2 * air + 1))
    legs = cv2.dilate(buyer.trunk_legs.astype(np.uint8), kernel) > 0
    if (worn & scene.mask("skirt")).any():
        spans = np.maximum.accumulate(legs, 1) & np.flip(np.maximum.accumulate(np.flip(legs, 1), 1), 1)
        legs |= spans
    return worn | (legs & (buyer.along > -0.15) & (buyer.along < hem))
