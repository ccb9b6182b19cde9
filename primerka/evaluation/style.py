"""Measure style transfer: how much nearer the result is to the style than the content picture was, and how long it takes."""

import time
from pathlib import Path

import numpy as np

from primerka.datasets.style_pictures import open_fabrics
from primerka.photo import read_photo
from primerka.pictures import fit_picture
from primerka.samples import sample_buyers, sample_products
from primerka.training.gatys import Optimiser
from primerka.tryon.restyle import FastStyler


def evaluate_style(fabrics: Path, engine: str, weights: Path | None, pairs: int, side: int) -> dict:
    """Sample photos, their middle square at `side` pixels, in the style of cloth that was held out, at 256.

    gram_distance_of_content  mean Gram distance (training.gatys) of content and style, a pair
    gram_distance             of result and style; ratio: the mean over pairs of their quotient; worst_ratio
    seconds, processor_seconds  median of a pair, by the clock and of all threads together, without loading
    loss_falls                (gatys) of how many pairs the loss of the result is below the content picture's
    """
    photos = [fit_picture(read_photo(path).rgb, side, side) for path in (*sample_buyers(), *sample_products())]
    cloth = open_fabrics(fabrics, made_up=0)[1]
    chosen = cloth[np.linspace(0, len(cloth) - 1, min(pairs, len(cloth))).astype(int)]
    judge = Optimiser()
    styler = judge if engine == judge.name else FastStyler(weights)
    before, after, seconds, processor, falls = [], [], [], [], 0
    for index, fabric in enumerate(chosen):
        photo, style = photos[index % len(photos)], fit_picture(fabric, 256, 256)
        clock, busy = time.perf_counter(), time.process_time()
        result = styler.restyle(photo, style)
        seconds.append(time.perf_counter() - clock)
        processor.append(time.process_time() - busy)
        if engine == judge.name:
            falls += result.loss < result.loss_of_content
            result = result.rgb
        before.append(judge.gram_distance(photo, style))
        after.append(judge.gram_distance(result, style))
    ratios = np.array(after) / before
    numbers = {
        "pairs": len(chosen),
        "gram_distance_of_content": round(float(np.mean(before)), 5),
        "gram_distance": round(float(np.mean(after)), 5),
        "ratio": round(float(ratios.mean()), 3),
        "worst_ratio": round(float(ratios.max()), 3),
        "seconds": round(float(np.median(seconds)), 2),
        "processor_seconds": round(float(np.median(processor)), 2),
    }
    return numbers | ({"loss_falls": falls} if engine == judge.name else {})
