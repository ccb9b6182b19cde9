"""The street that is seen between two legs, and between an arm and the trunk: the network takes a narrow gap for cloth."""

import cv2
import numpy as np
from scipy.spatial import cKDTree

from primerka.body import BONE, Body
from primerka.parsing import LABEL
from primerka.perception.nearby import box_of, distance_to
from primerka.perception.pieces import pieces_in
from primerka.surface import Surface

# In torso lengths.
BESIDE = (0.03, 0.3)  # how far from the person the street is looked at
BAND = 0.35  # rows that have the same street and the same cloth
BELOW_PELVIS = 0.15  # where the gap between legs begins
BELOW_SHOULDER, BELOW_WRIST = 0.1, 0.1  # where that beside an arm begins and ends
SMALLEST = 0.006  # of a gap, of the torso length squared
SPECK = 0.001  # of what may be a gap at all, likewise …
ENOUGH = 0.05  # … and of a garment that says by itself what its cloth is like
RIM, THIN_RIM = 0.04, 0.015  # around a gap, and a narrow one, where its colours and the cloth's are mixed
# In Lab.
LIKE = 12.0  # as far a colour of the gap is from some of the street at most …
UNLIKE = (2.0, 8.0)  # … and so many times that, and so much more, from those of the cloth
SOME, SAMPLES = 5, 1000  # colours that are alike, of so many
ON_TRUNKS = [LABEL[name] for name in ("top", "outerwear", "dress")]


def seen_through(labels: np.ndarray, rgb: np.ndarray, body: Body, surface: Surface, unit: float) -> np.ndarray:
    """(H, W) bool: pixels labelled trousers or shorts between the middles of both legs, or top, outerwear or dress between an arm and the
    trunk, that have colours of the street beside the person at the same height, and none of the cloth elsewhere. Beside a sleeve only
    where a gap that was found goes on.

    labels (H, W) of parsing.LABEL; rgb (H, W, 3) uint8; unit: the torso length in pixels
    """
    known, legs = labels == 0, _between_legs(body, labels.shape, unit)
    trousers = np.isin(labels, [LABEL["trousers"], LABEL["shorts"]])
    worn, trunk = np.isin(labels, ON_TRUNKS), _trunk(body, labels.shape)
    found = _street(labels, rgb, trousers & legs, trousers & ~legs, known & legs, SMALLEST, unit)
    bare, sleeved = (_beside_arms(labels, body, surface, skin, unit) & ~trunk for skin in (True, False))
    found |= _street(labels, rgb, worn & bare, worn & trunk, known & bare, SMALLEST, unit)
    # A sleeve's other half is surely cloth, too. A white shirt under a coat is like a white wall: the coat is not.
    surely = worn & ~(bare | sleeved)
    for garment in ON_TRUNKS:
        own = surely & (labels == garment)
        cloth = own if own.sum() > ENOUGH * unit**2 else surely
        found |= _street(labels, rgb, sleeved & (labels == garment), cloth, known & sleeved, np.inf, unit)
    return found


def _street(
    labels: np.ndarray, rgb: np.ndarray, doubtful: np.ndarray, cloth: np.ndarray, known: np.ndarray, least: float, unit: float
) -> np.ndarray:
    """(H, W) bool: the gaps in what is doubtful, by the colours of the street and of what is surely cloth.

    known  (H, W) bool: gaps that were found, which may go on
    least  of the torso length squared: how large others are
    """
    found = np.zeros(labels.shape, bool)
    if doubtful.sum() < SPECK * unit**2:
        return found
    place = box_of(doubtful | cloth, margin=round(BESIDE[1] * unit))
    labels, doubtful, cloth = labels[place], doubtful[place], cloth[place]
    blurred, sharp = (
        cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
        for picture in (cv2.GaussianBlur(rgb[place], (0, 0), 1.0), rgb[place])
    )
    away = distance_to(labels > 0) / unit
    street = (away > BESIDE[0]) & (away < BESIDE[1])
    cloth = cv2.erode((cloth | doubtful).astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool) & cloth
    gap, thin, rim = np.zeros(labels.shape, np.uint8), np.zeros(labels.shape, bool), np.zeros(labels.shape, bool)
    rows, band = np.flatnonzero(doubtful.any(1)), max(round(BAND * unit), 8)
    for top in range(rows[0], rows[-1] + 1, band):
        here, around = slice(top, top + band), slice(max(top - band // 2, 0), top + band + band // 2)
        for lab, like in ((sharp, thin), (blurred, gap)):
            samples = (lab[around][mask[around]] for mask in (street, cloth))
            from_street, from_cloth = (_distance(lab[here][doubtful[here]], some) for some in samples)
            like[here][doubtful[here]] = (from_street < LIKE) & (from_cloth > UNLIKE[0] * from_street + UNLIKE[1])
        rim[here][doubtful[here]] = from_street < from_cloth
    gap = _large(gap, least, unit) & doubtful
    thin = _going_on(thin, gap | known[place])
    found[place] = gap | thin | rim & ((distance_to(gap) < RIM * unit) | (distance_to(thin) < THIN_RIM * unit))
    return found


def _large(gap: np.ndarray, least: float, unit: float) -> np.ndarray:
    """(H, W) bool: the pieces of a mask, (H, W) uint8, that are large, and whole."""
    for operation in (cv2.MORPH_CLOSE, cv2.MORPH_OPEN):
        gap = cv2.morphologyEx(gap, operation, np.ones((3, 3), np.uint8))
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(gap)
    large = stats[:, cv2.CC_STAT_AREA] >= least * unit**2
    large[0] = False
    return large[pieces]


def _going_on(thin: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(H, W) bool: where a gap that is known goes on, however narrow."""
    # Gaps run along limbs; specks and stripes are cloth.
    thin = cv2.morphologyEx(thin.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 1), np.uint8)) > 0
    _, pieces = cv2.connectedComponents((thin | known).astype(np.uint8))
    return thin & pieces_in(pieces, known)


def _between_legs(body: Body, shape: tuple[int, int], unit: float) -> np.ndarray:
    lines = (_line(body, f"{side}_thigh", f"{side}_shin", f"{side}_foot", height=shape[0]) for side in ("left", "right"))
    rows = np.arange(shape[0])[:, None]
    return _between(*lines, shape[1]) & (rows > body.bones[BONE["pelvis"], 1] + BELOW_PELVIS * unit)


def _trunk(body: Body, shape: tuple[int, int]) -> np.ndarray:
    """(H, W) bool: between the lines from shoulder to hip of both sides."""
    return _between(
        *(_line(body, f"{side}_upper_arm", f"{side}_thigh", height=shape[0]) for side in ("left", "right")), shape[1]
    )


def _beside_arms(labels: np.ndarray, body: Body, surface: Surface, bare: bool, unit: float) -> np.ndarray:
    """(H, W) bool: between the middle of an arm and the line from shoulder to hip; of arms that show more skin than cloth, or of others."""
    height, width = labels.shape
    beside, rows = np.zeros(labels.shape, bool), np.arange(height)[:, None]
    for side in ("left", "right"):
        arm = [f"{side}_{bone}" for bone in ("upper_arm", "forearm", "hand")]
        seen = labels[surface.mask([BONE[bone] for bone in arm[:2]])]
        skin, sleeve = (seen == LABEL[f"{side}_arm"]).sum(), np.isin(seen, ON_TRUNKS).sum()
        if not skin + sleeve or (skin > sleeve) != bare:
            continue
        ends = body.bones[[BONE[arm[0]], BONE[arm[2]]], 1]
        high = (rows > ends.min() + BELOW_SHOULDER * unit) & (rows < ends.max() + BELOW_WRIST * unit)
        flank = _line(body, f"{side}_upper_arm", f"{side}_thigh", height=height)
        beside |= high & _between(_line(body, *arm, height=height), flank, width)
    return beside


def _line(body: Body, *bones: str, height: int) -> np.ndarray:
    """(H, 1) the column in each row of a line through the joints at which bones begin."""
    joints = body.bones[[BONE[bone] for bone in bones], :2]
    joints = joints[np.argsort(joints[:, 1])]
    return np.interp(np.arange(height), joints[:, 1], joints[:, 0])[:, None]


def _between(one: np.ndarray, other: np.ndarray, width: int) -> np.ndarray:
    columns = np.arange(width)
    return (columns > np.minimum(one, other)) & (columns < np.maximum(one, other))


def _distance(colours: np.ndarray, samples: np.ndarray) -> np.ndarray:
    """(N,) how far each of the colours (N, 3) is from some of the samples (M, 3); nothing is near where there are none."""
    samples = samples[:: max(len(samples) // SAMPLES, 1)]
    if len(samples) < SOME or not len(colours):
        return np.full(len(colours), np.inf)
    return cKDTree(samples).query(colours, SOME)[0][:, -1]
