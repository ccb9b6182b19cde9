"""Prepare a buyer once: what lies behind them and under their clothes."""

from dataclasses import dataclass

import cv2
import numpy as np

from primerka.body import BONE
from primerka.perception.surface import see_surface
from primerka.person import Person
from primerka.tryon.surface.fill import mirror_fill
from primerka.tryon.surface.parts import along_body
from primerka.tryon.surface.skin import paint_skin

_LEGS = [BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("thigh", "shin")]
_ARMS = [BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("upper_arm", "forearm", "hand")]
_HANDS = [BONE["left_hand"], BONE["right_hand"]]


@dataclass(frozen=True)
class Buyer:
    """A person ready to be dressed.

    background    (H, W, 3) uint8, the photo with the person taken out
    skin          (H, W, 3) uint8, the body's skin, where there is body
    legs_covered  the legs show legwear rather than skin
    arms, hands   (H, W) bool: where the naked arm or hand is the nearest surface
    trunk_legs    (H, W) bool: where pelvis and legs are, arms taken away
    along         (H, W) float, how far each pixel lies below the waist, in torso lengths
    """

    person: Person
    background: np.ndarray
    skin: np.ndarray
    legs_covered: bool
    arms: np.ndarray
    hands: np.ndarray
    trunk_legs: np.ndarray
    along: np.ndarray

    @property
    def unit(self) -> float:
        """Torso length in pixels, the measure of all widths here."""
        return self.person.pose.torso_px


def prepare_buyer(person: Person) -> Buyer:
    height, width = person.photo.height, person.photo.width
    unit = person.pose.torso_px
    margin = max(round(unit / 30), 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * margin + 1, 2 * margin + 1))
    anybody = (person.parsing.alpha > 0.1) | (person.parsing.labels > 0)
    background = mirror_fill(person.photo.rgb, cv2.dilate(anybody.astype(np.uint8), kernel) > 0)
    skin = paint_skin(person)
    legwear = person.parsing.mask("legwear")
    bare = person.parsing.mask("left_leg", "right_leg").sum()
    legs_covered = bool(legwear.sum() > max(bare, 0.08 * unit**2))
    if legs_covered:
        legs = see_surface(person.body, height, width, _LEGS).part >= 0
        skin = np.where(legs[:, :, None], mirror_fill(person.photo.rgb, ~legwear), skin)
    return Buyer(
        person,
        background,
        skin,
        legs_covered,
        person.surface.mask(_ARMS),
        person.surface.mask(_HANDS),
        see_surface(person.body, height, width, [*_LEGS, BONE["pelvis"], BONE["abdomen"]]).part >= 0,
        along_body(person),
    )
