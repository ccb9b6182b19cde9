"""Copy-paste: a bag, a scarf or a hat of one photo, put before the person of another.

Carried things are rarer than garments and lie before any of them: pasted ones teach that a bag is a bag whatever is behind it.

Source: Ghiasi et al. 2021, "Simple copy-paste is a strong data augmentation method for instance segmentation" (arXiv 2012.07177),
section 3; here things go where they were on the body, not anywhere.
"""

import cv2
import numpy as np

from primerka.parsing import CLASSES
from primerka.pose import LANDMARK, Pose

KINDS = ("bag", "scarf", "hat")
ANCHORS = [LANDMARK[name] for name in ("nose", "left_shoulder", "right_shoulder", "left_hip", "right_hip")]
LEAST = 0.002  # of the picture: less is a stray label
SCALES = (0.5, 2.0)  # of the person's size in the donor's: beyond, the poses are too unlike


class Things:
    """Every bag, scarf and hat of some photos.

    classes (N, H, W) uint8 of all photos; usable (M,) int64, the photos to take things from.
    """

    def __init__(self, classes: np.ndarray, usable: np.ndarray):
        self._photos = []
        for kind in KINDS:
            photos = [index for index in usable if (classes[index] == CLASSES.index(kind)).mean() > LEAST]
            if photos:
                self._photos.append((CLASSES.index(kind), photos))

    def draw(self, random: np.random.Generator) -> tuple[int, int] | None:
        """(photo, class) of a thing: every kind is as likely as the others. None where no photo has any."""
        if not self._photos:
            return None
        kind, photos = self._photos[random.integers(len(self._photos))]
        return int(random.choice(photos)), kind


def paste(
    onto: tuple[np.ndarray, np.ndarray, np.ndarray, Pose],
    donor: tuple[np.ndarray, np.ndarray, np.ndarray, Pose],
    kind: int,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """rgb (H, W, 3), coarse person mask (H, W), classes (H, W), all uint8, of `onto` with the donor's thing of class `kind` before it.

    onto, donor  (rgb, mask, classes, pose) of crops of one size; what is returned are copies
    """
    rgb, mask, classes, pose = onto
    size = rgb.shape[1::-1]
    off = random.normal(0, 0.01, (len(ANCHORS), 2)) + random.normal(0, 0.015, 2)
    places = (pose.xy[ANCHORS] + off * size[1]).astype(np.float32)
    matrix, _ = cv2.estimateAffinePartial2D(donor[3].xy[ANCHORS], places, method=cv2.LMEDS)
    if matrix is None or not SCALES[0] < np.hypot(*matrix[:, 0]) < SCALES[1]:
        return rgb, mask, classes
    thing = cv2.GaussianBlur((donor[2] == kind).astype(np.float32), (0, 0), 1)
    alpha = cv2.warpAffine(thing, matrix, size, flags=cv2.INTER_LINEAR)
    picture = cv2.warpAffine(donor[0], matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    light = np.float32(random.uniform(0.8, 1.2))
    mixed = rgb + alpha[..., None] * (np.minimum(picture * light, 255) - rgb)
    inside = alpha > 0.5
    theirs = cv2.warpAffine(donor[1], matrix, size, flags=cv2.INTER_LINEAR)
    return mixed.astype(np.uint8), np.where(inside, np.maximum(mask, theirs), mask), np.where(inside, np.uint8(kind), classes)
