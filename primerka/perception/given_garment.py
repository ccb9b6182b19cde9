"""A product photo and what somebody cut out of it → Garment."""

from dataclasses import replace

import numpy as np

from primerka.errors import GarmentRejected
from primerka.parsing import GARMENTS, LABEL
from primerka.perception.find_garment import find_garment
from primerka.perception.known_garment import MIN_AREA
from primerka.person import Garment, Person

ON_THE_PERSON = 0.5  # of a cut-out, at least


def given_garment(model: Person, mask: np.ndarray, category: str | None = None) -> Garment:
    """The garment that a mask (H, W) bool shows, pixel by pixel, whatever the parsing saw there; that takes part in its kind alone,
    if none is given. What the parsing took for the garment beside it lies before it: a bag, a strap.

    Raises GarmentRejected cut_out_empty, or what find_garment does.
    """
    counts = {name: (model.parsing.mask(name) & mask).sum() for name in GARMENTS}
    category = category or max(counts, key=counts.get)
    on_person = (mask & ((model.parsing.labels > 0) | (model.surface.part >= 0))).sum()
    if on_person < MIN_AREA[category] * model.pose.torso_px**2 or on_person < ON_THE_PERSON * mask.sum():
        raise GarmentRejected("cut_out_empty", f"The cut-out shows no {category} on the photo's main person.")
    beside = model.parsing.mask(category) & ~mask
    labels = np.where(beside, LABEL["other"], np.where(mask, LABEL[category], model.parsing.labels)).astype(np.uint8)
    certainty = np.where(mask, 100, model.parsing.certainty).astype(np.uint8)
    agreement = {**model.parsing.agreement, category: 1.0}
    model = replace(model, parsing=replace(model.parsing, labels=labels, certainty=certainty, agreement=agreement))
    if not find_garment(model, category).mask.any():  # which refuses what is mostly hidden; dots are no garment
        raise GarmentRejected("cut_out_empty", f"The cut-out shows no {category} that hangs together.")
    return Garment(model, mask, category)
