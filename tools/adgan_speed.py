"""Processor time of a training step of ADGAN, ours and with the generator written plainly (tests/naive_adgan.py).

PYTHONPATH=.:tests python tools/adgan_speed.py [recipe] [steps]: the recipe's networks at 256x176, four made-up people a
batch, one thread.
"""

import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import naive_adgan
import numpy as np
import torch

from primerka.attributes import ATTRIBUTES
from primerka.datasets.pose_pair import PosePair
from primerka.keypoints import Keypoints
from primerka.training import adgan, run_folder
from primerka.training.devices import Devices
from primerka.training.recipe import read_recipe

ROOT = Path(__file__).parents[1]
# top, bottom, left, right of what somebody about as large as in DeepFashion shows
BOXES = {
    "arm": (60, 140, 40, 136), "upper_clothes": (60, 130, 55, 121), "hair": (15, 45, 68, 108), "face": (25, 60, 74, 102),
    "pants": (130, 230, 58, 118), "leg": (225, 250, 60, 116),
}  # fmt: skip


def person(seed: int) -> PosePair:
    random = np.random.default_rng(seed)
    parsing = np.zeros((256, 176), np.uint8)
    down, right = random.integers(-10, 6), random.integers(-15, 16)
    for name, (top, bottom, left, right_end) in BOXES.items():
        name = "skirt" if name == "pants" and seed % 4 == 0 else name
        parsing[top + down : bottom + down, left + right : right_end + right] = ATTRIBUTES.index(name)
    picture = random.integers(0, 256, (256, 176, 3), dtype=np.uint8)
    keypoints = Keypoints(random.uniform(40, 130, (18, 2)).astype(np.float32), np.ones(18, np.float32))
    return PosePair(str(seed), picture, picture, keypoints, keypoints, parsing, parsing)


def main(name: str = "adgan-synthetic", steps: int = 2) -> None:
    torch.set_num_threads(1)
    recipe = replace(read_recipe(ROOT / "recipes" / f"{name}.toml", adgan.Recipe), height=256, width=176, batch=4)
    pairs = [person(seed) for seed in range(4)]

    def timed(form: str, step, *rest) -> bool:
        for number in range(steps):
            start = time.process_time()
            step(number)
            print(f"{form}: {time.process_time() - start:.1f} s a step", flush=True)
        return True

    for form, forward in (("ours", adgan.Generator.forward), ("plain", naive_adgan.draw)):
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.object(run_folder, "train", partial(timed, form)),
            patch.object(adgan.Generator, "forward", forward),
        ):
            adgan.train_adgan(pairs, Path(folder), recipe, devices=Devices(torch.device("cpu")))


if __name__ == "__main__":
    main(*sys.argv[1:2], *map(int, sys.argv[2:]))
