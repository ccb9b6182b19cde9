"""DensePose-COCO (Güler, Neverova, Kokkinos 2018, arXiv 1802.00434; densepose.org): points of people on a body's surface.

    annotations/densepose_coco_2014_{train,valminusminival,minival}.json    also densepose_train2014.json … (Detectron2)
    train2014/, val2014/                                                    COCO's pictures; also images/train2014/ …

An annotation is one of COCO's with dp_x, dp_y (points in the person's box, which is 255 wide and high), dp_I (the body's
surface is cut into 24 patches, 1 to 24), dp_U, dp_V (where in the patch, 0 to 1) and dp_masks (the 14 body parts that
annotators painted, each a 256x256 run-length code of the box, or nothing).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from primerka.datasets.coco import picture_folder, read_picture_names
from primerka.datasets.coco_json import read_sections
from primerka.datasets.run_length import decode_mask
from primerka.errors import DataMissing

NAME = "densepose-coco"
ORIGIN = "densepose.org (annotations) and cocodataset.org/#download (pictures of 2014)"
NOTES = ("DensePose-COCO's annotations are CC BY-NC 2.0, so nothing for sale is trained on them; the pictures are COCO's.",)
SPLITS = ("train", "valminusminival", "minival", "val")
PARTS = 14
PATCHES = 24


@dataclass(frozen=True)
class DensePerson:
    """The annotated points of one person.

    picture  the picture file
    box      (4,) float32, x, y, width, height in pixels
    xy       (N, 2) float32, pixels of the picture
    patch    (N,) uint8, 1 to 24
    uv       (N, 2) float32 in [0, 1]
    parts    (256, 256) uint8 over the box: 0, or the body part 1 to 14
    """

    picture: Path
    box: np.ndarray
    xy: np.ndarray
    patch: np.ndarray
    uv: np.ndarray
    parts: np.ndarray

    def __post_init__(self):
        count = len(self.patch)
        for name, shape, dtype in (
            ("box", (4,), np.float32),
            ("xy", (count, 2), np.float32),
            ("patch", (count,), np.uint8),
            ("uv", (count, 2), np.float32),
            ("parts", (256, 256), np.uint8),
        ):
            value = getattr(self, name)
            if value.shape != shape or value.dtype != dtype:
                raise ValueError(f"DensePerson.{name} must be {shape} {dtype.__name__}, got {value.shape} {value.dtype}")
        if count and not (self.patch.min() >= 1 and self.patch.max() <= PATCHES):
            raise ValueError(f"DensePerson.patch must be 1 to {PATCHES}, got {self.patch.min()} to {self.patch.max()}")

    def parts_in_picture(self, height: int, width: int) -> np.ndarray:
        """(H, W) uint8 parts in pixels of the picture, 0 off the person."""
        x, y, box_width, box_height = self.box
        matrix = np.array([[box_width / 256, 0, x + box_width / 512 - 0.5], [0, box_height / 256, y + box_height / 512 - 0.5]])
        return cv2.warpAffine(self.parts, matrix, (width, height), flags=cv2.INTER_NEAREST)


def annotation_file(root: Path, split: str) -> Path:
    names = (f"densepose_coco_2014_{split}.json", f"densepose_{split}2014.json")
    paths = [root / "annotations" / name for name in names]
    return next((path for path in paths if path.is_file()), paths[0])


def read_dense_people(root: Path, split: str) -> Iterator[DensePerson]:
    """Every person with points, in the order of the file. split: one of SPLITS. Pictures are not opened.

    Raises DataMissing data_missing or data_incomplete.
    """
    path = annotation_file(root, split)
    if not path.is_file():
        raise DataMissing("data_missing", f"{path} is not there; get it from {ORIGIN}.")
    folder = picture_folder(root, "train" if split == "train" else "val", 2014)
    names = read_picture_names(path)
    for _, entry in read_sections(path, "annotations"):
        if "dp_x" in entry:
            yield _person(entry, names, folder, path)


def _person(entry: dict, names: dict[int, str], folder: Path, path: Path) -> DensePerson:
    try:
        box = np.array(entry["bbox"], np.float32)
        in_box = np.stack([np.array(entry["dp_x"], np.float64), np.array(entry["dp_y"], np.float64)], 1)
        uv = np.stack([np.array(entry["dp_U"], np.float32), np.array(entry["dp_V"], np.float32)], 1)
        xy = (box[:2] + in_box / 255 * box[2:]).astype(np.float32)
        patch = np.array(entry["dp_I"], np.float32).astype(np.uint8)
        return DensePerson(folder / names[entry["image_id"]], box, xy, patch, uv, decode_parts(entry["dp_masks"]))
    except (KeyError, ValueError, TypeError) as cause:
        raise DataMissing(
            "data_incomplete",
            f"{path}: annotation {entry.get('id')} is no person of DensePose ({cause!r}); get the file again.",
        ) from None


def decode_parts(codes: list) -> np.ndarray:
    """(256, 256) uint8 of the 14 run-length codes, an empty entry for a part that is not seen; later parts lie on top."""
    if len(codes) != PARTS:
        raise ValueError(f"{len(codes)} masks, not {PARTS}")
    parts = np.zeros((256, 256), np.uint8)
    for number, code in enumerate(codes, 1):
        if code:
            mask = decode_mask(code)
            if mask.shape != parts.shape:
                raise ValueError(f"a mask of {mask.shape}, not {parts.shape}")
            parts[mask] = number
    return parts
