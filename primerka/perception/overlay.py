"""Pictures for people who check what was understood of a photo."""

import cv2
import numpy as np

from primerka.keypoints import LIMBS, VISIBLE
from primerka.parsing import LABELS
from primerka.perception.surface import normal_map
from primerka.person import Garment, Person

# One colour per label of parsing.LABELS; skin parts and shoes differ by side.
COLOURS = np.array([
    (0, 0, 0), (128, 0, 32), (220, 20, 60), (255, 214, 170), (230, 180, 140), (255, 150, 110), (200, 100, 80),
    (255, 180, 60), (200, 130, 30), (0, 160, 90), (0, 90, 160), (150, 60, 200), (240, 100, 190), (40, 60, 200),
    (0, 190, 220), (110, 110, 30), (120, 70, 30), (80, 45, 20), (255, 230, 0), (170, 220, 80), (30, 30, 30),
    (150, 150, 150),
], np.uint8)  # fmt: skip


def draw_person(person: Person) -> np.ndarray:
    """(H, 3 W, 3) uint8: pose, parsing and body, side by side."""
    return np.hstack([draw_pose(person), draw_parsing(person), draw_body(person)])


def draw_pose(person: Person) -> np.ndarray:
    picture = person.photo.rgb.copy()
    thick = max(round(person.pose.torso_px / 60), 1)
    xy, visibility = person.pose.keypoints.xy, person.pose.keypoints.visibility
    points = [tuple(int(v) for v in point) for point in xy]
    for a, b in LIMBS:
        seen = min(visibility[a], visibility[b]) >= VISIBLE
        cv2.line(picture, points[a], points[b], (255, 60, 60) if seen else (130, 130, 130), thick, cv2.LINE_AA)
    for x, y in person.pose.xy:
        cv2.circle(picture, (int(x), int(y)), thick + 1, (255, 230, 0), -1, cv2.LINE_AA)
    return picture


def draw_parsing(person: Person) -> np.ndarray:
    coloured = COLOURS[person.parsing.labels]
    alpha = 0.65 * person.parsing.alpha[:, :, None]
    picture = (1 - alpha) * person.photo.rgb + alpha * coloured
    present = [index for index in np.unique(person.parsing.labels) if index]
    size = max(person.photo.height / 1400, 0.35)
    picture = np.ascontiguousarray(picture.astype(np.uint8))
    for row, index in enumerate(present):
        at = (6, int((row + 1) * 24 * size))
        cv2.putText(picture, LABELS[index], at, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 3, cv2.LINE_AA)
        cv2.putText(picture, LABELS[index], at, cv2.FONT_HERSHEY_SIMPLEX, size, COLOURS[index].tolist(), 1, cv2.LINE_AA)
    return picture


def draw_body(person: Person) -> np.ndarray:
    normals = normal_map(person.surface)
    shade = np.clip(90 - 150 * normals[:, :, 2] - 40 * normals[:, :, 1], 40, 255)
    body = shade[:, :, None] * np.array([0.85, 0.95, 1.0])
    on = (person.surface.part >= 0)[:, :, None] * 0.75
    return (person.photo.rgb * (1 - on) + body * on).astype(np.uint8)


def draw_garment(garment: Garment) -> np.ndarray:
    faded = garment.model.photo.rgb // 4 + 180
    return np.where(garment.mask[:, :, None], garment.model.photo.rgb, faded).astype(np.uint8)
