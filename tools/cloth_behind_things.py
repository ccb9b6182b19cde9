"""How well cloth is invented behind what hides it: a forearm and a bag, drawn onto garments of photos, and what the photo shows there.

    python tools/cloth_behind_things.py DIR [--first 5]

DIR holds Clothing Co-Parsing; every thirteenth photo is taken, and every garment of it of which enough stays in sight. Needs
`primerka weights fetch --eval`. The numbers of `quilt.py` were chosen on every thirteenth of the photos that the parsing is trained on,
beginning with the sixth, of which 6 are among the 54 of --first 1200. Mirrors alone are what shows where no patch fits.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.errors import Refused
from primerka.metrics.lpips import lpips
from primerka.metrics.similarity import psnr
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.nearby import box_of, local_mean
from primerka.photo import read_photo
from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.parts import PARTS_OF
from primerka.tryon.surface.quilt import quilt

RIM = 1 / 60  # torso lengths of mixed colours at an outline
LEAST, MOST = 0.02, 0.6  # of the torso length squared that is hidden; of the garment
GRAIN, PATTERNED = 1 / 20, 15  # torso lengths; grey levels off the mean within that, of half of a cloth's pixels


def forearm_and_bag(cloth: np.ndarray, unit: float, random: np.random.Generator) -> np.ndarray:
    """(H, W) bool: what hides the cloth, a band half a torso length long with a disc at its end, somewhere on it."""
    ys, xs = np.nonzero(cloth)
    at = random.integers(len(ys))
    middle, angle = np.array([xs[at], ys[at]]), random.uniform(0.4, 2.7)
    half = 0.5 * unit * np.array([np.cos(angle), np.sin(angle)])
    ends = [tuple(np.rint(middle + sign * half).astype(int).tolist()) for sign in (-1, 1)]
    hides = cv2.line(np.zeros(cloth.shape, np.uint8), *ends, 1, max(round(0.15 * unit), 1))
    axes = (round(0.22 * unit), round(0.14 * unit))
    return cv2.ellipse(hides, ends[1], axes, random.uniform(0, 180), 0, 360, 1, -1) > 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--first", type=int, default=5, help="the first of the photos, of which every thirteenth is taken")
    arguments = parser.parse_args()
    scores = defaultdict(list)
    for sample in tqdm(list(read_clothing_co_parsing(arguments.data))[arguments.first :: 13]):
        photo = read_photo(sample.path)
        for category in sorted(set(PARTS_OF) & set(sample.present)):
            try:
                garment = find_garment(analyse(photo, worn=category), category)
            except Refused:
                continue
            unit = garment.model.pose.torso_px
            rim = 2 * max(round(RIM * unit), 1) + 1
            cloth = cv2.erode(garment.mask.astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0
            if not cloth.any():
                continue
            hole = forearm_and_bag(cloth, unit, np.random.default_rng(sample.number)) & cloth
            if hole.sum() < LEAST * unit**2 or hole.sum() > MOST * cloth.sum():
                continue
            place = box_of(cloth, margin=rim)
            real, cloth, hole = photo.rgb[place], cloth[place], hole[place]
            shown = cloth & ~hole
            off = np.abs(real - local_mean(real, shown, GRAIN * unit)).mean(2)[shown]
            kind = "patterned" if np.median(off) > PATTERNED else "plain"
            near = box_of(hole, margin=rim)
            seen = np.where(shown[:, :, None], real, 0).astype(np.uint8)
            for name, filled in (("mirrors", mirror_fill(seen, ~shown)), ("patches", quilt(seen, ~shown, hole, unit))):
                made = np.where(hole[:, :, None], filled, real)
                scores[kind, name].append((psnr(made, real, hole), lpips(made[near], real[near], hole[near])))
    for (kind, name), values in sorted(scores.items()):
        decibels, distance = np.mean(values, 0)
        result = {"garments": len(values), "psnr_db": round(float(decibels), 2), "lpips_hed_vgg": round(float(distance), 4)}
        print(kind, name, json.dumps(result))


if __name__ == "__main__":
    main()
