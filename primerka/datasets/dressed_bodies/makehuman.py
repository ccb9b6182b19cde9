"""MakeHuman's clothes and hair: meshes, and how each of their vertices hangs on the base mesh."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


@dataclass(frozen=True)
class Obj:
    """points (V, 3), faces (F, 3), uv (T, 2) and uv_faces (F, 3) of an .obj file; polygons cut into triangles."""

    points: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    uv_faces: np.ndarray

    def pieces(self) -> np.ndarray:
        """(F,) which connected piece each face belongs to, numbered from 0."""
        edges = np.concatenate([self.faces[:, [0, 1]], self.faces[:, [1, 2]]])
        count = len(self.points)
        matrix = coo_matrix((np.ones(len(edges)), edges.T), (count, count))
        return connected_components(matrix, directed=False)[1][self.faces[:, 0]]


@dataclass(frozen=True)
class Fit:
    """An .mhclo file: vertex i is sum_k shares[i, k] base[parents[i, k]] + offsets[i] * size.

    parents (V, 3), shares (V, 3), offsets (V, 3)
    scales  {axis: (a, b, length)}: size along an axis is the distance of base vertices a and b over length
    hidden  the base vertices that the piece covers
    """

    parents: np.ndarray
    shares: np.ndarray
    offsets: np.ndarray
    scales: dict[int, tuple[int, int, float]]
    hidden: np.ndarray

    def place(self, base: np.ndarray) -> np.ndarray:
        """(V, 3) on a base mesh (B, 3), in its axes, which must be MakeHuman's: x to the left, y up, z forward."""
        size = [abs(base[a, axis] - base[b, axis]) / length for axis, (a, b, length) in sorted(self.scales.items())]
        return (base[self.parents] * self.shares[:, :, None]).sum(1) + self.offsets * size


def read_obj(path: Path, group_prefixes: tuple[str, ...] = ()) -> Obj:
    """Of the named groups only, if any are."""
    points, uv, faces, uv_faces, wanted = [], [], [], [], True
    for line in path.read_text().splitlines():
        kind, *words = line.split() or [""]
        if kind == "v":
            points.append([float(word) for word in words[:3]])
        elif kind == "vt":
            uv.append([float(word) for word in words[:2]])
        elif kind == "g":
            wanted = not group_prefixes or words[0].startswith(group_prefixes)
        elif kind == "f" and wanted:
            corners = [[int(number) - 1 for number in word.split("/")[:2]] for word in words]
            for last in range(2, len(corners)):
                triangle = corners[0], corners[last - 1], corners[last]
                faces.append([corner[0] for corner in triangle])
                uv_faces.append([corner[1] for corner in triangle])
    return Obj(np.array(points), np.array(faces), np.array(uv), np.array(uv_faces))


def read_fit(path: Path) -> Fit:
    parents, shares, offsets, scales, hidden, part = [], [], [], {}, [], ""
    for line in path.read_text().splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] in ("x_scale", "y_scale", "z_scale"):
            scales["xyz".index(words[0][0])] = int(words[1]), int(words[2]), float(words[3])
        elif words[0] in ("verts", "delete_verts", "weights"):
            part = words[0]
        elif part == "verts" and len(words) in (1, 9) and words[0].isdigit():
            row = words if len(words) == 9 else [words[0]] * 3 + ["1", "0", "0", "0", "0", "0"]
            parents.append([int(word) for word in row[:3]])
            shares.append([float(word) for word in row[3:6]])
            offsets.append([float(word) for word in row[6:]])
        elif part == "delete_verts":
            numbers = line.replace("-", " - ").split()
            while numbers:
                first = last = int(numbers.pop(0))
                if numbers and numbers[0] == "-":
                    last = int(numbers[1])
                    numbers = numbers[2:]
                hidden.extend(range(first, last + 1))
    return Fit(np.array(parents), np.array(shares), np.array(offsets), scales, np.array(hidden, int))
