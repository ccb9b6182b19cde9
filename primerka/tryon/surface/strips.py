"""Where the fitted body has the border between two legs, or between an arm and the trunk, a little off: strips of cloth along the one
that are the other's.
"""

import cv2
import numpy as np

from primerka.perception.pieces import pieces_of_rows
from primerka.tryon.surface.between import between

LEAST_GAP = 0.1  # torso lengths that the street is seen between two legs
OTHERS = 0.25  # of the cloth on one side of it: with more of it on the other leg it is no gap between them
STRIP = 0.25  # of a sleeve's row without a gap: less of it is a strip on the trunk
CUFF = 0.25  # of a sleeve: a cuff is smaller


def on_the_other_leg(legs: tuple[np.ndarray, np.ndarray], street: np.ndarray, crotch: int, unit: float) -> list[np.ndarray]:
    """(H, W) bool for each leg: the cloth on it that is the other's. The street between two legs parts them; above it, and between two gaps,
    where they touch, a line from the crotch to it, or from gap to gap, does. Where they cross it says nothing.

    legs    (H, W) bool each: the cloth on either leg
    street  (H, W) bool: what is nothing of the person
    crotch  the row in which the legs begin
    """
    rows, columns = np.indices(street.shape)
    cloth = legs[0] | legs[1]
    _, gaps, stats, _ = cv2.connectedComponentsWithStats((street & between(cloth, axis=1)).astype(np.uint8))
    line = np.full(len(street), np.nan)
    order = None
    for gap in sorted(range(1, len(stats)), key=lambda gap: -stats[gap, cv2.CC_STAT_HEIGHT]):
        if stats[gap, cv2.CC_STAT_HEIGHT] < LEAST_GAP * unit:
            break
        there = gaps == gap
        here = there.any(1)
        middle = (there * columns).sum(1) / np.maximum(there.sum(1), 1)
        before, behind = ((cloth & here[:, None] & side) for side in (columns < middle[:, None], columns > middle[:, None]))
        shares = [[(leg & side).sum() / max(side.sum(), 1) for leg in legs] for side in (before, behind)]
        found = next((pair for pair in ((0, 1), (1, 0)) if min(shares[0][pair[0]], shares[1][pair[1]]) > 1 - OTHERS), None)
        if found is None:
            continue
        if order not in (None, found):
            return [np.zeros_like(street)] * 2
        order = found
        line = np.where(here & np.isnan(line), middle, line)
    if order is None:
        return [np.zeros_like(street)] * 2
    first, second = (legs[leg] for leg in order)
    known = np.flatnonzero(~np.isnan(line))
    ends = [np.flatnonzero(leg[crotch]) for leg in (first, second)]
    if crotch < known[0] and all(len(end) for end in ends) and np.median(ends[0]) < np.median(ends[1]):
        known = np.insert(known, 0, crotch)
        line[crotch] = np.sort(np.concatenate(ends))[len(ends[0])]  # as much lies before it as the first leg has
    line = np.interp(rows[:, 0], known, line[known], left=np.nan, right=np.nan)[:, None]
    wrong = first & (columns > line), second & (columns < line)
    return [wrong[order.index(leg)] for leg in range(2)]


def along_a_sleeve(trunk: np.ndarray, sleeve: np.ndarray, middle: np.ndarray, at_hand: np.ndarray) -> np.ndarray:
    """(H, W) bool: of the cloth on the trunk, what is a sleeve's: its cuff, which hangs on it alone, at the hand, and above that a strip along it,
    less than STRIP of the sleeve's row, and not on the trunk's middle. What goes on further down is half of an open coat.

    trunk, sleeve    (H, W) bool: the cloth on them
    middle, at_hand  (H, W) bool: of the trunk, and where the hand is nearer than the trunk
    """
    rows = pieces_of_rows(trunk | sleeve)
    own, others, inside = (np.bincount(rows[mask], minlength=rows.max() + 1) for mask in (trunk, sleeve, middle))
    strips = trunk & ((own < STRIP * (own + others)) & (inside == 0))[rows]
    _, pieces = cv2.connectedComponents(strips.astype(np.uint8))
    _, parts, stats, _ = cv2.connectedComponentsWithStats((trunk & ~strips).astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA]
    held = np.isin(np.arange(len(areas)), parts[cv2.dilate((sleeve | strips).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0])
    cuffs = held & (np.bincount(parts[at_hand], minlength=len(areas)) > 0.5 * areas) & (areas < CUFF * sleeve.sum())
    cuffs[0] = False
    below = np.vstack([np.zeros_like(strips[:1]), strips[:-1]])
    go_on = np.unique(pieces[:-1][(trunk & ~strips & ~cuffs[parts] & below)[1:]])
    return strips & ~np.isin(pieces, go_on) | cuffs[parts]
