"""Label maps of the eight attributes for pictures whose set has none, by our own parsing."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from primerka.attributes import attributes
from primerka.datasets.pose_pairs import SplitFiles
from primerka.errors import PhotoRejected
from primerka.perception.analyse import analyse
from primerka.perception.small_pictures import enlarged
from primerka.photo import Photo
from primerka.pictures import write_picture

Find = Callable[[np.ndarray], np.ndarray]
REFUSED = "refused.csv"


def find_attributes(rgb: np.ndarray) -> np.ndarray:
    """(H, W) uint8 indices into ATTRIBUTES. Raises PhotoRejected as perception.analyse does."""
    regions = attributes(analyse(Photo(enlarged(rgb))).parsing)
    return cv2.resize(regions, rgb.shape[1::-1], interpolation=cv2.INTER_NEAREST_EXACT)


def parse_attributes(
    files: SplitFiles, names: Sequence[str], path: Callable[[str], Path], find: Find = find_attributes
) -> tuple[int, int]:
    """Write path(name), a PNG label map, for each picture that has no map. How many were made and how many refused.

    A picture in which nobody can be told gets no map and is named in refused.csv beside the maps, with the code of the
    refusal; it is not looked at again. Each map is moved in place whole, so a run that was broken off goes on.
    """
    made = refused = 0
    known = {folder: _refused(folder) for folder in {path(name).parent for name in names}}
    for name in tqdm(names, desc="attributes", disable=None):
        to = path(name)
        if name in known[to.parent] or to.exists():
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        try:
            write_picture(to, find(files.read_picture(name)))
            made += 1
        except PhotoRejected as refusal:
            with open(to.parent / REFUSED, "a", encoding="utf-8") as file:
                file.write(f"{name},{refusal.code}\n")
            refused += 1
    return made, refused


def _refused(folder: Path) -> set[str]:
    listed = folder / REFUSED
    return {line.partition(",")[0] for line in listed.read_text().splitlines()} if listed.exists() else set()
