"""Measure pose transfer: how close the generated picture comes to the real one, and whether it shows the wanted pose."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import numpy as np
from tqdm import tqdm

from primerka.datasets.pose_pair import PosePair
from primerka.errors import GarmentRejected, PhotoRejected
from primerka.evaluation.processes import work_on_each
from primerka.keypoints import Keypoints
from primerka.metrics.efficientnet_features import BATCH, FEATURES, NETWORK, imagenet_features
from primerka.metrics.fid import FeatureStatistics, frechet_distance
from primerka.metrics.inception import SPLITS, inception_score
from primerka.metrics.lpips import lpips
from primerka.metrics.pckh import count_correct
from primerka.metrics.similarity import apply_mask, mask_ssim, psnr, ssim
from primerka.perception.small_pictures import find_keypoints
from primerka.pictures import write_picture
from primerka.pose_mask import pose_mask


class Reposer(Protocol):
    """Shows the person of pair.source in the pose of pair.target_keypoints.

    repose_pair returns (H, W, 3) uint8 of the target's size, or raises Refused; it must not look at the target itself.
    """

    name: str

    def repose_pair(self, pair: PosePair) -> np.ndarray: ...


def spread(pairs: Sequence[PosePair], count: int | None) -> list[PosePair] | Sequence[PosePair]:
    """`count` of the pairs, evenly spread, read when they are asked for; all of them where there are no more."""
    if count is None or count >= len(pairs):
        return pairs
    return _Chosen(pairs, np.linspace(0, len(pairs) - 1, count).astype(int))


def draw_sheet(pairs: Sequence[PosePair], reposer: Reposer, path: Path, shown: int = 8) -> None:
    """Write a picture of some pairs: source, target and result side by side. Refused pairs are left out."""
    rows = []
    for pair in spread(pairs, shown):
        with suppress(PhotoRejected, GarmentRejected):
            rows.append(np.hstack([pair.source, pair.target, reposer.repose_pair(pair)]))
    if rows:
        rows += [np.full_like(rows[0], 255)] * (len(rows) % 2)
        half = len(rows) // 2
        write_picture(path, np.hstack([np.vstack(rows[:half]), np.vstack(rows[half:])]))


def evaluate_repose(
    pairs: Sequence[PosePair],
    reposer: Reposer,
    find_keypoints: Callable[[np.ndarray], Keypoints | None] = find_keypoints,
    processes: int = 1,
) -> dict:
    """Means over the pairs that the reposer did not refuse; None where nothing could be measured.

    pairs                       how many there were, the refused ones too
    refused, refused_pairs      code → how many; name → code
    ssim, psnr_db, lpips_hed_vgg  of the whole pictures; psnr_db is None once a target is met exactly
    masked_pairs                how many have a mask of the target's person; the masked metrics are theirs
    mask_ssim                   see metrics.similarity
    fid_…, is_…, mask_is_…      named for the network of their features; FID needs two pictures, the scores ten
    pckh                        what metrics.pckh counts, in the keypoints that find_keypoints sees in the picture and in the
                                target alike: so the published sets are annotated, by the detector that judges
    pckh_exact                  the same against the pair's own keypoints, of which the finder misses some on the target itself

    Of more than one of `processes` each makes pictures; the numbers are the same.
    The mask of the target's person is all that its parsing does not call background, without a parsing the pose mask.
    WeightsMissing and DataMissing rise.
    """
    scores = {name: [] for name in ("ssim", "mask_ssim", "psnr_db", "lpips_hed_vgg")}
    targets, generated, masked = _Pictures(), _Pictures(), _Pictures()
    refused_pairs: dict[str, str] = {}
    count, right, wanted = 0, np.zeros(2, int), np.zeros(2, int)
    made = work_on_each(_make, range(len(pairs)), (pairs, reposer), processes)
    for pair, picture, code in tqdm(made, f"repose {reposer.name}", len(pairs), disable=None):
        count += 1
        if picture is None:
            refused_pairs[pair.name] = code
            continue
        if picture.shape != pair.target.shape or picture.dtype != np.uint8:
            raise ValueError(
                f"{reposer.name} must return {pair.target.shape} uint8 for {pair.name}, got {picture.shape} {picture.dtype}"
            )
        scores["ssim"].append(ssim(picture, pair.target))
        scores["psnr_db"].append(psnr(picture, pair.target))
        scores["lpips_hed_vgg"].append(lpips(picture, pair.target))
        targets.add(pair.target)
        generated.add(picture)
        mask = _person_mask(pair)
        if mask is not None:
            scores["mask_ssim"].append(mask_ssim(picture, pair.target, mask))
            masked.add(apply_mask(picture, mask))
        found, seen = find_keypoints(picture), find_keypoints(pair.target)
        goals = [pair.target_keypoints] if seen is None else [pair.target_keypoints, seen]
        for index, goal in enumerate(goals):
            counted = count_correct(found, goal, *picture.shape[:2])
            right[index], wanted[index] = right[index] + counted[0], wanted[index] + counted[1]
    codes = list(refused_pairs.values())
    return {
        "reposer": reposer.name,
        "pairs": count,
        "refused": {code: codes.count(code) for code in sorted(set(codes))},
        "refused_pairs": refused_pairs,
        "masked_pairs": len(scores["mask_ssim"]),
        **{name: _rounded(np.mean(values)) if values else None for name, values in scores.items()},
        f"fid_{NETWORK}": _fid(targets, generated),
        f"is_{NETWORK}": generated.inception_score(),
        f"mask_is_{NETWORK}": masked.inception_score(),
        "pckh": _rounded(right[1] / wanted[1]) if wanted[1] else None,
        "pckh_exact": _rounded(right[0] / wanted[0]) if wanted[0] else None,
    }


def _make(index: int, pairs: Sequence[PosePair], reposer: Reposer) -> tuple[PosePair, np.ndarray | None, str | None]:
    """A pair with its picture, or with the code of the refusal."""
    pair = pairs[index]
    try:
        return pair, reposer.repose_pair(pair), None
    except (PhotoRejected, GarmentRejected) as refusal:
        return pair, None, refusal.code


class _Chosen(Sequence):
    def __init__(self, pairs: Sequence[PosePair], indices: np.ndarray):
        self._pairs, self._indices = pairs, indices

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, index: int) -> PosePair:
        return self._pairs[int(self._indices[index])]


class _Pictures:
    """What the classifier sees in pictures that come one by one; of the pictures themselves only a batch is kept."""

    def __init__(self):
        self._batch: list[np.ndarray] = []
        self._features = FeatureStatistics(FEATURES)
        self._probabilities: list[np.ndarray] = []

    def add(self, picture: np.ndarray) -> None:
        self._batch.append(picture)
        if len(self._batch) == BATCH:
            self._run()

    def _run(self) -> None:
        if self._batch:
            features, probabilities = imagenet_features(self._batch)
            self._features.add(features)
            self._probabilities.append(probabilities)
            self._batch = []

    @property
    def features(self) -> FeatureStatistics:
        self._run()
        return self._features

    def inception_score(self) -> float | None:
        self._run()
        if self._features.count < SPLITS:
            return None
        return _rounded(inception_score(np.concatenate(self._probabilities)))


def _fid(targets: _Pictures, generated: _Pictures) -> float | None:
    if targets.features.count < 2:
        return None
    return _rounded(frechet_distance(targets.features, generated.features))


def _person_mask(pair: PosePair) -> np.ndarray | None:
    """(H, W) bool, the parsing's person, without a parsing the pose mask; None where there is nobody in it."""
    mask = pair.target_parsing
    if mask is None:
        mask = pose_mask(pair.target_keypoints, *pair.target.shape[:2])
    return mask > 0 if mask.any() else None


def _rounded(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None
