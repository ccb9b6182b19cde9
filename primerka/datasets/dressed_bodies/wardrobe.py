"""The wardrobe: bodies' paint, clothes, hair, fabrics and poses in one small file, all that rendering needs.

Everything worn is a linear shape like the body itself: mean + shape @ shapes, with the body's skinning weights, so that one
set of numbers dresses any body. `prepare.prepare_wardrobe` makes the file.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np

from primerka.atomic import write_atomically
from primerka.errors import DataMissing

SPLITS = ("train", "test")
PAINT = ("lips", "brows", "blood", "socket", "white", "iris", "beard")
PHENOTYPE = ("gender", "age", "muscle", "weight", "height", "proportions")  # gender: 0 male, 1 female
FABRIC_PIXELS = 128


@dataclass(frozen=True)
class Piece:
    """Something worn, on the body model's shape space.

    kind     "top", "outerwear", "trousers", "skirt", "shoes", "socks" or "hair"
    gender   "female", "male" or "any": whom its cut was drawn for
    mean     (V, 3) float32 metres, on the mean body; shapes (K, V, 3) float32
    weights  (V, 19) float32 skinning weights
    faces    (F, 3) int32; uv (F, 3, 2) float32 metres on flat cloth, or texture coordinates for hair
    limb     (V, 2) float32: how far down the arm (0 shoulder, 1 elbow, 2 wrist) and the leg (0 hip, 1 knee, 2 ankle)
    crease   (V,) float32 in [0, 1]: where cloth gathers
    covers   (B,) bool, the body's vertices under it
    scalp    (B,) float32 in [0, 1], the body's vertices that its hair roots colour; zero for clothes
    """

    name: str
    kind: str
    gender: str
    mean: np.ndarray
    shapes: np.ndarray
    weights: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    limb: np.ndarray
    crease: np.ndarray
    covers: np.ndarray
    scalp: np.ndarray

    def __post_init__(self):
        vertices, faces = len(self.mean), len(self.faces)
        for name, shape in (
            ("mean", (vertices, 3)), ("shapes", (len(self.shapes), vertices, 3)), ("weights", (vertices, 19)),
            ("faces", (faces, 3)), ("uv", (faces, 3, 2)), ("limb", (vertices, 2)), ("crease", (vertices,)),
        ):  # fmt: skip
            if getattr(self, name).shape != shape:
                raise ValueError(f"Piece.{name} must be {shape}, got {getattr(self, name).shape}")


@dataclass(frozen=True)
class Wardrobe:
    """pieces; paint (B, 7) float32 shares of PAINT on the body's vertices; limb (B, 2) as a Piece's.

    figure   (7, K) float32: shape = [1, *phenotype] @ figure, of PHENOTYPE in [0, 1]; what it leaves out is not in it
    fabrics  {split: (N, 128, 128, 3) uint8 tiles of cloth}
    poses    {split: (P, 19, 3) float32 rotation vectors, the pelvis facing the camera}
    """

    pieces: tuple[Piece, ...]
    paint: np.ndarray
    limb: np.ndarray
    figure: np.ndarray
    fabrics: dict[str, np.ndarray]
    poses: dict[str, np.ndarray]

    def kind(self, *kinds: str) -> list[Piece]:
        return [piece for piece in self.pieces if piece.kind in kinds]


def save_wardrobe(wardrobe: Wardrobe, file: Path) -> None:
    """Write to an .npz: halves for lengths, JPEG for cloth."""
    arrays = {"paint": wardrobe.paint.astype(np.float16), "limb": wardrobe.limb.astype(np.float16)}
    arrays["figure"] = wardrobe.figure.astype(np.float32)
    arrays["names"] = np.array([[piece.name, piece.kind, piece.gender] for piece in wardrobe.pieces])
    for index, piece in enumerate(wardrobe.pieces):
        for name in ("mean", "shapes", "weights", "uv", "limb", "crease", "scalp"):
            arrays[f"{index}.{name}"] = getattr(piece, name).astype(np.float16)
        arrays[f"{index}.faces"] = piece.faces.astype(np.uint16)
        arrays[f"{index}.covers"] = np.packbits(piece.covers)
    for split in SPLITS:
        jpegs = [
            cv2.imencode(".jpg", tile[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])[1].ravel()
            for tile in wardrobe.fabrics[split]
        ]
        arrays[f"{split}.cloth"] = np.concatenate(jpegs) if jpegs else np.zeros(0, np.uint8)
        arrays[f"{split}.cloth_ends"] = np.cumsum([len(jpeg) for jpeg in jpegs]).astype(np.int64)
        arrays[f"{split}.poses"] = wardrobe.poses[split].astype(np.float32)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, lambda part: _save(part, arrays))


def _save(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with open(path, "wb") as file:  # an open file, for np.savez would append .npz to a name
        np.savez_compressed(file, **arrays)


@cache
def load_wardrobe(file: Path) -> Wardrobe:
    """Raises DataMissing no_wardrobe, or data_incomplete where the file is damaged."""
    if not file.is_file():
        raise DataMissing("no_wardrobe", f"{file} is missing; `primerka datasets wardrobe` makes it.")
    try:
        with np.load(file) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (BadZipFile, ValueError, EOFError, OSError):
        sentence = f"{file} is damaged; make it again with `primerka datasets wardrobe`."
        raise DataMissing("data_incomplete", sentence) from None
    count = len(arrays["paint"])
    pieces = []
    for index, (name, kind, gender) in enumerate(arrays["names"]):
        part = {
            key: arrays[f"{index}.{key}"].astype(np.float32)
            for key in ("mean", "shapes", "weights", "uv", "limb", "crease", "scalp")
        }
        covers = np.unpackbits(arrays[f"{index}.covers"])[:count].astype(bool)
        faces = arrays[f"{index}.faces"].astype(np.int32)
        pieces.append(Piece(str(name), str(kind), str(gender), faces=faces, covers=covers, **part))
    fabrics = {split: _tiles(arrays[f"{split}.cloth"], arrays[f"{split}.cloth_ends"]) for split in SPLITS}
    poses = {split: arrays[f"{split}.poses"] for split in SPLITS}
    paint, limb = arrays["paint"].astype(np.float32), arrays["limb"].astype(np.float32)
    return Wardrobe(tuple(pieces), paint, limb, arrays["figure"], fabrics, poses)


def _tiles(jpegs: np.ndarray, ends: np.ndarray) -> np.ndarray:
    starts = np.concatenate([[0], ends[:-1]]).astype(int)
    tiles = [cv2.imdecode(jpegs[start:end], cv2.IMREAD_COLOR)[:, :, ::-1] for start, end in zip(starts, ends)]
    return np.array(tiles, np.uint8).reshape(-1, FABRIC_PIXELS, FABRIC_PIXELS, 3)
