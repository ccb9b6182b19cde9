"""Find the pose of the main person with BlazePose.

Source: Bazarevsky et al. 2020, "BlazePose: On-device real-time body pose tracking" (arXiv 2006.10204), and the graph
definitions of MediaPipe 0.10 (pose_detection, pose_landmark), whose constants appear below. We differ in two points: the
landmark model runs twice on a photo, the second time on the region that its own auxiliary landmarks name, as MediaPipe
does from one video frame to the next; and of several people the main one is chosen.
"""

import os
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from scipy.special import expit

from primerka.errors import PhotoRejected
from primerka.photo import Photo
from primerka.pose import Pose
from primerka.weights import weights_path

DETECTOR_SIDE = 224
LANDMARK_SIDE = 256
MIN_DETECTION = 0.5
MIN_PRESENCE = 0.5
MIN_APART = 0.5  # torso lengths: whoever is closer is the main person, found twice
MIN_OTHER = 0.85  # of the main person's size: who stands with them, no passer-by …
MIN_HIDDEN = 0.7  # … and whoever's clothes are taken for theirs


@dataclass(frozen=True)
class Region:
    """A rotated square of the photo: centre and side in pixels, roll in radians (0 = person upright)."""

    center: np.ndarray
    side: float
    roll: float

    def matrix(self, side: int) -> np.ndarray:
        """(2, 3) photo pixels → pixels of a crop that is `side` pixels wide, the person upright in it."""
        scale = side / self.side
        cos, sin = np.cos(self.roll) * scale, np.sin(self.roll) * scale
        rotation = np.array([[cos, sin], [-sin, cos]])
        return np.hstack([rotation, (side / 2 - rotation @ self.center)[:, None]])


def find_pose(photo: Photo) -> tuple[Pose, np.ndarray]:
    """The main person of a photo.

    returns  the Pose, and BlazePose's coarse person mask (H, W) float32 in [0, 1]
    raises   PhotoRejected no_person
    """
    detections = _detect(photo.rgb)
    if not detections:
        raise PhotoRejected("no_person", "No person was found in the photo; use one that shows somebody from head to foot.")
    region = max(detections, key=lambda found: _importance(found, photo))[0]
    region = _read_landmarks(photo.rgb, region)[2]
    pose, mask, _ = _read_landmarks(photo.rgb, region)
    if pose.score < MIN_PRESENCE:
        raise PhotoRejected("no_person", "No person was found in the photo; use one that shows somebody from head to foot.")
    return Pose(pose.xy, pose.xyz_m, pose.visibility, pose.score, people=len(detections)), mask


def find_others(photo: Photo, main: Pose) -> list[tuple[Pose, np.ndarray]]:
    """Who else is in the photo, about as large as the main person and beside them: poses and masks, as `find_pose` gives them."""
    return _apart_from(main, photo.rgb, MIN_OTHER)


def _apart_from(main: Pose, rgb: np.ndarray, least: float) -> list[tuple[Pose, np.ndarray]]:
    """The people of a picture that are not the main one, and at least so large, times their size."""
    others = []
    for region, _ in _detect(rgb):
        pose, mask, _ = _read_landmarks(rgb, region)
        apart = np.linalg.norm((pose["neck"] + pose["pelvis"] - main["neck"] - main["pelvis"]) / 2) / main.torso_px
        if pose.score >= MIN_PRESENCE and apart > MIN_APART and pose.torso_px > least * main.torso_px:
            others.append((pose, mask))
    return others


def find_hidden(photo: Photo, main: Pose, person: np.ndarray) -> list[tuple[Pose, np.ndarray]]:
    """Whom the main person hides from the detector, which sees one in two who stand close: it is asked again without the main one.

    person  (H, W) bool: the main person, and nobody else
    """
    rgb = photo.rgb.copy()
    rgb[person] = photo.rgb[~person].mean(0) if not person.all() else 0
    return _apart_from(main, rgb, MIN_HIDDEN)


def _importance(found: tuple[Region, float], photo: Photo) -> float:
    """Large, central and certain people come first."""
    region, score = found
    off_center = abs(region.center[0] - photo.width / 2) / photo.width
    return score * region.side * (1 - off_center)


@contextmanager
def _silent_stderr():
    """LiteRT greets on the process's stderr, and has no setting against it; its errors come as exceptions."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@cache
def _interpreter(name: str):
    from ai_edge_litert.interpreter import Interpreter

    with _silent_stderr():
        interpreter = Interpreter(str(weights_path(name)), num_threads=2)
    interpreter.allocate_tensors()
    return interpreter


def _run(name: str, picture: np.ndarray) -> list[np.ndarray]:
    interpreter = _interpreter(name)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[None].astype(np.float32))
    interpreter.invoke()
    return [interpreter.get_tensor(output["index"])[0] for output in interpreter.get_output_details()]


@cache
def _anchors() -> np.ndarray:
    """(2254, 2) centres of the detector's SSD anchors in [0, 1]: strides 8, 16 and three layers of 32, two each."""
    centers = []
    for stride, per_cell in ((8, 2), (16, 2), (32, 6)):
        cells = DETECTOR_SIDE // stride
        ys, xs = np.mgrid[:cells, :cells]
        grid = (np.stack([xs, ys], -1).reshape(-1, 2) + 0.5) / cells
        centers.append(np.repeat(grid, per_cell, axis=0))
    return np.concatenate(centers).astype(np.float32)


def _detect(rgb: np.ndarray) -> list[tuple[Region, float]]:
    """Every person in the picture: the region of the whole body, and the score."""
    height, width = rgb.shape[:2]
    square = max(height, width)
    scale = DETECTOR_SIDE / square
    offset = np.array([(square - width) / 2, (square - height) / 2])
    letterbox = np.hstack([np.eye(2) * scale, (offset * scale)[:, None]])
    picture = _crop(rgb, letterbox, DETECTOR_SIDE) / 127.5 - 1
    boxes, logits = _run("pose_detection", picture)
    scores = expit(logits[:, 0])
    kept = scores >= MIN_DETECTION
    if not kept.any():
        return []
    boxes, scores, anchors = boxes[kept], scores[kept], _anchors()[kept]
    points = boxes.reshape(-1, 6, 2) / DETECTOR_SIDE  # box centre, box size, then four keypoints
    points[:, 0] += anchors
    points[:, 2:] += anchors[:, None]
    people = []
    for box, score in _weighted_suppression(points, scores):
        hips, body_end = box[2] * square - offset, box[3] * square - offset
        people.append((_region(hips, body_end), score))
    return people


def _weighted_suppression(points: np.ndarray, scores: np.ndarray, min_overlap: float = 0.3):
    """Merge boxes that overlap into their score-weighted mean, best first (BlazeFace, arXiv 1907.05047, section 4)."""
    low, high = points[:, 0] - points[:, 1] / 2, points[:, 0] + points[:, 1] / 2
    left = np.argsort(-scores)
    while len(left):
        best = left[0]
        inner = np.clip(np.minimum(high[left], high[best]) - np.maximum(low[left], low[best]), 0, None).prod(1)
        union = (high[left] - low[left]).prod(1) + (high[best] - low[best]).prod() - inner
        same = inner / np.maximum(union, 1e-9) > min_overlap
        same[0] = True
        group = left[same]
        yield np.average(points[group], axis=0, weights=scores[group]), float(scores[best])
        left = left[~same]


def _region(hips: np.ndarray, body_end: np.ndarray) -> Region:
    """The square around a body from the middle of the hips and the point that marks its size and direction."""
    direction = body_end - hips
    roll = np.arctan2(direction[0], -direction[1])
    return Region(hips, 2.5 * float(np.linalg.norm(direction)), float(roll))


def _crop(rgb: np.ndarray, matrix: np.ndarray, side: int) -> np.ndarray:
    return cv2.warpAffine(rgb, matrix, (side, side), flags=cv2.INTER_LINEAR).astype(np.float32)


def _read_landmarks(rgb: np.ndarray, region: Region) -> tuple[Pose, np.ndarray, Region]:
    """One pass of the landmark model: pose, person mask in the photo's pixels, and the region for a further pass."""
    matrix = region.matrix(LANDMARK_SIDE)
    raw, presence, mask, heatmap, world = _run("pose_landmark", _crop(rgb, matrix, LANDMARK_SIDE) / 255)
    raw = raw.reshape(39, 5)
    refined = _refine(raw[:, :2], heatmap)
    inverse = cv2.invertAffineTransform(matrix)
    xy = refined @ inverse[:, :2].T + inverse[:, 2]
    cos, sin = np.cos(region.roll), np.sin(region.roll)
    xyz_m = world.reshape(39, 3)[:33].copy()
    xyz_m[:, :2] = xyz_m[:, :2] @ np.array([[cos, sin], [-sin, cos]])
    height, width = rgb.shape[:2]
    visibility = expit(raw[:33, 3])
    inside = (xy[:33, 0] >= 0) & (xy[:33, 0] < width) & (xy[:33, 1] >= 0) & (xy[:33, 1] < height)
    pose = Pose(
        xy[:33].astype(np.float32),
        xyz_m.astype(np.float32),
        np.where(inside, visibility, 0).astype(np.float32),
        float(presence[0]),
    )
    probability = expit(mask[:, :, 0])
    person = cv2.warpAffine(probability, inverse, (width, height), flags=cv2.INTER_LINEAR, borderValue=0)
    return pose, person, _region(xy[33], xy[34])


def _refine(xy: np.ndarray, heatmap: np.ndarray, window: int = 7, min_confidence: float = 0.5) -> np.ndarray:
    """Move each landmark to the centre of mass of its heatmap around it, where the heatmap is confident."""
    cells = heatmap.shape[0]
    scale = LANDMARK_SIDE / cells
    refined = xy.copy()
    for index, (x, y) in enumerate(xy / scale):
        column, row = int(x), int(y)
        if not (0 <= column < cells and 0 <= row < cells):
            continue
        top, left = max(row - window // 2, 0), max(column - window // 2, 0)
        patch = expit(heatmap[top : row + window // 2 + 1, left : column + window // 2 + 1, index])
        if patch.max() < min_confidence:
            continue
        ys, xs = np.mgrid[top : top + patch.shape[0], left : left + patch.shape[1]]
        refined[index] = np.array([(xs * patch).sum(), (ys * patch).sum()]) / patch.sum() * scale
    return refined
