"""Put prepared cloth on a buyer: warp each part by the surface that the two bodies share, and stack the parts."""

from dataclasses import dataclass

import cv2
import numpy as np

from primerka.body import Body
from primerka.perception.surface import visible_vertices
from primerka.person import Person
from primerka.tryon.surface.cloth import Cloth, facing_vertices
from primerka.tryon.surface.parts import (
    LEGS,
    LIMB_STATIONS,
    SLEEVES,
    Part,
    control_vertices,
    joint_vertices,
    limb_profile,
    mirror_vertices,
)
from primerka.tryon.surface.warp import dense_flow

MIN_POINTS = 12
MAX_POINTS = 160
MIN_FORESHORTENING = 0.3
_OTHER_SIDE = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Drape:
    """One garment on the buyer, in the buyer's pixels.

    rgb, alpha  (H, W, 3) uint8 and (H, W) float32: the garment without its sleeves that lie before the torso
    sleeves     the same for those sleeves
    unsure      names of the parts that the product photo does not show
    """

    rgb: np.ndarray
    alpha: np.ndarray
    sleeve_rgb: np.ndarray
    sleeve_alpha: np.ndarray
    unsure: tuple[str, ...]

    @property
    def whole_alpha(self) -> np.ndarray:
        return np.maximum(self.alpha, self.sleeve_alpha)


def drape(cloth: Cloth, buyer: Person) -> Drape:
    """Carry every part of the cloth onto the buyer's body."""
    height, width = buyer.photo.height, buyer.photo.width
    layers = [np.zeros((height, width, 4), np.float32) for _ in range(2)]
    reach = 0.06 * buyer.pose.torso_px
    unsure = []
    for part in _back_to_front(cloth, buyer):
        if part in (*SLEEVES, *LEGS):
            twin = _opposite(part)
            points, source = None, part
            if part in cloth.alpha:
                points = _limb_points(cloth, buyer, part, part)
            if points is None and twin in cloth.alpha:
                points, source = _limb_points(cloth, buyer, part, twin), twin
                unsure.append(part.name)
            if points is not None:
                front = part in SLEEVES and not _behind_torso(part, buyer)
                _lay(layers[front], cloth, source, *points, reach)
            continue
        if _turned_away(cloth, buyer, part):
            points = _trunk_points(cloth, buyer, part, mirrored=True)
            if points is not None:
                _lay(layers[0], cloth, part, *points, reach, mirrored=True)
        points = _trunk_points(cloth, buyer, part, mirrored=False)
        if points is not None:
            _lay(layers[0], cloth, part, *points, reach)
    (rgb, alpha), (sleeve_rgb, sleeve_alpha) = (_straight(layer) for layer in layers)
    return Drape(rgb, alpha, sleeve_rgb, sleeve_alpha, tuple(unsure))


def _turned_away(cloth: Cloth, buyer: Person, part: Part) -> bool:
    """Whether the buyer shows much of a part that the product's model turns away."""
    facing = control_vertices(part)[facing_vertices(buyer)[control_vertices(part)]]
    return bool(len(facing) and cloth.facing[facing].mean() < 0.8)


def _straight(layer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Premultiplied float RGBA → straight colours and alpha."""
    alpha = np.clip(layer[:, :, 3], 0, 1)
    rgb = layer[:, :, :3] / np.maximum(layer[:, :, 3:], 1e-4)
    return np.clip(rgb, 0, 255).astype(np.uint8), alpha


def _back_to_front(cloth: Cloth, buyer: Person) -> list[Part]:
    """Sleeves behind the torso, legs, the trunk, then sleeves before the torso; further parts first."""

    def key(part: Part) -> tuple[int, float]:
        depth = -float(buyer.body.vertices[control_vertices(part), 2].mean())
        if part in SLEEVES:
            return (0 if _behind_torso(part, buyer) else 3), depth
        return (2 if part.name in ("torso", "skirt") else 1), depth

    present = set(cloth.alpha)
    # A sleeve that the photo hides comes from the other one.
    for part in SLEEVES:
        if _opposite(part) in present:
            present.add(part)
    return sorted(present, key=key)


def _behind_torso(part: Part, buyer: Person) -> bool:
    """Whether most of the part that faces the camera is hidden by something nearer."""
    vertices = control_vertices(part)
    facing = vertices[buyer.surface.normals[vertices, 2] < 0]
    return bool(len(facing) and visible_vertices(buyer.body, buyer.surface)[facing].mean() < 0.4)


def _opposite(part: Part) -> Part | None:
    side, _, rest = part.name.partition("_")
    name = f"{_OTHER_SIDE.get(side)}_{rest}"
    return next((limb for limb in (*SLEEVES, *LEGS) if limb.name == name), None)


def _trunk_points(cloth: Cloth, buyer: Person, part: Part, mirrored: bool):
    """Vertices of trunk or skirt that face both cameras: (M, 2) targets, (M, 2) sources; None where they are too few.

    mirrored: take each from its mirror image on the product's model, for the side that the model turns away.
    """
    vertices = control_vertices(part)
    sources = mirror_vertices()[vertices] if mirrored else vertices
    both = cloth.facing[sources] & facing_vertices(buyer)[vertices]
    return _pairs(buyer, cloth, vertices[both], sources[both])


def _limb_points(cloth: Cloth, buyer: Person, part: Part, source_part: Part):
    """A limb's axis and outline in both pictures, with the vertices where it meets the trunk.

    An arm may be twisted between the two photos, so that few of its vertices face both cameras, or in another order;
    its outline is there in any case. None where the product's model points the limb at the camera.
    """
    source_tube = _tube(cloth.garment.model.body, source_part)
    target_tube = _tube(buyer.body, part)
    if source_tube is None or target_tube is None:
        return None
    if part is not source_part:  # the outline's two sides change places
        source_tube = source_tube[:, [0, 2, 1]]
    vertices = joint_vertices(part)
    sources = vertices if part is source_part else mirror_vertices()[vertices]
    both = cloth.facing[sources] & facing_vertices(buyer)[vertices]
    targets = [target_tube.reshape(-1, 2), buyer.body.vertices[vertices[both], :2]]
    origins = [source_tube.reshape(-1, 2), cloth.garment.model.body.vertices[sources[both], :2]]
    return np.concatenate(targets), np.concatenate(origins)


def _tube(body: Body, part: Part) -> np.ndarray | None:
    """(stations, 3, 2) pixels: axis, one side and the other side of a limb; None where it points at the camera."""
    bone, end, radius = limb_profile(part)
    start, stop = body.bones[bone], body.bones[end]
    flat = np.linalg.norm(stop[:2] - start[:2])
    if flat < MIN_FORESHORTENING * np.linalg.norm(stop - start):
        return None
    direction = (stop[:2] - start[:2]) / flat
    normal = np.array([-direction[1], direction[0]])
    axis = start[:2] + LIMB_STATIONS[:, None] * (stop[:2] - start[:2])
    side = radius[:, None] * body.scale * normal
    return np.stack([axis, axis + side, axis - side], 1)


def _pairs(buyer: Person, cloth: Cloth, targets: np.ndarray, sources: np.ndarray):
    if len(targets) < MIN_POINTS:
        return None
    step = max(len(targets) // MAX_POINTS, 1)
    source_xy = cloth.garment.model.body.vertices[sources[::step], :2]
    return buyer.body.vertices[targets[::step], :2], source_xy


def _lay(
    layer: np.ndarray,
    cloth: Cloth,
    part: Part,
    targets: np.ndarray,
    sources: np.ndarray,
    reach: float,
    mirrored: bool = False,
) -> None:
    """Warp one part, or its mirror image, and lay it over the premultiplied layer (H, W, 4)."""
    height, width = layer.shape[:2]
    alpha, rgb = cloth.alpha[part], cloth.rgb
    if mirrored:
        alpha, rgb = alpha[:, ::-1], rgb[:, ::-1]
        sources = sources * np.float32([-1, 1]) + np.float32([alpha.shape[1] - 1, 0])
    box = _target_box(alpha, targets, sources, width, height)
    if box is None:
        return
    left, top, right, bottom = box
    flow = dense_flow(targets, sources, box, reach)
    warped_alpha = cv2.remap(alpha, flow[:, :, 0], flow[:, :, 1], cv2.INTER_LINEAR, borderValue=0) / np.float32(255)
    warped_rgb = cv2.remap(rgb, flow[:, :, 0], flow[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    region = layer[top:bottom, left:right]
    region *= (1 - warped_alpha)[:, :, None]
    region[:, :, :3] += warped_rgb * warped_alpha[:, :, None]
    region[:, :, 3] += warped_alpha


def _target_box(alpha: np.ndarray, targets: np.ndarray, sources: np.ndarray, width: int, height: int):
    """The part of the buyer's picture that the cloth can reach: its own box carried by the points' similarity."""
    ys, xs = np.nonzero(alpha.max(1))[0], np.nonzero(alpha.max(0))[0]
    corners = np.array([[x, y] for x in (xs[0], xs[-1]) for y in (ys[0], ys[-1])], float)
    matrix, _ = cv2.estimateAffinePartial2D(sources.astype(np.float32), targets.astype(np.float32), method=cv2.LMEDS)
    if matrix is None:
        return None
    moved = corners @ matrix[:, :2].T + matrix[:, 2]
    low, high = np.minimum(moved.min(0), targets.min(0)), np.maximum(moved.max(0), targets.max(0))
    air = 0.25 * (high - low) + 16
    left, top = np.maximum(np.floor(low - air), 0).astype(int)
    right, bottom = np.minimum(np.ceil(high + air), [width, height]).astype(int)
    return (left, top, right, bottom) if right > left and bottom > top else None
