"""DeepFashion in miniature: names, crops, label maps, pairs."""

import pickle
import shutil

import numpy as np
import pytest
from made_up_sets import annotations, pairs, picture
from PIL import Image

from primerka.attributes import ATTRIBUTES
from primerka.datasets.deepfashion import (
    ATTRIBUTE_OF_SEMANTIC,
    crop_borders,
    flat_name,
    make_pictures,
    parsing_path,
    read_semantic,
    semantic_path,
)
from primerka.datasets.open_pairs import open_pairs
from primerka.datasets.pose_pairs import resize_regions
from primerka.errors import DataMissing

# Names that stand in the published split files, and the files that they come from.
NAMES = {
    "fashionMENDenimid0000008001_1front.jpg": "MEN/Denim/id_00000080/01_1_front",
    "fashionWOMENTees_Tanksid0000783805_7additional.jpg": "WOMEN/Tees_Tanks/id_00007838/05_7_additional",
    "fashionMENShirts_Polosid0000180202_4full.jpg": "MEN/Shirts_Polos/id_00001802/02_4_full",
    "fashionWOMENRompers_Jumpsuitsid0000104507_1front.jpg": "WOMEN/Rompers_Jumpsuits/id_00001045/07_1_front",
}
A, B, C, D = NAMES


@pytest.fixture
def root(tmp_path):
    """Two test pictures and a pair of them, at 256x176, with ADGAN's maps."""
    for seed, name in enumerate((A, B)):
        picture(tmp_path / "test" / name, 256, 176, seed)
        path = tmp_path / "semantic_merge3" / f"{NAMES[name]}.npy"
        path.parent.mkdir(parents=True)
        labels = np.zeros((256, 176), np.int64)
        labels[:, 22 * np.arange(8)[:, None] + np.arange(22)] = np.repeat(np.arange(8), 22).reshape(8, 22)
        np.save(path, labels)
    pairs(tmp_path / "fasion-resize-pairs-test.csv", (A, B), (B, A))
    annotations(tmp_path / "fasion-resize-annotation-test.csv", (A, B))
    return tmp_path


def test_names_go_flat_and_back(tmp_path):
    for flat, path in NAMES.items():
        assert flat_name(tmp_path / f"{path}.jpg") == flat
        assert semantic_path(tmp_path, flat) == tmp_path / "semantic_merge3" / f"{path}.npy"
    assert semantic_path(tmp_path, "0001_c1s1_000001_00.jpg") is None


def test_borders_are_cut_as_pillow_cuts_them():
    rgb = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    assert np.array_equal(crop_borders(rgb), np.array(Image.fromarray(rgb).crop((40, 0, 216, 256))))
    narrow = rgb[:, :176]
    assert crop_borders(narrow) is narrow


def test_the_numbers_of_semantic_merge3(tmp_path):
    """As ADGAN's author lists them: background, pants, hair, skirt, face, upper clothes, arm, leg."""
    names = [ATTRIBUTES[index] for index in ATTRIBUTE_OF_SEMANTIC]
    assert names == ["background", "pants", "hair", "skirt", "face", "upper_clothes", "arm", "leg"]
    assert sorted(names) == sorted(ATTRIBUTES)
    np.save(tmp_path / "a.npy", np.arange(8.0).reshape(2, 4))
    assert read_semantic(tmp_path / "a.npy").tolist() == [[0, 4, 1, 5], [2, 3, 6, 7]]


@pytest.mark.parametrize("labels", [np.full((2, 2), 8), np.full((2, 2), -1), np.zeros(4)])
def test_another_map_is_refused(tmp_path, labels):
    np.save(tmp_path / "a.npy", labels)
    with pytest.raises(DataMissing, match="no map of 8 labels"):
        read_semantic(tmp_path / "a.npy")


def test_a_map_cut_short_is_named(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((256, 176)))
    (tmp_path / "a.npy").write_bytes((tmp_path / "a.npy").read_bytes()[:1000])
    with pytest.raises(DataMissing, match=r"a.npy cannot be read"):
        read_semantic(tmp_path / "a.npy")


def test_pairs_as_stored(root):
    data = open_pairs("deepfashion", root, "test")
    assert len(data) == 2
    pair = data[1]
    assert pair.name == f"{B}___{A}"
    assert np.array_equal(pair.source, np.array(Image.open(root / "test" / B)))
    assert np.array_equal(pair.target, np.array(Image.open(root / "test" / A)))
    assert pair.source_keypoints.xy[0].tolist() == [10, 20] and pair.source_keypoints.xy[17].tolist() == [44, 54]
    assert [ATTRIBUTES[pair.source_parsing[0, 22 * n]] for n in range(8)] == [
        *("background", "pants", "hair", "skirt", "face", "upper_clothes", "arm", "leg")
    ]
    assert [one.name for one in data] == [f"{A}___{B}", f"{B}___{A}"]
    assert data[-1].name == pair.name
    with pytest.raises(TypeError):
        data[0:1]


def test_a_set_goes_to_the_workers_of_a_data_loader(root):
    data = open_pairs("deepfashion", root, "test")
    pair, copy = data[0], pickle.loads(pickle.dumps(data))[0]
    assert np.array_equal(copy.source, pair.source) and np.array_equal(copy.source_parsing, pair.source_parsing)


def test_larger_pictures_and_keypoints_move_together(root):
    """A white square on black around a keypoint: its centre is where the keypoint says, in both sizes."""
    ys, xs = [100] * 18, [60] * 18
    annotations(root / "fasion-resize-annotation-test.csv", (A, B), ys, xs)
    for name in (A, B):
        rgb = np.zeros((512, 352, 3), np.uint8)
        rgb[196:206, 116:126] = 255  # pixels 98 to 102 and 58 to 62 of the half-size picture
        Image.fromarray(rgb).save(root / "test" / name, "PNG")
    for size in ((256, 176), (512, 352), (128, 88)):
        pair = open_pairs("deepfashion", root, "test", size)[0]
        assert pair.source.shape == (*size, 3) and pair.source_parsing.shape == size
        weight = pair.source[:, :, 0] / pair.source[:, :, 0].sum()
        centre = [(weight.sum(0) * np.arange(size[1])).sum(), (weight.sum(1) * np.arange(size[0])).sum()]
        assert (
            np.abs(centre - pair.source_keypoints.xy[0]).max() < 0.05
        )  # a sampling that forgets the half pixel is off by 0.25


def test_labels_are_resized_to_the_nearest_pixel():
    regions = np.random.default_rng(0).integers(0, 8, (11, 7), dtype=np.uint8)
    size = (23, 5)
    expected = np.zeros(size, np.uint8)
    for y in range(size[0]):
        for x in range(size[1]):
            old_y, old_x = ((new + 0.5) * before / now - 0.5 for new, before, now in zip((y, x), regions.shape, size))
            expected[y, x] = regions[int(np.floor(old_y + 0.5)), int(np.floor(old_x + 0.5))]
    assert np.array_equal(resize_regions(regions, size), expected)


def test_adgans_layout_and_spelling(root):
    (root / "fashion_resize").mkdir()
    (root / "test").rename(root / "fashion_resize" / "test")
    for path in root.glob("fasion-*"):
        path.rename(root / path.name.replace("fasion", "fashion"))
    assert open_pairs("deepfashion", root, "test")[0].source.shape == (256, 176, 3)


def test_our_maps_stand_in_for_theirs(root):
    shutil.rmtree(root / "semantic_merge3")
    assert open_pairs("deepfashion", root, "test")[0].source_parsing is None
    labels = np.random.default_rng(0).integers(0, 8, (256, 176), dtype=np.uint8)
    path = parsing_path(root, "test", A)
    path.parent.mkdir(parents=True)
    Image.fromarray(labels).save(path)
    pair = open_pairs("deepfashion", root, "test")[0]
    assert np.array_equal(pair.source_parsing, labels) and pair.target_parsing is None
    Image.fromarray(labels + np.uint8(8)).save(path)
    with pytest.raises(DataMissing, match="no map of 8 labels"):
        open_pairs("deepfashion", root, "test")[0]


def _raw_set(root, folder, sizes):
    drawn = {}
    for seed, (name, size) in enumerate(zip(NAMES, sizes)):
        drawn[name] = picture(root / folder / f"{NAMES[name]}.jpg", *size, seed)
    (root / "train.lst").write_text(f"{A}\n{B}\n\n")
    (root / "test.lst").write_text(f"{C}\n")
    return drawn


def test_pictures_are_made_of_the_raw_set(tmp_path):
    drawn = _raw_set(tmp_path, "img", [(256, 256)] * 4)
    assert make_pictures(tmp_path) == "3 pictures of img/"
    assert sorted(path.name for path in (tmp_path / "train").iterdir()) == sorted((A, B))
    assert [path.name for path in (tmp_path / "test").iterdir()] == [C]
    for path in (tmp_path / "train" / A, tmp_path / "test" / C):
        made = np.array(Image.open(path)).astype(int)
        assert made.shape == (256, 176, 3)
        assert np.abs(made - drawn[path.name][:, 40:216]).mean() < 3
    before = (tmp_path / "train" / A).stat().st_mtime_ns
    (tmp_path / "train" / B).unlink()
    assert make_pictures(tmp_path) == "1 pictures of img/"  # a run that was broken off goes on
    assert (tmp_path / "train" / A).stat().st_mtime_ns == before
    assert make_pictures(tmp_path) is None


def test_large_pictures_come_first(tmp_path):
    _raw_set(tmp_path, "img", [(256, 256)] * 4)
    drawn = _raw_set(tmp_path, "img_highres", [(1101, 750)] * 4)
    make_pictures(tmp_path)
    made = np.array(Image.open(tmp_path / "train" / A)).astype(int)
    expected = np.array(Image.fromarray(drawn[A]).resize((352, 512), Image.Resampling.BICUBIC))
    assert made.shape == (512, 352, 3) and np.abs(made - expected).mean() < 3


def test_a_raw_set_without_its_lists(tmp_path):
    _raw_set(tmp_path, "img", [(256, 256)] * 4)
    (tmp_path / "test.lst").unlink()
    with pytest.raises(DataMissing, match=r"no test.lst.*github.com/tengteng95/Pose-Transfer") as refusal:
        make_pictures(tmp_path)
    assert refusal.value.code == "data_missing"


def test_a_raw_picture_cut_short_is_named_and_nothing_of_it_is_left(tmp_path):
    _raw_set(tmp_path, "img", [(256, 256)] * 4)
    path = tmp_path / "img" / f"{NAMES[A]}.jpg"
    path.write_bytes(path.read_bytes()[:900])
    with pytest.raises(DataMissing, match=r"01_1_front.jpg cannot be read"):
        make_pictures(tmp_path)
    assert not (tmp_path / "train" / A).exists()
