"""The evaluation of re-posing on real photos, with the samples in the place of real people."""

import csv

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from primerka.cli import main
from primerka.errors import PhotoRejected
from primerka.evaluation.repose_photos import evaluate_photos
from primerka.tryon.repose import Reposed


@pytest.fixture(scope="module")
def people(pose_models, buyer_paths, tmp_path_factory):
    """Two sample buyers as held-out photos 10 and 20, and as 11 one that must not be touched: it is not a picture."""
    root = tmp_path_factory.mktemp("data") / "clothing-co-parsing"
    (root / "photos").mkdir(parents=True)
    (root / "labels").mkdir()
    (root / "label_names.txt").write_text("null\nskin\n")
    for number, path in zip((10, 20), buyer_paths):
        picture = Image.open(path).convert("RGB")
        picture.thumbnail((480, 480))
        picture.save(root / "photos" / f"{number:04}.jpg")
    (root / "photos" / "0011.jpg").write_bytes(b"no picture")
    with open(root / "image_tags.csv", "w", newline="") as file:
        csv.writer(file).writerows([["photo", "tags"], *([number, "skin"] for number in (10, 11, 20))])
    return root


class Made:
    """Puts out the photo that the pose is from, or nobody."""

    name = "made"

    def __init__(self, picture, refuse: bool = False):
        self.picture, self.refuse = picture, refuse

    def repose(self, source, target):
        if self.refuse and source is not target:
            raise PhotoRejected("no_person", "Nobody.")
        rgb = np.ascontiguousarray(self.picture(target.photo.rgb))
        size = rgb.shape[:2]
        return Reposed(rgb, np.ones(size, np.float32), np.ones(size, bool), ())


def test_a_perfect_picture_an_empty_one_and_a_refusal(people, tmp_path):
    perfect = evaluate_photos(people, Made(lambda rgb: rgb), 3, sheet=tmp_path / "sheet")
    assert perfect == {"reposer": "made", "pairs": 3, "refused": {}, "own_pose_ssim": 1.0, "pckh": 1.0}
    assert Image.open(tmp_path / "sheet" / "page00.png").size == (2 * 3 * 240, 2 * 360)
    empty = evaluate_photos(people, Made(np.zeros_like), 2)
    assert empty["pckh"] == 0 and empty["own_pose_ssim"] < 0.5
    refused = evaluate_photos(people, Made(lambda rgb: rgb, refuse=True), 2)
    assert refused["refused"] == {"no_person": 2} and refused["pckh"] is refused["own_pose_ssim"] is None


def test_the_same_seed_takes_the_same_people(people):
    seen = []

    def remember(rgb):
        seen.append(rgb.tobytes()[:3000])
        return rgb

    for _ in range(2):
        evaluate_photos(people, Made(remember), 2, seed=5)
    assert seen[:4] == seen[4:]


def test_a_folder_without_photos_is_refused(tmp_path):
    result = CliRunner().invoke(main, ["eval", "photos", str(tmp_path)])
    assert result.exit_code == 2 and "data_missing" in result.stderr
