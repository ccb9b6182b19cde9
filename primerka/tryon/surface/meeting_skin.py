"""Invented skin meets the skin that shows beside it."""

from dataclasses import replace

import numpy as np

from primerka.perception.nearby import box_of, distance_to
from primerka.tryon.surface.buyer import Buyer
from primerka.tryon.surface.fill import spread_out
from primerka.tryon.surface.scene import Scene

# In torso lengths:
EDGE = 1 / 40  # of shown skin, beside what is taken off, that the invented skin meets …
FADES = 1 / 12  # … and over which what it lacks of that fades
MOST = 40.0  # of 255: a greater step is a shadow, or no skin


def meeting(scene: Scene, buyer: Buyer, old: np.ndarray) -> Buyer:
    """The buyer, whose painted skin has no step to what shows beside the old clothes that are taken off, (H, W) bool."""
    shown = scene.mask("neck", "left_arm", "right_arm", "left_leg", "right_leg") & ~old & (distance_to(old) < EDGE * buyer.unit)
    if not shown.any():
        return buyer
    place = box_of(old, margin=2)
    shown, skin = shown[place], buyer.skin[place].astype(np.float32)
    lacking = np.clip(scene.rgb[place] - skin, -MOST, MOST)
    carried = spread_out(lacking, shown, EDGE * buyer.unit) * np.exp(-distance_to(shown) / (FADES * buyer.unit))[:, :, None]
    painted = buyer.skin.copy()
    painted[place] = np.clip(skin + carried, 0, 255).astype(np.uint8)
    return replace(buyer, skin=painted)
