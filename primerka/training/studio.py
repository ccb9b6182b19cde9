"""People of street photos before a plain wall, as shops photograph: the network must not learn that behind a person is a street."""

import cv2
import numpy as np

from primerka.perception.guided_filter import guided_filter

BRIGHT, DARK, SHARE_DARK = (180, 260), (60, 255), 0.3  # of the wall, 0 to 255: most studios are light
FALLS, SLOPE = 0.4, 20  # how much darker, at most, it is far from the lamp, and how much lighter or darker at the floor
TINT, GRAIN = 6, 3  # its colour is so far from grey; at most
ASIDE, BLUR, SHADOW = 0.05, (0.01, 0.06), 0.35  # the person's shadow: shares of the width, and how much light it takes at most
EDGE_RADIUS, EDGE_EPSILON = 3, 1e-4  # of the filter that draws the person's outline to the photo's edges …
SHARPER, INSIDE = 1.6, (0.35, 0.5)  # … and how it is cut: a little inside, without a rim of street


def before_a_wall(rgb: np.ndarray, person: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(H, W, 3) uint8: a person, cut out along a label map, before a wall of one colour in soft light, with their shadow on it.

    rgb (H, W, 3) uint8; person (H, W) bool
    """
    outline = guided_filter(rgb.astype(np.float32) / 255, person.astype(np.float32), EDGE_RADIUS, EDGE_EPSILON)
    wall = _wall(person, random)
    alpha = np.clip(SHARPER * (outline - 0.5) + random.uniform(*INSIDE), 0, 1)[:, :, None]
    return np.clip(rgb * alpha + wall * (1 - alpha), 0, 255).astype(np.uint8)


def _wall(person: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """(H, W, 3) float32, 0 to about 255."""
    height, width = person.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / width - random.uniform(0.2, 0.8), y / height - random.uniform(0, 0.6)
    light = random.uniform(*DARK) if random.random() < SHARE_DARK else random.uniform(*BRIGHT)
    light = light * (1 - random.uniform(0, FALLS) * (x**2 + y**2)) + random.uniform(-SLOPE, SLOPE) * y
    tint = random.normal(0, TINT, 3).astype(np.float32)
    wall = light[:, :, None] + tint + random.normal(0, random.uniform(0, GRAIN), (height, width, 1)).astype(np.float32)
    aside = np.roll(person, int(random.uniform(-ASIDE, ASIDE) * width), 1).astype(np.float32)
    shadow = cv2.GaussianBlur(aside, (0, 0), random.uniform(*BLUR) * width)
    return wall * (1 - random.uniform(0, SHADOW) * shadow[:, :, None])
