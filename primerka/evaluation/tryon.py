"""Measure try-on: random pairs (does every card come out?) and the mirrored self-test (how much of a garment survives?).

Mirrored self-test: a photo and its mirror image show the same person. The garment is cut from the mirror image and put
back on the person; inside the garment the look should be the photo. The mirror image changes sides, so that nothing of
the way from one body to the other is trivial.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from tqdm import tqdm

from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.errors import Refused, WeightsMissing
from primerka.evaluation.processes import work_on_each
from primerka.metrics.lpips import check_lpips, lpips
from primerka.metrics.similarity import psnr, ssim
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.photo import Photo, read_photo
from primerka.tryon.engine import Engine, load_engine

SEED = 0


def evaluate_tryon(root: Path, pairs: int = 500, engine: str = "surface", processes: int = 1) -> dict:
    """processes: how many try on beside each other; only the milliseconds differ, which are then a busy machine's.

    Raises WeightsMissing at once, not only when LPIPS is measured.
    """
    check_lpips()
    samples = list(read_clothing_co_parsing(root))
    return {
        "random_pairs": _random_pairs([s.path for s in samples], pairs, engine, processes),
        "mirrored": _mirrored([s.path for s in samples if s.held_out], engine, processes),
    }


def _random_pairs(paths: list[Path], pairs: int, engine: str, processes: int) -> dict:
    chooser = random.Random(SEED)
    chosen = [chooser.sample(paths, 2) for _ in range(pairs)]
    tried = list(tqdm(work_on_each(_try_on, chosen, (engine,), processes), "pairs", pairs, disable=None))
    looks = [result for result in tried if not isinstance(result, str)]
    card_ms = [result.card_ms for result in looks]
    return {
        "pairs": pairs,
        "looks": len(looks),
        "looks_percent": round(100 * len(looks) / max(pairs, 1), 2),
        "refusals": dict(Counter(result for result in tried if isinstance(result, str))),
        "categories": dict(Counter(result.category for result in looks)),
        "looks_with_a_face_or_unchanged_pixel_altered": sum(result.altered for result in looks),
        "card_ms_median": round(float(np.median(card_ms)), 1) if card_ms else None,
    }


@cache
def _tailor(engine: str) -> Engine:
    """Loaded once in each process: not every engine can be sent to another."""
    return load_engine(engine)


@dataclass(frozen=True)
class _Tried:
    """altered: whether a pixel of the face, or one outside what changed, is not the photo's."""

    category: str
    card_ms: float
    altered: bool


def _try_on(pair: list[Path], engine: str) -> _Tried | str:
    """How a product goes on a buyer, or the code of the refusal. pair: the photos of the buyer and of the product."""
    buyer_path, product_path = pair
    try:
        person = analyse(read_photo(buyer_path))
        garment = find_garment(analyse(read_photo(product_path)))
    except WeightsMissing:
        raise
    except Refused as refusal:
        return refusal.code
    tailor = _tailor(engine)
    buyer, cloth = tailor.prepare_buyer(person), tailor.prepare_garment(garment)
    start = time.perf_counter()
    look = tailor.dress(buyer, [cloth])
    card_ms = 1000 * (time.perf_counter() - start)
    untouched = ~look.changed | person.parsing.mask("face")
    return _Tried(garment.category, card_ms, not np.array_equal(look.rgb[untouched], person.photo.rgb[untouched]))


def _mirrored(paths: list[Path], engine: str, processes: int) -> dict:
    worn = list(tqdm(work_on_each(_put_back, paths, (engine,), processes), "mirrored", len(paths), disable=None))
    scores = [result for result in worn if not isinstance(result, str)]
    means = np.mean(scores, 0)
    return {
        "photos": len(scores),
        "refusals": dict(Counter(result for result in worn if isinstance(result, str))),
        "ssim": round(float(means[0]), 4),
        "psnr_db": round(float(means[1]), 2),
        "lpips_hed_vgg": round(float(means[2]), 4),
    }


def _put_back(path: Path, engine: str) -> tuple[float, float, float] | str:
    """SSIM, PSNR and LPIPS inside a garment that is cut from the photo's mirror image, or the code of the refusal."""
    photo = read_photo(path)
    try:
        person = analyse(photo)
        worn = find_garment(person)
        mirror = analyse(Photo(np.ascontiguousarray(photo.rgb[:, ::-1])), worn=worn.category)
        garment = find_garment(mirror, worn.category)
    except WeightsMissing:
        raise
    except Refused as refusal:
        return refusal.code
    tailor = _tailor(engine)
    look = tailor.dress(tailor.prepare_buyer(person), [tailor.prepare_garment(garment)])
    box = _around(worn.mask)
    pictures = look.rgb[box], photo.rgb[box], worn.mask[box]
    return ssim(*pictures), psnr(*pictures), lpips(*pictures)


def _around(mask: np.ndarray, margin: int = 24) -> tuple[slice, slice]:
    """The mask's box with some air: as far as the metrics look beyond the mask."""
    ys, xs = np.nonzero(mask)
    top, left = max(ys.min() - margin, 0), max(xs.min() - margin, 0)
    return slice(top, ys.max() + margin), slice(left, xs.max() + margin)
