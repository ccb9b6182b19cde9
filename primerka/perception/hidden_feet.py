"""Feet under a garment that reaches the ground: the person stands on it where the garment ends, not where the feet were guessed."""

from dataclasses import replace

import numpy as np

from primerka.parsing import CLASSES
from primerka.pose import LANDMARK, Pose

HIDING = [CLASSES.index(name) for name in ("dress", "skirt", "trousers", "outerwear")]
SHOES = CLASSES.index("shoes")
SHOWN = [SHOES, CLASSES.index("skin")]
MOST_HIDDEN = 3  # of the four landmarks of the feet
_FEET = [LANDMARK[f"{side}_{name}"] for side in ("left", "right") for name in ("heel", "foot_index")]
_LEGS = [LANDMARK[f"{side}_{name}"] for side in ("left", "right") for name in ("knee", "ankle", "heel", "foot_index")]
# In torso lengths:
AROUND = 0.3  # beside the feet, where the hem is looked for
IN_FRONT = 0.08  # a hem before the feet ends so far below them in the picture
LEAST = 0.05  # less is left alone
LONGEST = 1.4  # times the legs that were guessed
UPRIGHT = 0.3  # of the legs' height: feet further to one side do not stand


def on_the_ground(pose: Pose, classes: np.ndarray) -> Pose:
    """The pose with legs so long that the feet come down to their shoes, or to the hem that hides them, where neither was seen for
    what it is; the legs then count as seen as much as the hips.

    classes  (H, W) int, over parsing.CLASSES
    """
    height, width = classes.shape
    unit, (hip_x, hip_y) = pose.torso_px, pose["pelvis"]
    x, y = np.rint(pose.xy[_FEET]).astype(int).T
    if ((x < 0) | (x >= width) | (y < 0) | (y >= height)).any():
        return pose
    hidden, shown = (np.isin(classes[y, x], names).sum() for names in (HIDING, SHOWN))
    if hidden < MOST_HIDDEN or shown:
        return pose
    reach = round(AROUND * unit)
    around = classes[:, max(x.min() - reach, 0) : x.max() + reach + 1]
    last = np.flatnonzero((around == SHOES).any(1) | np.isin(around, HIDING).any(1))[-1]
    ground = last if (around[last] == SHOES).any() else last - IN_FRONT * unit
    legs = y.max() - hip_y
    longer = (ground - hip_y) / max(legs, 1.0)
    if last >= height - 1 or abs(x.mean() - hip_x) > UPRIGHT * legs or not 1 + LEAST * unit / legs < longer < LONGEST:
        return pose
    xy, xyz_m, visibility = pose.xy.copy(), pose.xyz_m.copy(), pose.visibility.copy()
    xy[_LEGS, 1] = hip_y + longer * (xy[_LEGS, 1] - hip_y)
    xyz_m[_LEGS, 1] *= longer
    visibility[_LEGS] = np.maximum(visibility[_LEGS], visibility[[LANDMARK["left_hip"], LANDMARK["right_hip"]]].min())
    return replace(pose, xy=xy, xyz_m=xyz_m, visibility=visibility)
