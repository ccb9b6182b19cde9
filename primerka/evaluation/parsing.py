"""Measure the parsing network on the held-out labelled photos, at their full size, through the code that serves."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.errors import PhotoRejected
from primerka.metrics.segmentation import confusion, iou_per_class, mean_iou
from primerka.parsing import CLASSES, GARMENTS, MERGED, certainty
from primerka.perception.blazepose import find_pose
from primerka.perception.glances import Glances, glance_twice
from primerka.perception.known_garment import MIN_AREA, expect
from primerka.perception.parse import class_probabilities, most_likely
from primerka.photo import Photo, read_photo
from primerka.pose import Pose

CLEARLY_WORN = 1.5  # times the least area of a garment
FAULT = 0.6  # a cut-out that overlaps with its label by less is wrong, or its label


def evaluate_parsing(root: Path) -> dict:
    """person_iou, miou, miou_merged, per_class; a photo that is refused counts as all background.

    named_garment_iou: the mean overlap of each garment clearly worn with its label, once its category is known, on the
    accepted photos; named_garments: how many; named_garments_over_0.7_percent: how many of them overlap by more;
    faults_under_{20,40}_percent: of those that overlap by less than FAULT, how many are among so many per cent of the least certain.
    """
    named, certain = [], []
    counts = np.zeros((len(CLASSES), len(CLASSES)), np.int64)
    photos = refused = 0
    for sample in tqdm([s for s in read_clothing_co_parsing(root) if s.held_out and s.label_path], disable=None):
        photo = read_photo(sample.path)
        photos += 1
        try:
            pose, mask = find_pose(photo)
            glances = glance_twice(photo, pose, mask)
            probabilities = class_probabilities(photo, pose, mask, glances)
        except PhotoRejected:
            counts += confusion(np.zeros(photo.rgb.shape[:2], np.int64), sample.classes(), len(CLASSES))
            refused += 1
            continue
        truth = sample.classes()
        counts += confusion(most_likely(probabilities, photo, pose), truth, len(CLASSES))
        for overlap, how_certain in _named_garments(probabilities, truth, photo, pose, glances):
            named.append(overlap)
            certain.append(how_certain)
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
        "named_garments": len(named),
        "named_garment_iou": _round(np.mean(named)) if named else None,
        "named_garments_over_0.7_percent": _round(100 * np.mean(np.array(named) > 0.7)) if named else None,
        **{f"faults_under_{share}_percent": _faults_found(named, certain, share) for share in (20, 40)},
        "per_class": {name: _round(iou) for name, iou in zip(CLASSES, iou_per_class(counts))},
        "per_merged_class": {name: _round(iou) for name, iou in zip(groups, iou_per_class(merged))},
    }


def _named_garments(
    probabilities: np.ndarray, truth: np.ndarray, photo: Photo, pose: Pose, glances: Glances
) -> Iterator[tuple[float, float]]:
    """Overlap and certainty of each."""
    for name in GARMENTS:
        index = CLASSES.index(name)
        worn = truth == index
        if worn.sum() > CLEARLY_WORN * MIN_AREA[name] * pose.torso_px**2:
            found = most_likely(expect(probabilities, name, pose.torso_px), photo, pose) == index
            likely = probabilities[found, index].mean() if found.any() else 0.0
            agreement = glances.agreement(found, name, named=True, torso_px=pose.torso_px)
            yield (found & worn).sum() / (found | worn).sum(), certainty(likely, agreement)


def _faults_found(overlaps: list[float], certain: list[float], share: int) -> float | None:
    """Per cent of the faults among the least certain `share` per cent; None where there are no faults."""
    faults = np.array(overlaps) < FAULT
    least = np.argsort(certain, kind="stable")[: round(len(certain) * share / 100)]
    return _round(100 * faults[least].sum() / faults.sum()) if faults.any() else None


def _round(value: float) -> float:
    return round(float(value), 4)
