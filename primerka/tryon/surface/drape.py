"""Put prepared cloth on a buyer: warp each part by the surface that the two bodies share, and stack the parts."""

from dataclasses import dataclass

import cv2
import numpy as np

from primerka.perception.surface import visible_vertices
from primerka.person import Person
from primerka.tryon.surface.cloth import Cloth, facing_vertices
from primerka.tryon.surface.parts import SLEEVES, Part, control_vertices, mirror_vertices
from primerka.tryon.surface.warp import dense_flow

MIN_POINTS = 12
MAX_POINTS = 160
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
    seen = facing_vertices(buyer)
    layers = [np.zeros((height, width, 4), np.float32) for _ in range(2)]
    unsure = []
    for part in _back_to_front(cloth, buyer):
        if seen[control_vertices(part)].sum() < MIN_POINTS:
            continue  # the buyer's photo does not show this part
        points = _shared_points(cloth, buyer, part, seen)
        source_part = part
        if points is None:
            points, source_part = _mirrored_points(cloth, buyer, part, seen)
            unsure.append(part.name)
            if points is None:
                continue
        front = part in SLEEVES and not _behind_torso(part, buyer)
        _lay(layers[front], cloth, source_part, *points, reach=0.06 * buyer.pose.torso_px)
    (rgb, alpha), (sleeve_rgb, sleeve_alpha) = (_straight(layer) for layer in layers)
    return Drape(rgb, alpha, sleeve_rgb, sleeve_alpha, tuple(unsure))


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
    return next((sleeve for sleeve in SLEEVES if sleeve.name == f"{_OTHER_SIDE.get(side)}_{rest}"), None)


def _shared_points(cloth: Cloth, buyer: Person, part: Part, seen: np.ndarray):
    """Points of the part that face both cameras: (M, 2) targets, (M, 2) sources; None where they are too few."""
    if part not in cloth.alpha:
        return None
    vertices = control_vertices(part)
    vertices = vertices[cloth.facing[vertices] & seen[vertices]]
    return _pairs(buyer, cloth, vertices, vertices)


def _mirrored_points(cloth: Cloth, buyer: Person, part: Part, seen: np.ndarray):
    """The part made from its twin on the other side of the product's model."""
    twin = _opposite(part)
    if twin is None or twin not in cloth.alpha:
        return None, part
    vertices = control_vertices(part)
    twins = mirror_vertices()[vertices]
    both = cloth.facing[twins] & seen[vertices]
    return _pairs(buyer, cloth, vertices[both], twins[both]), twin


def _pairs(buyer: Person, cloth: Cloth, targets: np.ndarray, sources: np.ndarray):
    if len(targets) < MIN_POINTS:
        return None
    step = max(len(targets) // MAX_POINTS, 1)
    source_xy = cloth.garment.model.body.vertices[sources[::step], :2]
    return buyer.body.vertices[targets[::step], :2], source_xy


def _lay(layer: np.ndarray, cloth: Cloth, part: Part, targets: np.ndarray, sources: np.ndarray, reach: float) -> None:
    """Warp one part and lay it over the premultiplied layer (H, W, 4)."""
    height, width = layer.shape[:2]
    alpha = cloth.alpha[part]
    box = _target_box(alpha, targets, sources, width, height)
    if box is None:
        return
    left, top, right, bottom = box
    flow = dense_flow(targets, sources, box, reach)
    warped_alpha = cv2.remap(alpha, flow[:, :, 0], flow[:, :, 1], cv2.INTER_LINEAR, borderValue=0) / np.float32(255)
    warped_rgb = cv2.remap(cloth.rgb, flow[:, :, 0], flow[:, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
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
