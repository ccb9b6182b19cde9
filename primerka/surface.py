"""Surface: the fitted body as pictures."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Surface:
    """What a camera sees of the naked body.

    part    (H, W) int8, index into body.BONES of the bone that the nearest surface moves with; -1 off the body
    depth   (H, W) float32, pixels, away from the camera; +inf off the body
    face    (H, W) int32, the face seen; -1 off the body
    normals (V, 3) float32 unit normals of the vertices, in the camera's axes: z < 0 looks at the camera
    """

    part: np.ndarray
    depth: np.ndarray
    face: np.ndarray
    normals: np.ndarray

    def mask(self, bones: list[int]) -> np.ndarray:
        """(H, W) bool: what moves with one of the bones, indices into body.BONES."""
        wanted = np.zeros(256, np.uint8)  # a table, as in primerka.parsing; 255 is -1
        wanted[bones] = 1
        return cv2.LUT(self.part.view(np.uint8), wanted).view(bool)
