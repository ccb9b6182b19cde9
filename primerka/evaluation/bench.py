"""Time and memory of each stage, on the samples or on a photo of your own."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.photo import Photo, read_photo
from primerka.samples import sample_buyers, sample_products
from primerka.stages import Stages
from primerka.tryon.engine import load_engine


def measure(photo: Path | None = None, height: int = 768, repeats: int = 5) -> dict:
    """Medians over the repeats, photos `height` pixels high, everything loaded before the clock starts."""
    buyer_photo = _at_height(read_photo(photo or sample_buyers()[0]), height)
    product_photo = _at_height(read_photo(sample_products()[0]), height)
    tailor = load_engine()
    person, model = analyse(buyer_photo), analyse(product_photo)
    tailor.dress(tailor.prepare_buyer(person), [tailor.prepare_garment(find_garment(model))])
    runs = []
    for _ in range(repeats):
        stages = Stages()
        start = time.perf_counter()
        person = analyse(buyer_photo, stages)
        stages.ms["analysis"] = 1000 * (time.perf_counter() - start)
        with stages("prepare_buyer"):
            buyer = tailor.prepare_buyer(person)
        with stages("prepare_garment"):
            cloth = tailor.prepare_garment(find_garment(model))
        with stages("card"):
            tailor.dress(buyer, [cloth])
        runs.append(stages.ms)
    medians = {name: round(float(np.median([run[name] for run in runs])), 1) for name in runs[0]}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "primerka", "--help"], check=True, stdout=subprocess.DEVNULL)
    return {
        "photo": f"{buyer_photo.width}x{buyer_photo.height}",
        "cores": os.cpu_count(),
        "stages_ms": medians,
        "command_start_ms": round(1000 * (time.perf_counter() - start), 1),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _at_height(photo: Photo, height: int) -> Photo:
    from PIL import Image

    width = round(photo.width * height / photo.height)
    return Photo(np.asarray(Image.fromarray(photo.rgb).resize((width, height), Image.Resampling.LANCZOS)))
