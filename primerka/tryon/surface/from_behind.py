"""What a photo from the front cannot show of a person who turns their back: made from what hangs next to it."""

import cv2
import numpy as np

from primerka.body import BONE
from primerka.parsing import GARMENTS, SKIN
from primerka.person import Person
from primerka.tryon.surface.figure import Layer
from primerka.tryon.surface.fill import blend_fill, mirror_fill
from primerka.tryon.surface.underpaint import UNKNOWN_SKIN

NAPE = 0.8  # of the face's height: where short hair ends behind
UNDER_COATS = ("top", "dress", "skirt", "trousers", "shorts", "scarf", "neck", "other")
BARE = tuple(name for name in SKIN if name != "face")
SAME_CLOTH = 0.6  # of the hues: a coat and what is under it that share more are one garment
HUE_BIN = 5  # in Lab
LEAST_KNOWN = 50  # pixels of hair, skin or cloth that say what it looks like


def shown_face(source: Person) -> int:
    """How many pixels of the face the photo shows. From behind, hair is easily taken for one: only what has the skin's colour counts."""
    rgb = source.photo.rgb.astype(np.float32)
    face, hair, skin = (source.parsing.mask(*names) for names in (("face",), ("hair",), BARE))
    if hair.sum() < LEAST_KNOWN:
        hair = source.parsing.mask("hair", "hat")
    if hair.sum() < LEAST_KNOWN or not face.any():
        return int(face.sum())
    like_skin = np.median(rgb[skin], 0) if skin.sum() >= LEAST_KNOWN else UNKNOWN_SKIN
    face, like_hair, like_skin = (_lab(colours) for colours in (rgb[face], np.median(rgb[hair], 0), like_skin))
    return int((np.linalg.norm(face - like_skin, axis=1) < np.linalg.norm(face - like_hair, axis=1)).sum())


def _lab(rgb: np.ndarray) -> np.ndarray:
    """(..., 3) sRGB in 0..255 → (N, 3) Lab."""
    return cv2.cvtColor(np.float32(rgb).reshape(1, -1, 3) / 255, cv2.COLOR_RGB2LAB)[0]


def head_from_behind(layer: Layer, source: Person) -> Layer:
    """The head's hair goes on over the face, down to the nape; below it is skin, unless long hair hangs there."""
    hair, face, neck = (_cut(source, layer, *names) for names in (("hair", "hat"), ("face", "glasses"), ("neck",)))
    if hair.sum() < LEAST_KNOWN or not face.any():
        return layer
    inner = cv2.erode(hair.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    face = cv2.dilate(face.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    known = inner & ~face
    # Smooth: a mirrored fringe looks like another face.
    smooth = source.pose.torso_px / 20
    filled = cv2.GaussianBlur(mirror_fill(_colours(layer), ~(known if known.any() else hair)), (0, 0), smooth)
    rows = np.nonzero(face.any(1))[0]
    nape = round(rows[0] + NAPE * (rows[-1] - rows[0]))
    below = slice(nape, rows[-1] + 1)
    if neck.sum() >= LEAST_KNOWN and hair[below].sum() < (face | neck)[below].sum():
        skin = np.float32(np.median(source.photo.rgb[source.parsing.mask("neck")], 0))
        share = np.clip((np.arange(len(face)) - nape) / max(smooth, 1) + 0.5, 0, 1)[:, None, None]
        filled = np.rint(filled * (1 - share) + skin * share).astype(np.uint8)
    rgb = np.where(face[:, :, None], filled, _colours(layer))
    return Layer(layer.corner, np.dstack([rgb, layer.rgba[:, :, 3]]), layer.seen & ~face)


def trunk_from_behind(layer: Layer, source: Person) -> Layer:
    """An open coat is closed behind, and so is a neckline: the cloth goes on over the skin below the root of the neck."""
    return _closed_neckline(_closed_coat(layer, source), source)


def _closed_coat(layer: Layer, source: Person) -> Layer:
    """The coat goes on over all that shows between its two sides."""
    coat = _cut(source, layer, "outerwear")
    inner = cv2.erode(coat.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if inner.sum() < LEAST_KNOWN:
        return layer
    between = np.logical_or.accumulate(coat, 1) & np.logical_or.accumulate(coat[:, ::-1], 1)[:, ::-1] & ~inner
    between &= cv2.dilate(_cut(source, layer, *UNDER_COATS).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not between.any() or _alike(_colours(layer), inner, between) > SAME_CLOTH:
        return layer
    rgb = np.where(between[:, :, None], blend_fill(_colours(layer), ~inner, source.pose.torso_px), _colours(layer))
    return Layer(layer.corner, np.dstack([rgb, layer.rgba[:, :, 3]]), layer.seen & ~between, layer.slack)


def _alike(rgb: np.ndarray, one: np.ndarray, other: np.ndarray) -> float:
    """How much of two regions' hues is the same, in [0, 1]: the intersection of their histograms of Lab's a and b."""
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    edges = np.arange(-100, 101, HUE_BIN)
    shares = [np.histogram2d(*lab[region, 1:].T, bins=(edges, edges))[0] / region.sum() for region in (one, other)]
    return float(np.minimum(*shares).sum())


def _closed_neckline(layer: Layer, source: Person) -> Layer:
    skin, cloth = _cut(source, layer, "neck"), _cut(source, layer, *GARMENTS)
    skin &= _beginning_above(skin, int(source.body.bones[BONE["chest"], 1]) - layer.corner[1])
    beside = np.nonzero(cloth[:, skin.any(0)].any(1))[0]  # behind, a collar is as high as it is at the sides of the neck
    open_to = min(int(source.body.bones[BONE["neck"], 1]) - layer.corner[1], beside.min(initial=len(skin)))
    skin[: max(open_to, 0)] = False
    inner = cv2.erode(cloth.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    if inner.sum() < LEAST_KNOWN or not skin.any():
        return layer
    skin = cv2.dilate(skin.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    skin[: max(open_to, 0)] = False
    filled = blend_fill(_colours(layer), ~(inner & ~skin), source.pose.torso_px)
    rgb = np.where(skin[:, :, None], filled, _colours(layer))
    return Layer(layer.corner, np.dstack([rgb, layer.rgba[:, :, 3]]), layer.seen & ~skin, layer.slack)


def _beginning_above(mask: np.ndarray, row: int) -> np.ndarray:
    """(h, w) bool: the pieces of a mask that begin above a row; a bare belly is no neckline."""
    _, pieces = cv2.connectedComponents(mask.astype(np.uint8))
    return np.isin(pieces, np.setdiff1d(pieces[: max(row, 0)], 0))


def _colours(layer: Layer) -> np.ndarray:
    return np.ascontiguousarray(layer.rgba[:, :, :3])


def _cut(source: Person, layer: Layer, *names: str) -> np.ndarray:
    """The parsing's mask within the layer, (h, w) bool."""
    (x, y), (height, width) = layer.corner, layer.seen.shape
    return source.parsing.mask(*names)[y : y + height, x : x + width].copy()
