"""Pages of seeded try-ons to be looked at: buyer, products, look. Numbers do not replace this."""

import random
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from primerka.datasets.clothing_co_parsing import Sample, read_clothing_co_parsing
from primerka.errors import GarmentRejected, PhotoRejected
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.overlay import draw_garment
from primerka.photo import read_photo
from primerka.pictures import write_picture
from primerka.tryon.engine import load_engine

KINDS = (("top",), ("outerwear",), ("dress",), ("trousers",), ("skirt",), ("top", "trousers"))
TILE = (300, 450)
PER_PAGE = 6


def contact_sheet(root: Path, folder: Path, looks: int = 60, engine: str = "surface", seed: int = 0) -> list[Path]:
    """Write pages of PER_PAGE looks each into the folder: kinds of garment in turn, people at random.

    All are photos that no network was trained on; the products' tags or labels name the kind. A refused photo gives its place to
    the next one. Each row has a seed of its own, so that a change elsewhere leaves its people as they were.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tailor = load_engine(engine)
    samples = [sample for sample in read_clothing_co_parsing(root) if sample.held_out]
    pages: list[Path] = []
    rows: list[np.ndarray] = []
    with tqdm(total=looks, disable=None) as progress:
        for number in range(looks):
            kinds = KINDS[number % len(KINDS)]
            rows.append(_next_row(samples, kinds, random.Random(f"{seed} {number}"), tailor))
            progress.update()
            if len(rows) == PER_PAGE or number + 1 == looks:
                pages.append(folder / f"page{len(pages):02}.png")
                rows += [np.full_like(rows[0], 255)] * (-len(rows) % 2)
                write_picture(pages[-1], np.vstack([np.hstack(rows[index : index + 2]) for index in range(0, len(rows), 2)]))
                rows = []
    return pages


def _next_row(samples: list[Sample], kinds: tuple[str, ...], chooser: random.Random, tailor) -> np.ndarray:
    while True:
        buyer = chooser.choice(samples)
        products = [chooser.choice([s for s in samples if kind in s.present]) for kind in kinds]
        try:
            return _row(buyer, products, kinds, tailor)
        except (PhotoRejected, GarmentRejected):
            continue


def _row(buyer: Sample, products: list[Sample], kinds: tuple[str, ...], tailor) -> np.ndarray:
    person = analyse(read_photo(buyer.path))
    garments = [find_garment(analyse(read_photo(sample.path), worn=kind), kind) for sample, kind in zip(products, kinds)]
    look = tailor.dress(tailor.prepare_buyer(person), [tailor.prepare_garment(garment) for garment in garments])
    shown = draw_garment(garments[0])
    if len(garments) > 1:  # the outfit's two products share a tile
        half = shown.shape[0] // 2
        other = cv2.resize(draw_garment(garments[1]), shown.shape[1::-1])
        shown = np.vstack([shown[:half], other[half:]])
    tiles = [cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA) for picture in (person.photo.rgb, shown, look.rgb)]
    label = f"{buyer.number} in {' + '.join(f'{kind} {sample.number}' for kind, sample in zip(kinds, products))}"
    row = np.ascontiguousarray(np.hstack(tiles))
    row[:20, : 9 * len(label)] = 255
    cv2.putText(row, label, (6, 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (0, 0, 0), 1, cv2.LINE_AA)
    return row
