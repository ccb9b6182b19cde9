"""The plain face of somebody whom the photo shows from behind."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.perception.surface import see_surface, silhouette
from primerka.tryon.repose import load_reposer
from primerka.tryon.surface.painted_face import MARKS, paint_face

SKIN = np.float32([200, 160, 140])
SIZE = (400, 300)


def _turned(make_body, degrees: float):
    angles = np.zeros((len(BONE), 3))
    angles[BONE["pelvis"], 1] = np.radians(degrees)
    body = make_body(angles, scale=900.0, shift=(150.0, 850.0))
    return body, see_surface(body, *SIZE)


def test_the_face_lies_on_the_head_and_is_mostly_skin(make_body):
    body, surface = _turned(make_body, 0)
    rgb, alpha = paint_face(body, surface, SKIN)
    head = silhouette(body, *SIZE, [BONE["head"], BONE["neck"]])
    assert rgb.shape == (*SIZE, 3) and alpha.shape == SIZE and rgb.dtype == alpha.dtype == np.float32
    assert alpha.min() >= 0 and alpha.max() <= 1 and 0.3 * head.sum() < (alpha > 0.5).sum() < 0.9 * head.sum()
    assert alpha[~head].max() < 0.6  # its soft edge
    middle = np.median(rgb[alpha > 0.9], 0)
    assert np.abs(middle / SKIN - np.mean(middle / SKIN)).max() < 0.08


def test_lips_are_red_and_brows_dark(make_body):
    body, surface = _turned(make_body, 0)
    rgb, alpha = paint_face(body, surface, SKIN)
    inside = alpha > 0.9
    ys = np.nonzero(inside)[0]
    upper = inside & (np.arange(SIZE[0]) < ys.min() + 0.5 * np.ptp(ys))[:, None]
    lower = inside & ~upper
    redness = rgb[:, :, 0] / np.maximum(rgb[:, :, 1], 1)
    plain = float(SKIN[0] / SKIN[1])
    assert redness[lower].max() > 1.3 * plain
    assert rgb[upper].sum(1).min() < 0.6 * np.median(rgb[upper].sum(1))
    assert "lips" in MARKS and "brows" in MARKS


@pytest.mark.parametrize(("degrees", "least", "most"), [(60, 0.3, 0.95), (180, 0.0, 0.01)])
def test_a_head_that_turns_away_shows_less_of_it(make_body, degrees, least, most):
    whole, turned = (paint_face(*_turned(make_body, angle), SKIN)[1].sum() for angle in (0, degrees))
    assert least * whole <= turned <= most * whole


def test_who_is_seen_from_behind_gets_a_face_that_is_not_certain(buyer, product):
    reposer = load_reposer("surface")
    body = product.body
    around = body.bones.mean(0) * (2, 0, 2)

    def turned(points):
        return (around + points * (-1, 1, -1)).astype(points.dtype)

    behind = replace(body, vertices=turned(body.vertices), bones=turned(body.bones))
    misread = replace(product, body=behind, surface=see_surface(behind, *product.photo.rgb.shape[:2]))
    labels = np.where(product.parsing.mask("face"), LABEL["hair"], product.parsing.labels).astype(product.parsing.labels.dtype)
    from_behind = replace(misread, parsing=replace(product.parsing, labels=labels))
    plain, painted = reposer.repose(product, buyer), reposer.repose(from_behind, buyer)
    assert not any("painted" in warning for warning in reposer.repose(misread, buyer).warnings)
    assert any("a plain one is painted" in warning for warning in painted.warnings)
    assert not any("painted" in warning for warning in plain.warnings)
    rgb = product.photo.rgb.copy()
    rgb[product.parsing.mask("face")] = np.median(rgb[product.parsing.mask("hair")], 0)
    hair_read_as_face = replace(misread, photo=replace(product.photo, rgb=rgb))
    assert any("a plain one is painted" in warning for warning in reposer.repose(hair_read_as_face, buyer).warnings)
    face = buyer.parsing.mask("face")
    assert plain.certain[face].mean() > 0.8 and painted.certain[face].mean() < 0.3
