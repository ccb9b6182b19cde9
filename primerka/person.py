"""Person and Garment: what perception makes of a photo, kept and reused for every look."""

from dataclasses import dataclass

import numpy as np

from primerka.body import Body
from primerka.parsing import GARMENTS, Parsing
from primerka.photo import Photo
from primerka.pose import Pose
from primerka.surface import Surface


@dataclass(frozen=True)
class Person:
    """A photo with its main person: pose, parsing, fitted body and the body's surface as the camera sees it.

    missing  what the photo does not show, e.g. ("feet", "knees")
    """

    photo: Photo
    pose: Pose
    parsing: Parsing
    body: Body
    surface: Surface
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Garment:
    """One garment of a product photo, on the model who wears it.

    mask      (H, W) bool, its pixels in the photo
    category  one of parsing.GARMENTS
    """

    model: Person
    mask: np.ndarray
    category: str

    def __post_init__(self):
        if self.category not in GARMENTS:
            raise ValueError(f"Garment.category must be one of {GARMENTS}, got {self.category!r}")
        if self.mask.shape != self.model.photo.rgb.shape[:2] or self.mask.dtype != bool:
            raise ValueError(
                f"Garment.mask must be {self.model.photo.rgb.shape[:2]} bool, got {self.mask.shape} {self.mask.dtype}"
            )

    @property
    def certainty(self) -> float:
        """How sure the parsing was of the garment by itself, in [0, 1]."""
        return self.model.parsing.how_certain(self.category, self.mask)
