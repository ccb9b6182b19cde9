"""Which garment a product photo shows, when the parsing calls it something else."""

from dataclasses import replace

import numpy as np
import pytest

from primerka.parsing import GARMENTS, LABEL, Parsing
from primerka.perception.find_garment import LOOK_ALIKES, find_garment


@pytest.mark.parametrize(("category", "seen"), [(c, s) for c in GARMENTS for s in LOOK_ALIKES[c] if s != c])
def test_a_look_alike_is_taken_for_the_garment_that_is_asked_for(product, category, seen):
    cloth = product.parsing.mask(*GARMENTS)
    labels = np.where(cloth, LABEL[seen], 0).astype(np.uint8)
    model = replace(product, parsing=Parsing(labels, product.parsing.alpha))
    garment = find_garment(model, category)
    assert garment.category == category
    assert (garment.mask & cloth).sum() > 0.95 * cloth.sum()
