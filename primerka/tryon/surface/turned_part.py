"""A head or a foot that turns further than its picture can follow: what the photo shows of it, on the shape that it has."""

from dataclasses import replace

import cv2
import numpy as np

from primerka.body import Body
from primerka.parsing import GARMENTS
from primerka.perception.body_model import body_model
from primerka.perception.surface import see_surface, silhouette, visible_vertices
from primerka.person import Person
from primerka.tryon.surface.figure import FEET, HEAD, PARTS, Layer, bones_of, owners, twins
from primerka.tryon.surface.parts import Part
from primerka.tryon.surface.underpaint import spread
from primerka.tryon.surface.vertex_paint import draw_vertices

STANDS_OFF = 70  # percentile of how far hair and shoes stand off the body
FARTHEST_M = 0.05  # hair that stands off more hangs, a hat has a brim
BRIM = 0.1  # of the head: a hat that is larger than this where it is far off
CHIN_FADE = 0.15  # of the head's height
LEAST_KNOWN = 50  # vertices of the part that the photo must show


def turn_part(
    source: Person, part: Part, regions: dict[Part, np.ndarray], body: Body, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """(H, W, 3) float32 colours, (H, W) float32 alpha and how much of it is certain; None where too little of it is shown.

    regions  the source's pixels by part, as `figure.hang` finds them
    size     (height, width) of the target's photo

    A vertex that the photo shows has the photo's colour; another that of its twin on the other side; others that of their
    neighbours. Hair and shoes go beyond the body's shape as far as they do in the photo, and end where the part ends.
    """
    both_sides = FEET if part in FEET else (part,)
    region = np.logical_or.reduce([regions[one] for one in both_sides])
    region &= ~source.parsing.mask(*GARMENTS)  # the hem of trousers hangs on a foot, but says nothing of a shoe
    loose = region if part in FEET else source.parsing.mask("hair", "hat")
    paint = _paint(source, part, region, loose)
    if paint is None:
        return None
    colours, on_loose, shown = paint
    mine, alone = owners() == PARTS.index(part), see_surface(body, *size, bones_of(part))
    rgb, alpha = draw_vertices(body, alone, colours, mine)
    _, certain = draw_vertices(body, alone, colours, shown)
    off = _stands_off(source, both_sides, loose) * body.scale
    off_rgb, off_alpha = _grown(*draw_vertices(body, alone, colours, on_loose), off)
    beside = off_alpha * (1 - alpha)
    both = np.minimum(alpha + beside, 1)  # but for rounding it is no more
    mixed = (rgb * alpha[:, :, None] + off_rgb * beside[:, :, None]) / np.maximum(both, 1e-3)[:, :, None]
    return mixed, both, certain


def _paint(
    source: Person, part: Part, region: np.ndarray, loose: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """(V, 3) colours of the part's vertices; (V,) bool: those under hair or a shoe, and those that the photo shows.

    region, loose  (H, W) bool of the photo: what hangs on the part and on its twin; what of it stands off the body
    """
    mine, twin = owners() == PARTS.index(part), twins()
    height, width = region.shape
    x = np.clip(np.rint(source.body.vertices[:, 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(source.body.vertices[:, 1]).astype(int), 0, height - 1)
    inner = cv2.erode(region.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    shown = (mine | mine[twin]) & visible_vertices(source.body, source.surface) & inner[y, x]
    if shown.sum() < LEAST_KNOWN:
        return None
    smooth = cv2.GaussianBlur(source.photo.rgb, (0, 0), 0.6).astype(np.float32)
    painted = np.where(shown[:, None], np.dstack([smooth, loose])[y, x], 0).astype(np.float32)
    mirrored = mine & ~shown & shown[twin]
    painted[mirrored] = painted[twin[mirrored]]
    known = mine & (shown | mirrored)
    spread(body_model().template, painted, known, mine & ~known)
    return painted[:, :3], mine & (painted[:, 3] > 0.5), mine & shown


def wears_brim(source: Person) -> bool:
    """Whether there is a hat that the shape of the head says nothing of."""
    hat = source.parsing.mask("hat")
    head = silhouette(source.body, *hat.shape, bones_of(HEAD))
    off = cv2.distanceTransform((~head).astype(np.uint8), cv2.DIST_L2, 3) > FARTHEST_M * source.body.scale
    return bool((off & hat).sum() > BRIM * max(head.sum(), 1))


def hanging_hair(layer: Layer, source: Person) -> Layer:
    """The head's layer without all but the hair that hangs below the chin, which no shape of the head carries."""
    (x, y), (height, width) = layer.corner, layer.seen.shape
    head = source.body.vertices[owners() == PARTS.index(HEAD), 1]
    fade = CHIN_FADE * np.ptp(head)
    hair = source.parsing.mask("hair")[y : y + height, x : x + width].astype(np.float32)
    below = np.clip((np.arange(y, y + height) - head.max()) / fade + 1, 0, 1)[:, None]
    alpha = layer.rgba[:, :, 3] * cv2.GaussianBlur(hair, (0, 0), 0.8) * below
    return replace(layer, rgba=np.dstack([layer.rgba[:, :, :3], alpha.astype(np.uint8)]))


def _grown(rgb: np.ndarray, alpha: np.ndarray, by: float) -> tuple[np.ndarray, np.ndarray]:
    """Colours and alpha that go on beyond their outline by so many pixels, with a soft edge."""
    if by < 1:
        return rgb, alpha
    inside = (alpha > 0.5).astype(np.uint8)
    size = 2 * round(by) + 1
    grown = cv2.dilate(inside, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))).astype(np.float32)
    weight = cv2.GaussianBlur(alpha, (0, 0), by)
    beyond = cv2.GaussianBlur(rgb * alpha[:, :, None], (0, 0), by) / np.maximum(weight, 1e-3)[:, :, None]
    return np.where(inside[:, :, None] > 0, rgb, beyond), np.maximum(cv2.GaussianBlur(grown, (0, 0), max(by / 6, 0.8)), alpha)


def _stands_off(source: Person, parts: tuple[Part, ...], loose: np.ndarray) -> float:
    """How far hair or a shoe (H, W) bool stands off the body, metres."""
    bare = silhouette(source.body, *loose.shape, [bone for part in parts for bone in bones_of(part)])
    away = cv2.distanceTransform((~bare).astype(np.uint8), cv2.DIST_L2, 3)
    beside = away[loose & (away > 0) & (away < FARTHEST_M * source.body.scale)]
    return float(np.percentile(beside, STANDS_OFF)) / source.body.scale if len(beside) else 0.0
