"""What a bag hides at a garment's edge is as far out as on the other side."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.parsing import LABEL
from primerka.perception.analyse import analyse
from primerka.perception.find_garment import find_garment
from primerka.perception.nearby import distance_to
from primerka.photo import read_photo
from primerka.tryon.surface import symmetry
from primerka.tryon.surface.cloth import prepare_cloth
from primerka.tryon.surface.parts import assign_parts
from primerka.tryon.surface.symmetry import _axis, hidden_half


@pytest.fixture(scope="module")
def skirt(pose_models, product_paths):
    from primerka.samples import product_category

    path = next(path for path in product_paths if product_category(path) == "skirt")
    return find_garment(analyse(read_photo(path, 640), worn="skirt"), "skirt")


def _behind(garment, bag):
    """What is found of a garment behind a bag that is laid over it."""
    labels = np.where(bag, LABEL["bag"], garment.model.parsing.labels).astype(np.uint8)
    model = replace(garment.model, parsing=replace(garment.model.parsing, labels=labels))
    covered = replace(garment, model=model, mask=garment.mask & ~bag)
    found = hidden_half(covered, assign_parts(covered))
    return np.logical_or.reduce(list(found.values())) if found else np.zeros_like(bag)


def _corner(garment):
    """A bag over one lower corner, and beyond it."""
    ys, xs = np.nonzero(garment.mask)
    rows, columns = np.indices(garment.mask.shape)
    return (
        (rows > np.percentile(ys, 60)) & (rows < ys.max() + 15) & (columns < np.percentile(xs, 35)) & (columns > xs.min() - 40)
    )


def test_a_hidden_corner_is_as_wide_as_the_other(skirt):
    bag = _corner(skirt)
    hidden, found = bag & skirt.mask, _behind(skirt, bag)
    assert hidden.sum() > 0.05 * skirt.mask.sum()
    assert (found & hidden).sum() > 0.8 * hidden.sum()
    assert (found & ~skirt.mask).sum() < 0.15 * hidden.sum()


def test_beside_a_garment_a_bag_hides_nothing(skirt):
    beside = ~skirt.mask & (np.indices(skirt.mask.shape)[1] < np.nonzero(skirt.mask)[1].min() - 3)
    assert not _behind(skirt, beside).any()


def test_of_whoever_is_turned_nothing_is_said(skirt, monkeypatch):
    monkeypatch.setattr(symmetry, "yaw", lambda turn: np.radians(60))
    assert not _behind(skirt, _corner(skirt)).any()


def test_what_an_open_coat_shows_is_not_closed(skirt):
    """A pouch in the opening has cloth further out on either side."""
    axis = _axis(skirt)
    middle = np.abs(np.arange(skirt.mask.shape[1]) - axis - 0.1 * skirt.model.pose.torso_px) < 0.06 * skirt.model.pose.torso_px
    assert (middle & skirt.mask).any()
    assert not _behind(skirt, middle & skirt.mask).any()


def test_prepared_cloth_has_the_hidden_corner(skirt):
    bag = _corner(skirt)
    labels = np.where(bag, LABEL["bag"], skirt.model.parsing.labels).astype(np.uint8)
    model = replace(skirt.model, parsing=replace(skirt.model.parsing, labels=labels))
    covered = replace(skirt, model=model, mask=skirt.mask & ~bag)
    cloth = np.maximum.reduce(list(prepare_cloth(covered).alpha.values())) > 127
    hidden = bag & skirt.mask & _behind(skirt, bag)
    assert cloth[hidden].mean() > 0.9


def test_whoever_lies_has_no_other_half(skirt, monkeypatch):
    monkeypatch.setattr(symmetry, "waist", lambda person: ((0, 0), np.array([1.0, 0.0])))
    assert not _behind(skirt, _corner(skirt)).any()


def test_far_off_the_body_and_of_little_nothing_is_said(skirt):
    unit, axis = skirt.model.pose.torso_px, _axis(skirt)
    corner, outwards = _corner(skirt), axis - np.arange(skirt.mask.shape[1])
    rows = np.arange(len(skirt.mask))[:, None]
    hem = (rows > np.nonzero(skirt.mask)[0].max() - 0.3 * unit) & (rows < np.nonzero(skirt.mask)[0].max())
    flared = hem & (np.abs(outwards) < 0.8 * unit)  # in motion on both sides
    mask = skirt.mask | flared
    labels = np.where(flared, LABEL["skirt"], skirt.model.parsing.labels).astype(np.uint8)
    wide = replace(skirt, mask=mask, model=replace(skirt.model, parsing=replace(skirt.model.parsing, labels=labels)))
    bag = hem & (outwards > 0.1 * unit)
    far = distance_to(skirt.model.surface.part >= 0) > (symmetry.STANDS_OFF + 0.01) * unit
    found = _behind(wide, bag)
    assert (bag & flared & far).sum() > 100 and found.any() and not found[far].any()
    crumb = corner & skirt.mask & (outwards > np.percentile(outwards[corner & skirt.mask], 80))
    few = np.flatnonzero(crumb.any(1))[: max(round(0.05 * unit), 2)]
    crumb &= np.isin(np.arange(len(crumb)), few)[:, None]
    assert 0 < crumb.sum() < symmetry.LEAST * unit**2 and not _behind(skirt, crumb).any()


def test_what_hangs_lower_on_the_other_side_counts_for_less(skirt):
    """Where both edges show, that side is wider: so it is behind the bag."""
    unit, axis = skirt.model.pose.torso_px, _axis(skirt)
    outwards = np.arange(skirt.mask.shape[1]) - axis
    edge = np.where(skirt.mask, outwards, -np.inf).max(1, keepdims=True)
    wider = np.isfinite(edge) & (outwards > 0) & (outwards < edge + 0.1 * unit)
    labels = np.where(wider, LABEL["skirt"], skirt.model.parsing.labels).astype(np.uint8)
    parsing = replace(skirt.model.parsing, labels=labels)
    uneven = replace(skirt, mask=skirt.mask | wider, model=replace(skirt.model, parsing=parsing))
    bag = _corner(skirt)
    beyond = bag & ~skirt.mask & _behind(uneven, bag)
    assert beyond.sum() < 0.25 * (bag & (outwards > -edge - 0.1 * unit) & (outwards < -edge)).sum()
    assert (_behind(uneven, bag) & skirt.mask & bag).sum() > 0.7 * (bag & skirt.mask).sum()
