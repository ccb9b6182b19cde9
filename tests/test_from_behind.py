"""What a photo from the front lacks of a person who turns their back."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from primerka.body import BONE
from primerka.parsing import LABEL
from primerka.photo import Photo
from primerka.tryon.surface.figure import HEAD, Silhouettes, cut_out, hang
from primerka.tryon.surface.from_behind import head_from_behind, trunk_from_behind
from primerka.tryon.surface.parts import TORSO


@pytest.fixture(scope="module")
def layers(buyer):
    regions = hang(buyer)
    alone = Silhouettes(buyer.body, *buyer.photo.rgb.shape[:2])
    return {part: cut_out(buyer, regions, part, alone) for part in (HEAD, TORSO)}


def _within(buyer, layer, *names):
    (x, y), (height, width) = layer.corner, layer.seen.shape
    return buyer.parsing.mask(*names)[y : y + height, x : x + width]


def _colour(rgb, mask):
    return np.median(rgb[mask].reshape(-1, 3), 0)


@pytest.mark.parametrize("long", [False, True])
def test_a_head_from_behind_has_hair_above_and_skin_below_unless_it_is_long(buyer, layers, long):
    layer, labels = layers[HEAD], buyer.parsing.labels.copy()
    below = np.nonzero(buyer.parsing.mask("face").any(1))[0]
    below = slice(below[0] + len(below) // 2, below[-1])
    columns = np.nonzero(buyer.parsing.mask("face").any(0))[0]
    beside = np.r_[columns[0] - 20 : columns[0], columns[-1] + 1 : columns[-1] + 21]
    labels[below, beside] = LABEL["hair"] if long else 0
    buyer = replace(buyer, parsing=replace(buyer.parsing, labels=labels))
    behind = head_from_behind(layer, buyer)
    face, hair = (_within(buyer, layer, name) for name in ("face", "hair"))
    rows = np.nonzero(face.any(1))[0]
    middle = face.copy()
    middle[: rows[len(rows) // 5]] = middle[rows[len(rows) // 2] :] = False
    chin = face.copy()
    chin[: rows[9 * len(rows) // 10]] = False
    rgb = behind.rgba[:, :, :3].astype(float)
    hair_colour, skin = (
        _colour(buyer.photo.rgb, buyer.parsing.mask("hair")),
        _colour(buyer.photo.rgb, buyer.parsing.mask("neck")),
    )

    def nearer_hair(mask):
        found = _colour(rgb, mask)
        return np.linalg.norm(found - hair_colour) < np.linalg.norm(found - skin)

    assert hair.sum() > 50 and np.linalg.norm(hair_colour - skin) > 40
    assert nearer_hair(middle) and nearer_hair(chin) == long
    assert not behind.seen[face].any()
    away = ~binary_dilation(face | _within(buyer, layer, "glasses"), np.ones((5, 5)))
    assert np.array_equal(behind.rgba[:, :, 3], layer.rgba[:, :, 3]) and np.array_equal(behind.rgba[away], layer.rgba[away])


def test_a_neckline_is_closed_behind(buyer, layers):
    layer = layers[TORSO]
    behind = trunk_from_behind(layer, buyer)
    root = int(buyer.body.bones[BONE["neck"], 1]) - layer.corner[1]
    skin = _within(buyer, layer, "neck").copy()
    above = skin.copy()
    above[root - 3 :] = skin[: root + 1] = False
    assert skin.sum() > 20
    cloth_colour = _colour(buyer.photo.rgb, buyer.parsing.mask("top", "dress", "outerwear"))
    skin_colour = _colour(buyer.photo.rgb, buyer.parsing.mask("neck"))
    for rgba, closed in ((layer.rgba, False), (behind.rgba, True)):
        found = _colour(rgba[:, :, :3].astype(float), skin)
        assert (np.linalg.norm(found - cloth_colour) < np.linalg.norm(found - skin_colour)) == closed
    assert np.array_equal(behind.rgba[above], layer.rgba[above]) and not behind.seen[skin].any() and layer.seen[skin].any()
    assert behind.slack == layer.slack


def test_an_open_coat_is_closed_behind(buyer, layers):
    layer, labels = layers[TORSO], buyer.parsing.labels.copy()
    rgba, (x, y), (height, width) = layer.rgba.copy(), layer.corner, layer.seen.shape
    trunk = layer.seen & _within(buyer, layer, "top", "dress", "outerwear")
    columns = np.arange(width)
    left, right = np.percentile(np.nonzero(trunk)[1], (35, 65))
    inside = trunk & ((columns > left) & (columns < right))
    labels[y : y + height, x : x + width][trunk] = LABEL["outerwear"]
    labels[y : y + height, x : x + width][inside] = LABEL["top"]
    rgba[trunk, :3], rgba[inside, :3] = (20, 120, 40), (20, 121, 40)
    buyer = replace(buyer, parsing=replace(buyer.parsing, labels=labels))
    one_garment = trunk_from_behind(replace(layer, rgba=rgba), buyer)
    assert (one_garment.rgba[inside] == rgba[inside]).all(1).mean() > 0.9  # which the parsing took for two
    rgba[inside, :3] = 240, 240, 240
    behind = trunk_from_behind(replace(layer, rgba=rgba), buyer)
    between = (
        inside
        & binary_dilation(trunk & (columns <= left)[None], np.ones((1, width)))
        & binary_dilation(trunk & (columns >= right)[None], np.ones((1, width)))
    )
    assert between.sum() > 0.5 * inside.sum() > 100
    assert np.abs(_colour(behind.rgba[:, :, :3].astype(float), between) - (20, 120, 40)).max() < 10
    assert behind.seen[between].mean() < 0.05 and layer.seen[between].all()


def test_a_bare_belly_is_no_neckline(buyer, layers):
    layer, labels = layers[TORSO], buyer.parsing.labels.copy()
    ys, xs = np.nonzero(buyer.parsing.mask("top", "dress", "outerwear"))
    belly = (
        slice(int(np.percentile(ys, 70)), int(np.percentile(ys, 90))),
        slice(int(np.percentile(xs, 40)), int(np.percentile(xs, 60))),
    )
    labels[belly] = LABEL["neck"]
    bare = replace(buyer, parsing=replace(buyer.parsing, labels=labels))
    behind, plain = trunk_from_behind(layer, bare), trunk_from_behind(layer, buyer)
    (x, y), inside = layer.corner, tuple(slice(side.start + 4, side.stop - 4) for side in belly)
    inside = slice(inside[0].start - y, inside[0].stop - y), slice(inside[1].start - x, inside[1].stop - x)
    assert layer.rgba[inside].size and np.array_equal(behind.rgba[inside], plain.rgba[inside]) and behind.seen[inside].all()


def test_a_hat_is_not_drawn_down(buyer, layers):
    layer, labels, rgb = layers[HEAD], buyer.parsing.labels.copy(), buyer.photo.rgb.copy()
    rows = np.nonzero(buyer.parsing.mask("face").any(1))[0]
    hat = buyer.parsing.mask("hair") & (np.arange(len(labels)) < rows[0] + len(rows) // 4)[:, None]
    labels[hat], rgb[hat] = LABEL["hat"], (250, 20, 20)
    rgba = layer.rgba.copy()
    (x, y), (height, width) = layer.corner, layer.seen.shape
    within = hat[y : y + height, x : x + width]
    rgba[within, :3] = 250, 20, 20
    hatted = replace(buyer, parsing=replace(buyer.parsing, labels=labels), photo=Photo(rgb))
    behind = head_from_behind(replace(layer, rgba=rgba), hatted)
    untouched = within & ~binary_dilation(_within(buyer, layer, "face", "glasses"), np.ones((7, 7)))
    assert untouched.sum() > 50 and (behind.rgba[untouched, :3] == (250, 20, 20)).all()


def test_a_neckline_below_a_necklace_is_closed(buyer, layers):
    layer, labels = layers[TORSO], buyer.parsing.labels.copy()
    neck = buyer.parsing.mask("neck")
    row = int(buyer.body.bones[BONE["neck"], 1]) + 2
    labels[row : row + 3][neck[row : row + 3]] = LABEL["other"]
    adorned = replace(buyer, parsing=replace(buyer.parsing, labels=labels))
    below = _within(adorned, layer, "neck").copy()
    below[: row + 5 - layer.corner[1]] = False
    assert below.sum() > 20 and not trunk_from_behind(layer, adorned).seen[below].any()
