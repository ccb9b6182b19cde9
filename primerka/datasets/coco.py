"""MS COCO keypoints (Lin et al. 2014, arXiv 1405.0312; cocodataset.org).

    annotations/person_keypoints_{train,val}2017.json    262,465 and 11,004 people
    train2017/, val2017/                                 118,287 and 5,000 pictures; also images/train2017/ …

A person has 17 keypoints as x, y, v: v is 0 for one that is not labelled, 1 for one that is labelled though it is hidden, 2 for one
that is seen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from primerka.datasets.coco_json import read_sections
from primerka.errors import DataMissing
from primerka.keypoints import KEYPOINT, KEYPOINTS, Keypoints

NAME = "coco"
ORIGIN = "cocodataset.org/#download"
EXPECTED = {"train": {"pictures": 118_287, "people": 262_465}, "val": {"pictures": 5_000, "people": 11_004}}
NOTES = ("COCO's annotations are CC BY 4.0; its pictures are Flickr's, each under its own licence in the JSON.",)
SPLITS = ("train", "val")
PERSON = 1

COCO_KEYPOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
_SHOULDERS = [COCO_KEYPOINTS.index("left_shoulder"), COCO_KEYPOINTS.index("right_shoulder")]
_OF_OURS = [COCO_KEYPOINTS.index(name) for name in KEYPOINTS if name != "neck"]


@dataclass(frozen=True)
class CocoPerson:
    """One person of a picture.

    picture    the picture file
    keypoints  in pixels of the picture; visibility 1 for what is seen, 0 for what is hidden or not labelled
    flags      (18,) uint8, COCO's v; the neck has the smaller one of the shoulders
    box        (4,) float32, x, y, width, height in pixels
    area       pixels of the person's outline, by which COCO weighs distances
    """

    picture: Path
    keypoints: Keypoints
    flags: np.ndarray
    box: np.ndarray
    area: float

    def __post_init__(self):
        for name, shape, dtype in (("flags", (18,), np.uint8), ("box", (4,), np.float32)):
            value = getattr(self, name)
            if value.shape != shape or value.dtype != dtype:
                raise ValueError(f"CocoPerson.{name} must be {shape} {dtype.__name__}, got {value.shape} {value.dtype}")


def annotation_file(root: Path, split: str) -> Path:
    return root / "annotations" / f"person_keypoints_{split}2017.json"


def picture_folder(root: Path, split: str, year: int = 2017) -> Path:
    folder = root / "images" / f"{split}{year}"
    return folder if folder.is_dir() else root / f"{split}{year}"


def read_people(root: Path, split: str, min_side: float = 0) -> Iterator[CocoPerson]:
    """Every person with a keypoint, in the order of the file; no crowds, and nobody whose box is under min_side pixels long.

    Raises DataMissing data_missing or data_incomplete. Pictures are not opened.
    """
    path, folder = annotation_file(root, split), picture_folder(root, split)
    check_file(path, ORIGIN)
    names = read_picture_names(path)
    for _, entry in read_sections(path, "annotations"):
        person = read_person(entry, names, folder, path)
        if person is not None and person.box[2:].max() >= min_side:
            yield person


def check_file(path: Path, origin: str) -> None:
    if not path.is_file():
        raise DataMissing("data_missing", f"{path} is not there; get it from {origin}.")


def read_picture_names(path: Path) -> dict[int, str]:
    """Picture id → file name, of a file in COCO's format."""
    try:
        return {image["id"]: image["file_name"] for _, image in read_sections(path, "images")}
    except KeyError as cause:
        raise DataMissing("data_incomplete", f"{path} has a picture without {cause}; get the file again.") from None


def read_person(entry: dict, names: dict[int, str], folder: Path, path: Path) -> CocoPerson | None:
    """The person of an annotation; None for crowds, other things, and people without a keypoint."""
    try:
        if entry["category_id"] != PERSON or entry["iscrowd"] or not any(entry["keypoints"][2::3]):
            return None
        points = np.array(entry["keypoints"], np.float32).reshape(len(COCO_KEYPOINTS), 3)
        box = np.array(entry["bbox"], np.float32)
        picture = folder / names[entry["image_id"]]
        keypoints, flags = openpose_keypoints(points)
        return CocoPerson(picture, keypoints, flags, box, float(entry["area"]))
    except (KeyError, ValueError, TypeError) as cause:
        raise DataMissing(
            "data_incomplete", f"{path}: annotation {entry.get('id')} is no person of COCO ({cause!r}); get the file again."
        ) from None


def openpose_keypoints(points: np.ndarray) -> tuple[Keypoints, np.ndarray]:
    """(17, 3) float32 x, y, v of COCO → the 18 keypoints and their (18,) uint8 flags. The neck is between the shoulders."""
    neck = points[_SHOULDERS].mean(0)
    neck[2] = points[_SHOULDERS, 2].min()
    ours = np.insert(points[_OF_OURS], KEYPOINT["neck"], neck, axis=0)
    flags = ours[:, 2].astype(np.uint8)
    return Keypoints(np.ascontiguousarray(ours[:, :2]), (flags == 2).astype(np.float32)), flags
