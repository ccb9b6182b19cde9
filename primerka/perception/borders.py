"""Draw the borders between classes of a parsed person where the photo has them."""

import cv2
import numpy as np

from primerka.parsing import CLASSES, GARMENTS
from primerka.perception.nearby import box_of, distance_to, local_mean, nearest_known
from primerka.perception.pieces import pieces_in

# In torso lengths:
FRINGE = 1 / 60  # what is finer on a border is the parsing's, not the cloth's
AROUND = 1 / 10  # how far the colours on both sides of a border are learned from …
# … and from where the parsing has it, how far away the edge of each before cloth is looked for.
EDGE = {"hair": 1 / 14, "skin": 1 / 25, "bag": 1 / 25}
SPREAD = 5.0  # in Lab: less than the least that colours of one thing differ by is not believed
MAX_ODDS = 6.0  # log odds: no colour says more than that
AT_THE_FAR_END = 2.0  # log odds of the parsing, EDGE inside its edge
CLOTH = [CLASSES.index(name) for name in (*GARMENTS, "scarf")]


def without_fringes(classes: np.ndarray, torso_px: float) -> np.ndarray:
    """(H, W) int classes whose borders within the person are smooth; the person's own outline stays.

    One step of threshold dynamics, which moves borders by their curvature (Merriman, Bence, Osher 1994, "Motion of multiple
    junctions: a level set approach", J. Comput. Phys. 112(2)).
    """
    person = classes > 0
    place, worn = box_of(person), np.unique(classes[person])
    smooth = classes.copy()
    if len(worn) > 1:
        shares = [cv2.GaussianBlur((classes[place] == index).astype(np.float32), (0, 0), FRINGE * torso_px) for index in worn]
        smooth[place] = np.where(person[place], worn[np.argmax(shares, 0)], 0)
    return smooth


def at_the_photos_edges(classes: np.ndarray, rgb: np.ndarray, torso_px: float) -> np.ndarray:
    """(H, W) int classes with the edges of hair, skin and bags before cloth drawn by the colours of both nearby: strand by strand.

    Normal distributions of Lab around each pixel, as local classifiers have them (Bai et al. 2009, "Video SnapCut", ACM TOG
    28(3)). Where both have the same colours the parsing's edge stays.
    """
    drawn, place = classes.copy(), box_of(classes > 0)
    if not (classes > 0).any():
        return drawn
    lab = cv2.cvtColor(rgb[place].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    for name, reach in EDGE.items():
        if (classes == CLASSES.index(name)).any():
            drawn[place] = _before_cloth(drawn[place], lab, CLASSES.index(name), reach * torso_px, AROUND * torso_px)
    return drawn


def _before_cloth(classes: np.ndarray, lab: np.ndarray, index: int, reach: float, around: float) -> np.ndarray:
    """(H, W) int classes with the edge of one of them before cloth anew; reach, around: pixels."""
    thing, cloth = classes == index, np.isin(classes, CLOTH)
    from_thing, from_cloth = distance_to(thing), distance_to(cloth)
    unclear = (thing | cloth) & (np.maximum(from_thing, from_cloth) < reach)
    surely = [thing & (from_cloth > reach / 2), cloth & (from_thing > reach / 2)]
    near = box_of(unclear, margin=round(4 * around))
    surely = [region[near] for region in surely]
    if not all(region.any() for region in (unclear, *surely)):
        return classes
    unclear = unclear[near] & (np.maximum(*map(distance_to, surely)) < 2 * reach)
    likelihood = [_log_likelihood(lab[near], region, around) for region in surely]
    odds = np.clip(likelihood[0] - likelihood[1], -MAX_ODDS, MAX_ODDS)
    odds += AT_THE_FAR_END * (from_cloth - from_thing)[near] / reach
    odds = cv2.GaussianBlur(odds, (0, 0), 1.0)
    x, y = np.moveaxis(nearest_known(~cloth[near]).astype(int), 2, 0)
    kept = np.where(unclear, odds > 0, thing[near])
    _, pieces = cv2.connectedComponents(kept.astype(np.uint8))
    crumbs = kept & unclear & ~thing[near] & ~pieces_in(pieces, thing[near] & ~unclear)
    drawn = classes.copy()
    drawn[near] = np.where(kept & ~crumbs, index, np.where(unclear, classes[near][y, x], classes[near]))
    return drawn


def _log_likelihood(lab: np.ndarray, region: np.ndarray, reach: float) -> np.ndarray:
    """(H, W) float32: of each pixel's colour under those of the region around it, up to a constant."""
    mean = local_mean(lab, region, reach)
    variance = np.maximum(local_mean(lab**2, region, reach) - mean**2, 0) + SPREAD**2
    return -((lab - mean) ** 2 / variance + np.log(variance)).sum(2) / 2
