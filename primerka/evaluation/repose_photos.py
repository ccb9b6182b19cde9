"""Measure re-posing on real photos, where nobody knows the true picture: the pose is judged, the rest is looked at."""

import random
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.errors import GarmentRejected, PhotoRejected
from primerka.metrics.pckh import count_correct
from primerka.metrics.similarity import ssim
from primerka.perception.analyse import analyse
from primerka.perception.small_pictures import find_keypoints
from primerka.photo import read_photo
from primerka.pictures import write_picture
from primerka.tryon.repose import Reposer
from primerka.tryon.surface.buyer import prepare_buyer

TILE = (240, 360)
PER_PAGE = 10
COLUMNS = 2


def evaluate_photos(root: Path, reposer: Reposer, pairs: int, seed: int = 0, sheet: Path | None = None) -> dict:
    """Held-out people, each in their own pose and in that of another.

    refused        code → how many pairs were refused
    own_pose_ssim  inside the person's mask, in their own pose and on their own background: what is lost on the way
    pckh           what metrics.pckh counts between the keypoints of the result and those of the photo that the pose is from,
                   both found by BlazePose
    sheet          a folder for pages of all pairs: source, pose, result
    """
    paths = [sample.path for sample in read_clothing_co_parsing(root) if sample.held_out]
    refused, likeness, counts, rows = Counter(), [], [], []
    for number in tqdm(range(pairs), desc=f"repose {reposer.name}", disable=None):
        source_path, target_path = random.Random(f"{seed} {number}").sample(paths, 2)
        try:
            source, target = analyse(read_photo(source_path)), analyse(read_photo(target_path))
            own, result = reposer.repose(source, source), reposer.repose(source, target)
        except (PhotoRejected, GarmentRejected) as refusal:
            refused[refusal.code] += 1
            continue
        back = own.on(prepare_buyer(source).background)
        likeness.append(ssim(back, source.photo.rgb, source.parsing.labels > 0))
        wanted = find_keypoints(target.photo.rgb)
        if wanted is not None:
            counts.append(count_correct(find_keypoints(result.rgb), wanted, *result.rgb.shape[:2]))
        rows.append([source.photo.rgb, target.photo.rgb, result.rgb])
    if sheet:
        write_pages(rows, sheet)
    right, all_of_them = np.sum(counts, 0) if counts else (0, 0)
    return {
        "reposer": reposer.name,
        "pairs": pairs,
        "refused": dict(refused),
        "own_pose_ssim": round(float(np.mean(likeness)), 4) if likeness else None,
        "pckh": round(float(right / all_of_them), 4) if all_of_them else None,
    }


def write_pages(rows: list[list[np.ndarray]], folder: Path) -> None:
    """Rows of pictures, (H, W, 3) uint8 of any size, as pages of PER_PAGE."""
    folder.mkdir(parents=True, exist_ok=True)
    tiles = [np.hstack([cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA) for picture in row]) for row in rows]
    for page in range(0, len(tiles), PER_PAGE):
        shown = tiles[page : page + PER_PAGE]
        shown += [np.full_like(shown[0], 255)] * (-len(shown) % COLUMNS)
        lines = [np.hstack(shown[start : start + COLUMNS]) for start in range(0, len(shown), COLUMNS)]
        write_picture(folder / f"page{page // PER_PAGE:02}.png", np.vstack(lines))
