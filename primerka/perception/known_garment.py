"""What a product is known to be decides between look-alikes."""

import cv2
import numpy as np

from primerka.parsing import CLASSES

# Of the torso length squared: the least of each kind of garment.
MIN_AREA = {"top": 0.08, "outerwear": 0.12, "dress": 0.25, "skirt": 0.1, "trousers": 0.15, "shorts": 0.06}
# What the network may take each kind for.
LOOK_ALIKES = {
    "top": ("outerwear", "dress", "scarf"),
    "outerwear": ("top", "dress", "scarf"),
    "dress": ("skirt", "top", "outerwear", "trousers", "shorts"),
    "skirt": ("dress", "shorts", "trousers"),
    "trousers": ("legwear", "shorts", "skirt"),
    "shorts": ("skirt", "trousers"),
}
NEARLY = -1.5  # mean log odds above which a patch is the known garment …
# … and above which it is where too little of the garment was found otherwise. Under a coat little of a top shows: the coat is none.
POSSIBLY = {"top": -4.0, "outerwear": -5.0, "dress": -5.0, "skirt": -5.0, "trousers": -5.0, "shorts": -5.0}
FLOOR = 1e-3
HALF = 0.04  # of the torso length squared: larger patches may be halves of one garment
MIN_PIXELS = 10  # of a patch


def expect(probabilities: np.ndarray, worn: str, torso_px: float) -> np.ndarray:
    """Class probabilities once it is known that a kind of garment is worn.

    A patch (connected pixels of one look-alike class) goes over to the known class as a whole, or not at all: cloth has
    no holes. So do all the large patches of a class together: an open coat has two halves. They go if the known class is
    nearly as likely there; the likeliest patches go until the garment has its least area.

    probabilities (H, W, classes) float32, over parsing.CLASSES; worn: one of parsing.GARMENTS
    """
    known = CLASSES.index(worn)
    classes = probabilities.argmax(2)
    patches = []
    for name in LOOK_ALIKES[worn]:
        other = CLASSES.index(name)
        _, labels, stats, _ = cv2.connectedComponentsWithStats((classes == other).astype(np.uint8))
        odds = np.log(probabilities[:, :, known] + FLOOR) - np.log(probabilities[:, :, other] + FLOOR)
        sums, areas = np.bincount(labels.ravel(), odds.ravel()), stats[:, cv2.CC_STAT_AREA]
        number = np.arange(len(areas))
        large = number[1:][areas[1:] > HALF * torso_px**2]
        small = number[1:][(areas[1:] > MIN_PIXELS) & ~np.isin(number[1:], large)]
        for indices in ([large] if len(large) else []) + list(small[:, None]):
            area = areas[indices].sum()
            patches.append((sums[indices].sum() / area, area, other, labels, indices))
    expected = probabilities.copy()
    area = (classes == known).sum()
    for odds, pixels, other, labels, indices in sorted(patches, key=lambda found: -found[0]):
        if odds < (POSSIBLY[worn] if area < MIN_AREA[worn] * torso_px**2 else NEARLY):
            break
        patch = np.isin(labels, indices)
        expected[patch, known] += expected[patch, other]
        expected[patch, other] = 0
        area += pixels
    return expected
