"""What is counted of random pairs."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from primerka.errors import GarmentRejected, PhotoRejected, WeightsMissing
from primerka.evaluation import tryon

FACE = np.zeros((4, 4), bool)
FACE[0] = True


class Painter:
    """Paints one row of every buyer, and says so."""

    def __init__(self, row: int, said: int):
        self.row, self.said = row, said

    def prepare_buyer(self, person):
        return person

    def prepare_garment(self, garment):
        return garment

    def dress(self, buyer, garments):
        rgb, changed = buyer.photo.rgb.copy(), np.zeros((4, 4), bool)
        rgb[self.row], changed[self.said] = 200, True
        return SimpleNamespace(rgb=rgb, changed=changed)


@pytest.fixture
def measure(monkeypatch):
    """Measures pairs of files; nobody is on the ones called nobody, and bare ones wear nothing."""

    def analyse(path):
        if path.stem == "nobody":
            raise PhotoRejected("no_person", "Nobody.")
        photo = SimpleNamespace(rgb=np.zeros((4, 4, 3), np.uint8))
        return SimpleNamespace(path=path, photo=photo, parsing=SimpleNamespace(mask=lambda name: FACE))

    def find_garment(person):
        if person.path.stem == "bare":
            raise GarmentRejected("no_garment", "Nothing.")
        return SimpleNamespace(category=person.path.stem)

    def measure(names: str, pairs: int, painter: Painter) -> dict:
        monkeypatch.setattr(tryon, "_tailor", lambda name: painter)
        return tryon._random_pairs([Path(name) for name in names.split()], pairs, "painter", processes=1)

    monkeypatch.setattr(tryon, "read_photo", lambda path: path)
    monkeypatch.setattr(tryon, "analyse", analyse)
    monkeypatch.setattr(tryon, "find_garment", find_garment)
    return measure


def test_every_pair_is_a_look_or_a_refusal_with_its_code(measure):
    found = measure("top skirt nobody bare", 60, Painter(row=2, said=2))
    assert found["pairs"] == 60 and found["looks"] + sum(found["refusals"].values()) == 60
    assert set(found["refusals"]) == {"no_person", "no_garment"} and set(found["categories"]) == {"top", "skirt"}
    assert found["looks_percent"] == round(100 * found["looks"] / 60, 2)
    assert sum(found["categories"].values()) == found["looks"] and found["card_ms_median"] >= 0
    assert found["looks_with_a_face_or_unchanged_pixel_altered"] == 0
    assert measure("top skirt nobody bare", 60, Painter(row=2, said=2))["refusals"] == found["refusals"]  # seeded


@pytest.mark.parametrize(("row", "said"), [(2, 3), (0, 0)])
def test_a_pixel_altered_in_silence_and_one_of_the_face_are_found(measure, row, said):
    assert measure("top skirt", 5, Painter(row, said))["looks_with_a_face_or_unchanged_pixel_altered"] == 5


def test_missing_weights_are_no_refusal(measure, monkeypatch):
    def missing(path):
        raise WeightsMissing("weights_missing", "Fetch them.")

    monkeypatch.setattr(tryon, "analyse", missing)
    with pytest.raises(WeightsMissing):
        measure("top skirt", 2, Painter(2, 2))


def test_without_the_weights_of_lpips_nothing_is_tried_on(monkeypatch):
    """It is measured last, half an hour later."""

    def missing():
        raise WeightsMissing("weights_missing", "Fetch them.")

    monkeypatch.setattr(tryon, "check_lpips", missing)
    monkeypatch.setattr(tryon, "read_clothing_co_parsing", lambda root: pytest.fail("it began"))
    with pytest.raises(WeightsMissing):
        tryon.evaluate_tryon(Path("data"))


def test_nothing_but_refusals_has_no_time(measure):
    found = measure("nobody bare", 4, Painter(2, 2))
    assert found["looks"] == 0 and found["card_ms_median"] is None


def test_a_garment_put_back_from_the_mirror_image_is_measured_where_it_is(monkeypatch):
    """The painter's row is all that differs from the photo, inside the garment."""
    rgb = np.zeros((64, 64, 3), np.uint8)
    worn = np.zeros((64, 64), bool)
    worn[20:40, 20:40] = True
    seen = []

    def analyse(photo, worn=None):
        seen.append((photo, worn))
        return SimpleNamespace(photo=photo)

    def dress(buyer, garments):
        painted = buyer.photo.rgb.copy()
        painted[30, 20:40] = 200
        return SimpleNamespace(rgb=painted)

    painter = SimpleNamespace(prepare_buyer=lambda person: person, prepare_garment=lambda garment: garment, dress=dress)
    monkeypatch.setattr(tryon, "read_photo", lambda path: SimpleNamespace(rgb=rgb))
    monkeypatch.setattr(tryon, "analyse", analyse)
    monkeypatch.setattr(tryon, "find_garment", lambda person, category=None: SimpleNamespace(category="top", mask=worn))
    monkeypatch.setattr(tryon, "_tailor", lambda name: painter)
    monkeypatch.setattr(tryon, "lpips", lambda one, other, mask: float(np.abs(one.astype(int) - other)[mask].mean()))
    similarity, noise, difference = tryon._put_back(Path("photo"), "painter")
    assert difference == pytest.approx(200 / 20) and 0 < similarity < 1 and 8 < noise < 20
    assert [category for _, category in seen] == [None, "top"]


def test_a_photo_that_is_refused_has_no_scores_but_its_code(monkeypatch):
    def refuse(photo, worn=None):
        raise PhotoRejected("no_person", "Nobody.")

    monkeypatch.setattr(tryon, "read_photo", lambda path: SimpleNamespace(rgb=np.zeros((4, 4, 3), np.uint8)))
    monkeypatch.setattr(tryon, "analyse", refuse)
    assert tryon._put_back(Path("photo"), "painter") == "no_person"
