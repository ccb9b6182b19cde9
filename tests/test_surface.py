"""The picture of the body's surface against a slow ray through every pixel."""

import numpy as np
import pytest

from primerka.body import BONE, BONES
from primerka.perception.surface import normal_map, see_surface, visible_vertices

HEIGHT, WIDTH = 56, 40


@pytest.fixture(scope="module", params=[0, 1])
def body(request, model):
    from primerka.body import Body

    random = np.random.default_rng(request.param)
    angles = random.normal(0, 0.3, (len(BONES), 3)) * request.param
    vertices, bones = model.pose_vertices(angles, np.zeros(len(model.shapes)))
    shift = np.array([WIDTH / 2 + 0.37, HEIGHT / 2 + 0.21, 0])
    return Body(
        (30 * vertices + shift).astype(np.float32), (30 * bones + shift).astype(np.float32), np.zeros(20, np.float32), 30.0
    )


def _hits(vertices, faces, x: float, y: float, slack: float):
    """Every face that the ray through (x, y) meets: its index and the depth."""
    a, b, c = (vertices[faces[:, corner]].astype(float) for corner in range(3))

    def side(p, q):
        return (q[:, 0] - p[:, 0]) * (y - p[:, 1]) - (q[:, 1] - p[:, 1]) * (x - p[:, 0])

    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        u, v, w = side(b, c) / area, side(c, a) / area, side(a, b) / area
    met = np.flatnonzero((np.abs(area) > 1e-9) & (u >= -slack) & (v >= -slack) & (w >= -slack))
    return met, u[met] * a[met, 2] + v[met] * b[met, 2] + w[met] * c[met, 2]


def test_depth_face_and_part_equal_a_slow_loop(model, body):
    surface = see_surface(body, HEIGHT, WIDTH)
    covered = 0
    for y in range(0, HEIGHT, 4):
        for x in range(0, WIDTH, 3):
            surely, depths = _hits(body.vertices, model.faces, x, y, -1e-5)
            maybe, _ = _hits(body.vertices, model.faces, x, y, 1e-5)
            seen = surface.face[y, x]
            if len(surely) == 0:
                assert seen == -1 or seen in maybe
                continue
            covered += 1
            assert seen in maybe
            assert surface.depth[y, x] <= depths.min() + 1e-3
            assert abs(surface.depth[y, x] - depths.min()) < 0.05 or seen not in surely
            assert surface.part[y, x] == model.part[model.faces[seen, 0]]
    assert covered > 15


def test_off_the_body_there_is_nothing(body):
    surface = see_surface(body, HEIGHT, WIDTH)
    off = surface.face < 0
    assert off.any() and not off.all()
    assert (surface.part[off] == -1).all() and np.isinf(surface.depth[off]).all() and np.isfinite(surface.depth[~off]).all()
    assert not normal_map(surface)[off].any()


def test_bones_leave_out_all_other_bones(body):
    arm = [BONE["left_upper_arm"], BONE["left_forearm"]]
    alone = see_surface(body, HEIGHT, WIDTH, arm)
    assert set(np.unique(alone.part)) == {-1, *arm}
    whole = see_surface(body, HEIGHT, WIDTH).mask(arm)
    assert (alone.mask(arm) | ~whole).all()  # what is seen of the arm among the rest is seen of it alone


def test_normals_are_unit_and_the_body_turns_its_front_to_the_camera(model, make_body):
    body = make_body(scale=30.0, shift=(WIDTH / 2, HEIGHT / 2))
    normals = see_surface(body, HEIGHT, WIDTH).normals
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-4)
    import trimesh

    expected = trimesh.Trimesh(body.vertices, model.faces, process=False).vertex_normals
    agree = (normals * expected).sum(1)
    assert np.median(agree) > 0.99 and (agree > 0).mean() > 0.99
    seen = see_surface(body, HEIGHT, WIDTH)
    assert (normal_map(seen)[seen.part == BONE["chest"]][:, 2] < 0).mean() > 0.95


def test_a_part_of_the_picture_is_that_part_of_the_picture(body):
    whole, corner = see_surface(body, HEIGHT, WIDTH), see_surface(body, HEIGHT // 2, WIDTH // 2)
    np.testing.assert_array_equal(corner.face, whole.face[: HEIGHT // 2, : WIDTH // 2])


def test_visible_vertices_are_those_that_no_face_hides(model, make_body):
    height, width, scale = 330, 300, 180.0
    random = np.random.default_rng(0)
    body = make_body(random.normal(0, 0.25, (len(BONES), 3)), scale=scale, shift=(width / 2, height / 2))
    surface = see_surface(body, height, width)
    visible = visible_vertices(body, surface)
    checked = agreed = 0
    for vertex in range(0, len(visible), 131):
        x, y, z = body.vertices[vertex]
        if not (0 <= x < width - 1 and 0 <= y < height - 1):
            assert not visible[vertex] or max(x - width, y - height, -x, -y) < 1
            continue
        _, depths = _hits(body.vertices, model.faces, x, y, 1e-6)
        margin = z - depths.min()
        if 0.01 * scale < margin < 0.05 * scale or abs(surface.normals[vertex, 2]) < 0.3:
            continue  # too near to call: within the slack, or edge-on
        checked += 1
        # The far side of a thin sheet (a finger, an ear) is within the slack too, but looks away.
        agreed += visible[vertex] == (margin <= 0.01 * scale and surface.normals[vertex, 2] < 0)
    assert checked > 40 and agreed == checked


def test_nobody_is_seen_outside_the_picture(make_body):
    body = make_body(scale=30.0, shift=(-500.0, 0.0))
    surface = see_surface(body, HEIGHT, WIDTH)
    assert (surface.face == -1).all() and not visible_vertices(body, surface).any()
