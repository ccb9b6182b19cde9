"""The buyer's skin where no photo shows it: their colour, their light, on their fitted body."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.perception.surface import normal_map
from primerka.person import Person
from primerka.tryon.surface.fill import spread_out

MIN_PIXELS = 150
MAX_HUE_STEP, MAX_LIGHT_STEP = 10, 25  # in Lab, between the face and other skin
MAX_DIFFERENCE = np.float32([15, 6, 6])  # of the painting from the skin beside it, likewise
_GROUPS = {
    "arms": ("left_arm", "right_arm"),
    "legs": ("left_leg", "right_leg"),
    "neck": ("neck",),
    "face": ("face",),
}
_LEG_BONES = [BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("thigh", "shin", "foot")]
_ARM_BONES = [BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("upper_arm", "forearm", "hand")]


def paint_skin(person: Person) -> np.ndarray:
    """(H, W, 3) uint8: the naked body as this photo would show it; meaningful on the body's surface only.

    Lightness is a linear function of the surface normal (the first-order spherical harmonics of Basri and Jacobs 2003,
    "Lambertian reflectance and linear subspaces"), fitted to the skin that can be seen; colour is its median. Close to
    visible skin the painting meets it.
    """
    lab = cv2.cvtColor(person.photo.rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    on_body = person.surface.part >= 0
    normals = _smooth_normals(person)
    seen = {name: _inner(person.parsing.mask(*labels), person) for name, labels in _GROUPS.items()}
    alike = seen
    if seen["face"].sum() >= MIN_PIXELS:  # gloves that pass for skin have another colour than the face
        face = np.median(lab[seen["face"]], 0)
        alike = {name: mask & _like(lab, mask, face) for name, mask in seen.items()}
    skin = np.logical_or.reduce(list(alike.values()))
    painted = _shade(lab, normals, skin & on_body, skin)
    if (alike["arms"] & on_body).sum() >= MIN_PIXELS:
        soft = _soft_part(person, _ARM_BONES)
        arms = _shade(lab, normals, alike["arms"] & on_body, alike["arms"])
        painted[:, :, 0] += soft * (arms - painted)[:, :, 0]
    if (seen["legs"] & on_body).sum() >= MIN_PIXELS:  # whatever they wear, tights perhaps, goes on further up
        soft = _soft_part(person, _LEG_BONES)
        painted += soft[:, :, None] * (_shade(lab, normals, seen["legs"] & on_body, seen["legs"]) - painted)
        skin = skin | seen["legs"]
    skin = skin & ~seen["face"]
    # Meet the visible skin: carry its difference from the painting a little way under the cloth.
    sigma = 0.2 * person.pose.torso_px
    known = skin & on_body
    difference = np.clip(lab - painted, -MAX_DIFFERENCE, MAX_DIFFERENCE) * known[:, :, None]
    near = np.clip(4 * spread_out(known.astype(np.float32), np.ones_like(known), sigma), 0, 1)
    painted = painted + spread_out(difference, known, sigma / 2) * near[:, :, None]
    grain = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 1.2, on_body.shape).astype(np.float32), (0, 0), 0.8)
    painted[:, :, 0] = np.clip(painted[:, :, 0] + grain, 0, 100)
    return (255 * np.clip(cv2.cvtColor(painted.astype(np.float32), cv2.COLOR_LAB2RGB), 0, 1)).astype(np.uint8)


def _soft_part(person: Person, bones: list[int]) -> np.ndarray:
    """(H, W) float32: 1 on a part of the body, fading across its joints."""
    return cv2.GaussianBlur(person.surface.mask(bones).astype(np.float32), (0, 0), person.pose.torso_px / 25)


def _smooth_normals(person: Person) -> np.ndarray:
    """(H, W, 3) float32: the surface's normals without its facets, which skin does not have."""
    on_body = (person.surface.part >= 0).astype(np.float32)
    sigma = person.pose.torso_px / 40
    smooth = cv2.GaussianBlur(normal_map(person.surface) * on_body[:, :, None], (0, 0), sigma)
    smooth /= np.maximum(cv2.GaussianBlur(on_body, (0, 0), sigma), 1e-3)[:, :, None]
    return smooth / np.maximum(np.linalg.norm(smooth, axis=2, keepdims=True), 1e-6)


def _like(lab: np.ndarray, mask: np.ndarray, face: np.ndarray) -> bool:
    """Whether the skin of a part is of the face's hue, and not much darker or lighter."""
    if not mask.any():
        return True
    lightness, *hue = np.median(lab[mask], 0) - face
    return bool(np.hypot(*hue) < MAX_HUE_STEP and abs(lightness) < MAX_LIGHT_STEP)


def _inner(mask: np.ndarray, person: Person) -> np.ndarray:
    """The mask without its rim of mixed pixels."""
    width = 2 * max(round(person.pose.torso_px / 100), 1) + 1
    return cv2.erode(mask.astype(np.uint8), np.ones((width, width), np.uint8)) > 0


def _shade(lab: np.ndarray, normals: np.ndarray, fitted: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """(H, W, 3) Lab float32: lightness by the normal, fitted where `fitted`; colour the median where `measured`."""
    if not measured.any():
        return np.broadcast_to(np.float32([65, 14, 17]), lab.shape).copy()
    values = lab[measured]
    middle = np.median(values, 0)
    # Default light: from above and in front. The fit may turn it as far as the data says so.
    light = np.array([0.0, -6.0, -16.0])
    if fitted.sum() >= MIN_PIXELS:
        n, lightness = normals[fitted], lab[:, :, 0][fitted]
        inlier = np.abs(lightness - middle[0]) < 25
        n, lightness = n[inlier], lightness[inlier]
        centered = n - n.mean(0)
        ridge = 0.25 * len(n)
        light = np.linalg.solve(
            centered.T @ centered + ridge * np.eye(3), centered.T @ (lightness - lightness.mean()) + ridge * light
        )
        reference = n.mean(0)
    else:
        reference = np.array([0.0, 0.0, -0.8])
    painted = np.empty_like(lab)
    low, high = np.percentile(values[:, 0], [10, 95])
    painted[:, :, 0] = np.clip(middle[0] + (normals - reference) @ light, low - 6, high + 2)
    painted[:, :, 1:] = middle[1:]
    return painted
