"""The sample looks stay as they were looked at and found good.

A change that is meant to alter them writes them anew, and whoever makes it looks at them:

    python tests/test_golden.py
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from primerka.metrics.similarity import ssim
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.photo import read_photo
from primerka.samples import product_category, sample_buyers, sample_products
from primerka.tryon.engine import load_engine

GOLDEN = Path(__file__).parent / "data" / "golden"
LOOKS = (
    ("anna", ("dress-floral",)),
    ("anna", ("top-breton", "skirt-tartan")),
    ("marcus", ("top-flannel", "trousers-houndstooth")),
    ("mei", ("outerwear-herringbone",)),
)
SIDE = 512


def _look(buyer: str, products: tuple[str, ...]) -> np.ndarray:
    engine = load_engine()
    person = analyse(read_photo(next(path for path in sample_buyers() if path.stem == buyer), SIDE))
    cloths = []
    for path in sample_products():
        if path.stem in products:
            kind = product_category(path)
            cloths.append(engine.prepare_garment(find_garment(analyse(read_photo(path, SIDE), worn=kind), kind)))
    assert len(cloths) == len(products)
    return engine.dress(engine.prepare_buyer(person), cloths).rgb


def _path(buyer: str, products: tuple[str, ...]) -> Path:
    return GOLDEN / f"{buyer}-in-{'-and-'.join(products)}.png"


@pytest.mark.parametrize(("buyer", "products"), LOOKS)
def test_the_look_is_the_golden_one(pose_models, tmp_path, buyer, products):
    golden = np.array(Image.open(_path(buyer, products)))
    look = _look(buyer, products)
    difference = np.abs(look.astype(int) - golden).astype(np.uint8)
    beside = tmp_path / "look_golden_difference.png"
    Image.fromarray(np.hstack([look, golden, difference])).save(beside)
    # Other machines round differently, and a pixel of an outline may fall on the other side.
    assert ssim(look, golden) > 0.98, f"look at {beside}"


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for arguments in LOOKS:
        Image.fromarray(_look(*arguments)).save(_path(*arguments), optimize=True)
