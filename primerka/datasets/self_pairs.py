"""Pairs made of single photos, in the layout of the published sets; `make_self_pairs.py` makes them.

    train/0001.png, test/0010.png                  targets: the people of the photos before plain grey, 256x176
    train/0001_as_0007.png                         sources: the person of photo 1, carried into the pose of photo 7
    self-pairs-{train,test}.csv                    0001_as_0007.png,0001.png
    self-annotation-{train,test}.csv               keypoints in pixels of the pictures
    parsing/{train,test}/0001.png                  label maps of the eight attributes
    refused.csv                                    photos of which nothing can be made, and why

Photos whose number ends in 0 are held out: they make `test` and are nowhere in `train`.
"""

from functools import partial
from pathlib import Path

import numpy as np

from primerka.datasets.pose_pairs import SplitFiles, read_regions

NAME = "self"
COMMAND = "self-pairs --photos DIR --count N"
ORIGIN = f"your photos with `primerka datasets {COMMAND}`"
SIZE = (256, 176)


def split_files(root: Path, split: str) -> SplitFiles:
    return SplitFiles(
        pictures=root / split,
        pairs=root / f"self-pairs-{split}.csv",
        annotations=root / f"self-annotation-{split}.csv",
        size=SIZE,
        annotated_size=SIZE,
        parsing=partial(read_parsing, root, split),
    )


def read_parsing(root: Path, split: str, name: str) -> np.ndarray:
    """(H, W) uint8 indices into ATTRIBUTES. Raises DataMissing data_incomplete; every picture of this set has a map."""
    return read_regions(parsing_path(root, split, name))


def parsing_path(root: Path, split: str, name: str) -> Path:
    return root / "parsing" / split / name
