"""Draw the borders between classes of a parsed person where the photo has them."""

import cv2
import numpy as np

from primerka.parsing import CLASSES, GARMENTS
from primerka.perception.nearby import box_of, distance_to, local_mean, nearest_known

# In torso lengths:
FRINGE = 1 / 60  # what is finer on a border is the parsing's, not the cloth's
STRANDS = 1 / 14  # how far from where the parsing has it the edge of hair is looked for
AROUND = 1 / 10  # how far the colours of hair, and of cloth, are learned from
SPREAD = 5.0  # in Lab: less than the least that colours of one thing differ by is not believed
MAX_ODDS = 6.0  # log odds: no colour says more than that
AT_THE_FAR_END = 2.0  # log odds of the parsing, STRANDS inside its edge
HAIR = CLASSES.index("hair")
CLOTH = [CLASSES.index(name) for name in (*GARMENTS, "scarf")]


def without_fringes(classes: np.ndarray, torso_px: float) -> np.ndarray:
    """(H, W) int classes whose borders within the person are smooth; the person's own outline stays.

    One step of threshold dynamics, which moves borders by their curvature (Merriman, Bence, Osher 1994, "Motion of multiple
    junctions", J. Comput. Phys. 112, section 2).
    """
    person = classes > 0
    place, worn = box_of(person), np.unique(classes[person])
    smooth = classes.copy()
    if len(worn) > 1:
        shares = [cv2.GaussianBlur((classes[place] == index).astype(np.float32), (0, 0), FRINGE * torso_px) for index in worn]
        smooth[place] = np.where(person[place], worn[np.argmax(shares, 0)], 0)
    return smooth


def strands(classes: np.ndarray, rgb: np.ndarray, torso_px: float) -> np.ndarray:
    """(H, W) int classes with the edge of hair before clothes drawn by the colours of both nearby, one strand from the other.

    Normal distributions of Lab around each pixel, as local classifiers (Bai et al. 2009, "Video SnapCut", ACM TOG 28(3),
    section 3) have them. Where the two have the same colours the parsing's edge stays.
    """
    hair, cloth = classes == HAIR, np.isin(classes, CLOTH)
    if not (hair.any() and cloth.any()):
        return classes
    reach, drawn = STRANDS * torso_px, classes.copy()
    from_hair, from_cloth = distance_to(hair), distance_to(cloth)
    surely = [hair & (from_cloth > reach / 2), cloth & (from_hair > reach / 2)]
    unclear = (hair | cloth) & (np.maximum(from_hair, from_cloth) < reach)
    place = box_of(unclear, margin=round(4 * AROUND * torso_px))
    surely = [region[place] for region in surely]
    if not (unclear.any() and surely[0].any() and surely[1].any()):
        return classes
    unclear = unclear[place] & (distance_to(surely[0]) < 2 * reach) & (distance_to(surely[1]) < 2 * reach)
    inwards = (from_cloth - from_hair)[place] / reach
    lab = cv2.cvtColor(rgb[place].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    likelihood = [_log_likelihood(lab, region, AROUND * torso_px) for region in surely]
    odds = np.clip(likelihood[0] - likelihood[1], -MAX_ODDS, MAX_ODDS) + AT_THE_FAR_END * inwards
    odds = cv2.GaussianBlur(odds, (0, 0), 1.0)
    x, y = np.moveaxis(nearest_known(~cloth)[place].astype(int), 2, 0)
    drawn[place] = np.where(unclear, np.where(odds > 0, HAIR, classes[y, x]), classes[place])
    return drawn


def _log_likelihood(lab: np.ndarray, region: np.ndarray, reach: float) -> np.ndarray:
    """(H, W) float32: of each pixel's colour under those of the region around it, up to a constant."""
    mean = local_mean(lab, region, reach)
    variance = np.maximum(local_mean(lab**2, region, reach) - mean**2, 0) + SPREAD**2
    return -((lab - mean) ** 2 / variance + np.log(variance)).sum(2) / 2
