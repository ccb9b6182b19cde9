"""Prepare a garment once: its cloth, part by part, as layers that can be warped onto anybody."""

from dataclasses import dataclass

import cv2
import numpy as np

from primerka.body import BONE
from primerka.person import Garment
from primerka.tryon.surface.cloth_colours import cloth_colours
from primerka.tryon.surface.hidden_cloth import enclosed_by_cloth, hidden_cloth, under_the_top
from primerka.tryon.surface.hidden_limbs import hidden_legs
from primerka.tryon.surface.parts import LEGS, LOWER, SLEEVES, Part, along_body, assign_parts, without_sleeves
from primerka.tryon.surface.seams import with_seams
from primerka.tryon.surface.symmetry import hidden_half

UNEVEN = 1 / 45  # torso lengths: what is finer on an outline is the parsing's, not the garment's …
MIN_STRAP = 0.003  # … but for thin pieces of so much of the torso length squared
STEP, SHOWS, FEW = 0.02, 0.8, 0.2  # torso lengths; of a step down the body; of the widest step


@dataclass(frozen=True)
class Cloth:
    """A garment ready to be put on.

    rgb         (H, W, 3) uint8: the garment's colours, continued under whatever covered it and beyond its outline
    trunk_rgb   (H, W, 3) uint8: the same for all but sleeves, with the trunk's cloth where those lie before it; rgb itself where none do
    alpha       part → (H, W) uint8: where the part has cloth, soft at the outline
    sleeveless  the parts of arms that it is seen to leave bare
    zones       the parts of the body that the garment dresses at all: "upper", "lower"
    begins      how far below the waist the product photo begins to show most of it, torso lengths
    filled      fraction of the cloth that was hidden in the product photo and is guessed
    """

    garment: Garment
    rgb: np.ndarray
    trunk_rgb: np.ndarray
    alpha: dict[Part, np.ndarray]
    sleeveless: tuple[Part, ...]
    zones: frozenset[str]
    begins: float
    filled: float

    @property
    def category(self) -> str:
        return self.garment.category


def prepare_cloth(garment: Garment) -> Cloth:
    """Split the garment into parts, continue it where arms, hair or a bag hide it, and soften its outline."""
    model = garment.model
    unit = model.pose.torso_px
    assigned = assign_parts(garment)
    regions = dict(assigned)
    hidden = np.zeros_like(garment.mask)
    sleeves = np.logical_or.reduce([hidden, *(assigned[part] for part in SLEEVES if part in assigned)])
    for part in regions:
        behind = hidden_cloth(garment, part, regions[part], sleeves)
        if garment.category in LOWER:
            behind |= under_the_top(garment, part)
        regions[part] = regions[part] | behind
        hidden |= behind & ~garment.mask
    for part, behind in (*hidden_legs(garment, assigned).items(), *hidden_half(garment, assigned).items()):
        regions[part] = regions[part] | behind
        hidden |= behind
    for part, inside in enclosed_by_cloth(regions, model).items():
        regions[part] = regions[part] | inside
        hidden |= inside
    whole = _even(np.logical_or.reduce(list(regions.values())), unit) & ~_gaps(regions, model.parsing.labels == 0)
    soft = cv2.GaussianBlur(whole.astype(np.float32), (0, 0), max(unit / 150, 0.8))
    outline = np.clip(2 * soft - 0.5, 0, 1)
    alpha = {}
    for part, region in regions.items():
        if region.sum() < 0.0005 * unit**2:
            continue
        layer = (255 * outline * with_seams(part, region, assigned, model)).astype(np.uint8)
        if layer.max() > 127:  # or even outlines have left nothing of it
            alpha[part] = layer
    sleeveless = () if garment.category in LOWER else tuple(without_sleeves(model))
    hidden &= whole
    begins = _begins(along_body(model), garment.mask, hidden)
    filled = float(hidden.sum() / max(whole.sum(), 1))
    nothing = np.zeros_like(garment.mask)
    trunk = np.logical_or.reduce([nothing, *(layer > 0 for part, layer in alpha.items() if part not in SLEEVES)])
    colours = cloth_colours(garment, whole, hidden, trunk, sleeves)
    return Cloth(garment, *colours, alpha, sleeveless, _zones(garment, whole), begins, filled)


def _begins(along: np.ndarray, shown: np.ndarray, hidden: np.ndarray) -> float:
    """Cloth.begins: the first step down the body, of which the cloth shows at all, of which SHOWS shows; a few pixels are none."""
    steps = np.floor(along / STEP).astype(int)
    first = steps[shown].min()
    seen, behind = (np.bincount(steps[cloth & (steps >= first)] - first) for cloth in (shown, hidden & ~shown))
    behind = np.append(behind, np.zeros_like(seen))[: len(seen)]
    whole = (seen >= SHOWS * (seen + behind)) & (seen > FEW * seen.max())
    return float(STEP * (first + np.argmax(whole)))


def _even(whole: np.ndarray, unit: float) -> np.ndarray:
    """(H, W) bool: the cloth with smooth outlines; straps and other thin pieces as they are."""
    sigma = UNEVEN * unit
    size = 2 * max(round(sigma), 1) + 1
    broad = cv2.morphologyEx(whole.astype(np.uint8), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    _, pieces, stats, _ = cv2.connectedComponentsWithStats((whole & (broad == 0)).astype(np.uint8))
    thin = stats[:, cv2.CC_STAT_AREA] > MIN_STRAP * unit**2
    thin[0] = False
    return (cv2.GaussianBlur(whole.astype(np.float32), (0, 0), sigma) > 0.5) | thin[pieces]


def _gaps(regions: dict[Part, np.ndarray], street: np.ndarray) -> np.ndarray:
    """(H, W) bool: the street that is seen between two limbs, or a limb and the trunk, however narrow."""
    limbs = np.zeros(street.shape, np.uint8)
    for part, region in regions.items():
        limb = 1 if part not in (*SLEEVES, *LEGS) else 2 + 2 * (part in LEGS) + part.name.startswith("left")
        limbs[region] = limb

    def before(limbs: np.ndarray) -> np.ndarray:
        last = np.maximum.accumulate(np.where(limbs > 0, np.arange(limbs.shape[1]), 0), 1)
        return np.take_along_axis(limbs, last, 1)

    left, right = before(limbs), before(limbs[:, ::-1])[:, ::-1]
    return street & (limbs == 0) & (left > 0) & (right > 0) & (left != right)


def _zones(garment: Garment, whole: np.ndarray) -> frozenset[str]:
    """Which halves of the trunk the garment covers: a dress under a coat may show its skirt alone."""
    surface = garment.model.surface
    zones = {"upper": ("chest", "abdomen"), "lower": ("pelvis", "left_thigh", "right_thigh")}
    covered = set()
    for zone, bones in zones.items():
        body = surface.mask([BONE[bone] for bone in bones])
        if (body & whole).sum() > 0.3 * body.sum():
            covered.add(zone)
    return frozenset(covered)
