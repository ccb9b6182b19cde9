"""What an engine is, and how one is found.

An engine dresses a person. Preparing is separate from dressing, so that a buyer and a garment are each prepared once and
every card after that is cheap. Packages add engines through the entry-point group `primerka.engines`.
"""

from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Protocol

import numpy as np

from primerka.errors import Refused
from primerka.person import Garment, Person


@dataclass(frozen=True)
class Look:
    """The picture of a dressed buyer.

    rgb       (H, W, 3) uint8, the size of the buyer's photo
    changed   (H, W) bool; every other pixel is the photo's own, bit for bit
    warnings  what was invented or is uncertain, for people
    layers    name → picture of an intermediate step, for those who look closely
    """

    rgb: np.ndarray
    changed: np.ndarray
    warnings: tuple[str, ...]
    layers: dict[str, np.ndarray]


class Engine(Protocol):
    """`prepare_buyer` and `prepare_garment` return whatever `dress` wants; both may be kept."""

    name: str

    def prepare_buyer(self, person: Person) -> Any: ...

    def prepare_garment(self, garment: Garment) -> Any: ...

    def dress(self, buyer: Any, garments: list[Any]) -> Look:
        """Dress the buyer in all garments, in the order in which they are worn whatever order they come in."""
        ...


_BUILT_IN = {"surface": "primerka.tryon.surface.engine:SurfaceEngine"}


def engine_names() -> list[str]:
    return sorted({*_BUILT_IN, *(point.name for point in entry_points(group="primerka.engines"))})


def load_engine(name: str = "surface") -> Engine:
    """Raises Refused with code unknown_engine."""
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        return getattr(import_module(module), attribute)()
    for point in entry_points(group="primerka.engines", name=name):
        return point.load()()
    raise Refused("unknown_engine", f"There is no engine {name!r}; known are {', '.join(engine_names())}.")
