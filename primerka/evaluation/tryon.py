"""Measure try-on: random pairs (does every card come out?) and the mirrored self-test (how much of a garment survives?).

Mirrored self-test: a photo and its mirror image show the same person. The garment is cut from the mirror image and put
back on the person; inside the garment the look should be the photo. The mirror image changes sides, so that nothing of
the way from one body to the other is trivial.
"""

import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
from tqdm import tqdm

from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.errors import Refused, WeightsMissing
from primerka.metrics.lpips import lpips
from primerka.metrics.similarity import psnr, ssim
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.photo import Photo, read_photo
from primerka.tryon.engine import load_engine

SEED = 0


def evaluate_tryon(root: Path, pairs: int = 500, engine: str = "surface") -> dict:
    samples = list(read_clothing_co_parsing(root))
    return {
        "random_pairs": _random_pairs([s.path for s in samples], pairs, engine),
        "mirrored": _mirrored([s.path for s in samples if s.held_out], engine),
    }


def _random_pairs(paths: list[Path], pairs: int, engine: str) -> dict:
    tailor = load_engine(engine)
    chooser = random.Random(SEED)
    looks, refusals, categories, card_ms, broken = 0, Counter(), Counter(), [], 0
    for _ in tqdm(range(pairs), desc="pairs", disable=None):
        buyer_path, product_path = chooser.sample(paths, 2)
        try:
            person = analyse(read_photo(buyer_path))
            garment = find_garment(analyse(read_photo(product_path)))
        except WeightsMissing:
            raise
        except Refused as refusal:
            refusals[refusal.code] += 1
            continue
        buyer, cloth = tailor.prepare_buyer(person), tailor.prepare_garment(garment)
        start = time.perf_counter()
        look = tailor.dress(buyer, [cloth])
        card_ms.append(1000 * (time.perf_counter() - start))
        untouched = ~look.changed | person.parsing.mask("face")
        broken += not np.array_equal(look.rgb[untouched], person.photo.rgb[untouched])
        looks += 1
        categories[garment.category] += 1
    return {
        "pairs": pairs,
        "looks": looks,
        "looks_percent": round(100 * looks / max(pairs, 1), 2),
        "refusals": dict(refusals),
        "categories": dict(categories),
        "looks_with_a_face_or_unchanged_pixel_altered": broken,
        "card_ms_median": round(float(np.median(card_ms)), 1) if card_ms else None,
    }


def _mirrored(paths: list[Path], engine: str) -> dict:
    tailor = load_engine(engine)
    scores, refusals = [], Counter()
    for path in tqdm(paths, desc="mirrored", disable=None):
        photo = read_photo(path)
        try:
            person = analyse(photo)
            worn = find_garment(person)
            mirror = analyse(Photo(np.ascontiguousarray(photo.rgb[:, ::-1])), worn=worn.category)
            garment = find_garment(mirror, worn.category)
        except WeightsMissing:
            raise
        except Refused as refusal:
            refusals[refusal.code] += 1
            continue
        look = tailor.dress(tailor.prepare_buyer(person), [tailor.prepare_garment(garment)])
        box = _around(worn.mask)
        pictures = look.rgb[box], photo.rgb[box], worn.mask[box]
        scores.append((ssim(*pictures), psnr(*pictures), lpips(*pictures)))
    means = np.mean(scores, 0)
    return {
        "photos": len(scores),
        "refusals": dict(refusals),
        "ssim": round(float(means[0]), 4),
        "psnr_db": round(float(means[1]), 2),
        "lpips_hed_vgg": round(float(means[2]), 4),
    }


def _around(mask: np.ndarray, margin: int = 24) -> tuple[slice, slice]:
    """The mask's box with some air: as far as the metrics look beyond the mask."""
    ys, xs = np.nonzero(mask)
    top, left = max(ys.min() - margin, 0), max(xs.min() - margin, 0)
    return slice(top, ys.max() + margin), slice(left, xs.max() + margin)
