"""Published data sets in miniature: their layouts, random colours in their pictures."""

from pathlib import Path

import numpy as np
from PIL import Image

ANNOTATION_HEADER = "name:keypoints_y:keypoints_x\n"


def picture(path: Path, height: int, width: int, seed: int = 0, **options) -> np.ndarray:
    """Write smooth random colours, which JPEG keeps; returns what was drawn."""
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (4, 3, 3), dtype=np.uint8))
    image = small.resize((width, height), Image.Resampling.BICUBIC)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **({"quality": 95} if path.suffix == ".jpg" else {}) | options)
    return np.array(image)


def annotations(path: Path, names, ys=None, xs=None) -> None:
    ys = ys or list(range(20, 56, 2))
    xs = xs or list(range(10, 46, 2))
    path.write_text(ANNOTATION_HEADER + "".join(f"{name}: {ys}: {xs}\n" for name in names))


def pairs(path: Path, *rows) -> None:
    path.write_text("from,to\n" + "".join(f"{source},{target}\n" for source, target in rows))
