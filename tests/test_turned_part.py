"""A head and feet that turn further than their pictures can follow."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_dilation

from primerka.body import BONE
from primerka.parsing import GARMENTS, LABEL
from primerka.perception.body_model import body_model
from primerka.perception.surface import see_surface, silhouette
from primerka.tryon.repose import load_reposer
from primerka.tryon.surface.canvas import Canvas, lay_part
from primerka.tryon.surface.carry import Way
from primerka.tryon.surface.figure import FEET, HEAD, Silhouettes, cut_out, hang
from primerka.tryon.surface.parts import TORSO
from primerka.tryon.surface.turned_part import hanging_hair, turn_part, wears_brim


def _turned(person, degrees: float):
    """The person's body turned about the vertical."""
    body, angle = person.body, np.radians(degrees)
    around = body.bones[BONE["pelvis"]] * (1, 0, 1)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])

    def moved(points):
        return ((points - around) @ turn.T + around).astype(points.dtype)

    body = replace(body, vertices=moved(body.vertices), bones=moved(body.bones))
    return replace(person, body=body, surface=see_surface(body, *person.photo.rgb.shape[:2]))


def _head():
    return body_model().part == BONE["head"]


def _front(person):
    """Vertices of the face of somebody who looks at the camera."""
    depth = person.body.vertices[:, 2]
    return _head() & (depth < np.percentile(depth[_head()], 10))


def _skin_and_hair(person):
    return (np.median(person.photo.rgb[person.parsing.mask(name)], 0) for name in ("face", "hair"))


@pytest.mark.parametrize("degrees", [-80, 80])
def test_a_profile_has_the_face_on_the_side_that_it_looks_to(product, degrees):
    body = _turned(product, degrees).body
    size = product.photo.rgb.shape[:2]
    rgb, alpha, certain = turn_part(product, HEAD, hang(product), body, size)
    assert rgb.shape == (*size, 3) and alpha.shape == certain.shape == size
    head = silhouette(body, *size, [BONE["head"]])
    assert alpha[head].mean() > 0.9 and alpha.max() <= 1 and (certain <= alpha + 1e-5).all()
    skin, hair = _skin_and_hair(product)
    like_skin = np.linalg.norm(rgb - skin, axis=2) < np.linalg.norm(rgb - hair, axis=2)
    columns = np.nonzero(head)[1]
    left = head & (np.arange(size[1]) < columns.mean())
    shares = like_skin[left].mean(), like_skin[head & ~left].mean()
    x = body.vertices[:, 0]
    looks_right = int(x[_front(product)].mean() > x[_head()].mean())
    assert shares[looks_right] > shares[1 - looks_right] + 0.3


def test_hair_goes_beyond_the_head_as_it_does_in_the_photo(product):
    size = product.photo.rgb.shape[:2]
    _, alpha, _ = turn_part(product, HEAD, hang(product), product.body, size)
    head = silhouette(product.body, *size, [BONE["head"]])
    bald = product.parsing.labels.copy()
    bald[product.parsing.mask("hair", "hat")] = LABEL["face"]
    bald = replace(product, parsing=replace(product.parsing, labels=bald))
    _, without, _ = turn_part(bald, HEAD, hang(bald), product.body, size)
    assert (alpha > 0.5)[~head].sum() > (without > 0.5)[~head].sum() + 20


def test_a_shoe_has_the_colour_of_its_twin_where_the_photo_hides_it(product):
    regions = hang(product)
    shoe = np.median(product.photo.rgb[product.parsing.mask("left_shoe", "right_shoe")], 0)
    regions[FEET[0]] = np.zeros_like(regions[FEET[0]])
    rgb, alpha, certain = turn_part(product, FEET[0], regions, product.body, product.photo.rgb.shape[:2])
    assert np.linalg.norm(np.median(rgb[alpha > 0.9], 0) - shoe) < 40 and certain.max() < 0.1


def test_nothing_is_made_of_a_part_that_the_photo_does_not_show(product):
    regions = {part: np.zeros_like(region) for part, region in hang(product).items()}
    assert turn_part(product, HEAD, regions, product.body, product.photo.rgb.shape[:2]) is None


def test_only_what_hangs_below_the_chin_is_hanging_hair(product):
    size = product.photo.rgb.shape[:2]
    chin = int(product.body.vertices[_head(), 1].max())
    labels = product.parsing.labels.copy()
    labels[chin : chin + 40][product.parsing.mask("top", "neck")[chin : chin + 40]] = LABEL["hair"]
    long = replace(product, parsing=replace(product.parsing, labels=labels))
    layer = hanging_hair(cut_out(long, hang(long), HEAD, Silhouettes(long.body, *size)), long)
    rows = np.arange(layer.corner[1], layer.corner[1] + layer.seen.shape[0])
    assert layer.rgba[rows > chin + 3][:, :, 3].max() > 200
    assert layer.rgba[rows < chin - 40][:, :, 3].max() == 0


def test_a_brim_is_far_off_the_head(product):
    labels = product.parsing.labels.copy()
    ys, xs = np.nonzero(product.parsing.mask("hair", "face"))
    labels[ys.min() : ys.min() + 20, max(xs.min() - 60, 0) : xs.max() + 60] = LABEL["hat"]
    assert not wears_brim(product)
    assert wears_brim(replace(product, parsing=replace(product.parsing, labels=labels)))


def test_a_head_that_turns_too_far_says_so(product):
    reposer = load_reposer("surface")
    near, far = (reposer.repose(product, _turned(product, degrees)) for degrees in (20, 80))
    assert any("turns further" in warning for warning in far.warnings)
    assert not any("turns further" in warning for warning in near.warnings)


@pytest.mark.parametrize(("degrees", "turns"), [(20, False), (80, True), (130, True), (175, False)])
def test_a_cheek_that_shows_is_the_heads_own_and_a_back_is_made_from_hair(product, degrees, turns):
    """Seen from behind a head is made in another way; see test_from_behind."""
    turned = _turned(product, degrees)
    assert Way(product, turned.body, turned.surface, hang(product)).turns_away(HEAD) == turns


@pytest.mark.parametrize(("before", "after", "painted"), [(85, 0, True), (85, 60, False), (55, 0, False), (0, 85, False)])
def test_half_a_face_does_not_make_a_whole_one(product, before, after, painted):
    source, target = (_turned(product, degrees) for degrees in (before, after))
    assert Way(source, target.body, target.surface, hang(source)).lacks_face == painted


def test_a_brim_is_not_painted_over(product):
    labels = product.parsing.labels.copy()
    ys, xs = np.nonzero(product.parsing.mask("hair", "face"))
    labels[ys.min() : ys.min() + 20, max(xs.min() - 60, 0) : xs.max() + 60] = LABEL["hat"]
    source = _turned(replace(product, parsing=replace(product.parsing, labels=labels)), 85)
    assert not Way(source, product.body, product.surface, hang(source)).lacks_face


@pytest.mark.parametrize("degrees", [-80, 80])
def test_the_neck_of_a_trunk_that_turns_stays_within_the_body(product, degrees):
    size = product.photo.rgb.shape[:2]
    source = _turned(product, degrees)
    way = Way(source, product.body, product.surface, hang(source))
    carried = way.carry(TORSO)
    (x, y), (height, width) = carried.layer.corner, carried.layer.seen.shape
    neck, cloth = (product.parsing.mask(*names)[y : y + height, x : x + width] for names in (("neck",), GARMENTS))
    assert carried.skin[neck].all() and not (carried.skin & cloth).any() and neck.any()
    alpha = {}
    for name, skin in (("all", np.ones_like(neck)), ("neck", carried.skin), ("none", None)):
        canvas = Canvas(*size)
        lay_part(canvas, replace(carried, skin=skin), source, product.body, way.target_alone)
        alpha[name] = canvas.picture()[1]
    beside = ~binary_dilation(way.target_alone(TORSO), iterations=round(0.05 * product.pose.torso_px))
    assert alpha["all"].max() > 0.9 and alpha["all"][beside].max(initial=0) < 0.05
    assert (alpha["all"] <= alpha["neck"] + 1e-3).all() and (alpha["neck"] <= alpha["none"] + 1e-3).all()
    if way.mirrored:  # what is reflected is cut where its reflection is
        mirrored = replace(carried, skin=carried.skin[:, ::-1])
        canvas = Canvas(*size)
        lay_part(canvas, mirrored, source, product.body, way.target_alone)
        assert not np.array_equal(canvas.picture()[1], alpha["neck"])


def test_the_neck_of_a_trunk_that_does_not_turn_is_left_alone(product):
    source = _turned(product, 20)
    assert Way(source, product.body, product.surface, hang(source)).carry(TORSO).skin is None


def test_no_face_is_painted_where_there_is_no_head(product):
    labels = np.where(product.parsing.mask("hair", "hat", "face", "glasses"), 0, product.parsing.labels).astype(np.uint8)
    source = _turned(replace(product, parsing=replace(product.parsing, labels=labels)), 85)
    reposed = load_reposer("surface").repose(source, product)
    assert not any("painted" in warning for warning in reposed.warnings)
    face = product.parsing.mask("face")
    assert reposed.alpha[face].mean() < 0.3
