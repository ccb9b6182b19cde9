"""Hands at the end of sleeves: BlazePose guesses them beside where they are seen, for a sleeve hides the arm that leads there."""

from dataclasses import replace

import cv2
import numpy as np

from primerka.parsing import CLASSES
from primerka.perception.nearby import distance_to, nearest_known
from primerka.pose import LANDMARK, Pose

SKIN = CLASSES.index("skin")
SLEEVES = [CLASSES.index(name) for name in ("top", "outerwear", "dress")]
OTHER = {"left": "right", "right": "left"}
HAND = ("wrist", "index", "pinky", "thumb")
# In torso lengths:
LEAST, LONGEST = 0.004, 0.33  # of its square, and across: a hand alone; with a forearm it is longer
OFF, FARTHEST = 0.04, 0.15  # a move of the hand; less is left alone, more leads to somebody else's
WRIST = 0.03  # from skin: that wrist shows, and is rightly guessed
SHORT = 0.2  # a forearm: what is shorter would be thrown far off
CUFF = 0.04  # between a hand and its sleeve
# Times the way from an elbow to its hand as guessed:
NO_NEARER = 0.88  # nearer is a forearm, whose hand is in a pocket
HALF_HIDDEN = 1.1  # so much further off is what shows of a hand that is half in its sleeve


def at_the_cuff(pose: Pose, classes: np.ndarray) -> Pose:
    """The pose with forearms turned about their elbows to the hands that are seen alone, at the end of a sleeve.

    classes  (H, W) int, over parsing.CLASSES
    """
    unit = pose.torso_px
    _, pieces, stats, centres = cv2.connectedComponentsWithStats((classes == SKIN).astype(np.uint8))
    skin = (pieces > 0) & (stats[:, cv2.CC_STAT_AREA] > LEAST * unit**2)[pieces]
    if not skin.any():
        return pose
    nearest, from_sleeves = nearest_known(~skin).astype(int), distance_to(np.isin(classes, SLEEVES))
    guessed = {side: np.mean([pose[f"{side}_{name}"] for name in HAND], 0) for side in OTHER}
    xy, xyz_m, visibility = pose.xy.copy(), pose.xyz_m.copy(), pose.visibility.copy()
    for side, guess in guessed.items():
        x, y = np.rint(guess).astype(int)
        if not (0 <= x < skin.shape[1] and 0 <= y < skin.shape[0]):
            continue
        x, y = nearest[y, x]
        piece, elbow = pieces[y, x], LANDMARK[f"{side}_elbow"]
        if np.hypot(*stats[piece, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]) > LONGEST * unit:
            continue
        hand, (ys, xs) = centres[piece], np.nonzero(pieces == piece)
        here, there = guess - pose.xy[elbow], hand - pose.xy[elbow]
        if np.linalg.norm(here) < SHORT * unit:  # points at the camera
            continue
        from_elbow, from_wrist = (np.hypot(xs - x, ys - y) for x, y in (pose.xy[elbow], pose[f"{side}_wrist"]))
        longer = np.linalg.norm(there) / np.linalg.norm(here)
        there = there / np.clip(longer, 1.0, HALF_HIDDEN)
        way = np.linalg.norm(pose.xy[elbow] + there - guess) / unit
        own = np.linalg.norm(hand - guess) < np.linalg.norm(hand - guessed[OTHER[side]])
        sleeve = from_sleeves[ys, xs][from_elbow.argmin()]
        no_wrist = from_wrist.min() > WRIST * unit
        if own and no_wrist and longer > NO_NEARER and OFF < way < FARTHEST and sleeve < CUFF * unit:
            turn = _turn(here, there)
            moved = [LANDMARK[f"{side}_{name}"] for name in HAND]
            for points in (xy, xyz_m[:, :2]):
                points[moved] = points[elbow] + (points[moved] - points[elbow]) @ turn
            within = ((xy[moved] >= 0) & (xy[moved] < skin.shape[::-1])).all(1)
            visibility[np.array(moved)[within]] = 1
    return replace(pose, xy=xy, xyz_m=xyz_m, visibility=visibility)


def _turn(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """(2, 2) float32: what turns and stretches points, as rows, so that one, (2,), comes to another."""
    turn = complex(*there) / complex(*here)
    return np.float32([[turn.real, turn.imag], [-turn.imag, turn.real]])
