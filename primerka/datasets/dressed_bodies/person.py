"""One random dressed person: shape, skin, hair and clothes, as arrays that any pose can move."""

from dataclasses import dataclass, replace

import numpy as np

from primerka.body import BONES
from primerka.datasets.dressed_bodies.cut import FAR, Cut, kept_vertices
from primerka.datasets.dressed_bodies.fabrics import made_up_fabric, random_colour
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
_TUCK = 0.012


@dataclass(frozen=True)
class Worn:
    """A piece as somebody wears it: the label it carries, its fabric (128, 128, 3) sRGB, and how it is cut and hangs.

    lift   metres that it wins over what it lies on: the order of layers
    ease   metres that it stands off further than its mesh; flare: metres more for each knee's length down
    waves  metres that a skirt's folds go in and out at the hem
    tuck   metres that a top is drawn in at its lower edge, to end inside what it is tucked into
    """

    piece: Piece
    label: str
    tile: np.ndarray
    size: float
    mirror: bool
    cut: Cut = Cut()
    lift: float = 0.004
    ease: float = 0.0
    flare: float = 0.0
    waves: float = 0.0
    tuck: float = 0.0
    folds: float = 0.3
    gloss: float = 0.01


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
    worn = _outfit(wardrobe, split, female, random)
    return dress(wardrobe, shape.astype(np.float32), worn, _hair(wardrobe, female, random), _skin(female, random), random)


def _pick(random: np.random.Generator, options):
    return options[int(random.integers(len(options)))]


def _fabric(wardrobe: Wardrobe, split: str, random: np.random.Generator) -> dict:
    cloths = wardrobe.fabrics[split]
    if len(cloths) and random.random() < 0.55:
        tile = _pick(random, cloths)
        return {"tile": tile, "size": random.uniform(0.24, 0.42), "mirror": True}
    return {"tile": made_up_fabric(random), "size": random.uniform(0.14, 0.40), "mirror": False}


def _plain(colour: np.ndarray) -> dict:
    return {"tile": np.broadcast_to(np.clip(colour, 0, 255).astype(np.uint8), (128, 128, 3)), "size": 0.3, "mirror": False}


def _sleeve(random: np.random.Generator) -> float:
    return _pick(random, (FAR, FAR, FAR, FAR, 1.45, 1.0, 0.55, 0.35, 0.08))


def _neckline(random: np.random.Generator) -> dict:
    if random.random() < 0.4:
        return {}
    pointed = float(random.random() < 0.45)
    return {"neck": random.uniform(0.03, 0.12), "neck_width": random.uniform(0.05, 0.095), "pointed": pointed}


def _choose(wardrobe: Wardrobe, kind: str, female: bool, random: np.random.Generator, down_to: float = -FAR) -> Piece:
    """Mostly of their own gender's cut; only what reaches down to a height on the mean body."""
    pieces = [piece for piece in wardrobe.kind(kind) if piece.mean[:, 1].max() > down_to]
    own = [piece for piece in pieces if piece.gender in ("any", "female" if female else "male")]
    return _pick(random, own if own and random.random() < 0.55 else pieces)


def _outfit(wardrobe: Wardrobe, split: str, female: bool, random: np.random.Generator) -> list[Worn]:
    kinds = ("trousers", "shorts", "skirt", "dress")
    below = str(random.choice(kinds, p=(0.46, 0.10, 0.16, 0.28) if female else (0.82, 0.18, 0.0, 0.0)))
    fabric = _fabric(wardrobe, split, random)
    top = _choose(wardrobe, "top", female, random, down_to=-0.16)
    folds = random.uniform(0.18, 0.42)
    neck = _neckline(random)
    worn = []
    if below == "dress":
        waist = random.uniform(-0.30, -0.22)
        sleeve = _pick(random, (FAR, 1.0, 0.5, 0.35, 0.08, 0.05))
        worn.append(
            Worn(top, "dress", **fabric, cut=Cut(arm=sleeve, bottom=waist + 0.03, **neck), lift=0.002, folds=folds, tuck=0.010)
        )
        hem = random.uniform(0.4, 1.85)
        hang = {"flare": random.uniform(0.0, 0.16), "waves": random.uniform(0.0, 0.016)}
        worn.append(
            Worn(wardrobe.kind("skirt")[0], "dress", **fabric, cut=Cut(leg=hem, top=waist), lift=0.012, folds=folds, **hang)
        )
    else:
        tucked = below == "skirt" or random.random() < 0.3
        lower = wardrobe.kind("skirt")[0] if below == "skirt" else _choose(wardrobe, "trousers", female, random)
        waist = random.uniform(-0.27, -0.20) if below == "skirt" else float(lower.mean[:, 1].min()) + 0.02
        bottom = waist + 0.03 if tucked else random.uniform(-0.33, -0.24) if female and random.random() < 0.15 else FAR
        cut = Cut(arm=_sleeve(random), bottom=bottom, **neck)
        ease = random.uniform(0.0, 0.003 if tucked else 0.012)
        worn.append(Worn(top, "top", **fabric, cut=cut, lift=0.008, ease=ease, folds=folds, tuck=0.012 if tucked else 0.0))
        lift = _TUCK if tucked else 0.004
        cloth = _fabric(wardrobe, split, random)
        if below == "skirt":
            cut = Cut(leg=random.uniform(0.25, 1.6), top=waist)
            hang = {"flare": random.uniform(0.0, 0.18), "waves": random.uniform(0.0, 0.018), "ease": 0.6 * ease}
            worn.append(Worn(lower, "skirt", **cloth, cut=cut, lift=lift, folds=folds, **hang))
        else:
            legs = random.uniform(0.3, 0.9) if below == "shorts" else _pick(random, (FAR, FAR, FAR, 1.8, 1.55))
            hang = {"flare": max(0.0, random.normal(0.0, 0.02)), "ease": random.uniform(0.0, 0.006)}
            worn.append(Worn(lower, below, **cloth, cut=Cut(leg=legs), lift=lift, folds=random.uniform(0.2, 0.45), **hang))
    if random.random() < 0.22:
        worn += _outerwear(wardrobe, split, random)
    return worn + _footwear(wardrobe, random)


def _outerwear(wardrobe: Wardrobe, split: str, random: np.random.Generator) -> list[Worn]:
    fabric, folds = _fabric(wardrobe, split, random), random.uniform(0.2, 0.4)
    jackets = wardrobe.kind("outerwear")
    long = [piece for piece in wardrobe.kind("top") if piece.limb[:, 0].max() > 1.6]
    gap = {"open": random.uniform(0.015, 0.06), "open_more": random.uniform(0.0, 0.10)}
    if random.random() < 0.5 or not long:
        upper = Worn(_pick(random, jackets), "outerwear", **fabric, lift=0.016, ease=0.006, folds=folds, cut=Cut(**gap))
    else:
        upper = Worn(
            _pick(random, long),
            "outerwear",
            **fabric,
            lift=0.016,
            ease=random.uniform(0.008, 0.016),
            folds=folds,
            cut=Cut(**gap),
        )
    if random.random() < 0.35:
        cut = Cut(leg=random.uniform(0.4, 1.4), top=-0.24, **gap)
        skirt = wardrobe.kind("skirt")[0]
        return [upper, Worn(skirt, "outerwear", **fabric, lift=0.016, ease=0.012, flare=0.05, folds=folds, cut=cut)]
    return [upper]


def _footwear(wardrobe: Wardrobe, random: np.random.Generator) -> list[Worn]:
    shoes = wardrobe.kind("shoes")
    if not shoes or random.random() < 0.04:
        return []
    colour = random_colour(random) if random.random() < 0.5 else np.array([1, 1, 1]) * _pick(random, (24, 40, 235))
    worn = [Worn(_pick(random, shoes), "left_shoe", **_plain(colour), lift=0.003, folds=0.04, gloss=random.uniform(0.01, 0.12))]
    socks = wardrobe.kind("socks")
    if socks and random.random() < 0.3:
        grey = np.array([1, 1, 1]) * _pick(random, (30, 60, 235))
        worn.append(Worn(socks[0], "legwear", **_plain(grey), lift=0.001, folds=0.1, cut=Cut()))
    return worn


def _hair(wardrobe: Wardrobe, female: bool, random: np.random.Generator) -> tuple[Piece | None, np.ndarray]:
    styles = [piece for piece in wardrobe.kind("hair") if piece.gender in ("any", "female" if female else "male")]
    colour = np.array(_pick(random, _HAIRS), float) * random.uniform(0.8, 1.2) + random.normal(0, 3, 3)
    return (_pick(random, styles) if styles else None), np.clip(colour, 8, 235)


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
        "white": np.array([214, 206, 202]), "iris": np.array(_pick(random, _IRISES)) * 0.6, "beard": base * 0.35,
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
    rows = [(SKIN, Cut().row(), 0.0, None, 1.0, False, 0.0, 0.012, np.zeros(2), np.zeros(3))]
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
        rows.append((HAIR, Cut().row(), 0.002, None, 1.0, False, 0.0, 0.04, np.zeros(2), linear))
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
