"""What a re-poser is, and how one is found.

A re-poser shows the person of one photo in the pose of another. Packages add re-posers through the entry-point group
`primerka.reposers`.
"""

from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

import numpy as np

from primerka.errors import Refused
from primerka.person import Person

PLAIN = 245  # the grey of the background that a re-poser puts behind the person


@dataclass(frozen=True)
class Reposed:
    """The picture of a person in another pose.

    rgb       (H, W, 3) uint8, the size of the photo that the pose is from; the person before plain PLAIN grey
    alpha     (H, W) float32 in [0, 1], how much of a pixel is the person
    certain   (H, W) bool: the person's pixels that come from observed pixels of the source, not invented ones
    warnings  what was invented or is uncertain, for people
    layers    name → picture of an intermediate step, for those who look closely
    """

    rgb: np.ndarray
    alpha: np.ndarray
    certain: np.ndarray
    warnings: tuple[str, ...]
    layers: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self):
        size = self.rgb.shape[:2]
        for name, shape, dtype in (("rgb", (*size, 3), np.uint8), ("alpha", size, np.float32), ("certain", size, bool)):
            value = getattr(self, name)
            if value.shape != shape or value.dtype != dtype:
                raise ValueError(f"Reposed.{name} must be {shape} {np.dtype(dtype)}, got {value.shape} {value.dtype}")

    def on(self, background: np.ndarray) -> np.ndarray:
        """(H, W, 3) uint8: the person before another background of that shape, whose every bit is kept where alpha rounds to 0."""
        behind = (1 - self.alpha)[:, :, None]
        mixed = np.clip(np.rint(self.rgb + behind * (background.astype(np.float32) - PLAIN)), 0, 255).astype(np.uint8)
        return np.where(behind > 1 - 0.5 / 255, background, mixed)


class Reposer(Protocol):
    name: str

    def repose(self, source: Person, target: Person) -> Reposed:
        """The person of `source` in the pose of `target`, in the pixels of target's photo."""
        ...


_NETWORKS = ("adgan", "pg2")
_BUILT_IN = {
    "surface": "primerka.tryon.surface.repose:SurfaceReposer",
    "adgan": "primerka.tryon.adgan:AdganReposer",
    "pg2": "primerka.tryon.pg2:Pg2Reposer",
}


def reposer_names() -> list[str]:
    return sorted({*_BUILT_IN, *(point.name for point in entry_points(group="primerka.reposers"))})


def load_reposer(name: str = "surface", weights: Path | None = None) -> Reposer:
    """weights: a file for a network instead of the one that ships. Raises Refused unknown_engine or no_network."""
    if weights is not None and name not in _NETWORKS:
        raise Refused("no_network", f"The engine {name} takes no weights; {' and '.join(_NETWORKS)} do.")
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        kind = getattr(import_module(module), attribute)
        return kind(weights) if name in _NETWORKS else kind()
    for point in entry_points(group="primerka.reposers", name=name):
        return point.load()()
    raise Refused("unknown_engine", f"There is no engine {name!r} that re-poses; known are {', '.join(reposer_names())}.")
