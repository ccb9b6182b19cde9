"""How well invented skin meets real skin: bare arms and legs of street photos are hidden, painted and compared.

    python tools/skin_under_cloth.py DIR [--first 5]

DIR holds Clothing Co-Parsing; every seventh photo is taken. Hands stay in sight, feet do not. The painting's constants were
chosen on every seventh photo from the fourth on (--first 3).
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from primerka.body import BONE
from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.errors import PhotoRejected
from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.person import Person
from primerka.photo import read_photo
from primerka.tryon.surface.skin import paint_skin, smooth_normals

LEAST = 0.06  # of the torso length squared, of bare limb
LIMBS = {
    "arms": (("left_arm", "right_arm"), ("upper_arm", "forearm"), "top"),
    "legs": (("left_leg", "right_leg"), ("thigh", "shin"), "trousers"),
}


def errors(person: Person, limb: str) -> tuple[float, float] | None:
    """Lightness and hue (Lab) by which the painted limb's median misses the real one's; None where none is bare."""
    labels, bones, cloth = LIMBS[limb]
    surface = person.surface.mask([BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in bones])
    hidden = person.parsing.mask(*labels) & ~person.surface.mask([BONE["left_hand"], BONE["right_hand"]])
    compared = cv2.erode((hidden & surface).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if compared.sum() < LEAST * person.pose.torso_px**2:
        return None
    covered = np.where(hidden, LABEL[cloth], person.parsing.labels).astype(np.uint8)
    painted = paint_skin(replace(person, parsing=replace(person.parsing, labels=covered)), smooth_normals(person))
    real, made = (cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) for rgb in (person.photo.rgb, painted))
    lightness, *hue = np.median((made - real)[compared], 0)
    return float(lightness), float(np.hypot(*hue))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--first", type=int, default=5, help="the first of the photos, of which every seventh is taken")
    arguments = parser.parse_args()
    found: dict[str, list] = {limb: [] for limb in LIMBS}
    for sample in tqdm(list(read_clothing_co_parsing(arguments.data))[arguments.first :: 7]):
        try:
            person = analyse(read_photo(sample.path))
        except PhotoRejected:
            continue
        for limb, values in found.items():
            if (value := errors(person, limb)) is not None:
                values.append(value)
    report = {}
    for limb, values in found.items():
        if not values:
            report[limb] = {"people": 0}
            continue
        lightness, hue = np.array(values).T
        report[limb] = {
            "people": len(values),
            "lightness_bias": round(float(lightness.mean()), 1),
            "lightness_rms": round(float(np.sqrt((lightness**2).mean())), 1),
            "hue": round(float(hue.mean()), 1),
        }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
