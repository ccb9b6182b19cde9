"""Photo → Person on the samples: parsing and body lie on the person, and it is the same every time."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from primerka.errors import GarmentRejected, PhotoRejected
from primerka.parsing import CLASSES, GARMENTS, LABELS
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.surface import see_surface
from primerka.photo import Photo, read_photo
from primerka.samples import sample_feed
from primerka.stages import Stages


def test_the_parts_of_a_person_are_of_one_size(buyer):
    size = buyer.photo.rgb.shape[:2]
    assert buyer.parsing.labels.shape == buyer.parsing.alpha.shape == buyer.surface.part.shape == size
    assert buyer.parsing.labels.max() < len(LABELS)


def test_the_body_lies_on_the_person(buyer):
    body, person = buyer.surface.part >= 0, buyer.parsing.labels > 0
    assert (body & person).sum() / body.sum() > 0.85
    assert (body & person).sum() / person.sum() > 0.5
    again = see_surface(buyer.body, buyer.photo.height, buyer.photo.width)
    np.testing.assert_array_equal(again.part, buyer.surface.part)


def test_alpha_and_labels_agree(buyer):
    person = buyer.parsing.labels > 0
    assert buyer.parsing.alpha[person].mean() > 0.9 and buyer.parsing.alpha[~person].mean() < 0.1


def test_left_and_right_are_the_persons_own(buyer):
    for name in ("arm", "leg"):
        sides = [np.nonzero(buyer.parsing.mask(f"{side}_{name}"))[1] for side in ("left", "right")]
        if min(len(xs) for xs in sides) > 50 and buyer.pose["left_shoulder"][0] > buyer.pose["right_shoulder"][0]:
            assert sides[0].mean() > sides[1].mean(), name


def test_analysing_twice_gives_the_same_bytes(buyer):
    again = analyse(buyer.photo)
    assert again.body.vertices.tobytes() == buyer.body.vertices.tobytes()
    assert again.parsing.labels.tobytes() == buyer.parsing.labels.tobytes()
    assert again.parsing.alpha.tobytes() == buyer.parsing.alpha.tobytes()


def test_stages_are_timed(buyer):
    stages = Stages()
    analyse(buyer.photo, stages)
    assert {"pose", "parsing", "body"} <= set(stages.ms) and all(value > 0 for value in stages.ms.values())


def test_a_person_who_is_far_away_is_refused(buyer):
    import cv2

    small = cv2.resize(buyer.photo.rgb, None, fx=0.12, fy=0.12, interpolation=cv2.INTER_AREA)
    with pytest.raises(PhotoRejected) as caught:
        analyse(Photo(cv2.copyMakeBorder(small, 20, 20, 30, 30, cv2.BORDER_REPLICATE)))
    assert caught.value.code in ("person_too_small", "no_person")


def test_every_sample_is_accepted_and_every_product_shows_what_it_says(pose_models, buyer_paths, product_paths):
    from primerka.samples import product_category

    for path in buyer_paths:
        analyse(read_photo(path, 640))
    for path in product_paths:
        category = product_category(path)
        assert category in GARMENTS
        assert find_garment(analyse(read_photo(path, 640), worn=category), category).mask.any(), path


def test_a_garment_lies_on_its_model(product):
    garment = find_garment(product)
    assert garment.category in GARMENTS and garment.mask.any()
    assert (garment.mask & (product.parsing.labels > 0)).sum() > 0.95 * garment.mask.sum()


def test_a_product_that_shows_no_such_garment_is_refused(product):
    naked = replace(product, parsing=replace(product.parsing, labels=np.zeros_like(product.parsing.labels)))
    for category, code in ((None, "no_garment"), ("skirt", "no_garment_of_category")):
        with pytest.raises(GarmentRejected) as caught:
            find_garment(naked, category)
        assert caught.value.code == code


@pytest.fixture
def named_top(product_paths, monkeypatch):
    """doubt → the sample top, told that it is one, as the network finds it, and as it does if `doubt` changes what both glances see."""
    from primerka.perception import analyse as module

    photo = read_photo(next(path for path in product_paths if path.stem.startswith("top")), 640)
    glance = module.glance_twice

    def named_top(doubt):
        def doubtful(*seen):
            glances = glance(*seen)
            probabilities = glances.probabilities.copy()
            doubt(probabilities)
            return replace(glances, probabilities=probabilities)

        sure = find_garment(analyse(photo, worn="top"), "top")
        monkeypatch.setattr(module, "glance_twice", doubtful)
        unsure = find_garment(analyse(photo, worn="top"), "top")
        assert (sure.mask & unsure.mask).sum() > 0.95 * (sure.mask | unsure.mask).sum()
        return sure, unsure

    return named_top


def _rather(probabilities: np.ndarray, other: str) -> None:
    """What was a top is another class a little sooner, in place."""
    top, other = CLASSES.index("top"), CLASSES.index(other)
    probabilities[..., other] += 0.6 * probabilities[..., top]
    probabilities[..., top] *= 0.4


def test_a_garment_that_was_named_is_no_more_certain_for_that(named_top):
    """Of a top that the network takes for a coat a little sooner, naming it makes a top, and not a sure one."""
    sure, unsure = named_top(lambda glances: _rather(glances, "outerwear"))
    likely = [garment.model.parsing.certainty[garment.mask].mean() for garment in (sure, unsure)]
    assert sure.certainty > 0.8 and unsure.certainty < sure.certainty - 0.15
    assert likely[1] == pytest.approx(0.4 * likely[0], abs=4)
    assert unsure.model.parsing.agreement["top"] > 0.8  # told that it is a top, each glance sees one


def test_a_garment_that_looks_like_another_one_in_the_mirror_is_not_certain(named_top):
    """Half of a top that one glance takes for bare skin: the mean of both still says top."""
    sure, unsure = named_top(lambda glances: _rather(glances[1, :, : glances.shape[2] // 2], "skin"))
    agreement = [garment.model.parsing.agreement["top"] for garment in (sure, unsure)]
    assert 0.6 < agreement[1] < 0.85 < agreement[0] and unsure.certainty < sure.certainty - 0.1


def test_dots_before_a_wall_of_their_cloths_colour_tear_no_sleeves():
    """White cloth with dark dots before light grey: the photo's edges within it are not the person's."""
    photo = read_photo(sample_feed().parent / "top-dots-blouse.jpg")
    blouse = analyse(photo, worn="top").parsing.mask("top").astype(np.uint8)
    whole = cv2.morphologyEx(blouse, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13)))
    assert whole.sum() - blouse.sum() < 0.035 * blouse.sum()
