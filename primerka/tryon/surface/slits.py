"""A new garment between the buyer's arms and trunk: where they lie against each other no slit opens."""

from dataclasses import replace

import cv2
import numpy as np

from primerka.body import BONE
from primerka.perception.nearby import box_of
from primerka.perception.pieces import pieces_of_rows
from primerka.tryon.surface.buyer import Buyer
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.fill import mirror_fill

SLIT, WIDEST = 0.12, 0.24  # torso lengths: what is wider, and closed below that, shows what is behind
LOW = 0.04  # torso lengths: what is less high is a step in an outline
NO_STREET = 0.9  # of a slit's row that is the buyer in their photo


def without_slits(new: Drape, buyer: Buyer) -> Drape:
    """A garment whose trunk goes on up to its sleeves, where only a slit is between them and the photo has no street there."""
    cover, sleeves = new.whole_alpha > 0.5, new.all_sleeves_alpha > 0.5
    rows = pieces_of_rows(~cover)
    count = rows.max(initial=0) + 1
    width = np.bincount(rows.ravel(), minlength=count)
    buyers = np.bincount(rows.ravel(), (buyer.person.parsing.labels > 0).ravel(), minlength=count)
    beside = {name: _beside(rows, mask, count) for name, mask in (("sleeve", sleeves), ("trunk", cover & ~sleeves))}
    between = beside["sleeve"][0] & beside["trunk"][1] | beside["sleeve"][1] & beside["trunk"][0]
    found = between & (buyers > NO_STREET * width)
    found[_in_the_middle(rows, buyer)] = False  # a coat's opening
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(round(SLIT / 2 * buyer.unit), 1) + 1,) * 2)
    gap = found[rows] & ~cover
    _, pieces = cv2.connectedComponents(gap.astype(np.uint8))
    below = np.vstack([np.zeros_like(gap[:1]), ~(gap | cover)[1:] & gap[:-1]])  # there a piece goes on as something else
    open_below = np.unique(pieces[:-1][below[1:]])
    closed = (pieces > 0) & ~np.isin(pieces, open_below) & (width < WIDEST * buyer.unit)[rows]
    slit = gap & (closed | (cv2.morphologyEx(cover.astype(np.uint8), cv2.MORPH_CLOSE, disc) > 0))
    line = np.ones((2 * round(LOW / 2 * buyer.unit) + 1, 1), np.uint8)
    slit = cv2.morphologyEx(slit.astype(np.uint8), cv2.MORPH_OPEN, line) > 0
    known = (new.alpha > 0.95) & ~sleeves
    if not (slit.any() and known.any()):
        return new
    under = cv2.dilate(slit.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0  # under soft edges, too
    place, rgb = box_of(cover, margin=2), new.rgb.copy()
    filled = mirror_fill(new.rgb[place], ~known[place])
    rgb[place] = np.where((under & ~known)[place][:, :, None], filled, rgb[place])
    whole = np.clip(2 * cv2.GaussianBlur((cover | slit).astype(np.float32), (0, 0), 1.0) - 0.5, 0, 1)
    return replace(new, rgb=rgb, alpha=np.where(under, np.maximum(new.alpha, whole), new.alpha))


def _in_the_middle(rows: np.ndarray, buyer: Buyer) -> np.ndarray:
    """The pieces of rows, (H, W) int, on the line from the neck to the pelvis, and what that goes on to above and below: (n,) int."""
    neck, pelvis = (buyer.person.body.bones[BONE[bone], :2] for bone in ("neck", "pelvis"))
    (x0, y0), (x1, y1) = sorted((neck, pelvis), key=lambda joint: joint[1])
    lines = np.arange(len(rows))
    columns = np.rint(np.interp(lines, (y0, max(y1, y0 + 1)), (x0, x1))).astype(int)
    return np.unique(rows[lines, np.clip(columns, 0, rows.shape[1] - 1)])


def _beside(rows: np.ndarray, mask: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Which of the pieces of rows, (H, W) int up to count, have a mask, (H, W) bool, on their left, and on their right: (count,) bool each."""
    left, right = np.zeros(count, bool), np.zeros(count, bool)
    left[rows[:, 1:][mask[:, :-1]]] = True
    right[rows[:, :-1][mask[:, 1:]]] = True
    return left, right
