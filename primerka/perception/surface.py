"""The fitted body's surface as pictures: which part, how deep, facing where, for every pixel that it covers."""

import numba
import numpy as np

from primerka.body import Body
from primerka.perception.body_model import body_model
from primerka.surface import Surface


def see_surface(body: Body, height: int, width: int, bones: list[int] | None = None) -> Surface:
    """Rasterise a body into a picture of the given size. `bones` leaves out the faces of all other bones."""
    model = body_model()
    faces = model.faces
    normals = _vertex_normals(body.vertices, faces)
    chosen = np.arange(len(faces), dtype=np.int32)
    if bones is not None:
        chosen = chosen[np.isin(model.part[faces[:, 0]], bones)]
    depth = np.full((height, width), np.inf, np.float32)
    face = np.full((height, width), -1, np.int32)
    _rasterise(body.vertices, faces, chosen, depth, face)
    part = np.where(face >= 0, model.part[faces[face, 0]], -1).astype(np.int8)
    return Surface(part, depth, face, normals)


def silhouette(body: Body, height: int, width: int, bones: list[int]) -> np.ndarray:
    """(H, W) bool: where some bones' skin would be seen if no other part were there."""
    model = body_model()
    chosen = np.flatnonzero(np.isin(model.part[model.faces[:, 0]], bones)).astype(np.int32)
    depth, face = np.full((height, width), np.inf, np.float32), np.full((height, width), -1, np.int32)
    _rasterise(body.vertices, model.faces, chosen, depth, face)
    return face >= 0


def normal_map(surface: Surface) -> np.ndarray:
    """(H, W, 3) float32: the unit normal of the face seen at each pixel, in the camera's axes; zero off the body."""
    face_normals = surface.normals[body_model().faces].mean(1)
    return np.where((surface.face >= 0)[:, :, None], face_normals[surface.face], 0).astype(np.float32)


def visible_vertices(body: Body, surface: Surface) -> np.ndarray:
    """(V,) bool: the vertices that the camera sees, inside the picture."""
    height, width = surface.depth.shape
    x, y = np.rint(body.vertices[:, 0]).astype(int), np.rint(body.vertices[:, 1]).astype(int)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    nearest = surface.depth[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
    # A vertex on the outline may round to a pixel just off the body (depth inf): it counts as seen.
    slack = 0.02 * body.scale
    return inside & (body.vertices[:, 2] <= nearest + slack) & (surface.normals[:, 2] < 0.15)


def _vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    face_normals = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        for axis in range(3):
            normals[:, axis] += np.bincount(faces[:, corner], face_normals[:, axis], len(vertices))
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


@numba.njit(cache=True)
def _rasterise(vertices, faces, chosen, depth, face):  # pragma: no cover, compiled
    """Z-buffer: the nearest face at each pixel's centre."""
    height, width = depth.shape
    for index in chosen:
        x0, y0, z0 = vertices[faces[index, 0]]
        x1, y1, z1 = vertices[faces[index, 1]]
        x2, y2, z2 = vertices[faces[index, 2]]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-9:
            continue
        left, right = max(0, int(np.ceil(min(x0, x1, x2)))), min(width - 1, int(np.floor(max(x0, x1, x2))))
        top, bottom = max(0, int(np.ceil(min(y0, y1, y2)))), min(height - 1, int(np.floor(max(y0, y1, y2))))
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                w0 = ((x1 - x) * (y2 - y) - (x2 - x) * (y1 - y)) / area
                w1 = ((x2 - x) * (y0 - y) - (x0 - x) * (y2 - y)) / area
                w2 = 1 - w0 - w1
                if w0 >= 0 and w1 >= 0 and w2 >= 0:
                    z = w0 * z0 + w1 * z1 + w2 * z2
                    if z < depth[y, x]:
                        depth[y, x] = z
                        face[y, x] = index
