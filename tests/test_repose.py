"""The contract of every re-poser that can be found by name, and what the surface engine's does with the samples."""

import numpy as np
import pytest

from primerka.body import BONE
from primerka.errors import Refused
from primerka.metrics.similarity import ssim
from primerka.perception.analyse import analyse
from primerka.perception.surface import silhouette
from primerka.photo import Photo
from primerka.pose import LANDMARK
from primerka.tryon.repose import PLAIN, Reposed, load_reposer, reposer_names


@pytest.fixture(scope="module", params=reposer_names())
def results(request, buyer, product) -> tuple[Reposed, Reposed]:
    """The product's model in the buyer's pose, twice."""
    return tuple(load_reposer(request.param).repose(product, buyer) for _ in range(2))


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
    assert 0.3 < outside.mean() < 0.95
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


@pytest.mark.parametrize("name", reposer_names())
def test_a_reposer_knows_its_name(name):
    assert load_reposer(name).name == name


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
