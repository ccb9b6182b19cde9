"""Which limb a piece of skin is of, where the nearest part of the body misleads: hands before the trunk and thighs, torn trousers."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.nearby import distance_to
from primerka.perception.pieces import at_the_edge, outline_shares
from primerka.surface import Surface

ARMS, LEGS = ([LABEL[f"{side}_{limb}"] for side in ("left", "right")] for limb in ("arm", "leg"))
HANDS = [[BONE[f"{side}_{bone}"] for bone in ("forearm", "hand")] for side in ("left", "right")]
HAND_NEAR = 0.08  # torso lengths off a fitted hand or forearm that its skin may lie
HAND = 0.05  # of the torso length squared, which a hand is not larger than
SLEEVED = [LABEL[name] for name in ("top", "outerwear", "left_arm", "right_arm")]
COLLARS = [LABEL[name] for name in ("top", "outerwear", "dress", "scarf")]
MIXED = 1 / 60  # torso lengths
LIPS = 0.7  # of a mouth's width, around its middle
WORN_LOW = [LABEL[name] for name in ("skirt", "dress", "trousers", "shorts")]
TOUCHING, ENCLOSED = 0.1, 0.7  # of the outline of a hand that hangs from a sleeve before a skirt or trousers
AMONG, ABOVE = 0.8, 0.05  # of the outline of bare skin in trousers, but for background: trousers all around, and right below
ALIKE = 0.5  # of how far their colour is from the face's: so near to the trousers' it is theirs
MOST_OPEN = 0.5  # of its outline that may be background


def told_apart(labels: np.ndarray, rgb: np.ndarray, surface: Surface, torso_px: float) -> np.ndarray:
    """(H, W) uint8 labels in which hands that were taken for trunk or legs are arms, and skin that trousers enclose is trousers."""
    return _without_holes(_hands_from_sleeves(_hands_on_thighs(_hands_on_the_body(labels, surface, torso_px), torso_px)), rgb)


def chins_without_collars(labels: np.ndarray, nose: float, mouth: np.ndarray, torso_px: float) -> np.ndarray:
    """(H, W) uint8 labels in which the rim of a chin at a collar is neck: its colours are mixed with the collar's, and a face stays as it
    is whatever is put on.

    nose   its row: above it sleeves and hoods touch a face, and leave it alone
    mouth  (2, 2) its corners, pixels: lips are no neck, however high the collar
    """
    rows = np.arange(len(labels))[:, None]
    below = (labels == LABEL["face"]) & (rows > nose)
    if not below.any():
        return labels
    mixed = below & (distance_to(np.isin(labels, COLLARS) & (rows > nose)) <= MIXED * torso_px)
    (x, y), columns = mouth.mean(0), np.arange(labels.shape[1])
    mixed &= np.hypot(columns - x, rows - y) > LIPS * np.linalg.norm(mouth[0] - mouth[1])
    return np.where(mixed, LABEL["neck"], labels).astype(np.uint8)


def _hands_on_the_body(labels: np.ndarray, surface: Surface, torso_px: float) -> np.ndarray:
    """Of a piece of skin that lies on the trunk or the legs, but mostly where the fitted hands and forearms are, nothing is trunk or leg."""
    skin = np.isin(labels, [LABEL["neck"], *LEGS])
    count, pieces = cv2.connectedComponents(skin.astype(np.uint8))
    away = np.stack([distance_to(surface.mask(bones)) for bones in HANDS])
    near = skin & (away.min(0) < HAND_NEAR * torso_px)
    of_hands, all_pixels = (np.bincount(pieces[mask], minlength=count) for mask in (near, skin))
    hands = skin & (of_hands > 0.5 * all_pixels)[pieces]
    return np.where(hands, np.array(ARMS, np.uint8)[away.argmin(0)], labels)


def _hands_on_thighs(labels: np.ndarray, torso_px: float) -> np.ndarray:
    """Fingers of a hand before the thigh, which is nearest to them, are the arm's: of a piece of skin that is mostly arm no part is leg,
    but for what is larger than a hand or goes on beyond the picture.
    """
    on_legs = np.isin(labels, LEGS)
    skin = cv2.dilate((np.isin(labels, ARMS) | on_legs).astype(np.uint8), np.ones((3, 3), np.uint8))
    count, pieces = cv2.connectedComponents(skin)
    areas = np.stack([np.bincount(pieces[labels == arm], minlength=count) for arm in ARMS])
    of_arm = np.maximum(*areas) > 2 * np.bincount(pieces[on_legs], minlength=count)
    of_arm[0] = False
    _, of_legs = cv2.connectedComponents(on_legs.astype(np.uint8))
    hand = np.bincount(of_legs.ravel()) < HAND * torso_px**2
    fingers = on_legs & of_arm[pieces] & hand[of_legs] & ~np.isin(of_legs, at_the_edge(of_legs))
    labels = labels.copy()
    labels[fingers] = np.array(ARMS, np.uint8)[areas.argmax(0)][pieces[fingers]]
    return labels


def _hands_from_sleeves(labels: np.ndarray) -> np.ndarray:
    """A piece of leg that hangs from a sleeve before other cloth is a hand, of whose arm little shows."""
    labels = labels.copy()
    for arm, leg in zip(ARMS, LEGS):
        pieces, (sleeve, lower) = outline_shares(labels == leg, np.isin(labels, SLEEVED), np.isin(labels, WORN_LOW))
        labels[((sleeve > TOUCHING) & (lower > TOUCHING) & (sleeve + lower > ENCLOSED))[pieces]] = arm
    return labels


def _without_holes(labels: np.ndarray, rgb: np.ndarray) -> np.ndarray:
    """Legs with trousers all around are trousers, if those go on right below, torn, or of the skin's colour in the sun, or if the legs have
    their colour rather than the face's.
    """
    bare, trousers = np.isin(labels, LEGS), labels == LABEL["trousers"]
    below = trousers & np.vstack([np.zeros_like(bare[:1]), bare[:-1]])
    pieces, (around, nothing, under) = outline_shares(bare, trousers, labels == 0, below)
    holes = (nothing < MOST_OPEN) & (around > AMONG * (1 - nothing))
    if holes.any():
        lab, face = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), labels == LABEL["face"]
        areas = np.maximum(np.bincount(pieces.ravel()), 1)
        colours = np.stack([np.bincount(pieces.ravel(), channel.ravel()) / areas for channel in cv2.split(lab)], 1)
        from_trousers, from_face = (
            np.linalg.norm(colours - np.median(lab[mask], 0), axis=1) if mask.any() else 0.0 for mask in (trousers, face)
        )
        holes &= (under > ABOVE) | (from_trousers < ALIKE * from_face)
    return np.where(holes[pieces], np.uint8(LABEL["trousers"]), labels)
