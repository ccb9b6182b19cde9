"""The re-posed samples stay as they were looked at and found good.

A change that is meant to alter them writes them anew, and whoever makes it looks at them:

    python tests/test_golden_repose.py
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from primerka.metrics.similarity import ssim
from primerka.perception.analyse import analyse
from primerka.photo import read_photo
from primerka.samples import sample_buyers, sample_products
from primerka.tryon.repose import load_reposer

GOLDEN = Path(__file__).parent / "data" / "golden"
PAIRS = (("top-flannel", "anna"), ("dress-floral", "marcus"))
SIDE = 512


def _person(name: str):
    return analyse(read_photo(next(path for path in (*sample_buyers(), *sample_products()) if path.stem == name), SIDE))


def _reposed(product: str, pose: str) -> np.ndarray:
    return load_reposer().repose(_person(product), _person(pose)).rgb


def _path(product: str, pose: str) -> Path:
    return GOLDEN / f"{product}-as-{pose}.png"


@pytest.mark.parametrize(("product", "pose"), PAIRS)
def test_the_picture_is_the_golden_one(pose_models, tmp_path, product, pose):
    golden = np.array(Image.open(_path(product, pose)))
    picture = _reposed(product, pose)
    difference = np.abs(picture.astype(int) - golden).astype(np.uint8)
    beside = tmp_path / "reposed_golden_difference.png"
    Image.fromarray(np.hstack([picture, golden, difference])).save(beside)
    # Other machines round differently, and a pixel of an outline may fall on the other side.
    assert ssim(picture, golden) > 0.98, f"look at {beside}"


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for arguments in PAIRS:
        Image.fromarray(_reposed(*arguments)).save(_path(*arguments), optimize=True)
