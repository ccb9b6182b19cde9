"""The buyer's arms under new sleeves."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from scipy.ndimage import binary_closing

from primerka.body import BONE
from primerka.perception.nearby import box_of, distance_to, nearest_known
from primerka.perception.surface import silhouette
from primerka.tryon.surface.buyer import ARM_BONES, HANDS, MIXED, Buyer, grown
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.hands import not_to_invent
from primerka.tryon.surface.hidden_limbs import ARM, find_bare_limb
from primerka.tryon.surface.parts import FOREARMS, MAY_HIDE_SLEEVES, UPPER_ARMS, Part, along_bone, towards_trunk
from primerka.tryon.surface.scene import Scene

STATIONS = np.linspace(0.05, 1, 40)  # along an upper arm, or a forearm
SEAM_STATIONS = 9  # so short a gap in a sleeve is none
FRINGE = 5  # pixels: what is finer on the edge of an arm is not the arm's
CAP = 0.35  # of an upper arm: how far down the trunk's cloth may lie over a bare shoulder
SLANTED = 0.15  # torso lengths between the highest and the lowest point of a sleeve's hem
WHOLE = 0.95  # of a half of an arm: so far down, a sleeve has no hem there
HAS_SLEEVE = 0.1  # of an arm: so much in a sleeve, it has one
CORNER = 0.04  # torso lengths: the radius of a shoulder …
WIDER = 0.12  # … and how far a sleeve is let out at most, where it is narrower than the arm in it


def arms_in_place(scene: Scene, buyer: Buyer, old: np.ndarray) -> Buyer:
    """The buyer with arms that meet, under what is taken off, (H, W) bool, what shows of them below it, and their painted skin: the fit has
    them a little off.
    """
    surface, arms, painted = buyer.person.surface, buyer.arms.copy(), buyer.skin
    hiding = old | scene.mask(*MAY_HIDE_SLEEVES)
    for side in ("left", "right"):
        skin = scene.mask(f"{side}_arm")
        shown = skin & ~old
        limb = find_bare_limb(buyer.person, side, ARM, shown, hiding)
        arm = limb.hidden() & old if limb else np.zeros_like(old)
        if arm.any():
            painted = limb.carry(painted)
            bones = [BONE[f"{side}_{name}"] for name in ARM[:2]]
            fitted = surface.mask(bones)
            behind = silhouette(buyer.person.body, *arm.shape, bones) & ~fitted
            arms = arms & ~(fitted & old & limb.reaches()) | arm & ~behind
        on_arm = surface.mask([BONE[f"{side}_{name}"] for name in ARM]) | arm  # what lies beside it may be a shadow
        arms |= skin & old & grown(shown, buyer, MIXED) & on_arm
    arms &= ~(old & not_to_invent(scene, buyer))
    if painted is buyer.skin and (arms == buyer.arms).all():
        return buyer
    even = cv2.medianBlur(arms.astype(np.uint8), FRINGE) > 0
    return replace(buyer, arms=np.where(old, even, arms), skin=painted)


def under_sleeves(buyer: Buyer, alpha: np.ndarray, sleeveless: tuple[Part, ...] = ()) -> np.ndarray:
    """(H, W) bool: the fitted arms as far down as new cloth reaches along their axis.

    alpha       (H, W) float32, its matte
    sleeveless  parts of arms that it is known to leave bare: what lies over them is the trunk's
    """
    return _along_arms(buyer, alpha, lambda part, reached: reached & (part not in sleeveless))


def over_arms(buyer: Buyer, new: Drape) -> np.ndarray:
    """(H, W) float32: the matte of what may cover an arm: sleeves alone, where it has one, for the trunk's cloth lies behind it; or all cloth."""
    alpha = new.whole_alpha
    for side in ("left", "right"):
        arm = silhouette(buyer.person.body, *alpha.shape, [BONE[f"{side}_{name}"] for name in ARM[:2]])
        if (new.all_sleeves_alpha[arm] > 0.5).sum() > HAS_SLEEVE * arm.sum():
            alpha[arm] = new.all_sleeves_alpha[arm]
    return alpha


def under_caps(buyer: Buyer, alpha: np.ndarray, sleeveless: tuple[Part, ...]) -> np.ndarray:
    """(H, W) bool: the upper ends of bare arms, where the trunk's cloth may lie over them, unless it goes on down the arm.

    alpha, sleeveless  as in under_sleeves
    """
    if not set(sleeveless) & set(UPPER_ARMS):
        return np.zeros_like(buyer.arms)

    def cap(part: Part, reached: np.ndarray) -> np.ndarray:
        down = np.arange(len(reached)) / len(reached)
        goes_on = reached[(down >= CAP) & (down < 2 * CAP)].any()
        return (down < CAP) & (part in UPPER_ARMS and part in sleeveless and not goes_on)

    return _along_arms(buyer, alpha, cap)


def _along_arms(buyer: Buyer, alpha: np.ndarray, covers: Callable[[Part, np.ndarray], np.ndarray]) -> np.ndarray:
    """(H, W) bool: what is covered of the fitted arms.

    alpha   (H, W) float32, the matte of cloth
    covers  of a half of an arm, from the stations along its axis that cloth reaches, (n,) bool, those that are covered
    """
    covered = np.zeros_like(buyer.arms)
    height, width = covered.shape
    bones, surface = buyer.person.body.bones[:, :2], buyer.person.surface.part
    for side in ("left", "right"):
        shoulder, elbow, wrist = (bones[BONE[f"{side}_{name}"]] for name in ("upper_arm", "forearm", "hand"))
        segments = ((shoulder, elbow - shoulder), (elbow, wrist - elbow))
        feet = np.concatenate([start + STATIONS[:, None] * axis for start, axis in segments])
        x, y = np.clip(np.rint(feet).astype(int), 0, [width - 1, height - 1]).T
        sleeve = np.pad(alpha[y, x] > 0.5, SEAM_STATIONS, mode="edge")
        sleeve = binary_closing(sleeve, np.ones(SEAM_STATIONS))[SEAM_STATIONS:-SEAM_STATIONS]
        parts = [next(part for part in half if part.name.startswith(side)) for half in (UPPER_ARMS, FOREARMS)]
        for part, names, (_, axis), reached in zip(
            parts, (("clavicle", "upper_arm"), ("forearm",)), segments, np.split(sleeve, 2)
        ):
            shown = covers(part, reached)
            ys, xs = np.nonzero(np.isin(surface, [BONE[f"{side}_{name}"] for name in names]))
            along = along_bone(buyer.person, BONE[f"{side}_{names[-1]}"], xs, ys) / max(float(np.linalg.norm(axis)), 1e-6)
            covered[ys, xs] = shown[np.rint(np.interp(along, STATIONS, np.arange(len(STATIONS)))).astype(int)]
    moved = buyer.arms & ~buyer.person.surface.mask(ARM_BONES)
    if moved.any():
        x, y = np.moveaxis(nearest_known(~buyer.person.surface.mask(ARM_BONES)).astype(int), 2, 0)
        covered |= moved & covered[y, x]
    return covered


def below_slanted_hems(buyer: Buyer, alpha: np.ndarray) -> np.ndarray:
    """(H, W) bool: what shows of the fitted arms below the hems of new sleeves that slant: sleeve lies towards the shoulder, none towards
    the hand, and what there is beside it ends soon.

    alpha  (H, W) float32, the sleeves' matte
    """
    sleeve, bones = alpha > 0.5, buyer.person.body.bones[:, :2]
    found, reach = np.zeros_like(buyer.arms), max(round(SLANTED * buyer.unit), 1)
    for bone in ARM_BONES:
        if bone in HANDS:
            continue
        arm, axis = buyer.person.surface.mask([bone]), bones[bone + 1] - bones[bone]
        length = max(float(np.linalg.norm(axis)), 1e-6)
        ys, xs = np.nonzero(arm)
        along = along_bone(buyer.person, bone, xs, ys)
        in_sleeve = along[sleeve[ys, xs]]
        hem = np.percentile(in_sleeve, 98) if len(in_sleeve) else np.inf
        if hem > WHOLE * length:  # it goes on down the arm
            continue
        x, y = np.rint(np.arange(1, reach + 1)[:, None] * axis / length).astype(int).T + reach
        towards_hand = np.zeros((2 * reach + 1,) * 2, np.uint8)
        towards_hand[y, x] = 1
        above, below = (cv2.dilate(sleeve.astype(np.uint8), kernel) > 0 for kernel in (towards_hand[::-1, ::-1], towards_hand))
        found[ys, xs] = (above & ~below & ~sleeve)[ys, xs] & (along > hem - reach)
    return found


def let_out(rgb: np.ndarray, alpha: np.ndarray, arms: np.ndarray, buyer: Buyer) -> tuple[np.ndarray, np.ndarray]:
    """What sleeves lack to be as wide as the arms in them, shown or invented: colours (H, W, 3) uint8 and matte (H, W) float32.

    rgb, alpha  the sleeves as they were laid on the fitted arms
    arms        (H, W) bool: those arms without their hands
    """
    sleeves = alpha > 0.5
    lacking = arms & ~sleeves & _along_sleeves(buyer, alpha, buyer.arms) & (distance_to(sleeves) < WIDER * buyer.unit)
    size = 2 * round(CORNER * buyer.unit) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    lacking &= cv2.morphologyEx((sleeves | lacking).astype(np.uint8), cv2.MORPH_OPEN, disc) > 0
    if not lacking.any():
        return rgb, np.zeros_like(alpha)
    place, wider = box_of(lacking | sleeves, margin=2), rgb.copy()
    wider[place] = mirror_fill(rgb[place], alpha[place] < 0.95)
    return wider, np.clip(2 * cv2.GaussianBlur(lacking.astype(np.float32), (0, 0), 1.0), 0, 1)


def inner_sleeves(buyer: Buyer, alpha: np.ndarray, worn: np.ndarray) -> np.ndarray:
    """(H, W) bool: the sleeves of what is worn under a new coat, on the outer side of arms that its sleeves cover: they are in them."""
    if not worn.any():
        return worn
    inwards = np.logical_and.reduce([towards_trunk(buyer.person, sleeve) for sleeve in UPPER_ARMS])
    return worn & _along_sleeves(buyer, alpha, buyer.person.surface.part >= 0) & ~inwards


def _along_sleeves(buyer: Buyer, alpha: np.ndarray, fitted: np.ndarray) -> np.ndarray:
    """(H, W) bool: the pixels whose nearest one of the fitted body is on an arm, where a new sleeve reaches."""
    x, y = np.moveaxis(nearest_known(~fitted).astype(int), 2, 0)
    return (under_sleeves(buyer, alpha) & buyer.arms)[y, x]
