"""The contract of every engine that can be found by name."""

import numpy as np
import pytest

from primerka.errors import Refused
from primerka.perception.find_garment import find_garment
from primerka.tryon.engine import Look, engine_names, load_engine


@pytest.fixture(scope="module", params=engine_names())
def looks(request, buyer, product) -> tuple[Look, Look]:
    """The same card twice, each time prepared anew."""
    cards = []
    for _ in range(2):
        engine = load_engine(request.param)
        cards.append(engine.dress(engine.prepare_buyer(buyer), [engine.prepare_garment(find_garment(product))]))
    return tuple(cards)


def test_a_look_has_the_size_of_the_photo(looks, buyer):
    look = looks[0]
    assert look.rgb.shape == buyer.photo.rgb.shape and look.rgb.dtype == np.uint8
    assert look.changed.shape == buyer.photo.rgb.shape[:2] and look.changed.dtype == bool
    assert all(isinstance(warning, str) and warning for warning in look.warnings)


def test_something_was_tried_on(looks, buyer):
    look = looks[0]
    assert 0.01 < look.changed.mean() < 0.9
    assert (look.rgb != buyer.photo.rgb).any(2)[look.changed].mean() > 0.5


def test_what_is_not_changed_is_the_photo_bit_for_bit(looks, buyer):
    look = looks[0]
    np.testing.assert_array_equal(look.rgb[~look.changed], buyer.photo.rgb[~look.changed])


def test_the_face_is_the_buyers_own_bit_for_bit(looks, buyer):
    face = buyer.parsing.mask("face")
    assert face.sum() > 50
    np.testing.assert_array_equal(looks[0].rgb[face], buyer.photo.rgb[face])


def test_twice_gives_the_same_bytes(looks):
    one, other = looks
    assert one.rgb.tobytes() == other.rgb.tobytes() and one.changed.tobytes() == other.changed.tobytes()
    assert one.warnings == other.warnings


def test_layers_are_pictures(looks):
    for name, picture in looks[0].layers.items():
        assert picture.dtype == np.uint8 and picture.ndim in (2, 3) and 0 not in picture.shape, name


@pytest.mark.parametrize("name", engine_names())
def test_what_is_prepared_can_be_used_again(name, buyer, product):
    """A shop prepares once: a card must leave neither the buyer, nor the garment, nor the photo altered."""
    engine = load_engine(name)
    before = buyer.photo.rgb.copy()
    prepared, cloth = engine.prepare_buyer(buyer), engine.prepare_garment(find_garment(product))
    first, second = (engine.dress(prepared, [cloth]) for _ in range(2))
    assert first.rgb.tobytes() == second.rgb.tobytes()
    np.testing.assert_array_equal(buyer.photo.rgb, before)


@pytest.mark.parametrize("name", engine_names())
def test_the_order_in_which_garments_come_does_not_matter(name, buyer, pose_models, product_paths):
    from primerka.perception.analyse import analyse
    from primerka.photo import read_photo
    from primerka.samples import product_category

    kinds = {product_category(path): path for path in product_paths}
    upper = next((kinds[kind] for kind in ("top", "outerwear") if kind in kinds), None)
    lower = next((kinds[kind] for kind in ("trousers", "skirt", "shorts") if kind in kinds), None)
    if upper is None or lower is None:
        pytest.skip("the samples hold no upper and lower garment")
    engine = load_engine(name)
    prepared = engine.prepare_buyer(buyer)
    cloths = [
        engine.prepare_garment(find_garment(analyse(read_photo(p, 640), worn=product_category(p)), product_category(p)))
        for p in (upper, lower)
    ]
    one, other = engine.dress(prepared, cloths), engine.dress(prepared, cloths[::-1])
    assert one.rgb.tobytes() == other.rgb.tobytes()


def test_an_unknown_engine_is_refused_and_the_known_ones_are_named():
    with pytest.raises(Refused) as caught:
        load_engine("miracle")
    assert caught.value.code == "unknown_engine" and all(name in str(caught.value) for name in engine_names())


@pytest.mark.parametrize("name", engine_names())
def test_an_engine_knows_its_name(name):
    assert load_engine(name).name == name
