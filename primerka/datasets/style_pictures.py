"""What fast style transfer learns from: photos of people for content, cloth for style."""

from pathlib import Path

import numpy as np
from PIL import Image

from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.datasets.dressed_bodies.fabrics import cut_fabrics, made_up_fabric
from primerka.errors import DataMissing

FABRICS = 1000  # cut out of photos at most, for learning and testing together
MADE_UP = 300  # patterns beside them


def open_contents(root: Path, side: int) -> list[np.ndarray]:
    """Photos of Clothing Co-Parsing, (H, W, 3) uint8, the shorter side brought to `side` pixels; the held-out ones are left out.

    Raises DataMissing as read_clothing_co_parsing does.
    """
    contents = []
    for sample in read_clothing_co_parsing(root):
        if not sample.held_out:
            with Image.open(sample.path) as image:
                size = [max(round(length * side / min(image.size)), side) for length in image.size]
                image.draft("RGB", tuple(size))
                contents.append(np.asarray(image.convert("RGB").resize(size, Image.Resampling.BOX)))
    return contents


def open_fabrics(root: Path, made_up: int = MADE_UP) -> tuple[np.ndarray, np.ndarray]:
    """Cloth for learning and cloth held out, both (N, 128, 128, 3) uint8.

    Patches of Clothing Dataset's garments, of which every tenth is held out, and patterns that are made up, for learning alone.
    Raises DataMissing data_missing.
    """
    if not (root / "images.csv").is_file() or not (root / "images").is_dir():
        sentence = f"{root} has no images.csv and images/; get it from github.com/alexeygrigorev/clothing-dataset."
        raise DataMissing("data_missing", sentence)
    cloth, held_out = cut_fabrics(root, FABRICS)
    random = np.random.default_rng(0)
    patterns = [made_up_fabric(random) for _ in range(made_up)]
    return np.concatenate([cloth[~held_out], np.array(patterns, np.uint8).reshape(-1, *cloth.shape[1:])]), cloth[held_out]
