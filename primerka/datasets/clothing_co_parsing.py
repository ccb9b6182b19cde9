"""Clothing Co-Parsing (Yang, Luo, Lin 2014, CVPR; repository bearpaw/clothing-co-parsing, Apache-2.0).

1,898 street photos; 904 carry a label for each pixel, the other 994 the list of what is worn.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from primerka.errors import DataMissing
from primerka.parsing import CLASSES

# The 59 names of the data → what the network tells apart. "suit" is the jacket, or a jumpsuit: see `classes_of`.
CLASS_OF = {
    "background": ["null"],
    "hat": ["hat"],
    "hair": ["hair"],
    "skin": ["skin"],
    "top": "blouse bodysuit bra hoodie intimate jumper shirt sweater sweatshirt swimwear t-shirt top vest".split(),
    "outerwear": "blazer cape cardigan coat jacket suit".split(),
    "dress": ["dress", "romper"],
    "skirt": ["skirt"],
    "trousers": ["jeans", "pants"],
    "shorts": ["shorts", "panties"],
    "legwear": "leggings socks stockings tights".split(),
    "shoes": "boots clogs flats heels loafers pumps sandals shoes sneakers wedges".split(),
    "bag": "bag purse wallet".split(),
    "scarf": ["scarf"],
    "glasses": ["glasses", "sunglasses"],
    "other": "accessories belt bracelet earrings gloves necklace ring tie watch".split(),
}

READING = 2  # how labels are read; counts up with what Sample.classes and Sample.present say
LEAST_TOP = 0.2  # of a dress's area: a collar or a sleeve is no top with a skirt


@dataclass(frozen=True)
class Sample:
    """One photo of the set.

    number      the photo's number; every tenth photo is held out for validation
    path        the photo file
    label_path  the file of labels; None where the photo has only tags
    present     the classes that occur in the photo
    """

    number: int
    path: Path
    label_path: Path | None
    present: frozenset[str]

    @property
    def held_out(self) -> bool:
        return self.number % 10 == 0

    def classes(self) -> np.ndarray:
        """(H, W) uint8, indices into parsing.CLASSES."""
        names = (self.label_path.parents[1] / "label_names.txt").read_text().split()
        return to_classes(np.array(Image.open(self.label_path)), names)


def to_classes(raw: np.ndarray, names: list[str]) -> np.ndarray:
    """(H, W) uint8, indices into parsing.CLASSES. raw (H, W) integers, a label's indices into names."""
    class_of = classes_of(names[index] for index in np.unique(raw))
    classes = np.array([CLASSES.index(class_of.get(name, "background")) for name in names], np.uint8)[raw]
    dress = raw == names.index("dress")
    if begins_below_the_top(dress, classes == CLASSES.index("top")):
        classes[dress] = CLASSES.index("skirt")
    return classes


def classes_of(worn: Iterable[str]) -> dict[str, str]:
    """The class of each of the names that one photo has.

    "suit" is a suit's jacket, whose trousers have their own name, in all labels but two: where nothing else covers the
    legs, it is a jumpsuit, and those are dresses here.
    """
    class_of = {name: cls for cls, group in CLASS_OF.items() for name in group}
    classes = {name: class_of[name] for name in worn}
    if "suit" in classes and not {"dress", "skirt", "trousers", "shorts", "legwear"} & set(classes.values()):
        classes["suit"] = "dress"
    return classes


def begins_below_the_top(dress: np.ndarray, top: np.ndarray) -> bool:
    """Whether what is labelled a dress is the skirt below a top: more than a quarter of the labels that say "dress".

    dress, top (H, W) bool
    """
    if top.sum() < LEAST_TOP * dress.sum() or not dress.any():
        return False
    return np.quantile(np.nonzero(dress)[0], 0.1) >= np.quantile(np.nonzero(top)[0], 0.9)


def read_clothing_co_parsing(root: Path) -> Iterator[Sample]:
    """Every sample, by number. root: the folder that holds photos/, labels/, label_names.txt and image_tags.csv.

    Raises DataMissing where the layout is another one.
    """
    for name in ("photos", "labels", "label_names.txt", "image_tags.csv"):
        if not (root / name).exists():
            raise DataMissing(
                "data_missing",
                f"{root} has no {name}; get Clothing Co-Parsing from github.com/bearpaw/clothing-co-parsing.",
            )
    if not any((root / "photos").glob("*.jpg")):
        raise DataMissing("data_missing", f"{root / 'photos'} holds no photo.")
    names = (root / "label_names.txt").read_text().split()
    with open(root / "image_tags.csv", newline="") as file:
        tags = {int(row["photo"]): row["tags"].split() for row in csv.DictReader(file)}
    for path in sorted((root / "photos").glob("*.jpg")):
        number = int(path.stem)
        label_path = root / "labels" / f"{path.stem}.png"
        if label_path.exists():
            present = {CLASSES[index] for index in np.unique(to_classes(np.array(Image.open(label_path)), names))}
        else:
            label_path, present = None, set(classes_of(tags.get(number, [])).values())
        yield Sample(number, path, label_path, frozenset({"background", *present}))
