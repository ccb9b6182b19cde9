"""What somebody wears: garments of a wardrobe that go together, at random."""

from dataclasses import dataclass

import numpy as np

from primerka.datasets.dressed_bodies.cut import FAR, UNCUT, Cut
from primerka.datasets.dressed_bodies.fabrics import made_up_fabric, random_colour
from primerka.datasets.dressed_bodies.wardrobe import FABRIC_PIXELS, Piece, Wardrobe

# How far layers lie above the body, in metres of depth: what is further out wins where meshes touch.
_INNER, _LOWER, _UPPER, _OUTERMOST, _COAT = 0.002, 0.004, 0.008, 0.012, 0.03
_OVERLAP = 0.03  # metres that a tucked top goes on under what it is tucked into


@dataclass(frozen=True)
class Worn:
    """A piece as somebody wears it: the label it carries, its fabric (128, 128, 3) sRGB, and how it is cut and hangs.

    lift   metres that it wins over what it lies on: the order of layers
    ease   metres that it stands off further than its mesh; flare: metres more for each knee's length down
    waves  metres that a skirt's folds go in and out at the hem
    tuck   metres that a top is drawn in at its lower edge, to end inside what it is tucked into
    """

    piece: Piece
    label: str
    tile: np.ndarray
    size: float
    mirror: bool
    cut: Cut = UNCUT
    lift: float = 0.004
    ease: float = 0.0
    flare: float = 0.0
    waves: float = 0.0
    tuck: float = 0.0
    folds: float = 0.3
    gloss: float = 0.01


def random_outfit(wardrobe: Wardrobe, split: str, female: bool, random: np.random.Generator) -> list[Worn]:
    """From the inside out; fabrics of the split."""
    kinds = ("trousers", "shorts", "skirt", "dress")
    below = str(random.choice(kinds, p=(0.46, 0.10, 0.16, 0.28) if female else (0.82, 0.18, 0.0, 0.0)))
    coat = _outerwear(wardrobe, split, random) if random.random() < 0.22 else []
    if below == "dress":
        worn = _dress(wardrobe, split, female, random)
    else:
        worn = _two_pieces(wardrobe, split, female, below, bool(coat), random)
    return worn + coat + _footwear(wardrobe, random)


def _dress(wardrobe: Wardrobe, split: str, female: bool, random: np.random.Generator) -> list[Worn]:
    """The upper half is a top that ends in the lower half, which is a skirt of the same cloth."""
    fabric = _fabric(wardrobe, split, random)
    waist = random.uniform(-0.30, -0.22)
    sleeve = pick(random, (FAR, 1.0, 0.5, 0.35, 0.08, 0.05))
    cut = Cut(arm=sleeve, bottom=waist + _OVERLAP, **_neckline(random))
    top = Worn(_choose_top(wardrobe, female, random), "dress", **fabric, cut=cut, lift=_INNER, tuck=0.002)
    cut = Cut(leg=random.uniform(0.4, 1.85), top=waist)
    return [top, Worn(wardrobe.kind("skirt")[0], "dress", **fabric, cut=cut, lift=_OUTERMOST, **_swing(random))]


def _two_pieces(
    wardrobe: Wardrobe, split: str, female: bool, below: str, under_coat: bool, random: np.random.Generator
) -> list[Worn]:
    """A top, over or in trousers, shorts or a skirt."""
    tucked = below == "skirt" or random.random() < 0.3
    if below == "skirt":
        lower, waist = wardrobe.kind("skirt")[0], random.uniform(-0.27, -0.20)
        shape = {"cut": Cut(leg=random.uniform(0.25, 1.6), top=waist), **_swing(random)}
    else:
        lower = _choose(wardrobe.kind("trousers"), female, random)
        waist = float(lower.mean[:, 1].min()) + 0.02
        leg = random.uniform(0.3, 0.9) if below == "shorts" else pick(random, (FAR, FAR, FAR, 1.8, 1.55))
        shape = {"cut": Cut(leg=leg), "flare": max(0.0, random.normal(0.0, 0.02)), "ease": random.uniform(0.0, 0.006)}
    cropped = female and random.random() < 0.15
    bottom = waist + _OVERLAP if tucked else random.uniform(-0.33, -0.24) if cropped else FAR
    sleeve = pick(random, (FAR, FAR, FAR, FAR, 1.45, 1.0, 0.55, 0.35, 0.08))
    cut = Cut(arm=sleeve, bottom=bottom, **_neckline(random))
    hang = {"ease": random.uniform(0.0, 0.003 if tucked or under_coat else 0.012), "tuck": 0.012 if tucked else 0.0}
    top = Worn(_choose_top(wardrobe, female, random), "top", **_fabric(wardrobe, split, random), cut=cut, lift=_UPPER, **hang)
    cloth = _fabric(wardrobe, split, random)
    return [top, Worn(lower, below, **cloth, lift=_OUTERMOST if tucked else _LOWER, **shape)]


def _outerwear(wardrobe: Wardrobe, split: str, random: np.random.Generator) -> list[Worn]:
    """A jacket or an open top with long sleeves; a skirt of the same cloth makes a coat of it."""
    long = [piece for piece in wardrobe.kind("top") if piece.limb[:, 0].max() > 1.6]
    upper = [pieces for pieces in (wardrobe.kind("outerwear"), long) if pieces]
    if not upper:
        return []
    gap = {"open": random.uniform(0.015, 0.06), "open_more": random.uniform(0.0, 0.10)}
    fabric = _fabric(wardrobe, split, random) | {"lift": _COAT}
    ease = random.uniform(0.010, 0.018)
    worn = [Worn(pick(random, pick(random, upper)), "outerwear", **fabric, ease=ease, cut=Cut(**gap))]
    if random.random() < 0.35:
        cut = Cut(leg=random.uniform(0.4, 1.4), top=-0.24, **gap)
        worn.append(Worn(wardrobe.kind("skirt")[0], "outerwear", **fabric, ease=0.014, flare=0.05, cut=cut))
    return worn


def _footwear(wardrobe: Wardrobe, random: np.random.Generator) -> list[Worn]:
    shoes = wardrobe.kind("shoes")
    if not shoes or random.random() < 0.04:
        return []
    colour = random_colour(random) if random.random() < 0.5 else np.array([1, 1, 1]) * pick(random, (24, 40, 235))
    worn = [Worn(pick(random, shoes), "left_shoe", **_plain(colour), lift=0.003, folds=0.04, gloss=random.uniform(0.01, 0.12))]
    socks = wardrobe.kind("socks")
    if socks and random.random() < 0.3:
        grey = np.array([1, 1, 1]) * pick(random, (30, 60, 235))
        worn.append(Worn(socks[0], "legwear", **_plain(grey), lift=0.001, folds=0.1))
    return worn


def pick(random: np.random.Generator, options):
    return options[int(random.integers(len(options)))]


def _choose(pieces: list[Piece], female: bool, random: np.random.Generator) -> Piece:
    """More often than not of their own gender's cut."""
    own = [piece for piece in pieces if piece.gender in ("any", "female" if female else "male")]
    return pick(random, own if own and random.random() < 0.55 else pieces)


def _choose_top(wardrobe: Wardrobe, female: bool, random: np.random.Generator) -> Piece:
    """One that reaches the hips: shorter ones are cut from it."""
    return _choose([piece for piece in wardrobe.kind("top") if piece.mean[:, 1].max() > -0.16], female, random)


def _swing(random: np.random.Generator) -> dict:
    return {"flare": random.uniform(0.0, 0.17), "waves": random.uniform(0.0, 0.017)}


def _neckline(random: np.random.Generator) -> dict:
    if random.random() < 0.4:
        return {}
    pointed = float(random.random() < 0.45)
    return {"neck": random.uniform(0.03, 0.12), "neck_width": random.uniform(0.05, 0.095), "pointed": pointed}


def _fabric(wardrobe: Wardrobe, split: str, random: np.random.Generator) -> dict:
    folds, cloths = random.uniform(0.22, 0.52), wardrobe.fabrics[split]
    if len(cloths) and random.random() < 0.55:
        return {"tile": pick(random, cloths), "size": random.uniform(0.24, 0.42), "mirror": True, "folds": folds}
    return {"tile": made_up_fabric(random), "size": random.uniform(0.14, 0.40), "mirror": False, "folds": folds}


def _plain(colour: np.ndarray) -> dict:
    tile = np.broadcast_to(np.clip(colour, 0, 255).astype(np.uint8), (FABRIC_PIXELS, FABRIC_PIXELS, 3))
    return {"tile": tile, "size": 0.3, "mirror": False}
