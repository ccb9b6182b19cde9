"""Measure the fitted body: how near its joints come to the landmarks, and how much of it lies inside the person."""

from collections import Counter
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from tqdm import tqdm

from primerka.body import JOINTS
from primerka.datasets.clothing_co_parsing import read_clothing_co_parsing
from primerka.errors import PhotoRejected
from primerka.perception.analyse import analyse
from primerka.perception.fit_body import joint_landmarks
from primerka.photo import read_photo
from primerka.weights import weights_path

LIMB_JOINTS = [index for index, name in enumerate(JOINTS) if name.endswith(("elbow", "wrist", "knee", "ankle"))]


def evaluate_body(root: Path, everything: bool = False) -> dict:
    """Analyse the held-out photos, or all of them; median reprojection in percent of the torso, share inside the mask."""
    regressor = load_file(weights_path("body"))["keypoints"]
    errors, inside, refusals = [], [], Counter()
    samples = [s for s in read_clothing_co_parsing(root) if everything or s.held_out]
    for sample in tqdm(samples, disable=None):
        try:
            person = analyse(read_photo(sample.path))
        except PhotoRejected as refusal:
            refusals[refusal.code] += 1
            continue
        joints = regressor @ person.body.vertices[:, :2]
        off = np.linalg.norm(joints - person.pose.xy[joint_landmarks()], axis=1)
        errors.append(100 * off[LIMB_JOINTS] / person.pose.torso_px)
        inside.append(100 * (person.parsing.labels > 0)[person.surface.part >= 0].mean())
    return {
        "photos": len(samples),
        "accepted": len(errors),
        "accepted_percent": round(100 * len(errors) / len(samples), 2),
        "refusals": dict(refusals),
        "limb_reprojection_median_percent_of_torso": round(float(np.median(errors)), 3),
        "limb_reprojection_p95_percent_of_torso": round(float(np.percentile(errors, 95)), 3),
        "inside_person_mean_percent": round(float(np.mean(inside)), 2),
        "inside_person_median_percent": round(float(np.median(inside)), 2),
    }
