"""The contract of every re-poser that can be found by name, and what the surface engine's does with the samples."""

from pathlib import Path

import numpy as np
import pytest
import torch

from primerka.attributes import ATTRIBUTES
from primerka.body import BONE
from primerka.errors import Refused, WeightsMissing
from primerka.metrics.similarity import ssim
from primerka.networks.adgan import Generator
from primerka.networks.pg2 import PG2
from primerka.perception.analyse import analyse
from primerka.perception.surface import silhouette
from primerka.photo import Photo
from primerka.pose import LANDMARK
from primerka.tryon.network_files import save_network
from primerka.tryon.repose import PLAIN, Reposed, load_reposer, reposer_names
from primerka.weights import table


def _untrained(name: str, folder: Path) -> Path | None:
    """A file for an engine that is a network: the contract holds whatever it has learned."""
    torch.manual_seed(0)
    networks = {"adgan": lambda: Generator(4, 4, 1, 8, "hed_vgg16", 1), "pg2": lambda: PG2(64, 48, 4, 8)}
    if name not in networks:
        return None
    save_network(networks[name](), (64, 48), folder / f"{name}.safetensors")
    return folder / f"{name}.safetensors"


@pytest.fixture(scope="module", params=reposer_names())
def reposer(request, tmp_path_factory):
    return load_reposer(request.param, _untrained(request.param, tmp_path_factory.mktemp(request.param)))


@pytest.fixture(scope="module")
def results(reposer, buyer, product) -> tuple[Reposed, Reposed]:
    """The product's model in the buyer's pose, twice."""
    return tuple(reposer.repose(product, buyer) for _ in range(2))


@pytest.fixture(scope="module")
def own_pose(buyer) -> Reposed:
    return load_reposer("surface").repose(buyer, buyer)


@pytest.fixture(scope="module")
def half(pose_models, product):
    """The product's model, cut off at the waist."""
    bottom = int(product.body.bones[BONE["pelvis"], 1])
    return analyse(Photo(np.ascontiguousarray(product.photo.rgb[:bottom])))


def test_the_picture_has_the_size_of_the_pose_photo(results, buyer):
    result = results[0]
    assert result.rgb.shape == buyer.photo.rgb.shape
    assert all(isinstance(warning, str) and warning for warning in result.warnings)
    for name, picture in result.layers.items():
        assert picture.dtype == np.uint8 and picture.ndim in (2, 3) and 0 not in picture.shape, name


def test_twice_gives_the_same_bytes(results):
    one, other = results
    assert one.rgb.tobytes() == other.rgb.tobytes() and one.alpha.tobytes() == other.alpha.tobytes()
    assert one.certain.tobytes() == other.certain.tobytes() and one.warnings == other.warnings


def test_outside_the_person_is_plain_background(results):
    result = results[0]
    outside = result.alpha == 0
    assert 0.05 < outside.mean() < 0.95
    assert (result.rgb[outside] == PLAIN).all()
    assert not result.certain[result.alpha < 0.5].any()


def test_another_background_is_seen_outside_the_person_only(results, buyer):
    result = results[0]
    mixed = result.on(buyer.photo.rgb)
    np.testing.assert_array_equal(mixed[result.alpha == 0], buyer.photo.rgb[result.alpha == 0])
    np.testing.assert_array_equal(mixed[result.alpha == 1], result.rgb[result.alpha == 1])
    np.testing.assert_array_equal(result.on(np.full_like(result.rgb, PLAIN)), result.rgb)


def test_the_source_is_left_as_it_is(buyer, product):
    before = product.photo.rgb.copy(), product.parsing.labels.copy()
    load_reposer("surface").repose(product, buyer)
    np.testing.assert_array_equal(product.photo.rgb, before[0])
    np.testing.assert_array_equal(product.parsing.labels, before[1])


def test_an_unknown_reposer_is_refused_and_the_known_ones_are_named():
    with pytest.raises(Refused) as caught:
        load_reposer("miracle")
    assert caught.value.code == "unknown_engine" and all(name in str(caught.value) for name in reposer_names())


def test_a_reposer_knows_its_name(reposer, request):
    assert reposer.name in request.node.name


def test_weights_that_do_not_ship_are_asked_for_and_the_surface_takes_none(tmp_path):
    for name in ("adgan", "pg2"):
        if name not in table():
            with pytest.raises(WeightsMissing, match=f"primerka train {name}"):
                load_reposer(name)
        (tmp_path / "other").write_bytes(b"no tensors")
        for file, code in (("none", "weights_missing"), ("other", "weights_damaged")):
            with pytest.raises(WeightsMissing) as refusal:
                load_reposer(name, tmp_path / file)
            assert refusal.value.code == code
    with pytest.raises(Refused) as refusal:
        load_reposer("surface", tmp_path / "other")
    assert refusal.value.code == "no_network"


def test_styles_are_mixed_by_their_share(buyer, product, tmp_path):
    """All attributes of another person make that person; none leave the source; half lies between."""
    weights = _untrained("adgan", tmp_path)

    def drawn(*takes: tuple[str, float]) -> np.ndarray:
        reposer = load_reposer("adgan", weights)
        for attribute, share in takes:
            reposer.take(attribute, product, share)
        return reposer.repose(buyer, buyer).layers["drawn"].astype(int)

    alone, every = drawn(), drawn(*((attribute, 1.0) for attribute in ATTRIBUTES))
    assert np.array_equal(every, load_reposer("adgan", weights).repose(product, buyer).layers["drawn"])
    assert np.array_equal(drawn(("pants", 0.0)), alone)
    far, near = (np.abs(drawn(("upper_clothes", share)) - alone).sum() for share in (1.0, 0.3))
    assert far > near > 0


def test_shapes_are_checked():
    good = np.zeros((4, 3, 3), np.uint8), np.zeros((4, 3), np.float32), np.zeros((4, 3), bool)
    Reposed(*good, ())
    for wrong in ((good[0], good[1], good[1], ()), (good[0], good[1].T, good[2], ()), (good[1], *good[1:], ())):
        with pytest.raises(ValueError):
            Reposed(*wrong)


def test_in_their_own_pose_a_person_is_nearly_the_photo(own_pose, buyer):
    inside = buyer.parsing.alpha > 0.5
    assert ssim(own_pose.on(buyer.photo.rgb), buyer.photo.rgb, inside) > 0.93
    assert own_pose.certain[inside].mean() > 0.95
    assert ((own_pose.alpha > 0.5) ^ inside).sum() < 0.05 * inside.sum()


def test_the_person_stands_where_the_pose_says(results, buyer):
    alpha = results[0].alpha
    for landmark in ("nose", "left_shoulder", "right_shoulder", "left_hip", "right_hip", "left_knee", "right_knee"):
        if buyer.pose.visibility[LANDMARK[landmark]] > 0.8:
            x, y = np.rint(buyer.pose[landmark]).astype(int)
            assert alpha[max(y - 6, 0) : y + 7, max(x - 6, 0) : x + 7].max() > 0.9, landmark


def test_the_person_wears_the_sources_clothes_not_the_targets(buyer, product):
    """The mean colour of the chest is the source's."""
    result = load_reposer("surface").repose(product, buyer)
    chest = [BONE["chest"]]
    here = silhouette(buyer.body, *buyer.photo.rgb.shape[:2], chest)
    there = silhouette(product.body, *product.photo.rgb.shape[:2], chest)
    mine, source, target = result.rgb[here].mean(0), product.photo.rgb[there].mean(0), buyer.photo.rgb[here].mean(0)
    assert np.linalg.norm(source - target) > 20
    assert np.linalg.norm(mine - source) < 0.5 * np.linalg.norm(mine - target)


def test_legs_that_the_source_does_not_show_are_there_and_not_certain(half, buyer):
    result = load_reposer("surface").repose(half, buyer)
    shins = silhouette(buyer.body, *buyer.photo.rgb.shape[:2], [BONE["left_shin"], BONE["right_shin"]])
    assert shins.sum() > 500
    assert (result.alpha[shins] > 0.5).mean() > 0.7
    assert result.certain[shins].mean() < 0.05 and result.certain.any()
    assert any("shin" in warning and "invented" in warning for warning in result.warnings)
