"""Measure the parsing network on the held-out labelled photos, at their full size, through the code that serves."""

from pathlib import Path

import numpy as np
from tqdm import tqdm

from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.errors import PhotoRejected
from primerka.metrics.segmentation import confusion, iou_per_class, mean_iou
from primerka.parsing import CLASSES, MERGED
from primerka.perception.blazepose import find_pose
from primerka.perception.parse import class_probabilities
from primerka.photo import read_photo


def evaluate_parsing(root: Path) -> dict:
    """person_iou, miou, miou_merged, per_class; a photo that is refused counts as all background."""
    counts = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    photos = refused = 0
    for sample in tqdm([s for s in read_clothing_co_parsing(root) if s.held_out and s.label_path], disable=None):
        photo = read_photo(sample.path)
        photos += 1
        try:
            pose, mask = find_pose(photo)
            predicted = class_probabilities(photo, pose, mask).argmax(2)
            pelvis = pose["pelvis"][1]
        except PhotoRejected:
            predicted, pelvis = np.zeros(photo.rgb.shape[:2], np.int64), photo.height / 2
            refused += 1
        counts += confusion(predicted, sample.classes(pelvis), len(CLASSES))
    groups = list(dict.fromkeys(MERGED.values()))
    to_group = np.zeros((len(CLASSES), len(groups)), np.int64)
    for index, name in enumerate(CLASSES):
        to_group[index, groups.index(MERGED[name])] = 1
    merged = to_group.T @ counts @ to_group
    return {
        "photos": photos,
        "refused": refused,
        "person_iou": _round(counts[1:, 1:].sum() / (counts.sum() - counts[0, 0])),
        "miou": _round(mean_iou(counts)),
        "miou_merged": _round(mean_iou(merged)),
        "per_class": {name: _round(iou) for name, iou in zip(CLASSES, iou_per_class(counts))},
        "per_merged_class": {name: _round(iou) for name, iou in zip(groups, iou_per_class(merged))},
    }


def _round(value: float) -> float:
    return round(float(value), 4)
