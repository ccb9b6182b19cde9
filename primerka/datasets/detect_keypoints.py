"""Keypoints by BlazePose for the pictures of a set that has no annotation, as the CSV that PATN publishes.

The published annotations come from OpenPose. BlazePose finds the same 18 keypoints, but not the very same pixels: numbers
measured with the one are not to be set beside numbers measured with the other.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from primerka.datasets.keypoint_annotations import ANNOTATION_HEADER, MISSING, annotation_row
from primerka.datasets.pose_pairs import SplitFiles
from primerka.keypoints import Keypoints
from primerka.perception.small_pictures import find_keypoints

Find = Callable[[np.ndarray], Keypoints]


def find_or_miss(rgb: np.ndarray) -> Keypoints:
    """Of the main person of a picture, (H, W, 3) uint8; where nobody is found all are missing, as with OpenPose."""
    nobody = Keypoints(np.full((18, 2), MISSING, np.float32), np.zeros(18, np.float32))
    return find_keypoints(rgb) or nobody


def annotate(files: SplitFiles, names: Sequence[str], find: Find = find_or_miss) -> int:
    """Write files.annotations with a row for each picture; how many pictures were looked at.

    Rows are written to a .part file as they are found, and a run that was broken off goes on from there; the last step
    moves the file in place. Raises DataMissing data_incomplete for a picture that cannot be read.
    """
    part = files.annotations.with_name(f"{files.annotations.name}.part")
    done = _whole_rows(part)
    left = [name for name in names if name not in done]
    with open(part, "a", encoding="utf-8") as file:
        if not file.tell():
            file.write(ANNOTATION_HEADER + "\n")
        for name in tqdm(left, desc=files.annotations.name, disable=None):
            rgb = files.read_picture(name)
            size = files.annotated_size or rgb.shape[:2]
            file.write(annotation_row(name, find(rgb).resized(rgb.shape[:2], size), *size) + "\n")
            file.flush()
    part.replace(files.annotations)
    return len(left)


def _whole_rows(part: Path) -> set[str]:
    """The pictures that a broken-off run has written; the end of a row that it was in the middle of is cut off."""
    if not part.exists():
        return set()
    data = part.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    if whole != data:
        part.write_bytes(whole)
    return {line.partition(":")[0] for line in whole.decode().splitlines()[1:]}
