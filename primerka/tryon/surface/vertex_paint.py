"""Colours of the body's vertices as a picture."""

import cv2
import numpy as np

from primerka.body import Body
from primerka.perception.body_model import body_model
from primerka.surface import Surface

JOIN_M = 1 / 450  # the blur that joins the vertices


def draw_vertices(body: Body, surface: Surface, colours: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 3) float32 straight colours and (H, W) float32 alpha of what the camera sees.

    surface  of `body`
    colours  (V, 3) float32 in 0..255; share (V,) in [0, 1]: how much of a vertex is painted
    """
    painted = np.column_stack([colours * share[:, None], share]).astype(np.float32)
    seen = (surface.face >= 0)[:, :, None]
    flat = np.where(seen, painted[body_model().faces].mean(1)[surface.face], 0)
    smooth = cv2.GaussianBlur(flat, (0, 0), max(body.scale * JOIN_M, 0.6))
    alpha = smooth[:, :, 3]
    return smooth[:, :, :3] / np.maximum(alpha, 1e-3)[:, :, None], alpha
