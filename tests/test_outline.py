"""The outlines by which garments are carried, on made-up bodies."""

import numpy as np
import pytest

from primerka.body import BONE, BONES, Body
from primerka.tryon.surface.outline import SKIRT_NARROWEST, SKIRT_WIDEST, limb_outline, skirt_outline, trunk_outline
from primerka.tryon.surface.parts import LEGS, SLEEVES


def _turned(bone: str, angle: float, axis: int) -> np.ndarray:
    angles = np.zeros((len(BONES), 3))
    angles[BONE[bone], axis] = angle
    return angles


def _widths(outline: np.ndarray) -> np.ndarray:
    return np.linalg.norm(outline[:, 1] - outline[:, 2], axis=1)


@pytest.mark.parametrize("part", [*SLEEVES, *LEGS], ids=lambda part: part.name)
def test_a_limb_is_as_wide_as_a_limb(make_body, part):
    outline = limb_outline(make_body(scale=100.0), part)  # pixels are centimetres
    assert outline.shape == (9, 3, 2)
    low, high = (4, 15) if part in SLEEVES else (6, 26)
    assert ((_widths(outline) > low) & (_widths(outline) < high)).all(), _widths(outline)


def test_the_axis_lies_between_the_two_sides(make_body):
    for outline in (trunk_outline(make_body()), skirt_outline(make_body()), limb_outline(make_body(), LEGS[0])):
        one, other = outline[:, 1] - outline[:, 0], outline[:, 2] - outline[:, 0]
        assert ((one * other).sum(1) < 0).all()


def test_the_trunk_goes_from_the_neck_to_the_hips(make_body):
    body = make_body()
    outline = trunk_outline(body)
    np.testing.assert_allclose(outline[0, 0], body.bones[BONE["neck"], :2], atol=0.5)
    assert (np.diff(outline[:, 0, 1]) > 0).all()
    assert 25 < _widths(outline)[-1] < 45  # hips, centimetres


def test_an_outline_moves_and_grows_with_the_picture(make_body):
    body, other = make_body(scale=100.0), make_body(scale=250.0, shift=(30.0, -7.0))
    for outline in (trunk_outline, skirt_outline, lambda body: limb_outline(body, SLEEVES[0])):
        np.testing.assert_allclose(outline(other), 2.5 * outline(body) + [30, -7], atol=1e-2)


def test_a_limb_that_points_at_the_camera_has_no_outline(make_body):
    # The arms of the resting body hang; turned by a right angle about x or y they point forward or back.
    body = make_body()
    span = body.bones[BONE["left_forearm"]] - body.bones[BONE["left_upper_arm"]]
    forward = _aimed(body, BONE["left_upper_arm"], span)
    assert limb_outline(body, SLEEVES[0]) is not None
    assert limb_outline(forward, SLEEVES[0]) is None


def _aimed(body: Body, bone: int, span: np.ndarray) -> Body:
    """The body with one bone's end moved straight behind its start."""
    bones = body.bones.copy()
    bones[bone + 1] = bones[bone] + [0, 0, np.linalg.norm(span)]
    return Body(body.vertices, bones.astype(np.float32), body.shape, body.scale)


def test_a_skirt_is_neither_narrower_nor_much_wider_than_the_hips(make_body):
    apart = np.zeros((len(BONES), 3))
    apart[BONE["left_thigh"], 2], apart[BONE["right_thigh"], 2] = -0.6, 0.6
    together = -0.12 * np.sign(apart)
    for angles in (apart, -apart, together):
        widths = _widths(skirt_outline(make_body(angles)))
        assert (widths > (SKIRT_NARROWEST - 0.01) * widths[0]).all() and (widths < (SKIRT_WIDEST + 0.01) * widths[0]).all()
    stretched = max(_widths(skirt_outline(make_body(angles)))[-1] for angles in (apart, -apart))
    assert stretched > 1.3 * _widths(skirt_outline(make_body()))[-1]
