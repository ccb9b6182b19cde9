"""Before a plain wall, as studios have, colours tell the person from it better than the network does."""

import cv2
import numpy as np

from primerka.keypoints import LIMBS
from primerka.perception.nearby import box_of, distance_to, local_mean
from primerka.perception.pieces import pieces_in
from primerka.pose import Pose

# In torso lengths.
AWAY = 0.06  # from the person the wall is surely itself
WALL, PERSON = 0.25, 0.1  # how far around a pixel the colours of the wall and those of the person are learned from
THICK = 0.04  # bones, where no wall is: what reaches them is the person's
INSIDE = 0.04  # of the outline the person is surely themselves
NOTCH = 0.025  # so far from what the network saw the person may go on, and so narrow is a notch that no colour cuts
SEEN = 0.15  # of what lies around the person, at least, is wall, and plain
# In Lab.
PLAIN, FINEST = 3.0, 0.8  # how far the colours of a plain wall spread; less is not believed
VARIED = 5.0  # what less the colours of a person's things are not believed to spread
SAME = 4.0  # spreads within which a colour is the wall's
AS_WHITE = 0.1  # of the person nearby with the wall's colour: too much for colours to tell
# Log odds.
SURE, COLOURS = 4.0, 6.0  # the most that the network and that the colours say
CLEAR, MOSTLY = 3.0, 0.3  # where so much of a notch has colours that say more, it is none
EDGE = 2  # pixels beside the outline where the colours of both are mixed


def told_from_the_wall(background: np.ndarray, rgb: np.ndarray, pose: Pose) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) bool each: what was taken for the person and is wall, and what was taken for the background and is the person.

    Both hang together with what they are of. Where the photo has no plain wall, or the person nearby is of its colour, nothing is told.
    A shadow on the wall is no person: what is merely darker stays as it was.

    background (H, W) float32: its probability; rgb (H, W, 3) uint8
    """
    unit, bones = pose.torso_px, _bones(pose, background.shape)
    removed, added = np.zeros(background.shape, bool), np.zeros(background.shape, bool)
    place = box_of(background < 0.5, margin=round(WALL * unit))
    if not background[place].size:  # there is nobody
        return removed, added
    removed[place], added[place] = _told(background[place], rgb[place], bones[place], unit)
    return removed, added


def _bones(pose: Pose, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) bool: the middles of the limbs that are seen, and of the trunk."""
    drawn, points = np.zeros(shape, np.uint8), np.rint(pose.keypoints.xy).astype(int)
    visible = pose.keypoints.visible(*shape)
    for start, stop in LIMBS:
        if visible[start] and visible[stop]:
            cv2.line(drawn, points[start].tolist(), points[stop].tolist(), 1, round(THICK * pose.torso_px))
    return drawn.astype(bool)


def _told(background: np.ndarray, rgb: np.ndarray, bones: np.ndarray, unit: float) -> tuple[np.ndarray, np.ndarray]:
    person = background < 0.5
    wall = (background > 0.95) & (distance_to(person) > AWAY * unit)
    nothing = np.zeros_like(person), np.zeros_like(person)
    if wall.mean() < SEEN:
        return nothing
    lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 1.0).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    walls, spread = _colours(lab, wall, WALL * unit)
    plain = np.linalg.norm(spread, axis=2) < PLAIN
    if plain.mean() < SEEN:
        return nothing
    spread = np.maximum(spread, FINEST)
    away = (lab - walls) / spread
    alike = np.linalg.norm(away, axis=2) < SAME
    white = _opened(alike & person, 2 * EDGE + 1)
    gaps = _touching(white, ~person) & ~_touching(white, bones)
    inner = (background < 0.05) & (distance_to(~person) > INSIDE * unit) & ~gaps
    theirs, variety = _colours(lab, inner, PERSON * unit)
    variety = np.maximum(variety, VARIED)
    says = _log_density(away, spread) - _log_density((lab - theirs) / variety, variety)
    as_white = local_mean(np.dstack([white] * 3).astype(np.float32), inner, WALL * unit)[:, :, 0] > AS_WHITE
    shadow = (lab < walls)[:, :, 0] & (np.linalg.norm(away[:, :, 1:], axis=2) < SAME)
    silent = ~plain | (says > 0) & (as_white | ~alike) | (says < 0) & (shadow | alike)
    says = np.where(silent, 0, np.clip(says, -COLOURS, COLOURS))
    odds = says + np.clip(np.log(np.maximum(background, 1e-6) / np.maximum(1 - background, 1e-6)), -SURE, SURE)
    removed = _touching(_opened(person & (odds > 0), 3), ~person)
    removed &= ~_touching(removed, bones)
    left = person & ~removed
    near = (left | (odds < 0)) & (distance_to(left) < NOTCH * unit)
    grown = cv2.erode(_closed(near, 3).astype(np.uint8), _disc(2 * EDGE + 1)).astype(bool)
    notches = _closed(left | grown, 2 * round(NOTCH * unit) + 1) & ~left & plain
    notches &= ~_mostly(notches, says > CLEAR)
    added = _touching((grown | notches) & ~person, left)
    return removed, added


def _colours(lab: np.ndarray, region: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 3) each: mean and standard deviation of the colours of a region around each pixel."""
    mean = local_mean(lab, region, reach)
    return mean, np.sqrt(local_mean(np.minimum((lab - mean) ** 2, 400), region, reach))


def _log_density(away: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """(H, W) of a normal distribution, up to a constant."""
    return -(away**2 / 2 + np.log(spread)).sum(2)


def _opened(mask: np.ndarray, size: int) -> np.ndarray:
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((size, size), np.uint8)).astype(bool)


def _closed(mask: np.ndarray, size: int) -> np.ndarray:
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, _disc(size)).astype(bool)


def _disc(size: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))


def _touching(pieces: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(H, W) bool: the connected pieces of a mask that touch another one."""
    _, numbers = cv2.connectedComponents(pieces.astype(np.uint8), connectivity=4)
    beside = cv2.dilate(other.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    return pieces_in(numbers, beside)


def _mostly(pieces: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """(H, W) bool: the connected pieces of a mask of which more than MOSTLY is marked."""
    count, numbers = cv2.connectedComponents(pieces.astype(np.uint8), connectivity=4)
    areas, marks = (np.bincount(numbers[mask], minlength=count) for mask in (pieces, pieces & marked))
    return pieces & (marks > MOSTLY * areas)[numbers]
