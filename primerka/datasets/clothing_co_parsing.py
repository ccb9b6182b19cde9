"""Clothing Co-Parsing (Yang, Luo, Lin 2014, CVPR; repository bearpaw/clothing-co-parsing, Apache-2.0).

1,898 street photos; 904 carry a label for each pixel, the other 994 the list of what is worn.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from primerka.errors import DataMissing
from primerka.parsing import CLASSES

# The 59 names of the data → what the network tells apart. "suit" is a jacket with trousers: see `Sample.classes`.
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

    def classes(self, pelvis_y: float) -> np.ndarray:
        """(H, W) uint8, indices into parsing.CLASSES. pelvis_y splits a suit into its jacket and its trousers."""
        names = (self.label_path.parents[1] / "label_names.txt").read_text().split()
        raw = np.array(Image.open(self.label_path))
        target = {name: CLASSES.index(cls) for cls, group in CLASS_OF.items() for name in group}
        classes = np.array([target[name] for name in names], np.uint8)[raw]
        below = np.arange(raw.shape[0])[:, None] > pelvis_y
        classes[(raw == names.index("suit")) & below] = CLASSES.index("trousers")
        return classes


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
    class_of = {name: cls for cls, group in CLASS_OF.items() for name in group}
    names = (root / "label_names.txt").read_text().split()
    with open(root / "image_tags.csv", newline="") as file:
        tags = {int(row["photo"]): row["tags"].split() for row in csv.DictReader(file)}
    for path in sorted((root / "photos").glob("*.jpg")):
        number = int(path.stem)
        label_path = root / "labels" / f"{path.stem}.png"
        if label_path.exists():
            worn = [names[index] for index in np.unique(np.array(Image.open(label_path)))]
        else:
            label_path, worn = None, tags.get(number, [])
        present = {class_of[name] for name in worn} | {"background"}
        if "suit" in worn:
            present.add("trousers")
        yield Sample(number, path, label_path, frozenset(present))
