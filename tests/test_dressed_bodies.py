"""Rendered pairs: a made-up wardrobe of tubes, so that neither meshes nor photos are needed."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from primerka.attributes import ATTRIBUTES
from primerka.body import BONE
from primerka.datasets.dressed_bodies.cut import Cut, kept_vertices
from primerka.datasets.dressed_bodies.makehuman import read_fit, read_obj
from primerka.datasets.dressed_bodies.outfit import Worn
from primerka.datasets.dressed_bodies.pairs import SyntheticPairs, render_pair
from primerka.datasets.dressed_bodies.person import dress, random_person
from primerka.datasets.dressed_bodies.picture import flat_feet, mirrored_pose, random_studio, render_picture
from primerka.datasets.dressed_bodies.poses import plausible, without_turn
from primerka.datasets.dressed_bodies.prepare import _skirt, _split, limb_positions
from primerka.datasets.dressed_bodies.render import SKIN, Materials, Mesh, see
from primerka.datasets.dressed_bodies.wardrobe import PAINT, Piece, Wardrobe, load_wardrobe, save_wardrobe
from primerka.datasets.open_pairs import open_pairs
from primerka.errors import DataMissing
from primerka.keypoints import KEYPOINT
from primerka.perception.body_model import body_model

STILL = np.zeros((19, 3))


def _tube(kind: str, top: float, bottom: float) -> Piece:
    """The made-up skirt's rings, moved to other heights, hanging on one bone."""
    skirt = _skirt(rows=8, turns=24)
    mean = skirt.mean.copy()
    share = (mean[:, 1] - mean[:, 1].min()) / np.ptp(mean[:, 1])
    mean[:, 1] = top + share * (bottom - top)
    weights = np.zeros_like(skirt.weights)
    weights[:, BONE["chest" if kind == "top" else "pelvis"]] = 1
    points = body_model().template
    covers = (points[:, 1] > top + 0.03) & (points[:, 1] < bottom - 0.03) & (np.abs(points[:, 0]) < 0.2)
    return replace(
        skirt, name=f"tube-{kind}", kind=kind, gender="any", mean=mean, weights=weights, shapes=0 * skirt.shapes, covers=covers
    )


@pytest.fixture(scope="module")
def wardrobe() -> Wardrobe:
    model, random = body_model(), np.random.default_rng(0)
    paint = np.zeros((len(model.template), len(PAINT)), np.float32)
    fabrics = {split: random.integers(0, 255, (5, 128, 128, 3)).astype(np.uint8) for split in ("train", "test")}
    poses = {split: random.normal(0, 0.1, (6, 19, 3)).astype(np.float32) for split in ("train", "test")}
    figure = random.normal(0, 0.2, (7, len(model.shapes))).astype(np.float32)
    pieces = (_tube("top", -0.65, -0.1), _tube("trousers", -0.2, 0.6), replace(_skirt(), covers=np.zeros(len(paint), bool)))
    return Wardrobe(pieces, paint, limb_positions(model.template, model.weights), figure, fabrics, poses)


@pytest.fixture(scope="module")
def file(wardrobe, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("wardrobe") / "wardrobe.npz"
    save_wardrobe(wardrobe, path)
    return path


def _plain(wardrobe: Wardrobe, red: int = 0, blue: int = 1):
    """Somebody in a red top and blue trousers."""
    top, trousers, _ = wardrobe.pieces
    tiles = [np.zeros((128, 128, 3), np.uint8) for _ in range(2)]
    tiles[0][:, :, red], tiles[1][:, :, blue] = 200, 200
    worn = [Worn(top, "top", tiles[0], 0.3, False, lift=0.02), Worn(trousers, "trousers", tiles[1], 0.3, False)]
    skin = {"skin": np.array([200.0, 200, 200]), "paint": np.zeros((len(PAINT), 3)), "amount": np.zeros(len(PAINT))}
    shape = np.zeros(len(body_model().shapes), np.float32)
    return dress(wardrobe, shape, worn, (None, np.zeros(3)), skin, np.random.default_rng(0))


def _picture(wardrobe, angles=STILL, yaw=0.0, seed=0, height=128, width=88):
    random = np.random.default_rng(seed)
    return render_picture(_plain(wardrobe), angles, yaw, random_studio(random), random, height, width, dense=True)


def test_same_index_same_bytes(file):
    pairs = SyntheticPairs(file, "train", 5, 64, 44)
    first, other = pairs[3], pairs[1]
    load_wardrobe.cache_clear()
    again = SyntheticPairs(file, "train", 5, 64, 44)[3]
    for name in ("source", "target", "source_parsing", "target_parsing"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert np.array_equal(first.source_keypoints.xy, again.source_keypoints.xy)
    assert not np.array_equal(first.source, other.source)
    assert not np.array_equal(first.source, SyntheticPairs(file, "test", 5, 64, 44)[3].source)
    assert len(list(pairs)) == len(pairs) == 5


def test_a_seed_draws_other_pairs(file):
    first = [open_pairs("synthetic", file.parent, "test", (64, 44), seed)[0] for seed in (0, 1, 2)]
    assert [pair.name for pair in first] == ["test-0-000000", "test-1-000000", "test-2-000000"]
    assert len({pair.source.tobytes() for pair in first}) == 3


def test_shapes_and_sizes(file):
    pair = SyntheticPairs(file, "train", 1, 80, 60)[0]
    assert pair.source.shape == pair.target.shape == (80, 60, 3)
    assert pair.source_parsing.shape == (80, 60) and pair.source_parsing.max() < len(ATTRIBUTES)
    with pytest.raises(IndexError):
        SyntheticPairs(file, "train", 1)[1]
    with pytest.raises(ValueError, match="split"):
        SyntheticPairs(file, "validation", 1)


def test_keypoints_are_where_the_surface_says(wardrobe):
    """The camera that explains the dense surface (a direct linear transform of its pixels) puts the joints where they are."""
    angles = np.random.default_rng(1).normal(0, 0.15, (19, 3))
    yaw = 0.4
    picture = _picture(wardrobe, angles, yaw, height=256, width=176)
    model = body_model()
    turned = angles.copy()
    turned[0] = (Rotation.from_euler("y", yaw) * Rotation.from_rotvec(angles[0])).as_rotvec()
    vertices = model.pose_vertices(turned, np.zeros(len(model.shapes)))[0]
    y, x = np.nonzero(picture.body_face >= 0)
    share = picture.body_bary[y, x]
    share = np.concatenate([share, 1 - share.sum(1, keepdims=True)], 1)
    points = (vertices[model.faces[picture.body_face[y, x]]] * share[:, :, None]).sum(1)
    one = np.concatenate([points, np.ones((len(points), 1))], 1)
    zero = np.zeros_like(one)
    rows = np.concatenate(
        [np.concatenate([one, zero, -x[:, None] * one], 1), np.concatenate([zero, one, -y[:, None] * one], 1)]
    )
    camera = np.linalg.svd(rows.T @ rows)[0][:, -1].reshape(3, 4)
    bones = model.pose_bones(turned[None], np.zeros((1, len(model.shapes))))
    joints = model.pose_points(model.keypoints, np.zeros((1, len(model.shapes))), bones)[0]
    seen = np.concatenate([joints, np.ones((len(joints), 1))], 1) @ camera.T
    seen = seen[:, :2] / seen[:, 2:]
    for name, joint in (("nose", 0), ("left_shoulder", 5), ("right_wrist", 10), ("left_hip", 11), ("right_ankle", 16)):
        assert np.abs(picture.keypoints.xy[KEYPOINT[name]] - seen[joint]).max() < 1.0, name
    assert np.abs(picture.keypoints.xy[KEYPOINT["neck"]] - (seen[5] + seen[6]) / 2).max() < 1.0


def test_parsing_and_colours_agree(wardrobe):
    picture = _picture(wardrobe)
    rgb = picture.rgb.astype(int)
    for attribute, channel in (("upper_clothes", 0), ("pants", 1)):
        inside = picture.attributes == ATTRIBUTES.index(attribute)
        assert inside.sum() > 100
        others = [other for other in range(3) if other != channel]
        assert (rgb[inside][:, channel] > rgb[inside][:, others].max(1)).mean() > 0.97
    bare = np.isin(picture.attributes, [ATTRIBUTES.index(name) for name in ("face", "arm", "leg")])
    assert np.ptp(rgb[bare], axis=1).mean() < 25


def test_parsing_covers_the_body(wardrobe):
    picture = _picture(wardrobe)
    assert (picture.attributes[picture.body_face >= 0] > 0).mean() > 0.9
    arms = np.isin(picture.body_part, [BONE["left_forearm"], BONE["right_forearm"]])
    assert (picture.attributes[arms] == ATTRIBUTES.index("arm")).mean() > 0.8


def test_the_face_is_seen_from_the_front_alone(wardrobe):
    front, back = _picture(wardrobe).keypoints.visibility, _picture(wardrobe, yaw=np.pi).keypoints.visibility
    side = _picture(wardrobe, yaw=np.pi / 2).keypoints.visibility
    assert front[KEYPOINT["nose"]] == 1 and back[KEYPOINT["nose"]] == 0 and back[KEYPOINT["left_eye"]] == 0
    assert front[KEYPOINT["left_wrist"]] == back[KEYPOINT["left_wrist"]] == 1
    assert {side[KEYPOINT["left_ear"]], side[KEYPOINT["right_ear"]]} == {0, 1}


def test_mirrored_pose_mirrors_the_body():
    model, angles = body_model(), np.random.default_rng(2).normal(0, 0.4, (19, 3))
    assert np.allclose(mirrored_pose(mirrored_pose(angles)), angles)
    shape = np.zeros(len(model.shapes))
    here, there = (model.pose_vertices(pose, shape)[1] for pose in (angles, mirrored_pose(angles)))
    order = [BONE[name.replace("left", "right") if "left" in name else name.replace("right", "left")] for name in BONE]
    assert np.abs(here[order] * [-1, 1, 1] - there).max() < 0.01


def test_people_stand_upright_and_face_the_camera():
    angles = np.random.default_rng(3).normal(0, 0.2, (19, 3))
    angles[0] = Rotation.from_euler("yx", [2.0, 0.3]).as_rotvec()
    model = body_model()
    shape = np.zeros((1, len(model.shapes)))
    rotations, joints, _ = (array[0] for array in model.pose_bones(without_turn(angles)[None], shape))
    up = joints[BONE["neck"]] - (joints[BONE["left_foot"]] + joints[BONE["right_foot"]]) / 2
    assert np.abs(up[[0, 2]]).max() < 1e-6 and up[1] < -1
    assert rotations[0][0, 0] > 0.9
    facing = Rotation.from_euler("y", -2.0).as_matrix() @ model.pose_bones(angles[None], shape)[0][0][BONE["head"]]
    assert np.abs(rotations[BONE["head"]] - facing).max() < 0.15
    assert plausible(STILL)
    lying = STILL.copy()
    lying[0] = [1.5, 0, 0]
    assert not plausible(lying)


def test_feet_stand_flat():
    model, angles = body_model(), STILL.copy()
    angles[BONE["left_shin"]], angles[BONE["left_foot"]] = [0.4, 0, 0], [0.6, 0, 0]
    shape = np.zeros((1, len(model.shapes)))
    tilt = [model.pose_bones(pose[None], shape)[0][0][BONE["left_foot"]][1, 1] for pose in (angles, flat_feet(angles))]
    assert tilt[0] < 0.6 and tilt[1] > 0.97


def test_splits_share_no_fabric_and_no_pose(file):
    wardrobe = load_wardrobe(file)
    tiles = {split: {tile.tobytes() for tile in wardrobe.fabrics[split]} for split in ("train", "test")}
    assert tiles["train"] and tiles["test"] and not tiles["train"] & tiles["test"]
    other = replace(wardrobe, fabrics={**wardrobe.fabrics, "test": np.zeros_like(wardrobe.fabrics["test"])})
    for seed in range(6):
        people = [random_person(each, "train", np.random.default_rng(seed)) for each in (wardrobe, other)]
        assert np.array_equal(people[0].materials.tiles, people[1].materials.tiles)
        assert np.array_equal(people[0].points, people[1].points)


def test_splits_share_no_person(wardrobe, tmp_path):
    """Even where fabrics and poses are the same."""
    fabrics, poses = ({"train": part["train"], "test": part["train"]} for part in (wardrobe.fabrics, wardrobe.poses))
    save_wardrobe(replace(wardrobe, fabrics=fabrics, poses=poses), tmp_path / "one.npz")
    train, test = (SyntheticPairs(tmp_path / "one.npz", split, 1, 64, 44)[0] for split in ("train", "test"))
    assert not np.array_equal(train.source_keypoints.xy, test.source_keypoints.xy)


def test_the_other_splits_poses_do_not_matter(wardrobe):
    other = replace(wardrobe, poses={**wardrobe.poses, "test": np.zeros_like(wardrobe.poses["test"])})
    for split, same in (("train", True), ("test", False)):
        here, there = (render_pair(each, split, np.random.default_rng(1), 64, 44)[1].rgb for each in (wardrobe, other))
        assert np.array_equal(here, there) == same


def test_wardrobe_survives_its_file(wardrobe, file):
    back = load_wardrobe(file)
    for here, there in zip(wardrobe.pieces, back.pieces):
        assert here.name == there.name and np.array_equal(here.faces, there.faces)
        assert np.array_equal(here.covers, there.covers)
        assert np.abs(here.mean - there.mean).max() < 1e-3
    assert np.array_equal(wardrobe.poses["test"], back.poses["test"])
    assert back.fabrics["train"].shape == wardrobe.fabrics["train"].shape


def test_missing_wardrobe_names_the_command(tmp_path):
    with pytest.raises(DataMissing, match="datasets wardrobe"):
        SyntheticPairs(tmp_path / "none.npz", "train", 1)[0]


def test_shorter_sleeves_leave_less():
    model = body_model()
    limb = limb_positions(model.template, model.weights)
    cuts = [Cut(arm=arm, neck=0.1, bottom=-0.2) for arm in (0.2, 0.8, 1.6)]
    short, middle, long = (kept_vertices(model.template, limb, cut.row(), np.float32(0)) for cut in cuts)
    assert (~short).any() and (short <= middle).all() and (middle <= long).all() and short.sum() < middle.sum() < long.sum()
    inner = kept_vertices(model.template, limb, cuts[1].row(), np.float32(0.02))
    assert (inner <= middle).all() and inner.sum() < middle.sum()


def test_z_buffer_against_a_slow_loop():
    random = np.random.default_rng(4)
    faces = np.arange(36, dtype=np.int32).reshape(12, 3)
    points = np.concatenate([random.uniform(-4, 24, (36, 2)), random.uniform(1, 2, (36, 1))], 1).astype(np.float32)
    blank = np.zeros((36, 3), np.float32)
    mesh = Mesh(faces, np.zeros((12, 3, 2), np.float32), np.zeros(12, np.int32), blank, blank[:, :2], blank[:, 0], blank)
    one = np.zeros(1, np.float32)
    materials = Materials(
        np.array([SKIN], np.int32), Cut().row()[None], one, np.zeros((1, 128, 128, 3), np.float32), one, np.array([False]), one, one,
        np.zeros((1, 2), np.float32), np.zeros((1, 3), np.float32),
    )  # fmt: skip
    shown = random.random(12) < 0.8
    layers = see(points, mesh, materials, 20, 20, shown)
    for y in range(20):
        for x in range(20):
            best, nearest = np.inf, -1
            for index in np.flatnonzero(shown):
                corners = points[faces[index]].astype(float)
                share = np.linalg.solve(np.vstack([corners[:, :2].T, np.ones(3)]), [x, y, 1])
                if share.min() > 1e-6 and share @ corners[:, 2] < best:
                    best, nearest = share @ corners[:, 2], index
            assert layers.face[y, x] == nearest or abs(layers.depth[y, x] - best) < 1e-4


def test_splitting_keeps_the_area():
    skirt = _skirt(rows=8, turns=24)
    side = skirt.mean[:, 0] + 0.3 * skirt.mean[:, 1]
    faces, mean, shapes, weights = _split(skirt.faces, side, skirt.mean, skirt.shapes, skirt.weights)

    def area(points, triangles):
        a, b, c = (points[triangles[:, corner]] for corner in range(3))
        return np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()

    assert np.isclose(area(mean, faces), area(skirt.mean, skirt.faces), rtol=1e-4)
    sides = (mean[:, 0] + 0.3 * mean[:, 1])[faces]
    assert ((sides > -1e-4).all(1) | (sides < 1e-4).all(1)).all()
    assert shapes.shape[1] == len(mean) == len(weights) and np.allclose(weights.sum(1), 1, atol=1e-4)


def test_fit_files(tmp_path):
    (tmp_path / "shirt.mhclo").write_text(
        "name shirt\nx_scale 0 1 2.0\ny_scale 0 2 1.0\nz_scale 0 3 1.0\nverts 0\n2\n0 1 2 0.5 0.25 0.25 1 0 -1\ndelete_verts\n3 5 - 7\n"
    )
    (tmp_path / "shirt.obj").write_text("v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 1\ng a\nf 1/1 2/2 3/1 4/2\n")
    fit, obj = read_fit(tmp_path / "shirt.mhclo"), read_obj(tmp_path / "shirt.obj")
    base = np.array([[0, 0, 0], [4, 0, 0], [0, 2, 0], [0, 0, 3.0]])
    assert np.allclose(fit.place(base), [[0, 2, 0], [0.5 * 0 + 0.25 * 4 + 1 * 2, 0.25 * 2, -3]])
    assert fit.hidden.tolist() == [3, 5, 6, 7]
    assert obj.faces.tolist() == [[0, 1, 2], [0, 2, 3]] and obj.uv_faces.tolist() == [[0, 1, 0], [0, 0, 1]]
    assert set(obj.pieces()) == {0}


def test_meshes_of_the_library_dress_a_body():
    if "PRIMERKA_DATA" not in os.environ:
        pytest.skip("PRIMERKA_DATA is not set: MakeHuman's meshes are not here")
    folder = Path(os.environ["PRIMERKA_DATA"]) / "makehuman-assets/base/clothes/male_casualsuit04"
    obj, fit = read_obj(folder / "male_casualsuit04.obj"), read_fit(folder / "male_casualsuit04.mhclo")
    assert len(obj.points) == len(fit.parents) and fit.parents.max() < 19158
    assert np.allclose(fit.shares.sum(1), 1, atol=0.02) and len(np.unique(obj.pieces())) == 2
