"""A small off-line renderer for the sample pictures: triangles, a sky of soft lights, true shadows.

Every light direction has its own depth map, so one sum over the directions gives the key light's soft shadow, the ambient
occlusion and the contact shadow on the floor. World axes: x right, y up, z towards the camera, metres. Colours inside
are linear; `develop` makes the picture of them.
"""

from dataclasses import dataclass

import cv2
import numba
import numpy as np
from scipy.sparse import coo_matrix


@dataclass
class Mesh:
    """points, rest (V, 3) metres, posed and unposed; faces (F, 3); uv (T, 2) with its own faces uv_faces (F, 3)."""

    points: np.ndarray
    rest: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    uv_faces: np.ndarray

    def subdivided(self, levels: int) -> "Mesh":
        """Loop subdivision of the shape, midpoints of the rest."""
        mesh = self
        for _ in range(levels):
            smooth, faces = _subdivision(mesh.faces, len(mesh.points), smooth=True)
            split, uv_faces = _subdivision(mesh.uv_faces, len(mesh.uv), smooth=False)
            mesh = Mesh(smooth @ mesh.points, smooth @ mesh.rest, faces, split @ mesh.uv, uv_faces)
        return mesh

    def normals(self) -> np.ndarray:
        a, b, c = (self.points[self.faces[:, corner]] for corner in range(3))
        flat = np.cross(b - a, c - a)
        normals = np.zeros_like(self.points)
        for corner in range(3):
            for axis in range(3):
                normals[:, axis] += np.bincount(self.faces[:, corner], flat[:, axis], len(self.points))
        return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)

    def metres_per_uv(self) -> float:
        a, b, c = (self.rest[self.faces[:, corner]] for corner in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()
        p, q, r = (self.uv[self.uv_faces[:, corner]] for corner in range(3))
        flat = np.abs((q - p)[:, 0] * (r - p)[:, 1] - (q - p)[:, 1] * (r - p)[:, 0]).sum()
        return float(np.sqrt(area / max(flat, 1e-12)))


def _subdivision(faces: np.ndarray, count: int, smooth: bool):
    """The matrix that makes the finer vertices of the coarser ones, and the finer faces."""
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    opposite = np.concatenate([faces[:, 2], faces[:, 0], faces[:, 1]])
    unique, inverse, uses = np.unique(edges, axis=0, return_inverse=True, return_counts=True)
    inverse = inverse.ravel()
    new = count + inverse.reshape(3, -1)
    (a, b, c), (ab, bc, ca) = faces.T, new
    finer = np.concatenate([np.stack(t, 1) for t in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))])
    rows, cols, values = [], [], []

    def put(row, col, value):
        rows.append(row), cols.append(col), values.append(np.broadcast_to(value, row.shape).astype(float))

    inner = uses == 2 if smooth else np.zeros(len(unique), bool)
    mids = count + np.arange(len(unique))
    for end in range(2):
        put(mids, unique[:, end], np.where(inner, 3 / 8, 1 / 2))
    on_inner = inner[inverse]
    put(count + inverse[on_inner], opposite[on_inner], 1 / 8)
    old = np.arange(count)
    if not smooth:
        put(old, old, 1.0)
    else:
        border = np.zeros(count, bool)
        border[unique[uses != 2]] = True
        neighbours = np.bincount(unique.ravel(), minlength=count)
        beta = np.where(neighbours > 3, 3 / (8 * np.maximum(neighbours, 1)), 3 / 16)
        put(old, old, np.where(border, 3 / 4, 1 - neighbours * beta))
        outline = unique[uses != 2]
        lonely = np.bincount(outline.ravel(), minlength=count)
        for edge, chosen in ((outline, True), (unique, False)):
            for one, two in (edge.T, edge.T[::-1]):
                keep = border[one] == chosen
                weight = 1 / 4 / np.maximum(lonely, 1) if chosen else beta
                put(one[keep], two[keep], weight[one[keep]])
    shape = (count + len(unique), count)
    matrix = coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(cols))), shape).tocsr()
    return matrix, finer


@dataclass
class Camera:
    width: int
    height: int
    focal: float
    centre: tuple[float, float]
    eye: np.ndarray

    def project(self, points: np.ndarray) -> np.ndarray:
        """(N, 3): pixels right, pixels down, metres away from the eye."""
        away = self.eye[2] - points[:, 2]
        x = self.centre[0] + self.focal * (points[:, 0] - self.eye[0]) / away
        y = self.centre[1] - self.focal * (points[:, 1] - self.eye[1]) / away
        return np.stack([x, y, away], 1)

    def floor(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each pixel's ray meets y = 0: (H, W, 3) metres, and (H, W) bool, whether it does within 6 metres."""
        y, x = np.mgrid[: self.height, : self.width].astype(np.float32)
        down = (y - self.centre[1]) / self.focal
        away = np.where(down > 1e-4, self.eye[1] / np.maximum(down, 1e-4), 1e4)
        points = np.stack([self.eye[0] + (x - self.centre[0]) / self.focal * away, 0 * away, self.eye[2] - away], -1)
        return points.astype(np.float32), away < 9


@numba.njit(cache=True)
def _rasterise(points, faces, depth, face, bary):  # pragma: no cover, compiled
    height, width = depth.shape
    for index in range(len(faces)):
        x0, y0, z0 = points[faces[index, 0]]
        x1, y1, z1 = points[faces[index, 1]]
        x2, y2, z2 = points[faces[index, 2]]
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
                        bary[y, x, 0], bary[y, x, 1] = w0, w1


@numba.njit(cache=True)
def _gather(points, normals, wrap, map_xy, map_z, size, depth, radiance, light, out):  # pragma: no cover, compiled
    """Add one light direction to `out`, where its depth map lets it through."""
    for i in range(len(points)):
        facing = normals[i, 0] * light[0] + normals[i, 1] * light[1] + normals[i, 2] * light[2]
        amount = (facing + wrap[i]) / (1 + wrap[i])
        if amount <= 0:
            continue
        px, py, pz = (
            points[i, 0] + 0.008 * normals[i, 0],
            points[i, 1] + 0.008 * normals[i, 1],
            points[i, 2] + 0.008 * normals[i, 2],
        )
        x = map_xy[0, 0] * px + map_xy[0, 1] * py + map_xy[0, 2] * pz + size / 2
        y = map_xy[1, 0] * px + map_xy[1, 1] * py + map_xy[1, 2] * pz + size / 2
        z = map_z[0] * px + map_z[1] * py + map_z[2] * pz
        shown = 1.0
        xi, yi = int(x), int(y)
        if xi >= 0 and yi >= 0 and xi < size - 1 and yi < size - 1:
            fx, fy = x - xi, y - yi
            shown = 0.0
            for dy in range(2):
                for dx in range(2):
                    part = (fx if dx else 1 - fx) * (fy if dy else 1 - fy)
                    if depth[yi + dy, xi + dx] > z - 0.006:
                        shown += part
        for channel in range(3):
            out[i, channel] += amount * shown * radiance[channel]


@numba.njit(cache=True)
def _blend(points, corners, uv, rows, alpha_map, shade, depth, image):  # pragma: no cover, compiled
    """Draw sorted translucent triangles over `image`; shade (V, 3) linear colours, alpha_map (h, w) repeats."""
    height, width = depth.shape
    th, tw = alpha_map.shape
    for index in rows:
        i0, i1, i2 = corners[index]
        x0, y0, z0 = points[i0]
        x1, y1, z1 = points[i1]
        x2, y2, z2 = points[i2]
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
                if w0 >= 0 and w1 >= 0 and w2 >= 0 and w0 * z0 + w1 * z1 + w2 * z2 < depth[y, x] + 0.002:
                    u = w0 * uv[index, 0, 0] + w1 * uv[index, 1, 0] + w2 * uv[index, 2, 0]
                    v = w0 * uv[index, 0, 1] + w1 * uv[index, 1, 1] + w2 * uv[index, 2, 1]
                    texel = alpha_map[int(v * th) % th, int(u * tw) % tw]
                    alpha = min(1.0, max(0.0, texel))
                    bright = 0.55 + 0.6 * texel
                    for channel in range(3):
                        colour = w0 * shade[i0, channel] + w1 * shade[i1, channel] + w2 * shade[i2, channel]
                        image[y, x, channel] += alpha * (colour * bright - image[y, x, channel])


@dataclass
class Lights:
    """directions (N, 3) unit, towards the light; radiance (N, 3) linear, already multiplied by its share of the sky."""

    directions: np.ndarray
    radiance: np.ndarray


def make_lights(key: tuple, key_colour: tuple, sky: tuple, ground: tuple, seed: int, spread: float = 0.28) -> Lights:
    """One large soft key light and a dome around it: `sky` from above and the front, `ground` from below."""
    random = np.random.default_rng(seed)
    key = np.array(key, float) / np.linalg.norm(key)
    lamp = key + random.normal(0, spread, (28, 3))
    lamp /= np.linalg.norm(lamp, axis=1, keepdims=True)
    steps = np.arange(56) + 0.5
    height, turn = 1 - 1.55 * steps / 56, np.pi * (1 + 5**0.5) * steps
    flat = np.sqrt(1 - height**2)
    dome = np.stack([flat * np.cos(turn), height, flat * np.sin(turn)], 1)
    upper = np.clip(0.5 + dome[:, 1:2], 0, 1) * (0.75 + 0.25 * dome[:, 2:3])
    radiance = np.where(dome[:, 1:2] > 0, np.array(sky) * upper, np.array(ground)) * (2.6 / 56)
    return Lights(np.concatenate([lamp, dome]), np.concatenate([np.tile(np.array(key_colour) / 28, (28, 1)), radiance]))


def illuminate(meshes: list[Mesh], lights: Lights, points: np.ndarray, normals: np.ndarray, wrap: np.ndarray, size: int = 640):
    """(N, 3) linear light that falls on the points; wrap (N,) lets light creep round the edge of skin."""
    middle = np.array([0, 0.9, 0], np.float32)
    everything = np.concatenate([mesh.points for mesh in meshes]) - middle
    offsets = np.cumsum([0] + [len(mesh.points) for mesh in meshes])
    faces = np.concatenate([mesh.faces + start for mesh, start in zip(meshes, offsets)])
    out = np.zeros((len(points), 3), np.float32)
    scale = size / 2.3
    shifted = (points - middle).astype(np.float32)
    for direction, radiance in zip(lights.directions, lights.radiance):
        side = np.cross(direction, [0.3, 0.1, 1.0])
        side /= np.linalg.norm(side)
        up = np.cross(direction, side)
        seen = np.stack([everything @ side * scale + size / 2, everything @ up * scale + size / 2, -everything @ direction], 1)
        depth = np.full((size, size), np.inf, np.float32)
        _rasterise(seen, faces, depth, np.zeros((size, size), np.int32), np.zeros((size, size, 2), np.float32))
        axes = np.stack([side, up]).astype(np.float32) * scale
        _gather(shifted, normals, wrap, axes, -direction, size, depth, radiance, direction, out)
    return out


def see(meshes: list[Mesh], camera: Camera):
    """Z-buffer of opaque meshes: depth (H, W), which mesh (H, W) int8 (-1: none), its face, barycentrics (H, W, 3)."""
    offsets = np.cumsum([0] + [len(mesh.points) for mesh in meshes])
    starts = np.cumsum([0] + [len(mesh.faces) for mesh in meshes])
    points = np.concatenate([camera.project(mesh.points) for mesh in meshes])
    faces = np.concatenate([mesh.faces + start for mesh, start in zip(meshes, offsets)])
    depth = np.full((camera.height, camera.width), np.inf, np.float32)
    face = np.full(depth.shape, -1, np.int32)
    bary = np.zeros((*depth.shape, 3), np.float32)
    _rasterise(points, faces, depth, face, bary)
    bary[:, :, 2] = 1 - bary[:, :, 0] - bary[:, :, 1]
    which = np.where(face >= 0, np.searchsorted(starts, face, side="right") - 1, -1).astype(np.int8)
    return depth, which, face - starts[np.maximum(which, 0)], bary


def draw_hair(image, depth, mesh: Mesh, camera: Camera, alpha_map, shade) -> None:
    """Blend a mesh of hair cards into the linear picture, farthest first."""
    points = camera.project(mesh.points)
    order = np.argsort(-points[mesh.faces, 2].mean(1))
    _blend(points, mesh.faces, mesh.uv[mesh.uv_faces], order, alpha_map.astype(np.float32), shade, depth, image)


def sample_tile(tile: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """Bilinear look-up of a repeating tile (h, w, c) at uv (N, 2) in tiles."""
    height, width = tile.shape[:2]
    x, y = (uv[:, 0] % 1) * width - 0.5, (uv[:, 1] % 1) * height - 0.5
    xi, yi = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - xi)[:, None], (y - yi)[:, None]
    x0, x1, y0, y1 = xi % width, (xi + 1) % width, yi % height, (yi + 1) % height
    upper = tile[y0, x0] * (1 - fx) + tile[y0, x1] * fx
    lower = tile[y1, x0] * (1 - fx) + tile[y1, x1] * fx
    return upper * (1 - fy) + lower * fy


def bump(normals: np.ndarray, positions: np.ndarray, height: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Tilt a picture of normals (H, W, 3) by a picture of heights (H, W) in metres, within one mesh.

    Source: Mikkelsen 2010, "Bump Mapping Unparametrized Surfaces on the GPU".
    """

    def slope(values, axis):
        change = np.diff(values, axis=axis, append=np.take(values, [-1], axis))
        same = np.take(which, np.minimum(np.arange(which.shape[axis]) + 1, which.shape[axis] - 1), axis) == which
        return np.where(same if values.ndim == 2 else same[:, :, None], change, 0)

    px, py = slope(positions, 1), slope(positions, 0)
    r1, r2 = np.cross(py, normals), np.cross(normals, px)
    det = (px * r1).sum(-1)
    hx, hy = slope(height, 1)[..., None], slope(height, 0)[..., None]
    tilt = np.sign(det)[..., None] * (hx * r1 + hy * r2)
    limit = np.abs(det)[..., None] + 1e-12
    out = normals - np.clip(tilt / limit, -1.2, 1.2)
    return out / np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-9)


def develop(linear: np.ndarray, width: int, height: int, seed: int, grain: float = 1.7) -> np.ndarray:
    """(H, W, 3) uint8 sRGB of a larger linear picture: downsample, a soft shoulder, slight bloom, lens blur and grain."""
    small = cv2.resize(linear.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    small = 0.95 * small + 0.05 * cv2.GaussianBlur(small, (0, 0), 14)
    small = cv2.GaussianBlur(small, (0, 0), 0.45)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    small *= (1 - 0.10 * (x**2 + y**2))[:, :, None]
    shoulder = np.where(small > 0.65, 0.65 + 0.35 * (1 - np.exp(-(small - 0.65) / 0.35)), small)
    picture = 255 * encode(np.clip(shoulder, 0, 1))
    random = np.random.default_rng(seed)
    noise = random.normal(0, grain, (height, width, 1)) + random.normal(0, 0.5 * grain, (height, width, 3))
    noise = 0.6 * noise + 0.7 * cv2.GaussianBlur(noise, (0, 0), 0.8)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def encode(linear: np.ndarray) -> np.ndarray:
    """Linear to sRGB, both in [0, 1]."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


def decode(srgb) -> np.ndarray:
    """sRGB to linear, both in [0, 1]."""
    srgb = np.asarray(srgb, float)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
