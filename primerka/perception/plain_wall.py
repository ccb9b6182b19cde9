"""Before a plain wall, as studios have, colours tell the person from it better than the network does."""

import cv2
import numpy as np

from primerka.perception.nearby import box_of, distance_to, local_mean

# In torso lengths.
AWAY = 0.06  # from the person the wall is surely itself
WALL, PERSON = 0.25, 0.1  # how far around a pixel the colours of the wall and those of the person are learned from
INSIDE = 0.04  # of the person's outline the person is surely themselves
NOTCH = 0.025  # so far from what the network saw the person may go on, and so narrow is a notch that no colour cuts
SEEN = 0.15  # of what lies around the person, at least, is wall, and plain
# In Lab.
PLAIN, FINEST = 3.0, 0.8  # how far the colours of a plain wall spread; less is not believed
VARIED = 5.0  # what less the colours of a person's things are not believed to spread
SAME = 4.0  # spreads within which a colour is the wall's
AS_WHITE = 0.1  # of the person nearby with the wall's colour: too much for colours to tell
# Log odds.
SURE, COLOURS = 4.0, 6.0  # the most that the network and that the colours say
CLEAR = 3.0  # colours that say more are not overruled by the outline
EDGE = 2  # pixels beside the outline where the colours of both are mixed


def told_from_the_wall(background: np.ndarray, rgb: np.ndarray, unit: float) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) bool each: what was taken for the person and is wall, and what was taken for the background and is the person.

    Both hang together with what they are of. Where the photo has no plain wall, or the person nearby is of its colour, nothing is.
    A shadow on the wall is no person: what is merely darker stays as it was.

    background (H, W) float32: its probability; rgb (H, W, 3) uint8; unit: the torso length in pixels
    """
    removed, added = np.zeros(background.shape, bool), np.zeros(background.shape, bool)
    place = box_of(background < 0.5, margin=round(WALL * unit))
    removed[place], added[place] = _told(background[place], rgb[place], unit)
    return removed, added


def _told(background: np.ndarray, rgb: np.ndarray, unit: float) -> tuple[np.ndarray, np.ndarray]:
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
    inner = (background < 0.05) & (distance_to(~person) > INSIDE * unit)
    theirs, variety = _colours(lab, inner, PERSON * unit)
    variety = np.maximum(variety, VARIED)
    says = _log_density(away, spread) - _log_density((lab - theirs) / variety, variety)
    like = cv2.morphologyEx((np.linalg.norm(away, axis=2) < SAME).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    as_white = local_mean(np.dstack([like] * 3).astype(np.float32), inner, WALL * unit)[:, :, 0] > AS_WHITE
    shadow = (lab < walls)[:, :, 0] & (np.linalg.norm(away[:, :, 1:], axis=2) < SAME)
    says = np.where(~plain | as_white & (says > 0) | shadow & (says < 0), 0, np.clip(says, -COLOURS, COLOURS))
    odds = says + np.clip(np.log(np.maximum(background, 1e-6) / np.maximum(1 - background, 1e-6)), -SURE, SURE)
    removed = _touching(_opened(person & (odds > 0), 3), ~person)
    theirs = (person | (odds < 0)) & (distance_to(person) < NOTCH * unit)
    grown = cv2.erode(_closed(theirs, 3), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * EDGE + 1,) * 2)).astype(bool)
    notches = _closed(person & ~removed | grown, 2 * round(NOTCH * unit) + 1).astype(bool) & plain & (says < CLEAR)
    added = _touching(_opened((grown | notches) & ~person, 2), person)
    return removed, added


def _colours(lab: np.ndarray, region: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 3) each: mean and standard deviation of the colours of a region around each pixel."""
    mean = local_mean(lab, region, reach)
    return mean, np.sqrt(local_mean(np.minimum((lab - mean) ** 2, 400), region, reach))


def _log_density(away: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """(H, W) of a normal distribution, up to a constant."""
    return -(away**2 / 2 + np.log(spread)).sum(2)


def _opened(mask: np.ndarray, size: int) -> np.ndarray:
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, np.ones((size, size), np.uint8))


def _closed(mask: np.ndarray, size: int) -> np.ndarray:
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))


def _touching(pieces: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(H, W) bool: the connected pieces of a mask, (H, W) uint8, that touch another mask."""
    _, numbers = cv2.connectedComponents(pieces, connectivity=4)
    beside = cv2.dilate(other.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    found = np.unique(numbers[beside & (pieces > 0)])
    return np.isin(numbers, found) & (pieces > 0)
