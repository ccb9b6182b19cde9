"""The parts that a garment is carried in, and which part each of its pixels hangs on."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import GARMENTS
from primerka.perception.body_model import body_model
from primerka.perception.nearby import distance_to
from primerka.perception.pieces import pieces_in, pieces_of_rows
from primerka.perception.surface import silhouette
from primerka.person import Garment, Person
from primerka.tryon.surface.creases import by_the_crease
from primerka.tryon.surface.strips import along_a_sleeve, on_the_other_leg


@dataclass(frozen=True)
class Part:
    """bones: the body that carries the cloth. slack: how far, in torso lengths, the cloth stands off at most."""

    name: str
    bones: tuple[str, ...]
    slack: float

    @property
    def indices(self) -> list[int]:
        return [BONE[bone] for bone in self.bones]


INNER_SLACK = 0.06
BARE = {"upper_arm": 0.85, "forearm": 0.6}  # of that part of an arm: with more skin on it, no sleeve reaches there
BARE_TOO = 0.5  # times that, beside a bare arm
MAY_HIDE_SLEEVES = ("hair", "bag", "scarf")
IN_SIGHT = 0.5  # of an upper arm: with less of it bare to be seen, the rest may have a sleeve
BEFORE_TRUNK = 0.7  # of a forearm: with more of it there, cloth on it may be the trunk's
LEAST_ARM = 0.005  # of the torso length squared: less skin, or less of a sleeve, says nothing
MIDDLE = 0.33  # of the trunk's width
CROSSED = 0.2  # of a shin behind the other one
BEYOND = 0.2  # torso lengths from the shin in front
SLANT = 0.05  # torso lengths by which a short sleeve may be longer on its inner side
FAR_OFF = 1e6
TRUNK_BONES = [BONE[bone] for bone in ("chest", "abdomen", "pelvis", "left_thigh", "right_thigh")]
TORSO = Part("torso", ("pelvis", "abdomen", "chest", "neck", "left_clavicle", "right_clavicle"), np.inf)
SKIRT = Part("skirt", ("left_thigh", "right_thigh", "left_shin", "right_shin"), np.inf)
SLEEVES = (
    Part("left_upper_arm", ("left_upper_arm",), 0.30),
    Part("right_upper_arm", ("right_upper_arm",), 0.30),
    Part("left_forearm", ("left_forearm",), 0.22),
    Part("right_forearm", ("right_forearm",), 0.22),
)
UPPER_ARMS, FOREARMS = SLEEVES[:2], SLEEVES[2:]
LEGS = (
    Part("left_thigh", ("left_thigh",), np.inf),
    Part("right_thigh", ("right_thigh",), np.inf),
    Part("left_shin", ("left_shin",), np.inf),
    Part("right_shin", ("right_shin",), np.inf),
)
THIGHS, SHINS = LEGS[:2], LEGS[2:]
LOWER = ("trousers", "shorts", "skirt")
UNDER_COATS = ("top", "dress")  # go on under an open coat, to the side and over the upper arms
PARTS_OF = {
    "top": (TORSO, SKIRT, *SLEEVES),
    "outerwear": (TORSO, SKIRT, *SLEEVES),
    "dress": (TORSO, SKIRT, *SLEEVES),
    "skirt": (TORSO, SKIRT),
    "trousers": (TORSO, *LEGS),
    "shorts": (TORSO, *LEGS),
}


def assign_parts(garment: Garment) -> dict[Part, np.ndarray]:
    """Part → (H, W) bool: the garment's pixels that hang on it, each pixel on one part.

    A pixel hangs on the part of the body that shows through it; off the body, on the nearest part whose slack it is
    within. Cloth between an arm and the trunk is the trunk's beyond INNER_SLACK, unless background between the two shows
    that it hangs on the arm. Cloth around a bare arm is the trunk's; a sleeve's cuff, and a strip along it, are the sleeve's. Legs part
    where the street shows between them, and above that on a line from the crotch.
    """
    surface, unit = garment.model.surface, garment.model.pose.torso_px
    bare = without_sleeves(garment.model)
    parts = tuple(part for part in PARTS_OF[garment.category] if part not in bare)
    distances = np.full((len(parts), *garment.mask.shape), FAR_OFF, np.float32)
    for distance, part in zip(distances, parts):
        region = surface.mask(part.indices)
        if region.any():
            from_body = cv2.distanceTransform((~region).astype(np.uint8), cv2.DIST_L2, 3)
            distance[:] = np.where(from_body <= part.slack * unit, from_body, FAR_OFF)
    if garment.category == "top":
        sleeved = [part for part in FOREARMS if part in parts]
        near = np.min([distances[parts.index(part)] for part in sleeved], 0, initial=FAR_OFF) <= INNER_SLACK * unit
        on_sleeves = near & _sleeves_beside_trousers(garment, sleeved)  # further off it may as well be an open coat's
        for distance, part in zip(distances, parts):
            if part in (TORSO, SKIRT):
                distance[on_sleeves] = FAR_OFF
    inwards = distances.copy()
    for distance, part in zip(inwards, parts):
        if part in SLEEVES:
            distance[towards_trunk(garment.model, part) & (distance > INNER_SLACK * unit)] = FAR_OFF
    runs = pieces_of_rows(garment.mask | (garment.model.parsing.labels > 0))
    beside_trunk = pieces_in(runs, surface.mask(TRUNK_BONES))
    assigned = np.where(beside_trunk, inwards.argmin(0), distances.argmin(0))
    trunk = [index for index, part in enumerate(parts) if part not in SLEEVES]
    for index, part in enumerate(parts):
        if part in UPPER_ARMS and FOREARMS[UPPER_ARMS.index(part)] in bare:
            below = _below_hem(garment.model, part, garment.mask & (assigned == index))
            assigned = np.where(below, np.take(trunk, distances[trunk].argmin(0)), assigned)
    for side in ("left", "right"):
        arm = [index for index, part in enumerate(parts) if part in SLEEVES and part.name.startswith(side)]
        on_arm, on_trunk = (garment.mask & np.isin(assigned, on) for on in (arm, trunk))
        if on_arm.any():
            sleeve = by_the_crease(garment.model, side, on_arm, on_trunk)
            for gained, to in ((sleeve & ~on_arm, arm), (on_arm & ~sleeve, trunk)):
                assigned[gained] = np.take(to, distances[to].argmin(0))[gained]
    middle = _middle(garment.model)
    for index, part in enumerate(parts):
        if part in FOREARMS:
            cloth = (garment.mask & np.isin(assigned, on) for on in (trunk, index))
            assigned[along_a_sleeve(*cloth, middle, _nearer_to_hand(garment.model, part))] = index
    if (shins := crossed_shins(garment.model)) and set(shins) <= set(parts):
        front, behind = (parts.index(shin) for shin in shins)
        # Of the other a strip shows, which its twin is better than; what shows beyond the one in front is that one's, which is wide.
        beyond = _other_side(garment.model, *shins) & (distances[front] < BEYOND * unit)
        assigned[assigned == behind] = np.where(beyond, front, len(parts))[assigned == behind]
    if set(LEGS) <= set(parts):
        legs = [[parts.index(leg) for leg in LEGS if leg.name.startswith(side)] for side in ("left", "right")]
        crotch = int(np.flatnonzero((garment.mask & (assigned == parts.index(TORSO))).any(1)).max(initial=0))
        cloth = tuple(garment.mask & np.isin(assigned, leg) for leg in legs)
        for strip, other in zip(on_the_other_leg(cloth, garment.model.parsing.labels == 0, crotch, unit), legs[::-1]):
            assigned[strip] = np.take(other, distances[other].argmin(0))[strip]
    return {part: garment.mask & (assigned == index) for index, part in enumerate(parts)}


def _below_hem(person: Person, sleeve: Part, cloth: np.ndarray) -> np.ndarray:
    """(H, W) bool: of the cloth on an upper arm, what lies below the end of its short sleeve. Over the inner half of a hanging arm lies the
    cloth of the trunk, too; over the outer one nothing but the sleeve.
    """
    outer = cloth & ~towards_trunk(person, sleeve)
    if outer.sum() < LEAST_ARM * person.pose.torso_px**2:
        return np.zeros_like(cloth)
    ys, xs = np.indices(cloth.shape)
    along = along_bone(person, *sleeve.indices, xs, ys)
    return cloth & (along > np.percentile(along[outer], 98) + SLANT * person.pose.torso_px)


def _sleeves_beside_trousers(garment: Garment, sleeved: list[Part]) -> np.ndarray:
    """(H, W) bool: cloth that goes on from a forearm in a row in which the body's middle shows a lower garment: a top that is tucked in
    has nothing else to hang there.

    sleeved  the forearms that have a sleeve
    """
    surface, middle = garment.model.surface, _middle(garment.model)
    tucked = (garment.model.parsing.mask(*LOWER) & middle).sum(1) > 0.5 * np.maximum(middle.sum(1), 1)
    runs = pieces_of_rows(garment.mask)
    forearms = surface.mask([index for arm in sleeved for index in arm.indices])
    return tucked[:, None] & pieces_in(runs, forearms)


def _middle(person: Person) -> np.ndarray:
    """(H, W) bool: of each row of the trunk, the middle third."""
    trunk, columns = person.surface.mask(TRUNK_BONES), np.arange(person.photo.width)
    width = np.maximum(trunk.sum(1, keepdims=True), 1)
    off_centre = np.abs(columns - (trunk * columns).sum(1, keepdims=True) / width)
    return trunk & (off_centre < width * MIDDLE / 2)


def _nearer_to_hand(person: Person, forearm: Part) -> np.ndarray:
    """(H, W) bool: what is on its hand, or nearer to that than to the trunk."""
    (bone,) = forearm.indices
    return distance_to(person.surface.mask([bone + 1])) < distance_to(person.surface.mask(TRUNK_BONES))


def crossed_shins(person: Person) -> tuple[Part, Part] | None:
    """The shin in front and the one behind it, where the one hides enough of the other."""
    shape = person.surface.part.shape
    both = np.logical_and(*(silhouette(person.body, *shape, shin.indices) for shin in SHINS))
    seen = [(person.surface.mask(shin.indices) & both).sum() for shin in SHINS]
    front, behind = SHINS if seen[0] > seen[1] else SHINS[::-1]
    if both.sum() <= CROSSED * silhouette(person.body, *shape, behind.indices).sum():
        return None
    return front, behind


def _other_side(person: Person, front: Part, behind: Part) -> np.ndarray:
    """(H, W) bool: in each row, the side of the front shin's axis on which the shin behind it is not: shins may cross like an X."""
    (bone,) = behind.indices
    (knee_x, knee_y), (ankle_x, ankle_y) = person.body.bones[[bone, bone + 1], :2]
    rows, down = np.arange(person.surface.part.shape[0])[:, None], ankle_y - knee_y
    behind_x = knee_x + np.clip((rows - knee_y) / (down if abs(down) > 1 else 1.0), 0, 1) * (ankle_x - knee_x)
    xs = np.arange(person.surface.part.shape[1])
    return _side_of_axis(person, front, xs, rows) * _side_of_axis(person, front, behind_x, rows) < 0


def without_sleeves(person: Person) -> list[Part]:
    """The parts of the arms that are seen to be without a sleeve. Where one arm is bare to the shoulder, the garment has no
    sleeves. If one forearm is bare, so is the other where the fit sees that before the trunk, under cloth that may as well be
    the trunk's.
    """
    upper, fore = (_bare_of(person, parts) for parts in (UPPER_ARMS, FOREARMS))
    if any(_is_in_sight(person, part) for part in upper):
        return list(SLEEVES)
    if fore:
        fore += [part for part in FOREARMS if part not in fore and _is_before_trunk(person, part)]
    return upper + fore


def _bare_of(person: Person, arms: tuple[Part, ...]) -> list[Part]:
    """Those of the two upper arms, or forearms, that are bare. Beside a bare one half as much skin is enough: garments are alike on
    both sides, and a sleeve of which so little shows is the trunk's cloth.
    """
    least = LEAST_ARM * person.pose.torso_px**2
    shares = []
    for arm in arms:
        side, _, segment = arm.name.partition("_")
        seen = person.surface.mask(arm.indices)
        if segment == "upper_arm":
            seen &= ~towards_trunk(person, arm)  # over the other half lies the trunk's cloth, where the arm hangs
        skin, other = (
            (seen & person.parsing.mask(*names)).sum() for names in ((f"{side}_arm",), (*GARMENTS, *MAY_HIDE_SLEEVES))
        )
        shares.append(skin / (skin + other) / BARE[segment] if skin > least else 0.0)
    return [arm for arm, share in zip(arms, shares) if share > (1 if max(shares) <= 1 else BARE_TOO)]


def _is_in_sight(person: Person, sleeve: Part) -> bool:
    """Whether skin shows where most of that part of the arm would be seen if nothing were before it: more than an elbow."""
    alone = silhouette(person.body, *person.parsing.labels.shape, sleeve.indices)
    skin = person.surface.mask(sleeve.indices) & person.parsing.mask(f"{sleeve.name.split('_')[0]}_arm")
    return bool(skin.sum() > IN_SIGHT * alone.sum())


def _is_before_trunk(person: Person, sleeve: Part) -> bool:
    arm = person.surface.mask(sleeve.indices)
    trunk = silhouette(person.body, *arm.shape, TRUNK_BONES)
    return bool((arm & trunk).sum() >= BEFORE_TRUNK * arm.sum())


def towards_trunk(person: Person, sleeve: Part) -> np.ndarray:
    """(H, W) bool: the pixels on the side of an arm's axis on which the trunk is."""
    bones, (bone,) = person.body.bones[:, :2], sleeve.indices
    axis = bones[bone + 1] - bones[bone]
    trunk = (bones[BONE["neck"]] + bones[BONE["pelvis"]]) / 2 - bones[bone]
    ys, xs = np.indices(person.surface.part.shape)
    return _side_of_axis(person, sleeve, xs, ys) * (axis[0] * trunk[1] - axis[1] * trunk[0]) > 0


def along_bone(person: Person, bone: int, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """How far down a limb's bone, from its joint to the next, points of the picture lie, pixels."""
    bones = person.body.bones[:, :2]
    axis = bones[bone + 1] - bones[bone]
    return ((xs - bones[bone, 0]) * axis[0] + (ys - bones[bone, 1]) * axis[1]) / max(float(np.linalg.norm(axis)), 1e-6)


def _side_of_axis(person: Person, limb: Part, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """On which side of a limb's axis points of the picture lie, and how far, times the axis's length."""
    bones, (bone,) = person.body.bones[:, :2], limb.indices
    axis = bones[bone + 1] - bones[bone]
    return axis[0] * (ys - bones[bone, 1]) - axis[1] * (xs - bones[bone, 0])


@cache
def control_vertices(part: Part) -> np.ndarray:
    """Indices of the vertices whose skin moves with the part, its neighbours' ends included so that seams meet."""
    return np.flatnonzero(body_model().weights[:, part.indices].sum(1) > 0.05)


def waist(person: Person) -> tuple[np.ndarray, np.ndarray]:
    """The waist in the picture: a point and the unit vector that points down the body, pixels."""
    bones = person.body.bones
    down = bones[BONE["pelvis"], :2] - bones[BONE["neck"], :2]
    return 0.7 * bones[BONE["abdomen"], :2] + 0.3 * bones[BONE["chest"], :2], down / max(np.linalg.norm(down), 1e-6)


def along_body(person: Person) -> np.ndarray:
    """(H, W) float: how far each pixel lies below the waist, in torso lengths; negative above it."""
    (x, y), (right, down) = waist(person)
    ys, xs = np.indices(person.surface.part.shape)
    return ((xs - x) * right + (ys - y) * down) / person.pose.torso_px


def below_waist(person: Person) -> np.ndarray:
    return along_body(person) > 0
