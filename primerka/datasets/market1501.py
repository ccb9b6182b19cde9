"""Market-1501 (Zheng et al. 2015, ICCV), in its owners' layout and PATN's.

    bounding_box_train/, bounding_box_test/     12,936 and 19,732 pictures of 128x64; PATN calls them train/ and test/
    query/, gt_bbox/                            3,368 queries of the test people; hand-drawn boxes
    market-pairs-{train,test}.csv               263,632 and 12,000 pairs
    market-annotation-{train,test}.csv          keypoints

A file name, `0002_c1s1_000451_03.jpg`, is identity, camera, sequence, frame and box (00: drawn by hand). Identity -1 is junk
and 0000 a distractor: neither is a person that anybody else is.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from primerka.datasets.pose_pairs import SplitFiles

NAME = "market1501"
ORIGIN = "zheng-lab.cecs.anu.edu.au/Project/project_reid.html"
EXPECTED = {"train": {"pictures": 12_936, "pairs": 263_632}, "test": {"pictures": 19_732, "pairs": 12_000}}
NOTES = ("Market-1501 shows passers-by in front of a supermarket; its owners offer it for research and state no licence.",)
SIZE = (128, 64)
FOLDERS = {
    "train": ("train", "bounding_box_train"),
    "test": ("test", "bounding_box_test"),
    "query": ("query",),
    "gt_bbox": ("gt_bbox",),
}
JUNK, DISTRACTOR = -1, 0

_NAME = re.compile(r"(-1|\d{4})_c(\d)s(\d)_(\d{6})_(\d{2})\.jpg(?:\.jpg)?")


@dataclass(frozen=True)
class Box:
    """What the name of a picture says."""

    identity: int
    camera: int
    sequence: int
    frame: int
    box: int


def read_name(name: str) -> Box | None:
    """None for a file that is not named in this set's way (the set itself ships a Thumbs.db)."""
    match = _NAME.fullmatch(name)
    return Box(*map(int, match.groups())) if match else None


def identity(name: str) -> int | None:
    """Whom a picture shows; None for junk, distractors and names of another kind."""
    box = read_name(name)
    return box.identity if box and box.identity not in (JUNK, DISTRACTOR) else None


def split_files(root: Path, split: str) -> SplitFiles:
    """Of train, test, query or gt_bbox."""
    return SplitFiles(
        pictures=next((root / name for name in FOLDERS[split] if (root / name).is_dir()), root / FOLDERS[split][-1]),
        pairs=root / f"market-pairs-{split}.csv",
        annotations=root / f"market-annotation-{split}.csv",
        size=SIZE,
        annotated_size=None,
    )
