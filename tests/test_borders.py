"""Borders between classes lie where the photo has them."""

import numpy as np

from primerka.parsing import CLASSES
from primerka.perception.borders import at_the_photos_edges, without_fringes

HAIR, TOP, SKIN, BAG = (CLASSES.index(name) for name in ("hair", "top", "skin", "bag"))
TORSO = 140.0


def _hair_over_a_top() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rgb, what the parsing says, and the truth: brown hair over an orange top whose lower edge the parsing has 6 pixels too low."""
    truth = np.zeros((160, 160), np.int64)
    truth[20:140, 20:140] = TOP
    truth[20:80, 40:120] = HAIR
    parsed = truth.copy()
    parsed[80:86, 40:120] = HAIR
    rgb = np.full((160, 160, 3), 200, np.uint8)
    rgb[truth == TOP], rgb[truth == HAIR] = (220, 120, 40), (70, 45, 30)
    noise = np.random.default_rng(0).normal(0, 5, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8), parsed, truth


def test_the_edge_of_hair_goes_where_its_colours_end():
    rgb, parsed, truth = _hair_over_a_top()
    assert (parsed != truth).sum() == 480
    assert (at_the_photos_edges(parsed, rgb, TORSO) != truth).sum() < 40


def test_strands_that_the_parsing_missed_are_hair():
    rgb, _, truth = _hair_over_a_top()
    rgb[80:87, 60:64] = (70, 45, 30)
    drawn = at_the_photos_edges(truth, rgb, TORSO)
    assert (drawn[80:86, 60:64] == HAIR).mean() > 0.8
    assert (drawn[80:86, 70:110] == TOP).mean() > 0.98


def test_a_spot_of_the_same_colour_that_touches_no_hair_stays_cloth():
    rgb, _, truth = _hair_over_a_top()
    rgb[84:88, 70:76] = (70, 45, 30)
    assert (at_the_photos_edges(truth, rgb, TORSO)[82:90] == truth[82:90]).all()


def test_a_finger_beyond_a_ring_stays_skin():
    rgb, _, truth = _hair_over_a_top()
    truth[truth == HAIR] = SKIN
    truth[80:84, 60:66], truth[84:92, 60:66] = CLASSES.index("other"), SKIN
    rgb[80:92, 60:66] = (70, 45, 30)
    assert (at_the_photos_edges(truth, rgb, TORSO)[84:91, 61:65] == SKIN).mean() > 0.9


def test_where_both_sides_have_one_colour_the_parsing_has_the_say():
    _, parsed, _ = _hair_over_a_top()
    grey = np.full((*parsed.shape, 3), 90, np.uint8)
    assert (at_the_photos_edges(parsed, grey, TORSO) != parsed).sum() <= 8  # of a corner a pixel


def test_skin_and_bags_have_edges_too():
    rgb, parsed, truth = _hair_over_a_top()
    parsed[parsed == HAIR], truth[truth == HAIR] = SKIN, SKIN
    near = np.s_[82:86, 60:100]  # their edges are looked for less far away
    assert (at_the_photos_edges(parsed, rgb, TORSO)[near] == TOP).all()
    parsed[parsed == SKIN] = BAG
    assert (at_the_photos_edges(parsed, rgb, TORSO)[near] == TOP).all()


def test_nobody_and_one_class_are_left_alone():
    rgb = np.zeros((40, 40, 3), np.uint8)
    for classes in (np.zeros((40, 40), np.int64), np.full((40, 40), TOP)):
        assert np.array_equal(at_the_photos_edges(classes, rgb, TORSO), classes)
        assert np.array_equal(without_fringes(classes, TORSO), classes)


def test_fringes_go_and_the_persons_outline_stays():
    classes = np.zeros((120, 120), np.int64)
    classes[10:110, 10:110] = TOP
    classes[10:60, 10:110] = HAIR
    fringed = classes.copy()
    fringed[60:63, 10:110:4] = HAIR
    smooth = without_fringes(fringed, TORSO)
    assert np.array_equal(smooth > 0, classes > 0)
    edges = [np.abs(np.diff((picture == HAIR).sum(0)[15:105].astype(int))).sum() for picture in (fringed, smooth)]
    assert edges[0] > 100 and edges[1] == 0


def test_the_photo_is_only_looked_at():
    rgb, parsed, _ = _hair_over_a_top()
    before = rgb.copy(), parsed.copy()
    at_the_photos_edges(parsed, rgb, TORSO)
    without_fringes(parsed, TORSO)
    assert np.array_equal(rgb, before[0]) and np.array_equal(parsed, before[1])
