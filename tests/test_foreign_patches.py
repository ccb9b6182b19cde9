"""What hangs beside a garment and is another thing."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.foreign_patches import foreign_patches
from primerka.photo import Photo, read_photo


@pytest.fixture(scope="module")
def product(pose_models, product_paths):
    """Close-fitting: beside a wide skirt a bag is one patch with the skirt, and stays."""
    return analyse(read_photo(next(path for path in product_paths if path.stem == "trousers-houndstooth")))


COLOURS = {"violet": (120, 20, 160), "orange": (240, 120, 10)}


def _beside(model, mask, colour):
    """The person with a block beside the garment, off the body, that is parsed as the garment; and where it is."""
    unit, (ys, xs) = model.pose.torso_px, np.nonzero(mask)
    middle = int(np.percentile(ys, 60))
    edge = int(xs[np.abs(ys - middle) < 3].max())
    block = np.zeros_like(mask)
    block[middle : middle + int(0.4 * unit), edge - 2 : edge + int(0.3 * unit)] = True
    block &= model.surface.part < 0
    rgb = model.photo.rgb.copy()
    rgb[block] = colour
    return rgb, block


@pytest.mark.parametrize("colour", COLOURS)
def test_a_bag_beside_the_garment_is_left_out(product, colour):
    garment = find_garment(product)
    rgb, block = _beside(product, garment.mask, COLOURS[colour])
    labels = np.where(block, LABEL[garment.category], product.parsing.labels).astype(product.parsing.labels.dtype)
    model = replace(product, photo=Photo(rgb), parsing=replace(product.parsing, labels=labels))
    found = find_garment(model, garment.category).mask
    assert found[block].mean() < 0.1
    assert (found & garment.mask & ~block).sum() > 0.98 * (garment.mask & ~block).sum()


def test_cloth_of_the_same_colours_stays(product):
    garment = find_garment(product)
    body = garment.mask & (product.surface.part >= 0)
    rgb, block = _beside(product, garment.mask, (0, 0, 0))
    random = np.random.default_rng(0)
    colours = product.photo.rgb[body]
    rgb[block] = colours[random.integers(len(colours), size=block.sum())]
    photo = Photo(rgb)
    mask = garment.mask | block
    foreign = foreign_patches(mask, photo, product.surface, product.pose.torso_px)
    assert block.sum() > 0.03 * product.pose.torso_px**2 and foreign[mask].mean() < 0.02
