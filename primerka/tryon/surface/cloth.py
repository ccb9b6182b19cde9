"""Prepare a garment once: its cloth, part by part, as layers that can be warped onto anybody."""

from dataclasses import dataclass

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.body_model import body_model
from primerka.perception.nearby import box_of, distance_to, local_mean
from primerka.perception.surface import see_surface
from primerka.person import Garment, Person
from primerka.tryon.surface.complete import complete
from primerka.tryon.surface.figure import twins
from primerka.tryon.surface.fill import cloth_fill, mirror_fill
from primerka.tryon.surface.hidden_limbs import hidden_legs
from primerka.tryon.surface.parts import (
    LEGS,
    LOWER,
    SKIRT,
    SLEEVES,
    TORSO,
    Part,
    along_body,
    assign_parts,
    below_waist,
    without_sleeves,
)
from primerka.tryon.surface.symmetry import hidden_half

# What goes on under an open coat, to the side and over the upper arms.
UNDER_COATS = ("top", "dress")
# Torso lengths around a hand or a bag: parts of it may be taken for cloth; shadow and blur.
ALIKE_REACH, DOUBTFUL_RIM = 0.15, 0.03
FOLD = 1 / 20  # torso lengths: wider than that are folds, which do not go on where nothing shows at the same height
PATTERNED = 15  # grey levels off the mean nearby, of half of a cloth's pixels: such cloth is not plain
BESIDE = 0.1  # torso lengths of cloth that shows in a row
CLOTH_MEETS = 0.03  # torso lengths from the border of what is hidden, over which its mirror image passes into patches
UNEVEN = 1 / 45  # torso lengths: what is finer on an outline is the parsing's, not the garment's …
MIN_STRAP = 0.003  # … but for thin pieces of so much of the torso length squared
SHADOW = 0.06  # torso lengths that a top throws on the trousers or the skirt under it
LEG_RIM = 1 / 32  # torso lengths of the soft edge of the other leg …
LEG_SEAM = 1 / 60  # … of which so much goes along, or trousers whose legs touch would come apart
STEP, SHOWS, FEW = 0.02, 0.8, 0.2  # torso lengths; of a step down the body; of the widest step
UNLIKE = 2.0  # times the spread of the cloth's own colours: so far off is something else


@dataclass(frozen=True)
class Cloth:
    """A garment ready to be put on.

    rgb         (H, W, 3) uint8: the garment's colours, continued under whatever covered it and beyond its outline
    alpha       part → (H, W) uint8: where the part has cloth, soft at the outline
    sleeveless  the parts of arms that it is seen to leave bare
    zones       the parts of the body that the garment dresses at all: "upper", "lower"
    begins      how far below the waist the product photo begins to show most of it, torso lengths
    filled      fraction of the cloth that was hidden in the product photo and is guessed
    """

    garment: Garment
    rgb: np.ndarray
    alpha: dict[Part, np.ndarray]
    sleeveless: tuple[Part, ...]
    zones: frozenset[str]
    begins: float
    filled: float

    @property
    def category(self) -> str:
        return self.garment.category


def prepare_cloth(garment: Garment) -> Cloth:
    """Split the garment into parts, continue it where arms, hair or a bag hide it, and soften its outline."""
    model = garment.model
    unit = model.pose.torso_px
    assigned = assign_parts(garment)
    regions = dict(assigned)
    hidden = np.zeros_like(garment.mask)
    for part in regions:
        behind = _hidden_cloth(garment, part, regions[part])
        if garment.category in LOWER:
            behind |= _under_the_top(garment, part)
        regions[part] = regions[part] | behind
        hidden |= behind & ~garment.mask
    for part, behind in (*hidden_legs(garment, assigned).items(), *hidden_half(garment, assigned).items()):
        regions[part] = regions[part] | behind
        hidden |= behind
    for part, inside in _enclosed(regions, model).items():
        regions[part] = regions[part] | inside
        hidden |= inside
    whole = _even(np.logical_or.reduce(list(regions.values())), unit)
    soft = cv2.GaussianBlur(whole.astype(np.float32), (0, 0), max(unit / 150, 0.8))
    outline = np.clip(2 * soft - 0.5, 0, 1)
    alpha = {}
    overlap = max(round(unit / 16), 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * overlap + 1, 2 * overlap + 1))
    for part, region in regions.items():
        if region.sum() < 0.0005 * unit**2:
            continue
        # Parts reach into their neighbours, so that the seams close wherever the body bends.
        grown = cv2.GaussianBlur(cv2.dilate(region.astype(np.float32), kernel), (0, 0), overlap / 8)
        if part in LEGS:  # … but not into the other leg, which may go elsewhere
            other = np.logical_or.reduce([assigned[leg] for leg in LEGS if leg.name[:4] != part.name[:4]]).astype(np.uint8)
            rim = 2 * max(round(LEG_RIM * unit), 2) + 1
            seam = 2 * max(round(LEG_SEAM * unit), 2) + 1
            own = cv2.dilate(region.astype(np.uint8), np.ones((seam, seam), np.uint8)) > 0
            other = (cv2.dilate(other, np.ones((rim, rim), np.uint8)) > 0) & ~own
            grown *= 1 - cv2.GaussianBlur(other.astype(np.float32), (0, 0), 1.0)
        layer = (255 * outline * grown).astype(np.uint8)
        if layer.max() > 127:  # or even outlines have left nothing of it
            alpha[part] = layer
    sleeveless = () if garment.category in LOWER else tuple(without_sleeves(model))
    hidden &= whole
    begins = _begins(along_body(model), garment.mask, hidden)
    filled = float(hidden.sum() / max(whole.sum(), 1))
    return Cloth(garment, _colours(garment, whole, hidden), alpha, sleeveless, _zones(garment, whole), begins, filled)


def _begins(along: np.ndarray, shown: np.ndarray, hidden: np.ndarray) -> float:
    """Cloth.begins: the first step down the body, of which the cloth shows at all, of which SHOWS shows; a few pixels are none."""
    steps = np.floor(along / STEP).astype(int)
    first = steps[shown].min()
    seen, behind = (np.bincount(steps[cloth & (steps >= first)] - first) for cloth in (shown, hidden & ~shown))
    behind = np.append(behind, np.zeros_like(seen))[: len(seen)]
    whole = (seen >= SHOWS * (seen + behind)) & (seen > FEW * seen.max())
    return float(STEP * (first + np.argmax(whole)))


def _colours(garment: Garment, whole: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Cloth.rgb: beyond the outline a mirror image, where something hides the cloth its own patches; (H, W) bool whole, hidden."""
    photo, unit = garment.model.photo.rgb, garment.model.pose.torso_px
    # A rim of mixed pixels is left out of the colours: half background, half cloth.
    rim = max(round(unit / 60), 2)
    pure = cv2.erode(garment.mask.astype(np.uint8), np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)) > 0
    pure &= ~_doubtful(garment.model, garment.mask)
    if garment.category in LOWER:
        pure &= distance_to(garment.model.parsing.mask("top", "outerwear", "dress") & ~garment.mask) > SHADOW * unit
    if pure.sum() < 0.3 * garment.mask.sum():
        pure = garment.mask
    rgb = mirror_fill(photo, ~pure)
    if hidden.any():
        place = box_of(whole, margin=rim)
        guess = _drawn_out(photo[place], rgb[place], pure[place], unit)
        completed = complete(photo[place], ~pure[place], guess, unit, CLOTH_MEETS)
        behind = whole & (distance_to(hidden) < rim + DOUBTFUL_RIM * unit)
        rgb[place] = np.where(behind[place][:, :, None], completed, rgb[place])
    return rgb


def _drawn_out(photo: np.ndarray, mirrored: np.ndarray, pure: np.ndarray, unit: float) -> np.ndarray:
    """(H, W, 3) uint8: cloth where nothing of it shows, for a start: its mirror image, but of plain cloth, in rows in which none shows,
    its colours and its grain. Folds that are mirrored far from where they are become polygons.
    """
    off = np.abs(photo - local_mean(photo, pure, FOLD * unit)).mean(2)[pure]
    if np.median(off) > PATTERNED:
        return mirrored
    plain = cloth_fill(photo, ~pure, FOLD * unit)
    shows = (pure.sum(1, keepdims=True) > BESIDE * unit).astype(np.float32)
    share = cv2.GaussianBlur(shows, (1, 0), CLOTH_MEETS * unit)[:, :, None]
    return np.rint(plain + share * (mirrored.astype(np.float32) - plain)).astype(np.uint8)


def _even(whole: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) bool: the cloth with smooth outlines; straps and other thin pieces as they are."""
    sigma = UNEVEN * unit
    size = 2 * max(round(sigma), 1) + 1
    broad = cv2.morphologyEx(whole.astype(np.uint8), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((whole & (broad == 0)).astype(np.uint8))
    thin = stats[:, cv2.CC_STAT_AREA] > MIN_STRAP * unit**2
    thin[0] = False
    return (cv2.GaussianBlur(whole.astype(np.float32), (0, 0), sigma) > 0.5) | thin[pieces]


def _enclosed(regions: dict[Part, np.ndarray], model: Person) -> dict[Part, np.ndarray]:
    """Part → (H, W) bool: holes of the cloth in which the photo shows something of the person, each pixel on the nearest part."""
    whole = np.logical_or.reduce(list(regions.values()))
    _, outside = cv2.connectedComponents(np.pad(~whole, 1, constant_values=True).astype(np.uint8), connectivity=4)
    holes = ~whole & (outside != outside[0, 0])[1:-1, 1:-1] & (model.parsing.labels > 0)
    if not holes.any():
        return {}
    away = [cv2.distanceTransform((~region).astype(np.uint8), cv2.DIST_L2, 3) for region in regions.values()]
    nearest = np.argmin(away, 0)
    return {part: holes & (nearest == index) for index, part in enumerate(regions)}


def _doubtful(model: Person, cloth: np.ndarray) -> np.ndarray:
    """(H, W) bool: cloth around hands and bags whose colours may be theirs: all that is closest, and what looks more like them."""
    unit, rgb = model.pose.torso_px, model.photo.rgb.astype(np.float32)
    doubtful = np.zeros_like(cloth)
    for names in (("left_arm", "right_arm"), ("bag",)):
        thing = model.parsing.mask(*names)
        if not thing.any():
            continue
        away = cv2.distanceTransform((~thing).astype(np.uint8), cv2.DIST_L2, 3) / unit
        near = away < ALIKE_REACH
        theirs, ours = (local_mean(rgb, region, ALIKE_REACH * unit) for region in (thing, cloth & ~near))
        off = np.linalg.norm(rgb - ours, axis=2)
        # The white of stripes is like a hand, and yet no further from their mean than stripes are.
        spread = np.sqrt(np.maximum(local_mean(rgb**2, cloth & ~near, ALIKE_REACH * unit) - ours**2, 0).sum(2))
        alike = near & (np.linalg.norm(rgb - theirs, axis=2) < off) & (off > UNLIKE * spread)
        rim = 2 * round(DOUBTFUL_RIM * unit / 2) + 1
        alike = cv2.dilate(cv2.morphologyEx(alike.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3))), np.ones((rim, rim)))
        doubtful |= (away < DOUBTFUL_RIM) | (alike > 0)
    return doubtful


def _zones(garment: Garment, whole: np.ndarray) -> frozenset[str]:
    """Which halves of the trunk the garment covers: a dress under a coat may show its skirt alone."""
    surface = garment.model.surface
    zones = {"upper": ("chest", "abdomen"), "lower": ("pelvis", "left_thigh", "right_thigh")}
    covered = set()
    for zone, bones in zones.items():
        body = surface.mask([BONE[bone] for bone in bones])
        if (body & whole).sum() > 0.3 * body.sum():
            covered.add(zone)
    return frozenset(covered)


def _hidden_cloth(garment: Garment, part: Part, region: np.ndarray) -> np.ndarray:
    """Where the part must have cloth that something in front hides: (H, W) bool.

    A pixel that shows an arm, hair, a bag or a sleeve, with the garment on both sides of it in its row or its column,
    lies over this part's cloth if this part of the body is behind it.
    """
    model = garment.model
    sleeve_under_coat = part.name.endswith("upper_arm") and garment.category in UNDER_COATS
    if region.sum() < 50 and not sleeve_under_coat:
        return np.zeros_like(region)
    in_front = model.parsing.mask("hair", "left_arm", "right_arm", "bag", "scarf", "other", "face")
    if part in LEGS:
        # One leg before the other: this one's cloth goes on behind.
        return garment.mask & ~region & _body_behind(model, part) | in_front & _between_cloth(garment, part, region)
    if part not in SLEEVES:
        sleeves = [index for sleeve in SLEEVES for index in sleeve.indices]
        in_front = in_front | (garment.mask & ~region & model.surface.mask(sleeves))
    if garment.category == "outerwear":
        return in_front & _beside_an_open_coat(garment, in_front) & _body_behind(model, part)
    covered = in_front & _between_cloth(garment, part, region)
    if part == TORSO:
        opening = _neckline(garment)
        shown = _beside(region) | _closer(garment.mask, model.parsing.mask("neck", "left_arm", "right_arm"))
        covered |= model.parsing.mask("hair") & shown & _body_behind(model, TORSO)
        covered &= ~(model.parsing.mask("hair") & opening)
    if part == TORSO or part in SLEEVES:
        covered |= model.parsing.mask("hair") & _as_on_the_other_side(garment, part)
    if garment.category in UNDER_COATS and not part.name.endswith("forearm"):
        covered |= model.parsing.mask("outerwear") & _body_behind(model, part) & _up_to_the_shoulders(garment)
    covered = cv2.morphologyEx(covered.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)) > 0
    _, pieces = cv2.connectedComponents((region | covered).astype(np.uint8))
    return covered & (np.isin(pieces, np.unique(pieces[region])) | ~region.any())


def _beside_an_open_coat(garment: Garment, in_front: np.ndarray) -> np.ndarray:
    """(H, W) bool: of hair, and of an arm or a bag that has the coat on both sides, what is closer to the coat than to anything else
    of the person; a belt that has it on all four. Beyond them may be what is worn under an open coat.
    """
    rows, columns = (_sides(garment.mask, ~in_front, axis) for axis in (1, 0))
    labels = garment.model.parsing.labels
    others = (labels > 0) & ~garment.mask & ~in_front
    across, along = rows[0] & rows[1], columns[0] & columns[1]
    hair, belt = labels == LABEL["hair"], labels == LABEL["other"]
    return np.where(belt, across & along, (across | along | hair) & _closer(garment.mask, others))


def _closer(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(H, W) bool: the pixels that are closer to one mask than to the other."""
    near, far = (cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5) for mask in (one, other))
    return (near < far) & one.any()


def _sides(cloth: np.ndarray, visible: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) bool each: whether the nearest visible pixel before, and behind, along an axis is cloth."""

    def before(cloth: np.ndarray, visible: np.ndarray) -> np.ndarray:
        positions = np.broadcast_to(np.arange(cloth.shape[1]), cloth.shape)
        last = np.maximum.accumulate(np.where(visible, positions, -1), 1)
        return np.take_along_axis(cloth, np.maximum(last, 0), 1) & (last >= 0)

    if axis == 0:
        return tuple(side.T for side in _sides(cloth.T, visible.T, 1))
    return before(cloth, visible), before(cloth[:, ::-1], visible[:, ::-1])[:, ::-1]


def _as_on_the_other_side(garment: Garment, part: Part) -> np.ndarray:
    """(H, W) bool: trunk or arm where the same place on the body's other side shows the garment. Hair hides one shoulder or one
    sleeve of what is the same on both.
    """
    model, body = garment.model, body_model()
    height, width = garment.mask.shape
    alone = see_surface(model.body, height, width, part.indices)
    seen = alone.part >= 0
    vertices = body.faces[alone.face[seen], 0]
    x, y = np.rint(model.body.vertices[twins()[vertices], :2]).astype(int).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    shows = np.zeros(len(vertices), bool)
    shows[inside] = garment.mask[y[inside], x[inside]]
    alike = np.zeros_like(garment.mask)
    alike[seen] = shows
    return alike


def _neckline(garment: Garment) -> np.ndarray:
    """(H, W) bool: the opening for the neck, also where hair hides it: the least convex shape around the neck and the skin in sight below
    it, down to where the garment shows in its middle.
    """
    model = garment.model
    neck, chest = (
        model.surface.mask([BONE[bone] for bone in bones])
        for bones in (("neck",), ("chest", "left_clavicle", "right_clavicle"))
    )
    opening = hull(neck | model.parsing.mask("neck") & chest)
    columns = np.flatnonzero(opening.any(0))
    third = len(columns) // 3
    shown = (garment.mask & opening)[:, columns[third : len(columns) - third]].any(1)
    opening[np.flatnonzero(shown).min(initial=len(opening)) :] = False
    return opening


def _beside(cloth: np.ndarray) -> np.ndarray:
    """(H, W) bool: the rows in which the cloth shows."""
    return np.broadcast_to(cloth.any(1)[:, None], cloth.shape)


def _up_to_the_shoulders(garment: Garment) -> np.ndarray:
    """(H, W) bool: the rows in which the cloth shows, and what is above them beside the neck: where a coat is open over a neckline,
    the cloth goes on under its lapels.
    """
    chest, neck = (garment.model.surface.mask([BONE[bone]]) for bone in ("chest", "neck"))
    shows = _beside(garment.mask)
    if not (garment.mask & chest).any():
        return shows
    return np.flip(np.maximum.accumulate(np.flip(shows, 0), 0), 0) & ~neck


def _between_cloth(garment: Garment, part: Part, region: np.ndarray) -> np.ndarray:
    """(H, W) bool: the part's own cloth all around, or its body behind and the garment on both sides; an arm or a bag before
    the trunk may also lie at the garment's edge. A skirt is as wide as a line from its waist to its hem.
    """
    around = between(garment.mask, axis=1) | between(garment.mask, axis=0)
    inside = between(region, axis=1) & between(region, axis=0)
    if part == SKIRT:
        inside |= hull(region)
    if part not in SLEEVES:
        around |= _beside(region) & garment.model.parsing.mask("left_arm", "right_arm", "bag", "other")
    return inside | around & _body_behind(garment.model, part)


def hull(region: np.ndarray) -> np.ndarray:
    """(H, W) bool: the least convex shape around a region."""
    filled = np.zeros(region.shape, np.uint8)
    points = cv2.findNonZero(region.astype(np.uint8))
    return region if points is None else cv2.fillConvexPoly(filled, cv2.convexHull(points), 1) > 0


def _under_the_top(garment: Garment, part: Part) -> np.ndarray:
    """(H, W) bool: where a lower garment goes on up to the waist under what is worn over it."""
    model = garment.model
    over = model.parsing.mask("top", "outerwear", "dress", "bag", "left_arm", "right_arm", "other", "scarf")
    above_cloth = np.flip(np.maximum.accumulate(np.flip(garment.mask, 0), 0), 0)
    return over & above_cloth & _body_behind(model, part) & below_waist(model)


def between(region: np.ndarray, axis: int) -> np.ndarray:
    """Pixels with the region both before and behind them along an axis."""
    before = np.maximum.accumulate(region, axis)
    behind = np.flip(np.maximum.accumulate(np.flip(region, axis), axis), axis)
    return before & behind


def _body_behind(person: Person, part: Part) -> np.ndarray:
    """Where this part of the body would be seen if no other part were there."""
    return see_surface(person.body, person.photo.height, person.photo.width, part.indices).part >= 0
