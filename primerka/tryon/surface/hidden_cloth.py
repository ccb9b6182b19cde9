"""Where a garment goes on under what hides it in the product photo: hair, arms, a bag, a coat over it."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.body_model import body_model
from primerka.perception.pieces import pieces_in
from primerka.perception.surface import see_surface
from primerka.person import Garment, Person
from primerka.tryon.surface.between import between, hull, nearest_on_both_sides
from primerka.tryon.surface.figure import twins
from primerka.tryon.surface.parts import LEGS, SKIRT, SLEEVES, TORSO, UNDER_COATS, Part, below_waist


def hidden_cloth(garment: Garment, part: Part, region: np.ndarray, sleeves: np.ndarray) -> np.ndarray:
    """Where the part must have cloth that something in front hides: (H, W) bool.

    A pixel that shows an arm, hair, a bag or a sleeve, with the garment on both sides of it in its row or its column,
    lies over this part's cloth if this part of the body is behind it.

    region, sleeves  (H, W) bool: the cloth that the photo shows of the part, and of sleeves
    """
    model = garment.model
    sleeve_under_coat = part.name.endswith("upper_arm") and garment.category in UNDER_COATS
    if region.sum() < 50 and not sleeve_under_coat:
        return np.zeros_like(region)
    in_front = model.parsing.mask("hair", "left_arm", "right_arm", "bag", "scarf", "other", "face")
    if part in LEGS:
        # One leg before the other: this one's cloth goes on behind.
        return garment.mask & ~region & _body_behind(model, part) | in_front & _between_cloth(garment, part, region)
    if part in SLEEVES:  # what is seen to be bare has no sleeve
        side = part.name.split("_")[0]
        in_front = in_front & ~(model.surface.mask(part.indices) & model.parsing.mask(f"{side}_arm"))
    else:
        in_front = in_front | sleeves
    if garment.category == "outerwear":
        hidden = in_front & _beside_an_open_coat(garment, in_front)
        if part not in SLEEVES:
            hidden |= _beside_trunk_alone(garment, region, sleeves)
        return hidden & _body_behind(model, part)
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
    return covered & (pieces_in(pieces, region) | ~region.any())


def under_the_top(garment: Garment, part: Part) -> np.ndarray:
    """(H, W) bool: where a lower garment goes on up to the waist under what is worn over it."""
    model = garment.model
    over = model.parsing.mask("top", "outerwear", "dress", "bag", "left_arm", "right_arm", "other", "scarf")
    above_cloth = np.flip(np.maximum.accumulate(np.flip(garment.mask, 0), 0), 0)
    return over & above_cloth & _body_behind(model, part) & below_waist(model)


def enclosed_by_cloth(regions: dict[Part, np.ndarray], model: Person) -> dict[Part, np.ndarray]:
    """Part → (H, W) bool: holes of the cloth in which the photo shows something of the person, each pixel on the nearest part."""
    whole = np.logical_or.reduce(list(regions.values()))
    _, outside = cv2.connectedComponents(np.pad(~whole, 1, constant_values=True).astype(np.uint8), connectivity=4)
    holes = ~whole & (outside != outside[0, 0])[1:-1, 1:-1] & (model.parsing.labels > 0)
    if not holes.any():
        return {}
    away = [cv2.distanceTransform((~region).astype(np.uint8), cv2.DIST_L2, 3) for region in regions.values()]
    nearest = np.argmin(away, 0)
    return {part: holes & (nearest == index) for index, part in enumerate(regions)}


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


def _beside_trunk_alone(garment: Garment, region: np.ndarray, sleeves: np.ndarray) -> np.ndarray:
    """(H, W) bool: of an open coat's sleeves what has in its row the cloth of the trunk on one side, and on neither anything else of the person."""
    others = (garment.model.parsing.labels > 0) & ~garment.mask
    cloth, something = (nearest_on_both_sides(mask, ~sleeves, 1) for mask in (region, others))
    return sleeves & (cloth[0] | cloth[1]) & ~(something[0] | something[1])


def _beside_an_open_coat(garment: Garment, in_front: np.ndarray) -> np.ndarray:
    """(H, W) bool: of hair, and of an arm or a bag that has the coat on both sides, what is closer to the coat than to anything else
    of the person; a belt that has it on all four. Beyond them may be what is worn under an open coat.
    """
    rows, columns = (nearest_on_both_sides(garment.mask, ~in_front, axis) for axis in (1, 0))
    labels = garment.model.parsing.labels
    others = (labels > 0) & ~garment.mask & ~in_front
    across, along = rows[0] & rows[1], columns[0] & columns[1]
    hair, belt = labels == LABEL["hair"], labels == LABEL["other"]
    return np.where(belt, across & along, (across | along | hair) & _closer(garment.mask, others))


def _closer(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(H, W) bool: the pixels that are closer to one mask than to the other."""
    near, far = (cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5) for mask in (one, other))
    return (near < far) & one.any()


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


def _up_to_the_shoulders(garment: Garment) -> np.ndarray:
    """(H, W) bool: the rows in which the cloth shows, and what is above them beside the neck: where a coat is open over a neckline,
    the cloth goes on under its lapels.
    """
    chest, neck = (garment.model.surface.mask([BONE[bone]]) for bone in ("chest", "neck"))
    shows = _beside(garment.mask)
    if not (garment.mask & chest).any():
        return shows
    return np.flip(np.maximum.accumulate(np.flip(shows, 0), 0), 0) & ~neck


def _beside(cloth: np.ndarray) -> np.ndarray:
    """(H, W) bool: the rows in which the cloth shows."""
    return np.broadcast_to(cloth.any(1)[:, None], cloth.shape)


def _body_behind(person: Person, part: Part) -> np.ndarray:
    """Where this part of the body would be seen if no other part were there."""
    return see_surface(person.body, person.photo.height, person.photo.width, part.indices).part >= 0
