"""A plain face for a head that the photo shows from behind or from the side: nobody's, in the person's own skin, never certain."""

from functools import cache

import numpy as np
from safetensors.numpy import load_file

from primerka.body import Body
from primerka.surface import Surface
from primerka.tryon.surface.vertex_paint import draw_vertices
from primerka.weights import weights_path

MARKS = ("lips", "brows", "blood", "socket", "white", "iris")
STRENGTH = 0.85  # of every mark
LIGHT = np.float32([0, -0.35, -0.9])  # from above and from the camera, in the camera's axes
AMBIENT, DIFFUSE = 0.55, 0.5


def paint_face(body: Body, surface: Surface, skin: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 3) float32 colours and (H, W) float32 alpha: the face where the camera sees it.

    surface: of `body`; skin (3,) sRGB in 0..255
    """
    vertices, share, marks = _face()
    colours = np.tile(np.float32(skin), (len(vertices), 1))
    for amount, colour in zip(marks.T, _colours_of_marks(np.float32(skin))):
        colours += STRENGTH * amount[:, None] * (colour - colours)
    light = AMBIENT + DIFFUSE * np.clip(surface.normals[vertices] @ LIGHT, 0, 1)
    painted, shares = np.zeros((len(body.vertices), 3), np.float32), np.zeros(len(body.vertices), np.float32)
    painted[vertices], shares[vertices] = colours * light[:, None], share
    return draw_vertices(body, surface, painted, shares)


def _colours_of_marks(skin: np.ndarray) -> np.ndarray:
    """(6, 3), in the order of MARKS."""
    return np.stack(
        [skin * [0.86, 0.56, 0.55], np.minimum(0.42 * skin, 90), skin * [1, 0.87, 0.86], skin * [0.75, 0.68, 0.68],
         np.array([214, 206, 202]), np.array([50, 40, 32])]
    ).astype(np.float32)  # fmt: skip


@cache
def _face() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(N,) vertices, (N,) shares and (N, 6) marks, as `training.face` keeps them."""
    arrays = load_file(weights_path("face"))
    return arrays["vertices"], arrays["share"].astype(np.float32), arrays["marks"].astype(np.float32)
