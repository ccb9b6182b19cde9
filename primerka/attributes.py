"""Attributes: the eight regions of a person whose looks ADGAN takes apart and puts together."""

import numpy as np

from primerka.parsing import LABELS, Parsing

# In the order of ADGAN (Men et al. 2020, arXiv 2003.12267, section 3.1.2).
ATTRIBUTES = ("background", "hair", "face", "upper_clothes", "pants", "skirt", "arm", "leg")

_OF_LABEL = {
    "hat": "hair", "hair": "hair", "face": "face", "neck": "face", "glasses": "face", "left_arm": "arm", "right_arm": "arm",
    "left_leg": "leg", "right_leg": "leg", "legwear": "leg", "left_shoe": "leg", "right_shoe": "leg",
    "top": "upper_clothes", "outerwear": "upper_clothes", "dress": "upper_clothes", "scarf": "upper_clothes",
    "trousers": "pants", "shorts": "pants", "skirt": "skirt",
}  # fmt: skip

# For each parsing label the attribute it belongs to; what is carried belongs to nobody's body.
ATTRIBUTE_OF_LABEL = np.array([ATTRIBUTES.index(_OF_LABEL.get(label, "background")) for label in LABELS], np.uint8)


def attributes(parsing: Parsing) -> np.ndarray:
    """(H, W) uint8, indices into ATTRIBUTES."""
    return ATTRIBUTE_OF_LABEL[parsing.labels]


def one_hot(regions: np.ndarray) -> np.ndarray:
    """(8, H, W) float32 masks of (H, W) indices into ATTRIBUTES."""
    return (regions == np.arange(len(ATTRIBUTES), dtype=np.uint8)[:, None, None]).astype(np.float32)
