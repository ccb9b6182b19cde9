"""Pairs of pictures of one dressed person in two poses, made when they are asked for."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from primerka.datasets.dressed_bodies.person import random_person
from primerka.datasets.dressed_bodies.picture import DensePicture, random_pose, random_studio, render_picture
from primerka.datasets.dressed_bodies.wardrobe import SPLITS, Wardrobe, load_wardrobe
from primerka.datasets.pose_pair import PosePair


@dataclass(frozen=True)
class SyntheticPairs:
    """`count` pairs; pair `index` is the same bytes for the same file, split, size and seed, whoever asks and in any order.

    The splits share no fabric, no pose and no person.
    """

    wardrobe_file: Path
    split: str
    count: int
    height: int = 256
    width: int = 176
    seed: int = 0

    def __post_init__(self):
        if self.split not in SPLITS:
            raise ValueError(f"SyntheticPairs.split must be one of {SPLITS}, got {self.split!r}")

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> PosePair:
        source, target = self.pictures(index)
        return PosePair(
            f"{self.split}-{self.seed}-{index:06d}", source.rgb, target.rgb, source.keypoints, target.keypoints,
            source.attributes, target.attributes,
        )  # fmt: skip

    def pictures(self, index: int, dense: bool = False) -> tuple[DensePicture, DensePicture]:
        """Both pictures of a pair with all that is known of them; `dense` adds the body's surface."""
        if not 0 <= index < self.count:
            raise IndexError(f"pair {index} of {self.count}")
        random = np.random.default_rng([self.seed, SPLITS.index(self.split), index])
        return render_pair(load_wardrobe(self.wardrobe_file), self.split, random, self.height, self.width, dense)


def render_pair(
    wardrobe: Wardrobe, split: str, random: np.random.Generator, height: int, width: int, dense: bool = False
) -> tuple[DensePicture, DensePicture]:
    person, studio = random_person(wardrobe, split, random), random_studio(random)
    poses = [random_pose(wardrobe.poses[split], random) for _ in range(2)]
    first, second = (render_picture(person, *pose, studio, random, height, width, dense) for pose in poses)
    return first, second
