"""Labels of Clothing Co-Parsing put right by eye: regions of a photo, and the class that whoever looked at it gave them.

The file has a row for each region: photo,class,rings. Rings are closed lines in the photo's pixels, x,y pairs apart by spaces, rings by
semicolons; what an odd number of them is around belongs to the region. The class "unsure" says that nothing is to be learned there.
"""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from primerka.errors import DataMissing
from primerka.parsing import CLASSES

BY_EYE = Path(__file__).parent / "clothing_co_parsing_by_eye.csv"
UNSURE = 255  # in a label map: do not learn from this pixel
SUBPIXEL = 4  # bits


@dataclass(frozen=True)
class Region:
    """label: an index into parsing.CLASSES, or UNSURE. rings: each (N, 2) float32, the photo's pixels."""

    label: int
    rings: tuple[np.ndarray, ...]

    def paint(self, classes: np.ndarray, matrix: np.ndarray) -> None:
        """Write the label into (H, W) uint8 class indices. matrix: (2, 3), from the photo's pixels to theirs."""
        rings = [ring @ matrix[:, :2].T + matrix[:, 2] for ring in self.rings]
        cv2.fillPoly(classes, [np.rint(ring * 2**SUBPIXEL).astype(np.int32) for ring in rings], self.label, shift=SUBPIXEL)


def read_corrected_labels(path: Path = BY_EYE) -> dict[int, list[Region]]:
    """Photo number → its regions. Raises DataMissing where the file can't be read, naming the line."""
    found = defaultdict(list)
    try:
        with open(path, newline="") as file:
            rows = csv.DictReader(file)
            for row in rows:
                label = UNSURE if row["class"] == "unsure" else CLASSES.index(row["class"])
                rings = [np.array([pair.split(",") for pair in ring.split()], np.float32) for ring in row["rings"].split(";")]
                if any(ring.ndim != 2 or ring.shape[1] != 2 for ring in rings):
                    raise ValueError("a ring is no list of x,y pairs")
                found[int(row["photo"])].append(Region(label, tuple(rings)))
    except OSError as cause:
        raise DataMissing("data_missing", f"The corrected labels {path} cannot be read: {cause}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as cause:
        raise DataMissing("data_incomplete", f"The corrected labels {path}, line {rows.line_num}: {cause}.") from None
    return dict(found)
