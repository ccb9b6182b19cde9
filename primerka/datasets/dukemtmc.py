"""DukeMTMC-reID (Zheng, Zheng, Yang 2017, ICCV; from the videos of Ristani et al. 2016).

    bounding_box_train/, bounding_box_test/, query/    16,522, 17,661 and 2,228 pictures of various sizes
    duke-pairs-{train,test}.csv, duke-annotation-{train,test}.csv    made by `prepare`; none are published

A file name, `0001_c2_f0046182.jpg`, is identity, camera and frame.

Withdrawn: its authors took it down in 2019. Passers-by on a campus had been filmed and published beyond what the
university's ethics board had allowed, and had not been asked. Nobody offers it any more, and copies that went round carry no
licence. Whoever still holds one should use it only to check numbers that were published with it: train nothing that goes
out on it, show none of its pictures, pass no copy on.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from primerka.datasets.pose_pairs import SplitFiles

NAME = "dukemtmc"
ORIGIN = "its authors withdrew it in 2019 and nobody offers it any more"
EXPECTED = {"train": {"pictures": 16_522}, "test": {"pictures": 17_661}}
NOTES = (
    "DukeMTMC was withdrawn by its authors in 2019, because the people in it had not been asked: use it only to check "
    "published numbers, train nothing that goes out on it, show no picture of it, pass no copy on.",
)
SIZE = (128, 64)
FOLDERS = {"train": ("bounding_box_train", "train"), "test": ("bounding_box_test", "test"), "query": ("query",)}

_NAME = re.compile(r"(\d{4})_c(\d)_f(\d{7})\.jpg")


@dataclass(frozen=True)
class Box:
    """What the name of a picture says."""

    identity: int
    camera: int
    frame: int


def read_name(name: str) -> Box | None:
    """None for a file that is not named in this set's way."""
    match = _NAME.fullmatch(name)
    return Box(*map(int, match.groups())) if match else None


def identity(name: str) -> int | None:
    """Whom a picture shows; None for names of another kind."""
    box = read_name(name)
    return box.identity if box else None


def split_files(root: Path, split: str) -> SplitFiles:
    """Of train, test or query."""
    return SplitFiles(
        pictures=next((root / name for name in FOLDERS[split] if (root / name).is_dir()), root / FOLDERS[split][0]),
        pairs=root / f"duke-pairs-{split}.csv",
        annotations=root / f"duke-annotation-{split}.csv",
        size=SIZE,
        annotated_size=None,
    )
