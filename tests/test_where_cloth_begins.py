"""Where a product begins on its model."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.parsing import LABEL
from primerka.tryon.surface.cloth import _begins, prepare_cloth
from primerka.tryon.surface.parts import along_body


def test_a_few_pixels_are_not_where_a_product_begins():
    along = np.repeat(np.arange(0, 1, 0.005)[:, None], 100, 1)
    shown = (along > 0.6) & (np.arange(100) > 5)
    hidden = (along > 0.1) & (along <= 0.6)
    assert _begins(along, shown, hidden) == pytest.approx(0.6, abs=0.03)
    shown[30, :2] = True  # a crumb at 0.15
    assert _begins(along, shown, hidden & (along > 0.2)) == pytest.approx(0.6, abs=0.03)


def test_a_product_begins_where_most_of_it_shows(cloths):
    cloth = cloths["trousers"]
    model = cloth.garment.model
    along = along_body(model)
    hidden = cloth.garment.mask & (along < 0.6) & (np.arange(along.shape[1]) < np.median(np.nonzero(cloth.garment.mask)[1]) + 5)
    labels = np.where(hidden, np.uint8(LABEL["top"]), model.parsing.labels)
    model = replace(model, parsing=replace(model.parsing, labels=labels))
    covered = prepare_cloth(replace(cloth.garment, model=model, mask=cloth.garment.mask & ~hidden))
    assert cloth.begins < 0.4 and covered.begins == pytest.approx(0.6, abs=0.05)
