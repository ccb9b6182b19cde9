"""Sleeves under raised arms."""

from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from primerka.body import BONE
from primerka.tryon.surface.armpits import with_armpits
from primerka.tryon.surface.drape import Drape
from primerka.tryon.surface.parts import SLEEVES, TORSO

UNIT = 100.0
SHOULDER, ELBOW = (150, 60), (210, 100)
CLOTH, WRONG = (40, 120, 70), (200, 0, 200)


def _body(elbow):
    bones = np.zeros((len(BONE), 3), np.float32)
    bones[BONE["neck"], :2], bones[BONE["pelvis"], :2] = (120, 50), (120, 150)
    for side, sign in (("left", 1), ("right", -1)):
        bones[BONE[f"{side}_upper_arm"], :2] = 120 + sign * (SHOULDER[0] - 120), SHOULDER[1]
        bones[BONE[f"{side}_forearm"], :2] = 120 + sign * (elbow[0] - 120), elbow[1]
    return SimpleNamespace(bones=bones)


def _dressed(elbow=(170, 110), parts=(TORSO, *SLEEVES[:2])):
    """A buyer with raised arms, and a garment of a model whose elbows are there."""
    buyer = SimpleNamespace(person=SimpleNamespace(body=_body(ELBOW)), unit=UNIT)
    cloth = SimpleNamespace(alpha=dict.fromkeys(parts), garment=SimpleNamespace(model=SimpleNamespace(body=_body(elbow))))
    alpha = np.zeros((240, 320), np.uint8)
    alpha[45:160, 90:152] = 1
    cv2.line(alpha, SHOULDER, (190, 87), 1, 26)
    cv2.line(alpha, (165, 85), (175, 125), 1, 4)  # a rag, and what hangs on it
    cv2.circle(alpha, (176, 130), 8, 1, -1)
    alpha = alpha.astype(np.float32)
    rgb = np.where(alpha[:, :, None] > 0, np.uint8(CLOTH), np.uint8(WRONG))
    nothing = np.zeros_like(alpha)
    return Drape(rgb, alpha, rgb.copy(), nothing, rgb.copy(), nothing, ()), buyer, cloth


def test_rags_go_and_the_corner_is_cloth():
    new, buyer, cloth = _dressed()
    mended = with_armpits(new, buyer, cloth)
    assert new.alpha[110:138, 165:185].max() == 1 and mended.alpha[105:145, 160:190].max() < 0.05
    corner = np.s_[81:83, 153:155]
    assert new.alpha[corner].max() == 0 and mended.alpha[corner].min() > 0.9 and (mended.rgb[corner] == CLOTH).all()
    kept = np.s_[60:150, 95:145]
    assert (mended.alpha[kept] == 1).all() and (mended.rgb[kept] == new.rgb[kept]).all()
    assert (mended.alpha[:58] == new.alpha[:58]).all() and mended.alpha[70:85, 160:180].mean() > 0.9


def test_rags_of_sleeves_before_the_trunk_go_too():
    new, buyer, cloth = _dressed()
    sleeve = np.where(np.arange(320) > 152, new.alpha, 0).astype(np.float32)
    new = replace(new, alpha=new.alpha - sleeve, sleeve_alpha=sleeve, all_sleeves_alpha=sleeve)
    mended = with_armpits(new, buyer, cloth)
    assert max(mended.sleeve_alpha[105:145, 160:190].max(), mended.all_sleeves_alpha[105:145, 160:190].max()) < 0.05


@pytest.mark.parametrize("different", [{"elbow": ELBOW}, {"parts": (TORSO,)}], ids=["as raised", "sleeveless"])
def test_otherwise_nothing_changes(different):
    new, buyer, cloth = _dressed(**different)
    assert with_armpits(new, buyer, cloth) is new
