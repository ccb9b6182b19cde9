"""How well an invented background meets the real one: somebody's outline at half size hides a place beside them.

    python tools/background_behind_people.py DIR [--first 3]

DIR holds Clothing Co-Parsing; every sixtieth photo is taken in which the outline finds room. Needs `primerka weights fetch --eval`.
The numbers of `complete.py` were chosen on --first 3. Mirrors alone are what the search starts from.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.errors import PhotoRejected
from primerka.metrics.lpips import lpips_map
from primerka.perception.blazepose import find_pose
from primerka.photo import read_photo
from primerka.tryon.surface.buyer import BACKGROUND_REACH, behind
from primerka.tryon.surface.fill import blend_fill


def outline_elsewhere(person: np.ndarray, seed: int) -> np.ndarray | None:
    """(H, W) bool: the person's outline at half size at a random place beside them; None where there is none."""
    shape = cv2.resize(person.astype(np.uint8), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_NEAREST) > 0
    ys, xs = np.nonzero(shape)
    shape = shape[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    rows, columns = (range(4, whole - part - 4, 12) for whole, part in zip(person.shape, shape.shape))
    free = [(y, x) for y in rows for x in columns if not (person[y:, x:][: shape.shape[0], : shape.shape[1]] & shape).any()]
    if not free:
        return None
    y, x = free[np.random.default_rng(seed).integers(len(free))]
    elsewhere = np.zeros_like(person)
    elsewhere[y : y + shape.shape[0], x : x + shape.shape[1]] = shape
    return elsewhere


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--first", type=int, default=3, help="the first of the photos, of which every sixtieth is taken")
    arguments = parser.parse_args()
    scores: dict[str, list] = {"mirrors": [], "behind": []}
    for sample in tqdm(list(read_clothing_co_parsing(arguments.data))[arguments.first :: 60]):
        photo = read_photo(sample.path)
        try:
            pose, mask = find_pose(photo)
        except PhotoRejected:
            continue
        unit = pose.torso_px
        margin = 2 * max(round(unit / 30), 2) + 1
        person = cv2.dilate((mask > 0.3).astype(np.uint8), np.ones((margin, margin), np.uint8)) > 0
        place = outline_elsewhere(person, sample.number)
        if place is None:
            continue
        hidden = person | place
        seen = np.where(hidden[:, :, None], 0, photo.rgb).astype(np.uint8)
        mirrors = blend_fill(seen, hidden, BACKGROUND_REACH * unit)
        made = {"mirrors": mirrors, "behind": behind(seen, hidden, unit)}
        real = np.where(person[:, :, None], 0, photo.rgb).astype(np.uint8)
        for name, rgb in made.items():
            rgb = np.where(place[:, :, None], rgb, real)
            error = ((rgb.astype(float) - real) ** 2)[place].mean()
            scores[name].append((10 * np.log10(255**2 / max(error, 1e-3)), lpips_map(rgb, real)[place].mean()))
    for name, values in scores.items():
        psnr, distance = np.mean(values, 0)
        result = {"photos": len(values), "psnr_db": round(float(psnr), 2), "lpips_hed_vgg": round(float(distance), 4)}
        print(name, json.dumps(result))


if __name__ == "__main__":
    main()
