"""Put prepared cloth on a buyer: warp each part by the surface that the two bodies share, and stack the parts."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from primerka.body import BONE, Body
from primerka.perception.body_model import body_model
from primerka.perception.nearby import box_of, distance_to
from primerka.perception.pieces import pieces_in
from primerka.perception.surface import visible_vertices
from primerka.person import Person
from primerka.tryon.surface.cloth import Cloth
from primerka.tryon.surface.outline import (
    JOINT_STATIONS,
    LIMB_STATIONS,
    MOST_BENT,
    bend,
    limb_outline,
    skirt_outline,
    trunk_outline,
)
from primerka.tryon.surface.parts import (
    FOREARMS,
    LEGS,
    SHINS,
    SKIRT,
    SLEEVES,
    THIGHS,
    UPPER_ARMS,
    Part,
    control_vertices,
)
from primerka.tryon.surface.warp import dense_flow

MAX_STRETCH = 1.8  # of a part that the product's model points towards the camera
TWIN_GAIN = 1.3  # how many times less its twin must be stretched to be taken instead
MIN_SHOWN = 0.5  # of what shows of a limb's twin: with less the twin comes first
ABOVE_TOES = 0.6  # of the height from the sole to the ankle joint, from above
BENDS_ALIKE = 0.26  # cosine of the difference, 75 degrees
HEM = 95  # percentile of a hem's columns, from above
MOST_SHORTENED = 0.15  # of the way from the hips to the floor
UPRIGHT = 0.8  # cosine of a trunk's lean, 37 degrees
MAX_STRAY, IN_THE_AIR = 0.06, 0.1  # of the torso length squared; torso lengths from the body
FAINT = 0.1  # of a matte: less does not hold pieces together
LIMBS = (*SLEEVES, *LEGS)
_OTHER_SIDE = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Drape:
    """One garment on the buyer, in the buyer's pixels.

    rgb, alpha  (H, W, 3) uint8 and (H, W) float32: the garment without its sleeves that lie before the torso
    sleeve_rgb, sleeve_alpha        the same for those sleeves
    all_sleeves_rgb, all_sleeves_alpha  and for those behind it, too
    unsure      names of the parts, or whole limbs, of which the product photo shows nothing or little, or that it points at the
                camera, and that are made from their twin on the other side
    """

    rgb: np.ndarray
    alpha: np.ndarray
    sleeve_rgb: np.ndarray
    sleeve_alpha: np.ndarray
    all_sleeves_rgb: np.ndarray
    all_sleeves_alpha: np.ndarray
    unsure: tuple[str, ...]

    @property
    def whole_alpha(self) -> np.ndarray:
        return np.maximum(self.alpha, self.sleeve_alpha)


@dataclass(frozen=True)
class Piece:
    """Parts of the buyer that are dressed at once, by parts of the product photo.

    target, origin  (stations, 3, 2) pixels each: the outlines by which they are laid there
    """

    dressed: tuple[Part, ...]
    sources: tuple[Part, ...]
    target: np.ndarray
    origin: np.ndarray

    @property
    def mirrored(self) -> bool:
        return self.sources != self.dressed

    @property
    def name(self) -> str:
        """A part's, or the whole limb's."""
        if len(self.dressed) == 1:
            return self.dressed[0].name
        return f"{self.dressed[0].name.partition('_')[0]}_{'leg' if self.dressed[0] in LEGS else 'arm'}"


def without(drape: Drape, hidden: np.ndarray) -> Drape:
    """A garment that has no sleeves, less what is hidden of it: a matte, (H, W) float32 in [0, 1]."""
    return replace(drape, alpha=drape.alpha * (1 - hidden))


def drape(cloth: Cloth, buyer: Person) -> Drape:
    """Carry every part of the cloth onto the buyer's body."""
    height, width = buyer.photo.height, buyer.photo.width
    behind, trunk, before = (np.zeros((height, width, 4), np.float32) for _ in range(3))
    reach, scale = 0.06 * buyer.pose.torso_px, cloth.garment.model.body.scale / buyer.body.scale
    unsure = []
    for parts in _back_to_front(cloth, buyer):
        layer = trunk if parts[0] not in SLEEVES else behind if _behind_torso(parts[0], buyer) else before
        hips, floor = _hips(buyer.body), _floor(parts[0], buyer.body)
        for piece in _pieces(cloth, buyer, parts):
            unsure += [piece.name] if piece.mirrored else []
            _lay(layer, cloth, piece, reach, scale, hips, floor)
    stray = _strays(np.maximum.reduce([layer[:, :, 3] for layer in (behind, trunk, before)]), buyer)
    for layer in (behind, trunk, before):
        layer[stray] = 0
    layers = (_premultiplied_over(behind, trunk), before, _premultiplied_over(behind, before))
    return Drape(*(plane for layer in layers for plane in _straight(layer)), tuple(unsure))


def _strays(alpha: np.ndarray, buyer: Person) -> np.ndarray:
    """(H, W) bool: small pieces of the garment in the air, which hang on nothing: scraps that the product's mask had beside it."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((alpha > FAINT).astype(np.uint8))
    unit, small = buyer.pose.torso_px, stats[:, cv2.CC_STAT_AREA] < MAX_STRAY * buyer.pose.torso_px**2
    small[0] = False
    if not small.any():
        return small[pieces]
    at_body = distance_to(buyer.surface.part >= 0) <= IN_THE_AIR * unit
    stray = small[pieces] & ~pieces_in(pieces, at_body)
    return (cv2.dilate(stray.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0) & (stray | (alpha <= FAINT))


def _premultiplied_over(below: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Premultiplied float RGBA, one over the other."""
    return above + below * (1 - above[:, :, 3:])


def _straight(layer: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Premultiplied float RGBA → straight colours and alpha."""
    alpha = np.clip(layer[:, :, 3], 0, 1)
    rgb, place = np.zeros((*alpha.shape, 3), np.uint8), box_of(alpha > 0)
    rgb[place] = np.clip(layer[place][:, :, :3] / np.maximum(layer[place][:, :, 3:], 1e-4), 0, 255)
    return rgb, alpha


def _back_to_front(cloth: Cloth, buyer: Person) -> list[tuple[Part, ...]]:
    """Sleeves behind the torso, legs, the trunk, then sleeves before the torso; further parts first. Both halves of a limb come together, unless
    one lies behind the torso and the other before it.
    """

    def key(parts: tuple[Part, ...]) -> tuple[int, float]:
        depth = -float(np.mean([buyer.body.vertices[control_vertices(part), 2].mean() for part in parts]))
        if parts[0] in SLEEVES:
            return (0 if _behind_torso(parts[0], buyer) else 3), depth
        return (1 if parts[0] in LEGS else 2), depth

    present = set(cloth.alpha)
    # A sleeve or a leg that the photo hides comes from the other one.
    for part in LIMBS:
        if _opposite(part) in present:
            present.add(part)
    together = {part: (part,) for part in present}
    for limb in (*zip(UPPER_ARMS, FOREARMS), *zip(THIGHS, SHINS)):
        if present.issuperset(limb) and (limb[0] in LEGS or len({_behind_torso(part, buyer) for part in limb}) == 1):
            together |= dict.fromkeys(limb, limb)
    return sorted({*together.values()}, key=key)


def _behind_torso(part: Part, buyer: Person) -> bool:
    """Whether most of the part that faces the camera is hidden by something nearer."""
    vertices = control_vertices(part)
    facing = vertices[buyer.surface.normals[vertices, 2] < 0]
    return bool(len(facing) and visible_vertices(buyer.body, buyer.surface)[facing].mean() < 0.4)


def _pieces(cloth: Cloth, buyer: Person, parts: tuple[Part, ...]) -> list[Piece]:
    """Both halves of a limb, laid each by itself, do not meet at the joint: they come from one limb and bend there together, unless
    no limb shows both. On a limb that is bent otherwise, and more than the model's, each is laid by itself, and the other's outline says how the
    cloth goes round the joint; on one that is bent less they stay apart.
    """
    found = {part: (source, pairs) for part in parts for source, pairs in [_source(cloth, buyer, part)] if pairs is not None}
    apart = [Piece((part,), (source,), *pairs) for part, (source, pairs) in found.items()]
    if len({source.name.split("_")[0] for source, _ in found.values()}) > 1:
        twins = {part: _opposite(part) for part in found}
        carried = {
            part: (twin, *_outlines(cloth, buyer, part, twin)) for part, twin in twins.items() if not _hidden(cloth, twin)
        }
        found = {part: (twin, pairs) for part, (twin, stretch, pairs) in carried.items() if stretch < MAX_STRETCH}
    if len(found) < 2:
        return apart
    sources, (upper, lower) = zip(*found.values())
    here, there = (bend(above, below) for above, below in zip(upper, lower))
    # Beyond the joint each outline goes on straight; the other one knows better.
    above, below = [outline[:-1] for outline in upper], [outline[1 - len(LIMB_STATIONS) :] for outline in lower]
    if np.cos(here - (there if sources == parts else -there)) > BENDS_ALIKE:
        return [Piece(parts, sources, *map(np.concatenate, zip(above, below)))]
    if abs(there) < abs(here) < MOST_BENT:
        upper = [np.concatenate([outline, beyond[:JOINT_STATIONS]]) for outline, beyond in zip(above, below)]
        lower = [np.concatenate([beyond[-JOINT_STATIONS:], outline]) for beyond, outline in zip(above, below)]
        return [Piece((part,), (source,), *pairs) for part, source, pairs in zip(parts, sources, (upper, lower))]
    return apart


def _source(cloth: Cloth, buyer: Person, part: Part) -> tuple[Part, tuple[np.ndarray, np.ndarray] | None]:
    """The part of the product photo that dresses a part of the buyer, and how: itself, or its twin on the other side where
    that is pointed at the camera much less, or where less than half as much shows of the part itself: from the side one arm hides
    the other, and a bag hides a leg.
    """
    found, least, outlines = part, MAX_STRETCH, None
    sources = [source for source in (part, _opposite(part)) if source in cloth.alpha]
    for source in reversed(sources) if _hidden(cloth, part) else sources:
        stretch, pairs = _outlines(cloth, buyer, part, source)
        stretch = max(stretch, 1.0)
        if stretch < least:
            found, least, outlines = source, stretch / TWIN_GAIN, pairs
    return found, outlines


def _hidden(cloth: Cloth, part: Part) -> bool:
    """Whether less than half as much of a limb's part shows as of its twin."""
    shown, twin = ((cloth.alpha[limb] > 127).sum() if limb in cloth.alpha else 0 for limb in (part, _opposite(part)))
    return bool(shown < MIN_SHOWN * twin)


def _floor(part: Part, body: Body) -> float:
    """The row that trousers or a skirt end above: on a buyer in flat shoes those for high heels would go on into the ground. The
    toes stay in sight. Infinite for whoever does not stand.
    """
    down = body.bones[BONE["pelvis"], :2] - body.bones[BONE["neck"], :2]
    if part not in (*LEGS, SKIRT) or down[1] < UPRIGHT * np.linalg.norm(down):
        return np.inf
    rows = []
    for side in [part.name.split("_")[0]] if part in LEGS else ["left", "right"]:
        foot, shin = (body.vertices[body_model().part == BONE[f"{side}_{bone}"], 1].max() for bone in ("foot", "shin"))
        ankle = body.bones[BONE[f"{side}_foot"], 1]
        rows.append(max(shin, ankle + ABOVE_TOES * (foot - ankle)))
    return float(max(rows))


def _hips(body: Body) -> float:
    """The row of the hip joints."""
    return float(body.bones[[BONE["left_thigh"], BONE["right_thigh"]], 1].mean())


def _opposite(part: Part) -> Part | None:
    side, _, rest = part.name.partition("_")
    name = f"{_OTHER_SIDE.get(side)}_{rest}"
    return next((limb for limb in LIMBS if limb.name == name), None)


def _outlines(cloth: Cloth, buyer: Person, part: Part, source: Part) -> tuple[float, tuple[np.ndarray, np.ndarray] | None]:
    """How much `source` of the product's model is stretched on `part` of the buyer, and the pairs of points by which it is
    laid there: (stations, 3, 2) each, pixels. Edges of one body go to edges of the other, however the two people are turned.

    Infinite and None where somebody points the part at the camera.
    """
    bodies = buyer.body, cloth.garment.model.body
    hangs = SKIRT in cloth.alpha and all(skirt_outline(body) is not None for body in bodies)
    target, origin = (_outline(body, limb, hangs) for body, limb in zip(bodies, (part, source)))
    if target is None or origin is None:
        return np.inf, None
    if source is not part:  # the outline's two sides change places
        origin = origin[:, [0, 2, 1]]
    return _stretch(target, origin, buyer, cloth.garment.model), (target, origin)


def _stretch(target: np.ndarray, origin: np.ndarray, buyer: Person, model: Person) -> float:
    """How much longer an outline's axis is on the buyer than on the product's model, sizes of the people aside."""
    lengths = [np.linalg.norm(outline[-1, 0] - outline[0, 0]) for outline in (target, origin)]
    return lengths[0] / buyer.body.scale * model.body.scale / max(lengths[1], 1e-6)


def _outline(body: Body, part: Part, hangs: bool) -> np.ndarray | None:
    """(stations, 3, 2) pixels: what carries a part. hangs: the garment goes on as a skirt, which moves with the trunk; the legs
    must not point at the camera.
    """
    if part in SLEEVES:
        return limb_outline(body, part)
    trunk = trunk_outline(body)
    if part in LEGS:
        leg = limb_outline(body, part)
        return None if leg is None else np.concatenate([trunk[-3:], leg])
    return np.concatenate([trunk, skirt_outline(body)]) if hangs else trunk


def _lay(layer: np.ndarray, cloth: Cloth, piece: Piece, reach: float, scale: float, hips: float, floor: float) -> None:
    """Warp a piece, or its mirror image, and lay it over the premultiplied layer (H, W, 4). What goes on below the floor, a row, is
    shortened from the row of the hips down, and what still does ends there.
    """
    height, width = layer.shape[:2]
    targets, sources = piece.target.reshape(-1, 2), piece.origin.reshape(-1, 2)
    alpha = np.maximum.reduce([cloth.alpha[part] for part in piece.sources])
    rgb = cloth.rgb if piece.sources[0] in SLEEVES else cloth.trunk_rgb
    if piece.mirrored:  # a warp that turns but never reflects needs a picture that is reflected already
        alpha, rgb = alpha[:, ::-1], rgb[:, ::-1]
        sources = sources * (-1, 1) + (alpha.shape[1] - 1, 0)
    box = _target_box(alpha, targets, sources, width, height)
    if box is None:
        return
    left, top, right, bottom = box
    flow, alpha, rgb = dense_flow(targets, sources, box, reach, scale), np.ascontiguousarray(alpha), np.ascontiguousarray(rgb)
    warped_alpha = cv2.remap(alpha, flow, None, cv2.INTER_LINEAR, borderValue=0)
    hem = _hem(warped_alpha) + top
    if hem > floor > hips:
        flow = _shortened(flow, hips - top, min(hem - floor, MOST_SHORTENED * (floor - hips)) / (floor - hips))
        warped_alpha = cv2.remap(alpha, flow, None, cv2.INTER_LINEAR, borderValue=0)
    warped_alpha = warped_alpha / np.float32(255)
    warped_rgb = cv2.remap(rgb, flow, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    warped_alpha *= np.clip(floor - np.arange(top, bottom), 0, 1, dtype=np.float32)[:, None]
    region = layer[top:bottom, left:right]
    region *= (1 - warped_alpha)[:, :, None]
    region[:, :, :3] += warped_rgb * warped_alpha[:, :, None]
    region[:, :, 3] += warped_alpha


def _hem(alpha: np.ndarray) -> float:
    """The row at which nearly all of a layer, (h, w) uint8, has ended; a train goes on."""
    opaque = alpha > 127
    columns = opaque.any(0)
    if not columns.any():
        return 0.0
    return float(np.percentile(len(alpha) - np.argmax(opaque[::-1, columns], 0), HEM))


def _shortened(flow: np.ndarray, start: float, by: float) -> np.ndarray:
    """A flow (h, w, 2) whose picture, from a row down, is shorter by a fraction of its new length: cloth that is too long keeps its hem."""
    rows = np.arange(len(flow), dtype=np.float32)
    rows = np.minimum(rows + by * np.maximum(rows - np.float32(start), 0), len(flow) - 1)
    above, below = np.floor(rows).astype(int), np.ceil(rows).astype(int)
    share = (rows - above).astype(np.float32)[:, None, None]
    return flow[above] + share * (flow[below] - flow[above])


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
