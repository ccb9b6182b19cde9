"""The buyer's skin where no photo shows it: their colour, their light, on their fitted body."""

from dataclasses import dataclass

import cv2
import numpy as np

from primerka.body import BONE
from primerka.perception.nearby import distance_to, local_mean, nearest_known
from primerka.perception.surface import normal_map
from primerka.person import Person
from primerka.tryon.surface.fill import spread_out

MIN_PIXELS = 150
FEW = 0.03  # of the torso length squared: so little skin of a leg may be a finger or a print
MAX_HUE_STEP, DARKER_SKIN = 10, 30  # in Lab, of skin from what the face lets expect; in the sun it may be much lighter …
OTHER_HUE = 35  # … and paler, but by so many degrees of another hue at most
LEAST_CHROMA, SKIN_HUES = 12, (20, 85)  # in Lab; degrees from a towards b …
BLEACHED, BLEACHED_CHROMA = (75, 90), 5  # … and with more light than the photo holds
MAX_DIFFERENCE = np.float32([25, 10, 10])  # in Lab, of the painting from the skin beside it
MEETS, FADES = 0.04, 0.2  # torso lengths of that skin that a mean is taken over, and over which what the painting lacks fades
DARKER, LIGHTER = 30, 15  # in lightness, than the middle of a part: more no shading makes
SIDEWAYS = 1.5  # how much more light from one side does to a part than to the face
CREASE, DEEPEST = 2.0, 0.2  # of the lightness, that is lost a torso length behind what is beside; at most
CONTOUR = 1 / 130  # torso lengths: how soft the outline is of a leg before the other
RIDGE = 0.25  # of the number of pixels: how firmly the usual light is held against what they say
UNEVEN = ((0, 0.5), (1 / 10, 1.8))  # torso lengths, 0 for pixels; deviation in lightness
_UNSEEN_FACE = np.float32([65, 14, 17])  # Lab


@dataclass(frozen=True)
class _Part:
    """A part of the body, and what its bare skin is like on many photos.

    labels  that the parsing gives its skin
    bones   whose surface is shaded as the part's; that of its ends, hands and feet, says little
    face    slope and offset: the face's lightness → its own
    light   change of lightness with the surface normal's y and z
    """

    labels: tuple[str, ...]
    bones: list[int]
    ends: list[int]
    face: tuple[float, float]
    light: tuple[float, float]


def _both(*names: str) -> list[int]:
    return [BONE[f"{side}_{name}"] for side in ("left", "right") for name in names]


# Rounded least squares over street photos: lightness of arms (31 people), legs (34) and necks (52) by that of the face, light on
# arms and legs. The trunk has the arms' light. On legs z came out near 0, for knees and shins are lit anyhow; -8 looks round.
_TRUNK = _Part(("neck",), [BONE[name] for name in ("neck", "chest", "abdomen", "pelvis")], [], (0.85, 13), (-12, -20))
_ARMS = _Part(("left_arm", "right_arm"), _both("upper_arm", "forearm"), _both("hand"), (0.75, 25), (-12, -20))
_LEGS = _Part(("left_leg", "right_leg"), _both("thigh", "shin"), _both("foot"), (0.75, 13), (-10, -8))


def paint_skin(person: Person, normals: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: the naked body as this photo would show it; meaningful on the body's surface only.

    Lightness is a linear function of the surface normal (the first-order spherical harmonics of Basri and Jacobs 2003,
    "Lambertian reflectance and linear subspaces"), for trunk, arms and legs apart. A part that the photo shows is fitted to
    what it shows. Of another the face says how light it is and how much light comes from the side; the rest is what is usual.
    Close to visible skin the painting meets it.

    normals  (H, W, 3) float32, as smooth_normals gives them
    """
    lab = cv2.cvtColor(person.photo.rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    on_body = person.surface.part >= 0
    in_face = _inner(person.parsing.mask("face"), person)
    face_seen = in_face.sum() >= MIN_PIXELS
    face = np.median(lab[in_face], 0) if face_seen else _UNSEEN_FACE
    hands = _inner(person.parsing.mask(*_ARMS.labels), person)
    if face_seen and hands.sum() >= MIN_PIXELS and not _has_hue_of_skin(face):
        (lightness, *hue), (slope, offset) = np.median(lab[hands], 0), _ARMS.face
        if _has_hue_of_skin(np.median(lab[hands], 0)) and lightness > slope * face[0] + offset:
            face = np.float32(
                [(lightness - offset) / slope, *hue]
            )  # what is dark is a beard; the hands say what the face is like
    sideways = SIDEWAYS * _light(lab[:, :, 0], normals, in_face & on_body, np.zeros(3))[0]
    painted, shown, hues = np.zeros_like(lab), [], [face[1:]]
    for part in (_TRUNK, _ARMS, _LEGS):
        seen = _inner(person.parsing.mask(*part.labels), person)
        middle = np.float32([part.face[0] * face[0] + part.face[1], *np.mean(hues, 0)])
        own = np.median(lab[seen], 0) if seen.sum() >= MIN_PIXELS else None
        if own is not None and part is not _LEGS and not face_seen:  # other skin says what a hidden face is like
            slope, offset = part.face
            face, face_seen, hues = np.float32([(own[0] - offset) / slope, *own[1:]]), True, [own[1:]]
            middle = own
        elif own is not None and part is _LEGS and seen.sum() > FEW * person.pose.torso_px**2:
            middle = own  # whatever they wear, tights perhaps, goes on further up
        elif own is not None and _like(own, middle):
            hues.append(own[1:])
            middle = np.float32([own[0], *np.mean(hues, 0)])
        else:  # unseen; gloves that pass for skin have another colour than the face
            seen = np.zeros_like(seen)
        surface = person.surface.mask(part.bones)
        shaded = _shade(middle, np.array([sideways, *part.light]), lab[:, :, 0], normals, surface, seen)
        place = 1.0 if part is _TRUNK else _soft(person.surface.mask(part.bones + part.ends), person)
        painted += np.atleast_3d(place) * (shaded - painted)
        shown.append((seen & on_body, place))
    painted[:, :, 0] *= 1 - _creases(person)
    painted = cv2.GaussianBlur(painted, (0, 0), max(CONTOUR * person.pose.torso_px, 0.6))
    for known, place in shown:
        lacking = to_meet(lab - painted, known, MEETS * person.pose.torso_px, FADES * person.pose.torso_px)
        painted = painted + np.atleast_3d(place) * lacking
    painted[:, :, 0] = np.clip(painted[:, :, 0] + _unevenness(on_body.shape, person.pose.torso_px), 0, 100)
    return (255 * np.clip(cv2.cvtColor(painted.astype(np.float32), cv2.COLOR_LAB2RGB), 0, 1)).astype(np.uint8)


def to_meet(difference: np.ndarray, known: np.ndarray, reach: float, fades: float) -> np.ndarray:
    """(H, W, 3) float32: what painted skin lacks of the skin that shows beside it, at its edge, carried on and fading.

    difference    (H, W, 3) Lab, meant where known (H, W) bool is
    reach, fades  pixels of the skin that a mean is taken over, and over which it fades
    """
    if not known.any():
        return np.zeros_like(difference)
    edge = known & (distance_to(~known) < max(reach, 1.5))
    x, y = np.moveaxis(nearest_known(~edge).astype(int), 2, 0)
    nearby = local_mean(difference, known, reach)  # the very edge lies in the shadow of the cloth
    carried = np.clip(nearby, -MAX_DIFFERENCE, MAX_DIFFERENCE)[y, x]
    return cv2.GaussianBlur(carried, (0, 0), reach) * np.exp(-distance_to(known) / fades)[:, :, None]


def _creases(person: Person) -> np.ndarray:
    """(H, W) float32: the share of the lightness that is lost behind what stands before the body, one leg behind the other: how much further
    off a pixel is than its neighbours (Luft, Colditz, Deussen 2006, "Image enhancement by unsharp masking the depth buffer").
    """
    on_body = person.surface.part >= 0
    depth = np.where(on_body, person.surface.depth, 0).astype(np.float32)
    behind = depth - spread_out(depth, on_body, person.pose.torso_px / 15)
    return np.where(on_body, np.clip(CREASE * behind / person.pose.torso_px, 0, DEEPEST), 0).astype(np.float32)


def _unevenness(shape: tuple[int, int], torso_px: float) -> np.ndarray:
    """(H, W) float32 lightness: no skin is as even as a formula. The same every time."""
    random = np.random.default_rng(0)
    total = np.zeros(shape, np.float32)
    for size, deviation in UNEVEN:
        step = max(size * torso_px, 1.6)  # pixels
        coarse = random.normal(0, 1, [int(length // step) + 3 for length in shape]).astype(np.float32)
        total += deviation * cv2.resize(coarse, None, fx=step, fy=step, interpolation=cv2.INTER_CUBIC)[: shape[0], : shape[1]]
    return total


def _soft(mask: np.ndarray, person: Person) -> np.ndarray:
    """(H, W) float32: 1 on a part of the body, fading across its joints."""
    return cv2.GaussianBlur(mask.astype(np.float32), (0, 0), person.pose.torso_px / 25)


def smooth_normals(person: Person) -> np.ndarray:
    """(H, W, 3) float32: the surface's normals without its facets, which skin does not have."""
    on_body = (person.surface.part >= 0).astype(np.float32)
    sigma = person.pose.torso_px / 40
    smooth = cv2.GaussianBlur(normal_map(person.surface) * on_body[:, :, None], (0, 0), sigma)
    smooth /= np.maximum(cv2.GaussianBlur(on_body, (0, 0), sigma), 1e-3)[:, :, None]
    return smooth / np.maximum(np.linalg.norm(smooth, axis=2, keepdims=True), 1e-6)


def _like(colour: np.ndarray, expected: np.ndarray) -> bool:
    """Whether a part's colour, Lab, may be that of the same skin, though in another light."""
    (a, b), (usual_a, usual_b) = colour[1:], expected[1:]
    turned = np.degrees(np.arctan2(b, a) - np.arctan2(usual_b, usual_a))
    paler = np.hypot(a, b) < np.hypot(usual_a, usual_b) + MAX_HUE_STEP and abs(turned) < OTHER_HUE
    same = np.hypot(a - usual_a, b - usual_b) < MAX_HUE_STEP or (paler and _has_hue_of_skin(colour))
    return bool(same and colour[0] > expected[0] - DARKER_SKIN)


def _has_hue_of_skin(colour: np.ndarray) -> bool:
    """Whether a colour, Lab, is that of skin rather than of gloves."""
    lightness, a, b = colour
    least = np.interp(lightness, BLEACHED, (LEAST_CHROMA, BLEACHED_CHROMA))
    return bool(np.hypot(a, b) > least and SKIN_HUES[0] < np.degrees(np.arctan2(b, a)) < SKIN_HUES[1])


def _inner(mask: np.ndarray, person: Person) -> np.ndarray:
    """The mask without its rim of mixed pixels."""
    width = 2 * max(round(person.pose.torso_px / 100), 1) + 1
    return cv2.erode(mask.astype(np.uint8), np.ones((width, width), np.uint8)) > 0


def _light(lightness: np.ndarray, normals: np.ndarray, where: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """(3,) change of lightness with the normal, fitted (ridge regression) where (H, W) bool says; usual: what it is without that."""
    if where.sum() < MIN_PIXELS:
        return usual
    n, values = normals[where], lightness[where]
    inlier = np.abs(values - np.median(values)) < 25
    if inlier.sum() < MIN_PIXELS:
        return usual
    n, values = n[inlier] - n[inlier].mean(0), values[inlier] - values[inlier].mean()
    ridge = RIDGE * len(n)
    return np.linalg.solve(n.T @ n + ridge * np.eye(3), n.T @ values + ridge * usual)


def _shade(
    middle: np.ndarray, usual: np.ndarray, lightness: np.ndarray, normals: np.ndarray, surface: np.ndarray, seen: np.ndarray
) -> np.ndarray:
    """(H, W, 3) Lab float32: the skin of a part.

    middle, usual    (3,) its colour, Lab, and its change of lightness with the normal, unless what is seen says other
    surface, seen    (H, W) bool: where the part is, and where the photo shows it
    """
    shown = seen & surface
    light = _light(lightness, normals, shown, usual)
    typical = shown if shown.sum() >= MIN_PIXELS else surface
    reference = normals[typical].mean(0) if typical.any() else np.array([0.0, 0.0, -0.8])
    painted = np.empty_like(normals)
    painted[:, :, 0] = middle[0] + np.clip((normals - reference) @ light, -DARKER, LIGHTER)
    painted[:, :, 1:] = middle[1:]
    return painted
