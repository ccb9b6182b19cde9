"""Feet under a garment that reaches the ground: the person stands on it where the garment ends, not where the feet were guessed."""

from dataclasses import replace

import numpy as np

from primerka.parsing import CLASSES
from primerka.pose import LANDMARK, VISIBLE, Pose

HIDING = [CLASSES.index(name) for name in ("dress", "skirt", "trousers", "outerwear")]
SHOES = CLASSES.index("shoes")
SKIN = CLASSES.index("skin")
MOST_HIDDEN, HALF_HIDDEN = 3, 2  # of the four landmarks of the feet: ankles may show between a hem and shoes
_FEET = [LANDMARK[f"{side}_{name}"] for side in ("left", "right") for name in ("heel", "foot_index")]
_LEGS = [LANDMARK[f"{side}_{name}"] for side in ("left", "right") for name in ("knee", "ankle", "heel", "foot_index")]
# In torso lengths:
AROUND = 0.3  # beside the feet, where the hem is looked for
SOLES, MIN_SHOES = 0.3, 0.01  # shoes lie no higher above the lowest hem; of the torso length squared: less is none
IN_FRONT, HEEL = 0.08, 0.03  # a hem before the feet, and shoes, end so far below them in the picture
LEAST = 0.05  # less is left alone
BOTH = 0.7  # of the distance between the feet: narrower, what shows is one shoe
LONGEST = 1.4  # times the legs that were guessed
UPRIGHT = 0.3  # of the legs' height: feet further to one side do not stand


def on_the_ground(pose: Pose, classes: np.ndarray) -> Pose:
    """The pose with legs so long that the feet come down to their shoes, or to the hem that hides them, where neither was seen for
    what it is or all four were only guessed beside the shoes, and with the feet above their shoes; the legs then count as seen as
    much as the hips.

    classes  (H, W) int, over parsing.CLASSES
    """
    height, width = classes.shape
    unit, (hip_x, hip_y) = pose.torso_px, pose["pelvis"]
    x, y = np.rint(pose.xy[_FEET]).astype(int).T
    if ((x < 0) | (x >= width) | (y < 0) | (y >= height)).any():
        return pose
    hidden, bare = np.isin(classes[y, x], HIDING).sum(), (classes[y, x] == SKIN).sum()
    unseen = pose.visibility[_FEET].max() < VISIBLE and not (classes[y, x] == SHOES).any()
    if (hidden + bare < MOST_HIDDEN or hidden < HALF_HIDDEN) and not unseen:
        return pose
    reach = round(AROUND * unit)
    left, right = max(x.min() - reach, 0), x.max() + reach + 1
    shoes = classes[:, left:right] == SHOES
    last = np.flatnonzero((shoes | np.isin(classes[:, left:right], HIDING)).any(1))[-1]
    shod = shoes[max(round(last - SOLES * unit), 0) :].sum() > MIN_SHOES * unit**2
    if not shod and (bare or (classes[y, x] == SHOES).any()):
        return pose
    ground = np.flatnonzero(shoes.any(1))[-1] - HEEL * unit if shod else last - IN_FRONT * unit
    legs = y.max() - hip_y
    longer = (ground - hip_y) / max(legs, 1.0)
    if last >= height - 1 or abs(x.mean() - hip_x) > UPRIGHT * legs or not 1 + LEAST * unit / legs < longer < LONGEST:
        return pose
    xy, xyz_m, visibility = pose.xy.copy(), pose.xyz_m.copy(), pose.visibility.copy()
    xy[_LEGS, 1] = hip_y + longer * (xy[_LEGS, 1] - hip_y)
    xyz_m[_LEGS, 1] *= longer
    if shod:  # of one shoe it is not known whose; knees go half the way
        columns = left + np.nonzero(shoes)[1]
        aside = columns.mean() - x.mean() if np.ptp(columns) > BOTH * np.ptp(x) else 0.0
        xy[_LEGS, 0] += aside * np.clip((xy[_LEGS, 1] - hip_y) / (ground - hip_y), 0, 1)
    visibility[_LEGS] = np.maximum(visibility[_LEGS], visibility[[LANDMARK["left_hip"], LANDMARK["right_hip"]]].min())
    return replace(pose, xy=xy, xyz_m=xyz_m, visibility=visibility)
