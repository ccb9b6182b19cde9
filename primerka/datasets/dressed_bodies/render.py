"""A small software renderer: triangles in, one picture of a dressed person out, some tens of milliseconds on one core.

Z-buffer at twice the picture's size, one key light with a shadow map, an ambient sky dimmed by screen-space occlusion,
cloth that carries its fabric and a relief of folds. Colours are linear until the end.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numba
import numpy as np
from scipy.ndimage import gaussian_filter

from primerka.datasets.dressed_bodies.cut import UNCUT, kept

SUPERSAMPLING = 2
FOLD_PIXELS, FOLD_METRES = 256, 0.55  # the relief's tile, and its side
SKIN, CLOTH, HAIR = 0, 1, 2
SHADOW_SIDE = 320


@dataclass(frozen=True)
class Materials:
    """What the faces are made of; one row a material.

    kind     (M,) int32 SKIN, CLOTH or HAIR
    cuts     (M, 9) float32 rows of Cut
    lift     (M,) float32 metres that a layer wins over what it lies on
    tiles    (M, 128, 128, 3) float32 linear fabric; size (M,) metres of its side; mirror (M,) bool: repeat by reflection
    folds    (M,) float32 how deep the folds are, about the slope's spread
    gloss    (M,) float32
    shift    (M, 2) float32 metres, where the fabric begins
    colour   (M, 3) float32 linear, of hair
    """

    kind: np.ndarray
    cuts: np.ndarray
    lift: np.ndarray
    tiles: np.ndarray
    size: np.ndarray
    mirror: np.ndarray
    folds: np.ndarray
    gloss: np.ndarray
    shift: np.ndarray
    colour: np.ndarray


@dataclass(frozen=True)
class Mesh:
    """Everything of one person that does not depend on the pose. Body faces come first.

    faces (F, 3), uv (F, 3, 2), material (F,) int32; rest (V, 3) on the mean body, limb (V, 2), crease (V,)
    colour (V, 3) float32 linear, of skin
    """

    faces: np.ndarray
    uv: np.ndarray
    material: np.ndarray
    rest: np.ndarray
    limb: np.ndarray
    crease: np.ndarray
    colour: np.ndarray


@dataclass(frozen=True)
class Light:
    """direction (3,) unit, towards the key light, in the camera's axes; key, sky and ground (3,) linear colours; all float32."""

    direction: np.ndarray
    key: np.ndarray
    sky: np.ndarray
    ground: np.ndarray


@dataclass(frozen=True)
class Layers:
    """What the z-buffer saw, at SUPERSAMPLING times the picture's size.

    depth (H, W) float32 metres, inf off the person; face (H, W) int32, -1 off the person; bary (H, W, 2) float32
    """

    depth: np.ndarray
    face: np.ndarray
    bary: np.ndarray


def vertex_normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) float32 unit normals of (V, 3) points."""
    return _vertex_normals(points, faces)


@numba.njit(cache=True, nogil=True)
def _vertex_normals(points, faces):  # pragma: no cover, compiled
    out = np.zeros_like(points)
    for f in range(len(faces)):
        a, b, c = faces[f]
        ux, uy, uz = points[b, 0] - points[a, 0], points[b, 1] - points[a, 1], points[b, 2] - points[a, 2]
        vx, vy, vz = points[c, 0] - points[a, 0], points[c, 1] - points[a, 1], points[c, 2] - points[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for i in (a, b, c):
            out[i, 0] += nx
            out[i, 1] += ny
            out[i, 2] += nz
    for i in range(len(out)):
        size = np.sqrt(out[i, 0] ** 2 + out[i, 1] ** 2 + out[i, 2] ** 2) + 1e-12
        for k in range(3):
            out[i, k] /= size
    return out


@numba.njit(cache=True, nogil=True)
def _rasterise(
    rows, points, faces, material, uv, rest, limb, cuts, trimmed, lift, hairy, strands, depth, face, bary
):  # pragma: no cover, compiled
    """Z-buffer with cuts: the nearest face at each pixel's centre that its garment's cut has left there."""
    height, width = depth.shape
    side = strands.shape[0]
    for index in rows:
        i, j, k = faces[index]
        x0, y0, x1, y1, x2, y2 = points[i, 0], points[i, 1], points[j, 0], points[j, 1], points[k, 0], points[k, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-9:
            continue
        left, right = max(0, int(np.ceil(min(x0, x1, x2)))), min(width - 1, int(np.floor(max(x0, x1, x2))))
        top, bottom = max(0, int(np.ceil(min(y0, y1, y2)))), min(height - 1, int(np.floor(max(y0, y1, y2))))
        m = material[index]
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                w0 = ((x1 - x) * (y2 - y) - (x2 - x) * (y1 - y)) / area
                w1 = ((x2 - x) * (y0 - y) - (x0 - x) * (y2 - y)) / area
                w2 = 1 - w0 - w1
                if w0 < 0 or w1 < 0 or w2 < 0:
                    continue
                z = w0 * points[i, 2] + w1 * points[j, 2] + w2 * points[k, 2] - lift[m]
                if z >= depth[y, x]:
                    continue
                if trimmed[m] and not kept(
                    w0 * rest[i, 0] + w1 * rest[j, 0] + w2 * rest[k, 0],
                    w0 * rest[i, 1] + w1 * rest[j, 1] + w2 * rest[k, 1],
                    w0 * rest[i, 2] + w1 * rest[j, 2] + w2 * rest[k, 2],
                    w0 * limb[i, 0] + w1 * limb[j, 0] + w2 * limb[k, 0],
                    w0 * limb[i, 1] + w1 * limb[j, 1] + w2 * limb[k, 1],
                    cuts[m],
                    0.0,
                ):
                    continue
                if hairy[m]:
                    u = w0 * uv[index, 0, 0] + w1 * uv[index, 1, 0] + w2 * uv[index, 2, 0]
                    v = w0 * uv[index, 0, 1] + w1 * uv[index, 1, 1] + w2 * uv[index, 2, 1]
                    if strands[int(v * side) % side, int(u * side) % side] < 0.42:
                        continue
                depth[y, x] = z
                face[y, x] = index
                bary[y, x, 0], bary[y, x, 1] = w0, w1


def see(points: np.ndarray, mesh: Mesh, materials: Materials, height: int, width: int, shown: np.ndarray) -> Layers:
    """points (V, 3) float32: pixels right, pixels down, metres away; shown (F,) bool, the faces that are drawn at all."""
    depth = np.full((height, width), np.inf, np.float32)
    face = np.full((height, width), -1, np.int32)
    bary = np.zeros((height, width, 2), np.float32)
    trimmed = (materials.cuts != UNCUT.row()).any(1)
    _rasterise(
        np.flatnonzero(shown), points, mesh.faces, mesh.material, mesh.uv, mesh.rest, mesh.limb, materials.cuts, trimmed,
        materials.lift, materials.kind == HAIR, strands(), depth, face, bary,
    )  # fmt: skip
    return Layers(depth, face, bary)


@numba.njit(cache=True, nogil=True, fastmath=True)
def _shade(  # pragma: no cover, compiled
    face, bary, faces, uv, material, metres, normals, colour, crease,
    kind, tiles, size, mirror, folds, gloss, shift, hair_colour,
    relief, shift_folds, strands, occlusion, light, key, sky, ground,
    shadow, shadow_x, shadow_y, shadow_z, eye, out,
):  # fmt: skip
    """Linear colour of every covered pixel of `face` into `out`."""
    height, width = face.shape
    period, side = relief.shape[1], tiles.shape[1]
    shadow_side, strand_side = shadow.shape[0], strands.shape[0]
    normal, tangent, other, albedo, place = np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(3)
    for y in range(height):
        for x in range(width):
            f = face[y, x]
            if f < 0:
                continue
            a, b, c = faces[f]
            w0, w1 = bary[y, x, 0], bary[y, x, 1]
            w2 = 1 - w0 - w1
            m = material[f]
            for k in range(3):
                normal[k] = w0 * normals[a, k] + w1 * normals[b, k] + w2 * normals[c, k]
                place[k] = w0 * metres[a, k] + w1 * metres[b, k] + w2 * metres[c, k]
            u = w0 * uv[f, 0, 0] + w1 * uv[f, 1, 0] + w2 * uv[f, 2, 0]
            v = w0 * uv[f, 0, 1] + w1 * uv[f, 1, 1] + w2 * uv[f, 2, 1]
            vx, vy, vz = eye[0] - place[0], eye[1] - place[1], eye[2] - place[2]
            long = np.sqrt(vx * vx + vy * vy + vz * vz)
            vx, vy, vz = vx / long, vy / long, vz / long
            if normal[0] * vx + normal[1] * vy + normal[2] * vz < 0:
                for k in range(3):
                    normal[k] = -normal[k]
            wrap = 0.25
            if kind[m] == 1:
                # Folds: the relief's slope along the cloth's two directions tilts the normal.
                du1, dv1 = uv[f, 1, 0] - uv[f, 0, 0], uv[f, 1, 1] - uv[f, 0, 1]
                du2, dv2 = uv[f, 2, 0] - uv[f, 0, 0], uv[f, 2, 1] - uv[f, 0, 1]
                det = du1 * dv2 - du2 * dv1
                if abs(det) > 1e-12:
                    st, so = 0.0, 0.0
                    for k in range(3):
                        e1, e2 = metres[b, k] - metres[a, k], metres[c, k] - metres[a, k]
                        tangent[k] = (e1 * dv2 - e2 * dv1) / det
                        other[k] = (e2 * du1 - e1 * du2) / det
                        st += tangent[k] ** 2
                        so += other[k] ** 2
                    st, so = np.sqrt(st) + 1e-9, np.sqrt(so) + 1e-9
                    tight = w0 * crease[a] + w1 * crease[b] + w2 * crease[c]
                    gu, gv = 0.0, 0.0
                    for layer in range(2):
                        fu = (u + shift_folds[m, layer, 0]) * (period / FOLD_METRES)
                        fv = (v + shift_folds[m, layer, 1]) * (period / FOLD_METRES)
                        iu, iv = int(np.floor(fu)), int(np.floor(fv))
                        tu, tv = fu - iu, fv - iv
                        much = folds[m] * (tight if layer == 0 else 0.55)
                        for du in range(2):
                            for dv in range(2):
                                part = (tu if du else 1 - tu) * (tv if dv else 1 - tv) * much
                                gu += part * relief[layer, (iv + dv) % period, (iu + du) % period, 0]
                                gv += part * relief[layer, (iv + dv) % period, (iu + du) % period, 1]
                    for k in range(3):
                        normal[k] -= gu * tangent[k] / st + gv * other[k] / so
                # Fabric, bilinear.
                tu_, tv_ = (u + shift[m, 0]) / size[m], (v + shift[m, 1]) / size[m]
                if mirror[m]:
                    tu_, tv_ = abs(tu_ - 2 * np.floor(tu_ / 2 + 0.5)), abs(tv_ - 2 * np.floor(tv_ / 2 + 0.5))
                    fu, fv = tu_ * (side - 1), tv_ * (side - 1)
                else:
                    fu, fv = (tu_ - np.floor(tu_)) * side, (tv_ - np.floor(tv_)) * side
                iu, iv = int(fu), int(fv)
                tu, tv = fu - iu, fv - iv
                for k in range(3):
                    top = tiles[m, iv % side, iu % side, k] * (1 - tu) + tiles[m, iv % side, (iu + 1) % side, k] * tu
                    low = (
                        tiles[m, (iv + 1) % side, iu % side, k] * (1 - tu) + tiles[m, (iv + 1) % side, (iu + 1) % side, k] * tu
                    )
                    albedo[k] = top * (1 - tv) + low * tv
            elif kind[m] == 2:
                tone = strands[int(v * strand_side) % strand_side, int(u * strand_side) % strand_side]
                for k in range(3):
                    albedo[k] = hair_colour[m, k] * (0.35 + 0.75 * tone)
                wrap = 0.5
            else:
                for k in range(3):
                    albedo[k] = w0 * colour[a, k] + w1 * colour[b, k] + w2 * colour[c, k]
                wrap = 0.4
            long = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2) + 1e-9
            for k in range(3):
                normal[k] /= long
            facing = normal[0] * light[0] + normal[1] * light[1] + normal[2] * light[2]
            amount = max(0.0, (facing + wrap) / (1 + wrap))
            # Shadow of the key light, four taps.
            px, py, pz = place[0] + 0.012 * normal[0], place[1] + 0.012 * normal[1], place[2] + 0.012 * normal[2]
            sx = shadow_x[0] * px + shadow_x[1] * py + shadow_x[2] * pz + shadow_x[3]
            sy = shadow_y[0] * px + shadow_y[1] * py + shadow_y[2] * pz + shadow_y[3]
            sz = shadow_z[0] * px + shadow_z[1] * py + shadow_z[2] * pz
            lit, taps = 0.0, 0.0
            for dy in range(-2, 3, 2):
                for dx in range(-2, 3, 2):
                    xi, yi = int(sx + dx), int(sy + dy)
                    taps += 1
                    if xi < 0 or yi < 0 or xi >= shadow_side or yi >= shadow_side or shadow[yi, xi] > sz - 0.012:
                        lit += 1
            amount *= 0.15 + 0.85 * lit / taps
            up = 0.5 - 0.5 * normal[1]
            open_sky = occlusion[y, x]
            hx, hy, hz = light[0] + vx, light[1] + vy, light[2] + vz
            long = np.sqrt(hx * hx + hy * hy + hz * hz) + 1e-9
            shine = max(0.0, (hx * normal[0] + hy * normal[1] + hz * normal[2]) / long)
            rim = 1 - max(0.0, vx * normal[0] + vy * normal[1] + vz * normal[2])
            for k in range(3):
                fallen = amount * key[k] + open_sky * (sky[k] * up + ground[k] * (1 - up))
                bright = albedo[k] * fallen + gloss[m] * shine**20 * key[k] * amount
                if kind[m] == 1:
                    bright += 0.05 * rim * rim * rim * albedo[k] * fallen
                out[y, x, k] = bright


@numba.njit(cache=True, nogil=True)
def _occlusion(face, depth, offsets, radius, out):  # pragma: no cover, compiled
    """How open each covered pixel is to the sky: 1 open. offsets (turns, steps, 2) int pixels about `radius` metres away."""
    height, width = depth.shape
    turns, steps = offsets.shape[:2]
    near, far = np.float32(2 / radius), np.float32(1 / (2.5 * radius))
    for y in range(height):
        for x in range(width):
            if face[y, x] < 0:
                continue
            here, closed, turn = depth[y, x], np.float32(0), (x * 3 + y * 5) % turns
            for step in range(steps):
                xi, yi = x + offsets[turn, step, 0], y + offsets[turn, step, 1]
                if xi < 0 or yi < 0 or xi >= width or yi >= height or face[yi, xi] < 0:
                    continue
                ahead = here - depth[yi, xi]
                if ahead > np.float32(0.004):
                    closed += min(np.float32(1), ahead * near) / (1 + (ahead * far) ** 2)
            out[y, x] = max(np.float32(0.25), 1 - np.float32(1.15) * closed / steps)


def _ring_offsets(reach: float) -> np.ndarray:
    """(4, 12, 2) int64 pixels: two rings of samples, turned differently from pixel to pixel."""
    angle = np.arange(12) * 2 * np.pi / 6 + (np.arange(12) >= 6) * 0.5
    far = np.where(np.arange(12) < 6, 0.4 * reach, reach)
    angle = angle + np.arange(4)[:, None] * np.pi / 12
    return np.rint(np.stack([far * np.cos(angle), far * np.sin(angle)], -1)).astype(np.int64)


def shade(
    layers: Layers, mesh: Mesh, materials: Materials, metres: np.ndarray, normals: np.ndarray, eye: np.ndarray, light: Light,
    shown: np.ndarray, fold_shift: np.ndarray, pixels_per_metre: float,
) -> np.ndarray:  # fmt: skip
    """(H, W, 3) float32 linear, zero off the person.

    metres (V, 3), normals (V, 3) posed, camera's axes; eye (3,) metres, where the camera is; fold_shift (M, 2, 2) metres
    """
    side = np.cross(light.direction, [0.3, 0.1, 1.0])
    side /= np.linalg.norm(side)
    up = np.cross(light.direction, side)
    middle = (metres.min(0) + metres.max(0)) / 2
    scale = (SHADOW_SIDE - 8) / (np.ptp(metres, axis=0).max() * 1.25)
    axes = np.stack([side * scale, up * scale, -light.direction]).astype(np.float32)
    moved = SHADOW_SIDE / 2 - axes[:2] @ middle
    seen = metres @ axes.T
    seen[:, :2] += moved
    shadow = see(seen.astype(np.float32), mesh, materials, SHADOW_SIDE, SHADOW_SIDE, shown).depth
    occlusion = np.ones(layers.depth.shape, np.float32)
    _occlusion(layers.face, layers.depth, _ring_offsets(0.075 * pixels_per_metre), 0.075, occlusion)
    occlusion = cv2.GaussianBlur(occlusion, (0, 0), 1.6)
    out = np.zeros((*layers.face.shape, 3), np.float32)
    _shade(
        layers.face, layers.bary, mesh.faces, mesh.uv, mesh.material, metres, normals, mesh.colour, mesh.crease,
        materials.kind, materials.tiles, materials.size, materials.mirror, materials.folds, materials.gloss, materials.shift,
        materials.colour, relief(), fold_shift, strands(), occlusion, light.direction, light.key, light.sky, light.ground, shadow,
        np.append(axes[0], moved[0]), np.append(axes[1], moved[1]), axes[2], eye, out,
    )  # fmt: skip
    return out


@cache
def relief() -> np.ndarray:
    """(2, 256, 256, 2) float32 slopes of two reliefs of folds, of unit spread: creases across the limb, long ones along it."""
    random = np.random.default_rng(17)
    fx, fy = np.meshgrid(np.fft.fftfreq(FOLD_PIXELS), np.fft.fftfreq(FOLD_PIXELS))
    slopes = []
    for wide, tall, broad in ((13, 4.2, 0.35), (5.0, 20, 0.5)):
        smooth = []
        for grow in (1.0, 2.0):
            noise = np.fft.fft2(random.normal(size=(FOLD_PIXELS, FOLD_PIXELS)))
            field = np.fft.ifft2(noise * np.exp(-2 * np.pi**2 * ((fx * wide * grow) ** 2 + (fy * tall * grow) ** 2))).real
            smooth.append(field / field.std())
        height = np.exp(-2.2 * smooth[0] ** 2) * (0.6 + 0.4 * np.tanh(smooth[1])) + broad * smooth[1]
        height = gaussian_filter(height, 1.5, mode="wrap")
        slope = np.stack([np.roll(height, -1, axis) - np.roll(height, 1, axis) for axis in (1, 0)], -1)
        slopes.append(slope / slope.std())
    return np.array(slopes, np.float32)


@cache
def strands() -> np.ndarray:
    """(256, 256) float32 about 1: how light each texel of hair is; strands run along the texture's height."""
    random = np.random.default_rng(5)
    fine = gaussian_filter(random.normal(size=(256, 256)), (30, 0.7), mode="wrap")
    broad = gaussian_filter(random.normal(size=(256, 256)), (45, 3), mode="wrap")
    return np.clip(0.85 + 0.20 * fine / fine.std() + 0.13 * broad / broad.std(), 0.2, 1.3).astype(np.float32)


@cache
def _encoding() -> np.ndarray:
    """(4096,) float32 sRGB in [0, 255] of linear values in [0, 1]."""
    linear = np.linspace(0, 1, 4096)
    return (255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)).astype(
        np.float32
    )


def encode(linear: np.ndarray) -> np.ndarray:
    """Linear in [0, 1] to sRGB in [0, 255], by a table of 4096 steps."""
    return _encoding()[(linear * 4095).astype(np.int32)]


def decode(srgb) -> np.ndarray:
    """sRGB to linear, both in [0, 1]."""
    srgb = np.asarray(srgb, float)
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
