"""One random dressed person: shape, skin, hair and clothes, as arrays that any pose can move."""

from dataclasses import dataclass, replace

import numpy as np

from primerka.body import BONES
from primerka.datasets.dressed_bodies.cut import UNCUT, kept_vertices
from primerka.datasets.dressed_bodies.outfit import Worn, pick, random_outfit
from primerka.datasets.dressed_bodies.render import CLOTH, HAIR, SKIN, Materials, Mesh, decode, vertex_normals
from primerka.datasets.dressed_bodies.wardrobe import PAINT, Piece, Wardrobe
from primerka.parsing import LABEL
from primerka.perception.body_model import body_model

_SKINS = ((238, 202, 180), (230, 188, 164), (222, 176, 148), (198, 150, 118), (158, 110, 82), (112, 74, 54), (82, 54, 42))
_HAIRS = (
    (24, 20, 18),
    (40, 30, 25),
    (66, 46, 34),
    (96, 68, 46),
    (140, 100, 62),
    (186, 148, 96),
    (120, 62, 40),
    (128, 124, 120),
)
_IRISES = ((62, 44, 34), (86, 62, 42), (92, 116, 128), (92, 108, 84))
_BARE = {"head": "face", "neck": "neck", "chest": "neck", "abdomen": "neck", "pelvis": "neck", "clavicle": "neck"}


@dataclass(frozen=True)
class Person:
    """shape (K,) float32; mesh and materials as render takes them; points (V, 3) at rest, the body's first; weights (V, 19).

    shown       (F,) bool: not under clothes
    face_label  (F,) uint8 indices into parsing.LABELS
    """

    shape: np.ndarray
    mesh: Mesh
    materials: Materials
    points: np.ndarray
    weights: np.ndarray
    shown: np.ndarray
    face_label: np.ndarray


def random_person(wardrobe: Wardrobe, split: str, random: np.random.Generator) -> Person:
    """Somebody out of the split's own fabrics."""
    female = random.random() < 0.68
    phenotype = np.array(
        [random.uniform(0.75, 1) if female else random.uniform(0, 0.25), random.uniform(0.62, 0.85), random.uniform(0.3, 0.75),
         np.clip(random.normal(0.42, 0.16), 0.1, 0.95), random.uniform(0.3, 0.75), random.uniform(0.4, 0.9)]
    )  # fmt: skip
    shape = np.append(1, phenotype) @ wardrobe.figure + random.normal(0, 0.2, wardrobe.figure.shape[1])
    worn = random_outfit(wardrobe, split, female, random)
    return dress(wardrobe, shape.astype(np.float32), worn, _hair(wardrobe, female, random), _skin(female, random), random)


def _hair(wardrobe: Wardrobe, female: bool, random: np.random.Generator) -> tuple[Piece | None, np.ndarray]:
    styles = [piece for piece in wardrobe.kind("hair") if piece.gender in ("any", "female" if female else "male")]
    colour = np.array(pick(random, _HAIRS), float) * random.uniform(0.8, 1.2) + random.normal(0, 3, 3)
    return (pick(random, styles) if styles else None), np.clip(colour, 8, 235)


def _skin(female: bool, random: np.random.Generator) -> dict[str, np.ndarray]:
    """sRGB colours: of the skin, and of each of PAINT; `amount` (7,) how much of it."""
    tone = random.uniform(0, len(_SKINS) - 1)
    low = min(int(tone), len(_SKINS) - 2)
    base = np.array(_SKINS[low]) * (1 - tone + low) + np.array(_SKINS[low + 1]) * (tone - low)
    base = base * random.uniform(0.95, 1.04) + random.normal(0, 3, 3)
    lips = base * np.array([0.86, 0.56, 0.55]) + (np.array([30, -10, 0]) * random.random() if female else 0)
    brows = np.minimum(base * 0.42, 90)
    colours = {
        "lips": lips, "brows": brows, "blood": base * [1.0, 0.80, 0.80], "socket": base * ([0.70, 0.62, 0.62] if female else [0.80, 0.74, 0.74]),
        "white": np.array([214, 206, 202]), "iris": np.array(pick(random, _IRISES)) * 0.6, "beard": base * 0.35,
    }  # fmt: skip
    beard = 0.0 if female or random.random() < 0.5 else random.uniform(0.1, 0.75)
    amount = np.array([0.85, 0.9, 0.8, 0.7, 1.0, 1.0, beard])
    return {"skin": np.clip(base, 10, 250), "paint": np.clip([colours[name] for name in PAINT], 5, 250), "amount": amount}


def dress(
    wardrobe: Wardrobe, shape: np.ndarray, worn: list[Worn], hair: tuple[Piece | None, np.ndarray], skin: dict,
    random: np.random.Generator,
) -> Person:  # fmt: skip
    """Put everything into one mesh."""
    model = body_model()
    body = model.template + np.tensordot(shape, model.shapes, 1)
    colour = np.tile(decode(skin["skin"] / 255), (len(body), 1))
    for index, paint in enumerate(skin["paint"]):
        share = (skin["amount"][index] * wardrobe.paint[:, index])[:, None]
        colour = colour * (1 - share) + decode(paint / 255) * share
    covered = np.zeros(len(body), bool)
    parts = [(body, model.weights, model.template, wardrobe.limb, np.zeros(len(body)), colour)]
    faces, uv, material = [model.faces], [np.zeros((len(model.faces), 3, 2))], [np.zeros(len(model.faces), int)]
    labels = [_bare_labels(model)]
    rows = [(SKIN, UNCUT.row(), 0.0, None, 1.0, False, 0.0, 0.012, np.zeros(2), np.zeros(3))]
    start = len(body)
    for item in worn:
        piece = item.piece
        limb = piece.limb
        # A hem that is tucked in has no skin to show below it.
        cut = replace(item.cut, bottom=item.cut.bottom + 0.07) if item.tuck else item.cut
        covered |= piece.covers & kept_vertices(model.template, wardrobe.limb, cut.row(), np.float32(0.03))
        parts.append((hang(item, shape), piece.weights, piece.mean, limb, piece.crease, np.zeros((len(piece.mean), 3))))
        faces.append(piece.faces + start)
        uv.append(piece.uv)
        material.append(np.full(len(piece.faces), len(rows)))
        label = np.full(len(piece.faces), LABEL[item.label], np.uint8)
        if item.label == "left_shoe":
            label[piece.mean[piece.faces[:, 0], 0] < 0] = LABEL["right_shoe"]
        labels.append(label)
        rows.append((CLOTH, item.cut.row(), item.lift, item.tile, item.size, item.mirror, item.folds, item.gloss,
                     random.uniform(0, 0.4, 2), np.zeros(3)))  # fmt: skip
        start += len(piece.mean)
    piece, hair_colour = hair
    if piece is not None:
        linear = decode(hair_colour / 255)
        share = 0.9 * piece.scalp[:, None]
        colour[:] = colour * (1 - share) + 0.5 * linear * share
        points = piece.mean + np.tensordot(shape, piece.shapes, 1)
        parts.append((points, piece.weights, piece.mean, piece.limb, piece.crease, np.zeros((len(points), 3))))
        faces.append(piece.faces + start)
        uv.append(piece.uv)
        material.append(np.full(len(piece.faces), len(rows)))
        labels.append(np.full(len(piece.faces), LABEL["hair"], np.uint8))
        rows.append((HAIR, UNCUT.row(), 0.002, None, 1.0, False, 0.0, 0.04, np.zeros(2), linear))
    shown = np.ones(sum(len(part) for part in faces), bool)
    shown[: len(model.faces)] = ~covered[model.faces].all(1)
    points, weights, rest, limb, crease, colours = (np.concatenate(column).astype(np.float32) for column in zip(*parts))
    mesh = Mesh(
        np.concatenate(faces).astype(np.int32), np.concatenate(uv).astype(np.float32), np.concatenate(material).astype(np.int32),
        rest, limb, crease, colours,
    )  # fmt: skip
    return Person(shape, mesh, _materials(rows), points, weights, shown, np.concatenate(labels))


def _materials(rows: list[tuple]) -> Materials:
    kind, cuts, lift, tiles, size, mirror, folds, gloss, shift, colour = zip(*rows)
    blank = np.zeros((128, 128, 3), np.float32)
    linear = np.array([blank if tile is None else _DECODED[tile] for tile in tiles], np.float32)
    floats = (np.array(column, np.float32) for column in (lift, size, folds, gloss, shift, colour))
    lift, size, folds, gloss, shift, colour = floats
    return Materials(
        np.array(kind, np.int32), np.array(cuts), lift, linear, size, np.array(mirror), folds, gloss, shift, colour
    )


_DECODED = decode(np.arange(256) / 255).astype(np.float32)


def hang(item: Worn, shape: np.ndarray) -> np.ndarray:
    """(V, 3) a piece at rest on a body of the given shape: with its ease, flare and waves."""
    piece = item.piece
    points = piece.mean + np.tensordot(shape, piece.shapes, 1)
    if not (item.ease or item.flare or item.waves or item.tuck):
        return points
    normals = vertex_normals(points, piece.faces)
    if piece.kind == "skirt":
        down = np.maximum(piece.limb[:, 1] + 0.25, 0)
        angle = np.arctan2(piece.mean[:, 0], -piece.mean[:, 2])
        beam = np.stack([np.sin(angle), 0 * angle, -np.cos(angle)], 1)
        wave = sum(np.cos(count * angle + count * count) for count in (7, 11, 16)) / 2
        far = item.ease + 0.43 * item.flare * down + item.waves * np.minimum(down, 1.2) * wave
        return (points + far[:, None] * beam).astype(np.float32)
    far = item.ease + 0.43 * item.flare * np.maximum(piece.limb[:, 1] - 0.5, 0)
    trunk = piece.limb[:, 0] < 0
    far = far - item.tuck * trunk * np.clip(1 - (item.cut.bottom - piece.mean[:, 1]) / 0.09, 0, 1)
    return (points + far[:, None] * normals).astype(np.float32)


def _bare_labels(model) -> np.ndarray:
    """(F,) uint8 the label of each body face as skin."""
    labels = []
    for bone in BONES:
        side, _, name = bone.partition("_") if bone.startswith(("left_", "right_")) else ("", "", bone)
        limb = "arm" if name in ("upper_arm", "forearm", "hand") else "leg"
        labels.append(LABEL[_BARE.get(name) or f"{side}_{limb}"])
    return np.array(labels, np.uint8)[model.part[model.faces[:, 0]]]
