"""Prepare a buyer once: what lies behind them and under their clothes."""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import find_objects

from primerka.body import BONE
from primerka.perception.nearby import box_of, distance_to, nearest_known
from primerka.perception.pieces import pieces_in
from primerka.perception.surface import see_surface
from primerka.person import Person
from primerka.tryon.surface.complete import complete
from primerka.tryon.surface.fill import blend_fill, level_fill, mirror_fill
from primerka.tryon.surface.parts import along_body
from primerka.tryon.surface.skin import paint_skin, smooth_normals

RIM_REACH = 0.1  # of the torso length
RIM_COLOUR = 12  # in Lab
AROUND, COMMON = 0.25, 0.05  # torso lengths around a piece of it: where so much of the background is of its colour, so is it
MIXED = 1 / 40  # torso lengths: how far the colours of what is taken off, and its shadow, reach into the skin beside it
HIGHEST_WAIST = -0.1  # torso lengths below the waist
HIPS = 0.3  # torso lengths below the waist: from there down a skirt need not follow the legs
COVERED = 0.6  # of a row of the body: so much of it is in cloth where a garment covers it
MIN_CLOTH = 0.02  # of the torso length squared: less of a garment than this does not say what it looks like
BACKGROUND_REACH = 0.03  # of the torso length
FINE, NEAR = 0.012, 0.3  # torso lengths: the finest detail of a background, and how far from the person it is looked for
BLURRED, SHARP = 1.3, 1.8  # grey levels of that detail: of what is plain or out of focus at most, of a street at least
FADE = 1 / 60  # torso lengths over which the photo's background passes into the invented one
BACKGROUND_MEETS = 0.12  # torso lengths from the photo, over which its mirror images pass into patches

LEG_BONES = [BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("thigh", "shin")]
ARM_BONES = [BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("upper_arm", "forearm", "hand")]
HANDS = [BONE["left_hand"], BONE["right_hand"]]


@dataclass(frozen=True)
class Buyer:
    """A person ready to be dressed.

    background    (H, W, 3) uint8, the photo with the person taken out
    rim           (H, W) uint8: at pixels around the person that have a label's colours, missed by the parsing, that label
    skin          (H, W, 3) uint8, the body's skin, which goes on beyond its edges
    facing        (H, W) float32: how much the body faces the camera, 1 straight on, less towards its edges, 0 further off
    legs_covered  the legs show legwear rather than skin
    arms, hands   (H, W) bool: where the naked arm or hand is the nearest surface
    trunk_legs    (H, W) bool: where pelvis and legs are, arms taken away
    along         (H, W) float, how far each pixel lies below the waist, in torso lengths
    """

    person: Person
    background: np.ndarray
    rim: np.ndarray
    skin: np.ndarray
    facing: np.ndarray
    legs_covered: bool
    arms: np.ndarray
    hands: np.ndarray
    trunk_legs: np.ndarray
    along: np.ndarray

    @property
    def unit(self) -> float:
        """Torso length in pixels, the measure of all widths here."""
        return self.person.pose.torso_px


def _rim(person: Person) -> np.ndarray:
    """Buyer.rim: background beside the person whose colour is the person's rather than that of the background further out,
    and the label of the nearest pixel that is surely the person's.
    """
    labels, unit = person.parsing.labels, person.pose.torso_px
    edge = max(round(unit / 60), 2)
    inner = cv2.erode((labels > 0).astype(np.uint8), np.ones((2 * edge + 1, 2 * edge + 1), np.uint8)) > 0
    if not inner.any():
        return np.zeros_like(labels)
    lab = cv2.cvtColor(cv2.GaussianBlur(person.photo.rgb, (0, 0), 1.0).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    outside = cv2.distanceTransform((labels == 0).astype(np.uint8), cv2.DIST_L2, 3)
    far = outside > RIM_REACH * unit
    x, y = np.moveaxis(nearest_known(~inner).astype(int), 2, 0)
    from_person = np.linalg.norm(lab - lab[y, x], axis=2)
    # Shadow on a white sleeve is as grey as a wall: what differs as little from the background further out is background.
    alike = (from_person < RIM_COLOUR) & (from_person < 0.6 * _from_nearest(lab, far))
    near = (outside > 0) & ~far
    _, patches = cv2.connectedComponents((near & alike).astype(np.uint8))
    beside = cv2.dilate((labels > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    missed = pieces_in(patches, beside)
    return np.where(missed & ~_common(missed, lab, far, unit), labels[y, x], 0)


def _common(missed: np.ndarray, lab: np.ndarray, far: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) bool: the pieces of a mask whose colour much of the background around them has, (H, W) bool."""
    _, pieces = cv2.connectedComponents(missed.astype(np.uint8))
    common, margin = np.zeros(pieces.max(initial=0) + 1, bool), round(AROUND * unit)
    for number, (rows, columns) in enumerate(find_objects(pieces), 1):
        around = tuple(slice(max(side.start - margin, 0), side.stop + margin) for side in (rows, columns))
        own = np.median(lab[rows, columns][pieces[rows, columns] == number], 0)
        colours = lab[around][far[around]]
        common[number] = (np.linalg.norm(colours - own, axis=1) < RIM_COLOUR).sum() > COMMON * len(colours)
    return common[pieces]


def _from_nearest(lab: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(H, W) float: how much each pixel's colour differs from that of the nearest known one."""
    if not known.any():
        return np.zeros(known.shape)
    x, y = np.moveaxis(nearest_known(~known).astype(int), 2, 0)
    return np.linalg.norm(lab - lab[y, x], axis=2)


def behind(rgb: np.ndarray, hole: np.ndarray, unit: float) -> np.ndarray:
    """(H, W, 3) uint8: what lies behind a person: pieces of what is beside them, or, where that is plain or out of focus, what is as
    smooth: a piece of a lamp would be a second lamp.

    hole  (H, W) bool
    unit  the torso length in pixels
    """
    fine = np.abs(rgb - cv2.GaussianBlur(rgb.astype(np.float32), (0, 0), max(FINE * unit, 1.0)))
    away = distance_to(hole)
    near = fine[(away > 3 * FINE * unit) & (away < NEAR * unit)]  # the person's own edge is left out
    share = np.clip((near.mean() - BLURRED) / (SHARP - BLURRED), 0, 1) if near.size else 1.0
    smooth = level_fill(rgb, hole) if share < 1 else rgb
    pieces = complete(rgb, hole, blend_fill(rgb, hole, BACKGROUND_REACH * unit), unit, BACKGROUND_MEETS) if share > 0 else rgb
    return np.rint(smooth + share * (pieces.astype(np.float32) - smooth)).astype(np.uint8)


def prepare_buyer(person: Person) -> Buyer:
    height, width = person.photo.height, person.photo.width
    unit = person.pose.torso_px
    margin = max(round(unit / 30), 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * margin + 1, 2 * margin + 1))
    rim = _rim(person)
    anybody = (person.parsing.alpha > 0.1) | (person.parsing.labels > 0) | (rim > 0)
    hole = cv2.dilate(anybody.astype(np.uint8), kernel) > 0
    background = behind(person.photo.rgb, hole, unit)
    normals = smooth_normals(person)
    skin = paint_skin(person, normals)
    x, y = np.moveaxis(nearest_known(person.surface.part < 0).astype(int), 2, 0)
    skin = skin[y, x]
    legwear = person.parsing.mask("legwear")
    bare = person.parsing.mask("left_leg", "right_leg").sum()
    legs_covered = bool(legwear.sum() > max(bare, 0.08 * unit**2))
    if legs_covered:
        legs = see_surface(person.body, height, width, LEG_BONES).part >= 0
        skin = np.where(legs[:, :, None], mirror_fill(person.photo.rgb, ~legwear), skin)
    return Buyer(
        person,
        background,
        rim,
        skin,
        np.clip(-normals[:, :, 2], 0, 1),
        legs_covered,
        person.surface.mask(ARM_BONES),
        person.surface.mask(HANDS),
        see_surface(person.body, height, width, [*LEG_BONES, BONE["pelvis"], BONE["abdomen"]]).part >= 0,
        along_body(person),
    )


def enough(mask: np.ndarray, buyer: Buyer) -> bool:
    """Whether a mask of a garment shows so much of it that it says what the rest is like."""
    return bool(mask.sum() > MIN_CLOTH * buyer.unit**2)


def grown(mask: np.ndarray, buyer: Buyer, reach: float) -> np.ndarray:
    """The mask dilated by `reach` torso lengths."""
    pixels = max(round(reach * buyer.unit), 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    wider, place = np.zeros(mask.shape, bool), box_of(mask, margin=pixels)
    if mask.any():
        wider[place] = cv2.dilate(mask[place].astype(np.uint8), kernel) > 0
    return wider


def along_at(buyer: Buyer, *joints: str) -> float:
    """How far below the waist joints lie in the mean, in torso lengths; negative above it."""
    places = np.rint(buyer.person.body.bones[[BONE[joint] for joint in joints], :2]).astype(int)
    x, y = np.clip(places, 0, np.array(buyer.along.shape[::-1]) - 1).T
    return float(buyer.along[y, x].mean())
