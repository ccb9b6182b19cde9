"""Pairs made of single photos: the layout, the splits, where the keypoints lie, and that a broken-off run goes on."""

import json
import shutil
from itertools import pairwise, permutations

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from primerka.attributes import ATTRIBUTES, attributes
from primerka.cli import main
from primerka.datasets.make_self_pairs import carried, find_person, held_out, make_self_pairs, photographed, walk
from primerka.datasets.open_pairs import open_pairs
from primerka.errors import DataMissing, PhotoRejected
from primerka.perception.blazepose import find_pose
from primerka.photo import Photo, read_photo
from primerka.tryon.repose import PLAIN, load_reposer

HEIGHT, WIDTH = 256, 176


@pytest.fixture(scope="module")
def photos(pose_models, buyer_paths, tmp_path_factory):
    """Two people to train with, two who are held out, a photo of nobody and one that has another name."""
    folder = tmp_path_factory.mktemp("photos")
    anna, marcus, mei = buyer_paths
    for name, path in {"0001": anna, "0002": marcus, "0010": mei, "0020": marcus, "cover": mei}.items():
        Image.fromarray(read_photo(path, 512).rgb).save(folder / f"{name}.jpg", quality=95)
    Image.new("RGB", (200, 300), "grey").save(folder / "0003.jpg")
    return folder


@pytest.fixture(scope="module")
def people(photos):
    """A finder that analyses each photo once for all tests, and counts how often it is asked."""
    known = {}

    def find(path):
        find.asked.append(path.stem)
        if path.stem not in known:
            try:
                known[path.stem] = find_person(path)
            except PhotoRejected as refusal:
                known[path.stem] = refusal
        if isinstance(known[path.stem], PhotoRejected):
            raise known[path.stem]
        return known[path.stem]

    find.asked = []
    return find


@pytest.fixture(scope="module")
def made(photos, people, tmp_path_factory):
    root = tmp_path_factory.mktemp("self")
    return root, make_self_pairs(photos, root, 2, find=people)


@pytest.fixture
def copy(made, tmp_path):
    return shutil.copytree(made[0], tmp_path / "self")


def files(root):
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_reader_of_pairs_reads_them(made):
    for split, names in (("train", {"0001", "0002"}), ("test", {"0010", "0020"})):
        pairs = open_pairs("self", made[0], split)
        assert len(pairs) == {"train": 2, "test": 1}[split]
        for pair in pairs:
            assert pair.source.shape == pair.target.shape == (HEIGHT, WIDTH, 3)
            source, target = pair.name.split("___")
            person, _, pose = source.removesuffix(".png").partition("_as_")
            assert target == f"{person}.png" and {person, pose} == names
            for parsing in (pair.source_parsing, pair.target_parsing):
                assert {"hair", "face", "upper_clothes", "leg"} <= {ATTRIBUTES[index] for index in np.unique(parsing)}
            for picture in (pair.source, pair.target):
                assert (picture[:3] == PLAIN).all() and (picture[-3:] == PLAIN).all()


def test_nobody_who_is_held_out_is_in_train(made):
    names = {split: {path.stem for path in (made[0] / split).iterdir()} for split in ("train", "test")}
    assert not [name for name in names["train"] for part in name.split("_as_") if held_out(part)]
    assert all(held_out(part) for name in names["test"] for part in name.split("_as_"))


def test_refused_photos_are_counted_and_not_looked_at_again(made, photos, people, copy):
    assert made[1]["train"].refused == {"no_person": 1} and made[1]["test"].refused == {}
    assert (made[0] / "refused.csv").read_text() == "0003,no_person\n"
    people.asked.clear()
    make_self_pairs(photos, copy, 3, find=people)
    assert "0003" not in people.asked


def test_keypoints_lie_on_the_person_as_seen_by_a_detector(made):
    """BlazePose, looking at the small pictures alone, sees them where they are said to be."""
    for pair in open_pairs("self", made[0], "train"):
        for picture, keypoints in ((pair.source, pair.source_keypoints), (pair.target, pair.target_keypoints)):
            large = np.array(Image.fromarray(picture).resize((3 * WIDTH, 3 * HEIGHT), Image.Resampling.BICUBIC))
            seen = find_pose(Photo(large))[0].keypoints.resized(large.shape[:2], (HEIGHT, WIDTH))
            both = seen.visible(HEIGHT, WIDTH) & keypoints.visible(HEIGHT, WIDTH)
            assert both.sum() >= 12
            assert np.median(np.linalg.norm(seen.xy - keypoints.xy, axis=1)[both]) < 4


def test_the_source_stands_as_the_other_photo_and_the_target_as_its_own(photos, people):
    person, pose = people(photos / "0001.jpg"), people(photos / "0002.jpg")
    source, target = carried(load_reposer(), person, pose), photographed(person)
    for picture, original in ((source, pose), (target, person)):
        there, wanted = picture.keypoints.xy, original.pose.keypoints.xy
        # The same up to scale and place: the best such fit leaves nothing over.
        there, wanted = there - there.mean(0), wanted - wanted.mean(0)
        scale = (there * wanted).sum() / (wanted**2).sum()
        assert np.abs(there - scale * wanted).max() < 0.01


def test_the_target_is_the_photo_itself(photos, people):
    """Every pixel well inside the person is the mean of the photo's pixels there."""
    person = people(photos / "0001.jpg")
    target = photographed(person)
    ys, xs = np.nonzero(person.parsing.labels)
    box = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    inside = target.attributes != ATTRIBUTES.index("background")
    rows, columns = np.nonzero(inside)
    size = (columns.max() + 1 - columns.min(), rows.max() + 1 - rows.min())
    photo = np.array(Image.fromarray(person.photo.rgb).crop(box).resize(size, Image.Resampling.BOX)).astype(float)
    here = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
    off = np.abs(photo - target.rgb[here]).mean(2)[inside[here]]
    assert np.median(off) < 6


def test_carried_attributes_are_those_of_a_person_who_stays(photos, people):
    """Carried into their own pose, nearly every pixel keeps its attribute."""
    person = people(photos / "0001.jpg")
    there, back = carried(load_reposer(), person, person).attributes, photographed(person).attributes
    on = (there > 0) | (back > 0)
    assert on.sum() > 2000 and (there == back)[on].mean() > 0.9
    assert set(np.unique(there)) <= set(np.unique(attributes(person.parsing)))


def test_a_second_run_makes_nothing(photos, made, copy):
    def never(path):
        raise AssertionError("nothing was to be analysed")

    again = make_self_pairs(photos, copy, 2, find=never)
    assert [again[split].pairs for split in again] == [2, 1] and not any(again[split].made for split in again)
    assert files(copy) == files(made[0])


def test_a_run_that_was_broken_off_goes_on(photos, people, made, copy):
    """The rows of keypoints end in the middle of one, the pairs are not written yet, and a picture and a map are lost."""
    (copy / "self-pairs-train.csv").unlink()
    whole = (copy / "self-annotation-train.csv").read_text().splitlines(keepends=True)
    names = [row.partition(":")[0] for row in whole]
    (copy / "self-annotation-train.csv.part").write_text("".join(whole[:-1]) + whole[-1][:20])
    (copy / "self-annotation-train.csv").unlink()
    (copy / "train" / names[-1]).unlink()
    (copy / "train" / names[1]).unlink()
    (copy / "parsing" / "train" / names[2]).unlink()
    assert make_self_pairs(photos, copy, 2, find=people)["train"].made == 2
    assert files(copy) == files(made[0])


def test_the_same_seed_makes_the_same_files(photos, people, made, tmp_path):
    make_self_pairs(photos, tmp_path, 2, find=people)
    assert files(tmp_path) == files(made[0])


def test_too_few_photos(photos, tmp_path):
    with pytest.raises(DataMissing, match="fewer than two photos NNNN") as refusal:
        make_self_pairs(tmp_path, tmp_path / "self", 1)
    assert refusal.value.code == "too_few_photos"


def test_a_person_without_feet_is_refused(photos, tmp_path):
    rgb = read_photo(photos / "0001.jpg").rgb
    Image.fromarray(rgb[: round(0.6 * len(rgb))]).save(tmp_path / "0001.jpg")
    with pytest.raises(PhotoRejected) as refusal:
        find_person(tmp_path / "0001.jpg")
    assert refusal.value.code == "cut_off"


@pytest.mark.parametrize("count", [2, 3, 7, 12])
def test_the_walk_meets_every_ordered_pair_once(count):
    names = [f"{number:04d}" for number in range(count)]
    pairs = list(walk(names, 4))
    assert len(pairs) == count * (count - 1) and set(pairs) == set(permutations(names, 2))
    assert pairs == list(walk(names, 4))


def test_the_walk_ends_pairs_where_the_next_begins():
    pairs = list(walk([str(number) for number in range(101)], 0))
    broken = sum(one[1] != two[0] for one, two in pairwise(pairs))
    assert broken < len(pairs) / 100
    assert pairs != list(walk([str(number) for number in range(101)], 1))


def test_the_command(photos, made, copy):
    arguments = ["datasets", "self-pairs", "--photos", photos, "--root", copy, "--count", 2]
    result = CliRunner().invoke(main, [*map(str, arguments), "--json"])
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert printed["status"] == "ok" and printed["train"] == {"pairs": 2, "made": 0, "refused": {"no_person": 1}}
    result = CliRunner().invoke(main, [*map(str, arguments)])
    assert "train: 2 pairs, 0 of them made now; photos refused: 1 no_person" in result.stdout


def test_a_set_that_was_not_made_names_the_command(tmp_path):
    with pytest.raises(DataMissing, match="primerka datasets self-pairs --photos DIR --count N --root"):
        open_pairs("self", tmp_path, "train")
