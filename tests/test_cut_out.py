"""A garment that somebody cut out by hand."""

import io
import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from primerka.body import BONE
from primerka.cli import main
from primerka.errors import GarmentRejected, PhotoRejected
from primerka.parsing import LABEL
from primerka.perception.find_garment import find_garment
from primerka.perception.given_garment import given_garment
from primerka.photo import Photo, decode_cut_out
from primerka.tryon.surface.cloth import prepare_cloth

PHOTO = Photo(np.full((100, 80, 3), 200, np.uint8))


def _bytes(image: Image.Image, format: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def _left_half(scale: int = 1) -> np.ndarray:
    mask = np.zeros((100 * scale, 80 * scale), np.uint8)
    mask[:, : 40 * scale] = 255
    return mask


@pytest.mark.parametrize("scale", [1, 3])
def test_what_is_opaque_is_the_garment(scale):
    mask = _left_half(scale)
    image = Image.fromarray(np.dstack([np.full((*mask.shape, 3), 90, np.uint8), mask]))
    np.testing.assert_array_equal(decode_cut_out(_bytes(image), PHOTO), _left_half() > 0)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1"])
def test_without_transparency_white_is_the_garment(mode):
    image = Image.fromarray(_left_half()).convert(mode)
    np.testing.assert_array_equal(decode_cut_out(_bytes(image), PHOTO), _left_half() > 0)


def test_sixteen_bits_and_a_nearly_opaque_pixel_are_no_transparency():
    deep = np.where(_left_half() > 0, 65535, 3000).astype(np.uint16)
    np.testing.assert_array_equal(decode_cut_out(_bytes(Image.fromarray(deep)), PHOTO), _left_half() > 0)
    alpha = np.full(_left_half().shape, 255, np.uint8)
    alpha[0, 0] = 254
    image = Image.fromarray(np.dstack([_left_half()] * 3 + [alpha]))
    np.testing.assert_array_equal(decode_cut_out(_bytes(image), PHOTO), _left_half() > 0)


def test_a_cut_out_is_turned_upright_as_its_photo_is():
    image = Image.fromarray(np.rot90(_left_half()).copy())
    exif = Image.Exif()
    exif[0x0112] = 6
    np.testing.assert_array_equal(decode_cut_out(_bytes(image, exif=exif), PHOTO), _left_half() > 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_bytes(Image.new("L", (80, 90))), "cut_out_of_another_photo"),
        (_bytes(Image.new("L", (100, 80))), "cut_out_of_another_photo"),
        (_bytes(Image.linear_gradient("L").resize((80, 100))), "no_cut_out"),
        (b"no picture", "not_a_picture"),
        (_bytes(Image.fromarray(_left_half()))[:-40], "broken_picture"),
    ],
)
def test_a_cut_out_that_is_none(data, code):
    with pytest.raises(PhotoRejected) as refusal:
        decode_cut_out(data, PHOTO)
    assert refusal.value.code == code


def test_the_mask_is_the_garment_pixel_by_pixel(product):
    found = find_garment(product)
    mask = np.roll(found.mask, 3, 1)
    garment = given_garment(product, mask)
    assert garment.category == found.category and garment.certainty == 1.0
    np.testing.assert_array_equal(garment.mask, mask)
    np.testing.assert_array_equal(garment.model.parsing.mask(found.category), mask)


def test_what_was_rubbed_out_lies_before_the_garment(product):
    """A bag on the belly that went along: without it the cloth goes on behind."""
    found = find_garment(product)
    ys, xs = np.nonzero(product.surface.mask([BONE["abdomen"]]) & found.mask)
    bag = np.zeros_like(found.mask)
    bag[int(ys.mean()) - 8 : int(ys.mean()) + 8, int(xs.mean()) - 8 : int(xs.mean()) + 8] = True
    garment = given_garment(product, found.mask & ~bag, found.category)
    assert (garment.model.parsing.labels[bag & found.mask] == LABEL["other"]).all()
    covered = np.maximum.reduce(list(prepare_cloth(garment).alpha.values()))
    assert (covered[bag & found.mask] > 127).mean() > 0.95


@pytest.mark.parametrize("shown", [0.0, 0.001, 1.0])
def test_a_cut_out_of_nothing_or_of_everything(product, shown):
    mask = np.zeros_like(product.parsing.labels, bool)
    mask.ravel()[: round(shown * mask.size)] = True
    with pytest.raises(GarmentRejected) as refusal:
        given_garment(product, mask, "top")
    assert refusal.value.code == "cut_out_empty"


def test_a_cut_out_beside_the_person_is_refused(product):
    beside = product.parsing.labels == 0
    beside[:, : beside.shape[1] // 2] |= np.indices(beside[:, : beside.shape[1] // 2].shape).sum(0) % 4 == 0
    with pytest.raises(GarmentRejected) as refusal:
        given_garment(product, beside & (np.indices(beside.shape)[0] % 2 == 0), "outerwear")
    assert refusal.value.code == "cut_out_empty"


def test_dots_are_no_garment_and_what_the_parsing_missed_is_one(product):
    found = find_garment(product)
    rows, columns = np.indices(found.mask.shape)
    with pytest.raises(GarmentRejected) as refusal:
        given_garment(product, found.mask & (rows % 3 == 0) & (columns % 3 == 0), found.category)
    assert refusal.value.code in ("cut_out_empty", "garment_hidden")
    missed = found.mask & (rows < np.percentile(np.nonzero(found.mask)[0], 55))
    labels = np.where(missed, 0, product.parsing.labels).astype(np.uint8)
    garment = given_garment(_relabelled(product, labels), found.mask, found.category)
    np.testing.assert_array_equal(garment.mask, found.mask)


def test_a_garment_that_is_mostly_hidden_is_refused_all_the_same(product):
    trunk = product.surface.mask([BONE["chest"], BONE["abdomen"]])
    labels = np.where(trunk, np.uint8(LABEL["outerwear"]), product.parsing.labels)
    columns = np.flatnonzero(trunk.any(0))
    strip = trunk & (np.abs(np.arange(trunk.shape[1]) - columns.mean()) < len(columns) / 12)
    with pytest.raises(GarmentRejected) as refusal:
        given_garment(_relabelled(product, labels), strip, "top")
    assert refusal.value.code == "garment_hidden"


def _relabelled(person, labels):
    from dataclasses import replace

    return replace(person, parsing=replace(person.parsing, labels=labels))


def _run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_from_cut_to_try(pose_models, buyer_paths, product_paths, tmp_path):
    cut, look, plain = tmp_path / "cut.png", tmp_path / "look.png", tmp_path / "plain.png"
    result = _run("cut", product_paths[0], "--out", cut, "--json")
    value = json.loads(result.stdout)
    assert {"status", "code", "stages_ms", "warnings", "out", "category", "certainty"} <= set(value)
    assert value["status"] == "ok" and 0 < value["certainty"] <= 1
    image = Image.open(cut)
    garment = np.asarray(image.getchannel("A")) == 255
    photo = np.asarray(Image.open(product_paths[0]).convert("RGB"))
    assert image.mode == "RGBA" and 0.02 < garment.mean() < 0.6
    assert (np.asarray(image.convert("RGB")) == photo).all() or photo.shape[:2] != garment.shape
    assert _run("try", buyer_paths[0], product_paths[0], "--out", plain).exit_code == 0
    assert _run("try", buyer_paths[0], product_paths[0], "--cut-out", cut, "--out", look).exit_code == 0
    same = np.asarray(Image.open(look)) == np.asarray(Image.open(plain))
    assert same.all(2).mean() > 0.98
    upper = garment & (np.arange(len(garment))[:, None] < np.percentile(np.nonzero(garment)[0], 70))
    Image.fromarray(upper).save(cut)
    assert _run("try", buyer_paths[0], product_paths[0], "--cut-out", cut, "--out", look).exit_code == 0
    assert (np.asarray(Image.open(look)) != np.asarray(Image.open(plain))).any(2).mean() > 0.005


def test_one_product_of_an_outfit_may_be_cut_out(pose_models, buyer_paths, product_paths, tmp_path):
    cut = tmp_path / "cut.webp"
    assert _run("cut", product_paths[0], "--out", cut).exit_code == 0
    products = [
        product_paths[0],
        next(path for path in product_paths if path.stem.split("-")[0] != product_paths[0].stem.split("-")[0]),
    ]
    result = _run("try", buyer_paths[0], *products, "--cut-out", cut, "--cut-out", "-", "--out", tmp_path / "look.png")
    assert result.exit_code == 0, result.output


def test_refusals(pose_models, buyer_paths, product_paths, tmp_path):
    look, wrong = tmp_path / "look.png", tmp_path / "wrong.png"
    Image.new("L", (300, 100), 255).save(wrong)
    for cut_out, code in (
        (wrong, "cut_out_of_another_photo"),
        (tmp_path / "none.png", "no_such_file"),
        (buyer_paths[0], "no_cut_out"),
    ):
        result = _run("try", buyer_paths[0], product_paths[0], "--cut-out", cut_out, "--out", look)
        assert result.exit_code == 2 and not look.exists(), cut_out
        assert f"({code})" in result.output and product_paths[0].name in result.output
    result = _run("try", buyer_paths[0], product_paths[0], "--cut-out", "-", "--cut-out", "-", "--out", look)
    assert result.exit_code == 2 and "--cut-out" in result.output
    result = _run("cut", product_paths[0], "--out", tmp_path / "cut.jpg")
    assert result.exit_code == 2 and "(cannot_write)" in result.output
    photo = tmp_path / "photo.png"
    Image.open(product_paths[0]).save(photo)
    before = photo.read_bytes()
    result = _run("cut", photo, "--out", photo)
    assert result.exit_code == 2 and "(cannot_write)" in result.output and photo.read_bytes() == before
