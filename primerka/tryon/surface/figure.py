"""Take a whole person apart: each part of the body with everything that hangs on it, as a layer that can be carried.

The parts of a garment (`parts.py`) are cloth alone; here they also hold skin, hair, shoes and what is carried.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from scipy.spatial import cKDTree

from primerka.body import BONE, Body
from primerka.parsing import GARMENTS
from primerka.perception.body_model import body_model
from primerka.perception.surface import silhouette
from primerka.person import Garment, Person
from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.parts import FAR_OFF, FOREARMS, LEGS, SKIRT, SLEEVES, TORSO, Part, assign_parts

HEAD = Part("head", ("head",), np.inf)
FEET = (Part("left_foot", ("left_foot",), np.inf), Part("right_foot", ("right_foot",), np.inf))
PARTS = (HEAD, TORSO, SKIRT, *SLEEVES, *LEGS, *FEET)
CARRIED = (Part("left_carried", ("left_hand",), np.inf), Part("right_carried", ("right_hand",), np.inf))
PART = {part.name: part for part in PARTS}
ARMS_OF = {side: [PART[f"{side}_upper_arm"], PART[f"{side}_forearm"]] for side in ("left", "right")}
LEGS_OF = {side: [PART[f"{side}_{bone}"] for bone in ("thigh", "shin", "foot")] for side in ("left", "right")}

# The skin and shoes of one side hang on that side's limbs; hair and hats on the head.
_HANG_ON = {
    ("hat", "hair", "face", "glasses"): [HEAD],
    ("neck", "scarf"): [TORSO],
    ("left_arm",): ARMS_OF["left"],
    ("right_arm",): ARMS_OF["right"],
    ("left_leg",): LEGS_OF["left"],
    ("right_leg",): LEGS_OF["right"],
    ("legwear",): [*LEGS, *FEET],
    ("left_shoe",): LEGS_OF["left"][1:],
    ("right_shoe",): LEGS_OF["right"][1:],
    ("bag", "other"): [TORSO, SKIRT, *SLEEVES],
}
OVERLAP = 1 / 16  # torso lengths by which parts reach into their neighbours, so that seams close wherever the body bends
FARTHEST, FARTHEST_LOOSE = 0.45, 0.8  # torso lengths off the fitted body: what lies further off is somebody else's
LOOSE = ("dress", "skirt", "outerwear", "scarf", "bag")
DOUBTFUL = 1 / 100  # torso lengths around what lies before a part: its colours may be that one's
MIN_BAG = 0.01  # of the torso length squared
HELD_WITHIN, HELD_ABOVE = 0.06, 0.15  # torso lengths: the bag from the hand, and its middle above the hand's
HAND = {"left_forearm": "left_hand", "right_forearm": "right_hand"}


def neighbours(part: Part) -> list[Part]:
    """The parts whose pixels go on without a border into this one's. A chin has a border: from behind, what goes on would show it."""
    chains = [[TORSO, SKIRT], *([TORSO, *limbs] for limbs in (*ARMS_OF.values(), *LEGS_OF.values()))]
    links = [link for chain in chains for link in pairwise(chain) if part in link]
    return list(dict.fromkeys(other for link in links for other in link if other != part))


@dataclass(frozen=True)
class Layer:
    """A part of a person with what hangs on it, cut out of the photo.

    corner  (x, y) of the cut-out in the photo, pixels
    rgba    (h, w, 4) uint8, straight alpha; the colours go on beyond the outline
    seen    (h, w) bool: the photo shows it; the rest is continued behind what lies before it
    slack   how far what hangs on the part stands off its naked body, pixels
    """

    corner: tuple[int, int]
    rgba: np.ndarray
    seen: np.ndarray
    slack: float = 0.0


def hang(person: Person) -> dict[Part, np.ndarray]:
    """Part → (H, W) bool: the person's pixels, each on the part of the body that carries it."""
    parsing, surface = person.parsing, person.surface
    regions = {part: np.zeros(parsing.labels.shape, bool) for part in (*PARTS, *CARRIED)}
    for kind in GARMENTS:
        cloth = parsing.mask(kind)
        if cloth.any():
            for part, region in assign_parts(Garment(person, cloth, kind)).items():
                regions[part] |= region
    away = {part: _distance(surface.mask(bones_of(part))) for part in PARTS}
    for names, parts in _HANG_ON.items():
        here = parsing.mask(*names)
        if here.any():
            nearest = np.argmin([away[part][here] for part in parts], 0)
            for index, part in enumerate(parts):
                regions[part][here] |= nearest == index
    off = _distance(surface.part >= 0) / person.pose.torso_px
    strays = off > np.where(parsing.mask(*LOOSE), FARTHEST_LOOSE, FARTHEST)
    for region in regions.values():
        region &= ~strays
    for part in CARRIED:
        held = _held(person, part)
        for other in PARTS:
            regions[other] &= ~held
        regions[part] = held
    return regions


def _held(person: Person, part: Part) -> np.ndarray:
    """(H, W) bool: the bags that hang in a hand. One that lies higher hangs on the shoulder."""
    unit, surface = person.pose.torso_px, person.surface
    hand = _distance(surface.mask(part.indices))
    other = _distance(surface.mask([bone for other in CARRIED if other != part for bone in other.indices]))
    middle = person.body.vertices[body_model().part == part.indices[0], 1].mean()
    count, labels, stats, _ = cv2.connectedComponentsWithStats(person.parsing.mask("bag").astype(np.uint8))
    held = np.zeros(hand.shape, bool)
    for index in range(1, count):
        bag = labels == index
        near, far = ((away[bag].min(), away[bag].mean()) for away in (hand, other))
        low = np.nonzero(bag)[0].mean() > middle - HELD_ABOVE * unit
        if (
            stats[index, cv2.CC_STAT_AREA] > MIN_BAG * unit**2
            and near[0] < HELD_WITHIN * unit
            and near < far  # of two hands that are both at it one has it
            and low
        ):
            held |= bag
    return held


def bones_of(part: Part) -> list[int]:
    """A forearm takes its hand along; a skirt lies on both legs."""
    return [*part.indices, *([BONE[HAND[part.name]]] if part.name in HAND else [])]


class Silhouettes:
    """Where each part of one body would be seen alone, drawn when first asked for."""

    def __init__(self, body: Body, height: int, width: int):
        self._body, self._size = body, (height, width)
        self._drawn: dict[Part, np.ndarray] = {}

    def __call__(self, part: Part) -> np.ndarray:
        """(H, W) bool."""
        if part not in self._drawn:
            self._drawn[part] = silhouette(self._body, *self._size, bones_of(part))
        return self._drawn[part]


def _distance(region: np.ndarray) -> np.ndarray:
    if not region.any():
        return np.full(region.shape, FAR_OFF, np.float32)
    return cv2.distanceTransform((~region).astype(np.uint8), cv2.DIST_L2, 3)


def _before(part: Part) -> list[Part]:
    """What may hide a part without being its garment: there the part goes on behind."""
    if part in LEGS or part in FEET:
        side = part.name.partition("_")[0]
        return [*FOREARMS, *CARRIED, *(limb for other in LEGS_OF if other != side for limb in LEGS_OF[other])]
    if part in (TORSO, SKIRT):
        return [HEAD, *SLEEVES, *CARRIED]
    if part == HEAD:
        return [*SLEEVES]
    if part in CARRIED:
        return []
    side = part.name.partition("_")[0]
    return [*(limb for other in ARMS_OF if other != side for limb in ARMS_OF[other]), *CARRIED]


def cut_out(person: Person, regions: dict[Part, np.ndarray], part: Part, alone: Silhouettes) -> Layer | None:
    """The layer of a part (alone: the silhouettes of the person's body); None where the photo shows next to nothing of it."""
    unit, region = person.pose.torso_px, regions[part]
    if region.sum() < 0.001 * unit**2:
        return None
    overlap = max(round((OVERLAP / 2 if part in FEET else OVERLAP) * unit), 2)
    top, bottom, left, right = _box(region, 3 * overlap)
    here = (slice(top, bottom), slice(left, right))
    region = region[here]
    beside = np.logical_or.reduce([np.zeros_like(region), *(regions[other][here] for other in neighbours(part))])
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * overlap + 1, 2 * overlap + 1))
    body = alone(part)[here]
    before = np.logical_or.reduce([np.zeros_like(region), *(regions[other][here] for other in _before(part))])
    # An arm before the trunk hides it, and is no neighbour to go on into; nor is its skin beside a sleeveless top.
    shared = beside & _near_its_like(person.parsing.labels[here], region, kernel) & ~(body & before)
    hidden = body & before & ~region & ~shared
    # A rim of mixed pixels is left out of the colours: half background, half cloth.
    rim = max(round(unit / 180), 1)
    own = cv2.erode((region | beside).astype(np.uint8), np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)) > 0
    own &= region | shared
    doubtful = max(round(unit * DOUBTFUL), 1)
    own &= cv2.dilate((before & ~shared).astype(np.uint8), np.ones((2 * doubtful + 1, 2 * doubtful + 1), np.uint8)) == 0
    if own.sum() < 0.3 * region.sum():
        own = region
    rgb = mirror_fill(np.ascontiguousarray(person.photo.rgb[here]), ~own)
    whole = region | shared | hidden
    # Soft towards the background as the photo is; soft towards a neighbour over the overlap.
    outline = np.clip(2 * cv2.GaussianBlur(whole.astype(np.float32), (0, 0), max(unit / 150, 0.8)) - 0.5, 0, 1)
    grown = cv2.GaussianBlur(cv2.dilate((region | hidden).astype(np.float32), kernel), (0, 0), overlap / 3)
    alpha = np.minimum(outline, np.clip(grown, 0, 1))
    rgba = np.dstack([rgb, (255 * alpha).astype(np.uint8)])
    slack = float(np.percentile(_distance(body)[region], 97)) if body.any() else np.inf
    return Layer((left, top), rgba, region | shared, slack)


def _near_its_like(labels: np.ndarray, region: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """(h, w) bool: the pixels that a pixel of the region with the same label is near to."""
    near = np.zeros_like(region)
    for label in np.unique(labels[region]):
        here = labels == label
        near |= here & (cv2.dilate((region & here).astype(np.uint8), kernel) > 0)
    return near


def _box(region: np.ndarray, air: int) -> tuple[int, int, int, int]:
    ys, xs = np.nonzero(region.any(1))[0], np.nonzero(region.any(0))[0]
    height, width = region.shape
    return max(ys[0] - air, 0), min(ys[-1] + 1 + air, height), max(xs[0] - air, 0), min(xs[-1] + 1 + air, width)


@cache
def owners() -> np.ndarray:
    """(V,) index into PARTS of the part that a vertex belongs to."""
    owner = np.full(len(body_model().template), PARTS.index(TORSO))
    for number, part in enumerate(PARTS):
        if part != SKIRT:
            owner[np.isin(body_model().part, bones_of(part))] = number
    return owner


@cache
def twins() -> np.ndarray:
    """(V,) index of the vertex that is each vertex's mirror image on the other side of the body."""
    template = body_model().template
    return cKDTree(template).query(template * np.float32([-1, 1, 1]))[1]
