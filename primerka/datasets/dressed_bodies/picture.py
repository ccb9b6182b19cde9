"""One picture of a dressed person in a pose: camera, light, background, and the exact answers beside the pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.spatial.transform import Rotation

from primerka.attributes import ATTRIBUTE_OF_LABEL
from primerka.body import BONE, JOINTS
from primerka.datasets.dressed_bodies.person import Person
from primerka.datasets.dressed_bodies.render import SUPERSAMPLING, Layers, Light, decode, encode, see, shade, vertex_normals
from primerka.keypoints import KEYPOINTS, Keypoints
from primerka.parsing import LABEL
from primerka.perception.body_model import body_model

# Which way each point of the face looks, in the head's axes at rest (x to its left, y down, z to its back).
_LOOKS = {
    "nose": (0, 0, -1), "right_eye": (-0.5, 0, -0.87), "left_eye": (0.5, 0, -0.87), "right_ear": (-0.97, 0, -0.26),
    "left_ear": (0.97, 0, -0.26),
}  # fmt: skip
_TURNED_AWAY = -0.1  # a point of the face that looks further away than this is not seen
_LOW = {"full": None, "knees": ("left_shin", "right_shin"), "thighs": ("left_thigh", "right_thigh")}


@dataclass(frozen=True)
class Studio:
    """What two pictures of a pair share: the light, the paper behind, the look of the development.

    colours     (2, 3) linear, background at the top and at the bottom
    floor       whether a shadow falls under the feet
    gain, tint  exposure, and (3,) its colour; grain: spread of the noise, of 255
    """

    light: Light
    colours: np.ndarray
    floor: bool
    gain: float
    tint: np.ndarray
    grain: float


@dataclass(frozen=True)
class DensePicture:
    """rgb (H, W, 3) uint8; keypoints; attributes (H, W) uint8; labels (H, W) uint8 into parsing.LABELS.

    body_face (H, W) int32, the body's face at each pixel as if nothing were worn, -1 off the body; body_bary (H, W, 2)
    float32, its first two barycentric coordinates; body_part (H, W) int8 into BONES. None unless asked for.
    """

    rgb: np.ndarray
    keypoints: Keypoints
    attributes: np.ndarray
    labels: np.ndarray
    body_face: np.ndarray | None = None
    body_bary: np.ndarray | None = None
    body_part: np.ndarray | None = None


def random_studio(random: np.random.Generator) -> Studio:
    """Mostly a shop's light background, sometimes a coloured one."""
    draw = random.random()
    if draw < 0.45:
        top = np.array([1, 1, 1]) * random.uniform(225, 255) + random.normal(0, 2, 3)
    elif draw < 0.75:
        top = np.array([1, 1, 1]) * random.uniform(150, 235) + random.normal(0, 5, 3)
    else:
        top = np.array([1, 1, 1]) * random.uniform(70, 235) + random.normal(0, 28, 3)
    bottom = top * random.uniform(0.86, 1.04)
    side, high = random.choice([-1, 1]) * random.uniform(0.15, 0.9), random.uniform(0.25, 0.9)
    direction = np.array([side, -high, -1.0])
    warm = 1 + random.normal(0, 0.02) * np.array([1, 0, -1])
    key, sky = random.uniform(0.5, 0.95), random.uniform(0.45, 0.75)
    light = Light(
        (direction / np.linalg.norm(direction)).astype(np.float32), (key * warm).astype(np.float32),
        (sky * np.array([1, 1, 1.01])).astype(np.float32), (sky * random.uniform(0.5, 0.9) * np.array([1.01, 1, 0.98])).astype(np.float32),
    )  # fmt: skip
    colours = decode(np.clip([top, bottom], 4, 255) / 255)
    tint = 1 + random.normal(0, 0.012, 3)
    return Studio(light, colours, random.random() < 0.75, random.uniform(0.92, 1.08), tint, random.uniform(0.5, 2.0))


def random_pose(poses: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, float]:
    """(19, 3) rotation vectors out of the bank, perhaps mirrored, a little changed; and the turn of the body, radians."""
    angles = poses[int(random.integers(len(poses)))].astype(np.float64)
    if random.random() < 0.5:
        angles = mirrored_pose(angles)
    angles = flat_feet(angles + random.normal(0, 0.035, angles.shape))
    ways = ((0, 12), (35, 14), (-35, 14), (90, 14), (-90, 14), (180, 18))
    middle, spread = ways[int(random.choice(len(ways), p=(0.46, 0.10, 0.10, 0.07, 0.07, 0.20)))]
    return angles, float(np.radians(random.normal(middle, spread)))


def flat_feet(angles: np.ndarray, share: float = 0.85) -> np.ndarray:
    """The pose (19, 3) with its feet turned towards standing flat: a photo hardly shows how they lean."""
    rotations = body_model().pose_bones(angles[None], np.zeros((1, len(body_model().shapes))))[0][0]
    changed = angles.copy()
    for side in ("left_", "right_"):
        shin = Rotation.from_matrix(rotations[BONE[side + "shin"]])
        ahead = shin.as_matrix()[:, 2]
        flat = Rotation.from_euler("y", np.arctan2(ahead[0], ahead[2]))
        ankle = share * (shin.inv() * flat).as_rotvec() + (1 - share) * angles[BONE[side + "foot"]]
        size = np.linalg.norm(ankle)
        changed[BONE[side + "foot"]] = ankle * min(1.0, 0.8 / max(size, 1e-9))
    return changed


def mirrored_pose(angles: np.ndarray) -> np.ndarray:
    """The pose of the mirror image: left and right change places, and rotations their sense about y and z."""
    order = [BONE[name.replace("left", "right") if "left" in name else name.replace("right", "left")] for name in BONE]
    return angles[order] * np.array([1, -1, -1])


def render_picture(
    person: Person, angles: np.ndarray, yaw: float, studio: Studio, random: np.random.Generator, height: int, width: int,
    dense: bool = False,
) -> DensePicture:  # fmt: skip
    """The person in a pose (19, 3), turned by yaw radians, framed as shops frame: from head to foot, knee or hip."""
    model = body_model()
    turned = angles.copy()
    turned[0] = _turn(yaw, angles[0])
    rotations, joints, rest = (array[0] for array in model.pose_bones(turned[None], person.shape[None]))
    metres = _skin(person, rotations, joints, rest)
    keypoints_m = model.pose_points(model.keypoints, person.shape[None], model.pose_bones(turned[None], person.shape[None]))[0]
    count = len(model.template)
    eye, focal, centre = _camera(metres[:count], joints, random, height, width)

    def project(points: np.ndarray, scale: float) -> np.ndarray:
        away = points[:, 2:] - eye[2]
        xy = (focal * (points[:, :2] - eye[:2]) / away + centre + 0.5) * scale - 0.5
        return np.concatenate([xy, away], 1).astype(np.float32)

    big = (SUPERSAMPLING * height, SUPERSAMPLING * width)
    seen = project(metres, SUPERSAMPLING)
    layers = see(seen, person.mesh, person.materials, *big, person.shown)
    normals = vertex_normals(metres, person.mesh.faces)
    hair = person.face_label == LABEL["hair"]
    if hair.any():
        _round_hair(normals, metres, person.mesh.faces[hair], joints[BONE["head"]])
    own = random.uniform(0, 0.55, (len(person.materials.kind), 2, 2))
    own[:, 1] *= 0.15
    pixels_per_metre = SUPERSAMPLING * focal / -eye[2]
    linear = shade(
        layers, person.mesh, person.materials, metres, normals, eye.astype(np.float32), studio.light, person.shown,
        own.astype(np.float32), pixels_per_metre,
    )  # fmt: skip
    # A lens is softer than a z-buffer.
    covered = cv2.GaussianBlur((layers.face >= 0).astype(np.float32), (3, 3), 0.8)
    linear = cv2.GaussianBlur(linear, (3, 3), 0.8)
    feet = project(np.stack([joints[BONE["left_foot"]], joints[BONE["right_foot"]]]), 1)
    ground = metres[:count, 1].max()
    floor_y = project(np.array([[0, ground, 0.0]]), 1)[0, 1]
    background = _background(studio, feet[:, :2], floor_y, focal / -eye[2], random, height, width)
    alpha = cv2.resize(covered, (width, height), interpolation=cv2.INTER_AREA)[:, :, None]
    picture = cv2.resize(linear, (width, height), interpolation=cv2.INTER_AREA) + background * (1 - alpha)
    rgb = _develop(picture, studio, random)
    labels = _labels(layers, person, height, width)
    keypoints = _keypoints(project(keypoints_m, 1), rotations[BONE["head"]], keypoints_m, eye)
    answers = (rgb, keypoints, ATTRIBUTE_OF_LABEL[labels], labels)
    return DensePicture(*answers, *(_body_alone(person, project(metres, 1), height, width) if dense else ()))


def _turn(yaw: float, pelvis: np.ndarray) -> np.ndarray:
    return (Rotation.from_euler("y", yaw) * Rotation.from_rotvec(pelvis)).as_rotvec()


def _skin(person: Person, rotations: np.ndarray, joints: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """(V, 3) float32 linear blend skinning of body and clothes."""
    shift = joints - (rotations @ rest[:, :, None])[:, :, 0]
    transforms = np.concatenate([rotations, shift[:, :, None]], 2).reshape(len(rotations), 12).astype(np.float32)
    blended = (person.weights @ transforms).reshape(-1, 3, 4)
    return np.ascontiguousarray((blended[:, :, :3] * person.points[:, None]).sum(2) + blended[:, :, 3])


def _camera(body: np.ndarray, joints: np.ndarray, random: np.random.Generator, height: int, width: int):
    """eye (3,) metres, focal in pixels, centre (2,) pixels."""
    distance = random.uniform(2.6, 5.0)
    eye = np.array([0.0, random.uniform(-0.55, 0.15), -distance])
    frame = str(random.choice(list(_LOW), p=(0.58, 0.26, 0.16)))
    away = body[:, 2] + distance
    flat = body[:, :2] / away[:, None] - eye[:2] / away[:, None]
    top, low = flat[:, 1].min(), flat[:, 1].max()
    if _LOW[frame]:
        low = np.mean([(joints[BONE[name], 1] - eye[1]) / (joints[BONE[name], 2] + distance) for name in _LOW[frame]])
    left, right = flat[:, 0].min(), flat[:, 0].max()
    above, below = random.uniform(0.02, 0.11), random.uniform(0.015, 0.06) if frame == "full" else 0.0
    focal = height * (1 - above - below) / (low - top)
    if frame == "full":
        focal = min(focal, 0.97 * width / (right - left))
    middle = (left + right) / 2 if frame == "full" else (0.7 * (left + right) / 2 + 0.3 * (joints[0, 0] - eye[0]) / distance)
    slack = max(0.0, width - focal * (right - left)) / 2
    x = width / 2 - focal * middle + random.uniform(-0.35, 0.35) * min(slack, 0.12 * width)
    spare = height * (1 - above - below) - focal * (low - top)
    y = height * above + spare * random.uniform(0.3, 0.7) - focal * top
    return eye, focal, np.array([x, y])


def _round_hair(normals: np.ndarray, metres: np.ndarray, faces: np.ndarray, head: np.ndarray) -> None:
    """Cards of hair face all ways; their light is that of the round mass that they make up."""
    rows = np.unique(faces)
    out = metres[rows] - (head + np.array([0, -0.08, 0], np.float32))
    out[:, 1] *= 0.6
    out /= np.linalg.norm(out, axis=1, keepdims=True) + 1e-9
    own = normals[rows] * np.sign((normals[rows] * out).sum(1, keepdims=True))
    normals[rows] = 0.65 * out + 0.35 * own


def _background(studio: Studio, feet: np.ndarray, floor_y: float, scale: float, random, height: int, width: int) -> np.ndarray:
    """(H, W, 3) float32 linear paper, with the shadow that the feet cast."""
    y, x = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None]
    share = 1 / (1 + np.exp(-(y / height - 0.75) / 0.12))
    light = 1 - 0.10 * ((x / width - 0.5) ** 2 + (y / height - 0.4) ** 2)
    if studio.floor and floor_y < 1.1 * height:
        near = np.exp(-((y - floor_y + 0.02 * scale) ** 2) / (0.035 * scale) ** 2)
        dark = near * sum(np.exp(-((x - spot[0]) ** 2) / (0.13 * scale) ** 2) for spot in feet)
        wide = np.exp(-((x - feet[:, 0].mean()) ** 2) / (0.38 * scale) ** 2) * np.exp(
            -((y - floor_y) ** 2) / (0.09 * scale) ** 2
        )
        light = light * (1 - 0.38 * np.minimum(dark, 1) - 0.14 * wide)
    paper = studio.colours[0] + (studio.colours[1] - studio.colours[0]) * share[:, :, None]
    return (paper * light[:, :, None]).astype(np.float32)


def _develop(linear: np.ndarray, studio: Studio, random: np.random.Generator) -> np.ndarray:
    """(H, W, 3) uint8 sRGB: exposure, a soft shoulder, grain."""
    bright = linear * (studio.gain * studio.tint).astype(np.float32)
    bright = np.minimum(bright, np.float32(0.7) + np.float32(0.3) * np.tanh((bright - np.float32(0.7)) / np.float32(0.3)))
    noise = random.standard_normal((*linear.shape[:2], 1), np.float32) + 0.4 * random.standard_normal(linear.shape, np.float32)
    return np.clip(np.rint(encode(np.clip(bright, 0, 1)) + np.float32(studio.grain) * noise), 0, 255).astype(np.uint8)


def _labels(layers: Layers, person: Person, height: int, width: int) -> np.ndarray:
    """(H, W) uint8: the label that most of a pixel's samples show."""
    fine = np.where(layers.face >= 0, person.face_label[np.maximum(layers.face, 0)], 0)
    present = np.unique(fine)
    shares = np.stack(
        [cv2.resize((fine == label).astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) for label in present]
    )
    return present[shares.argmax(0)].astype(np.uint8)


def _keypoints(xy: np.ndarray, head: np.ndarray, metres: np.ndarray, eye: np.ndarray) -> Keypoints:
    """Limbs count as seen also behind the body or under clothes, as OpenPose answers; the face's points where it faces us."""
    where = dict(zip(JOINTS, xy[:, :2]))
    where["neck"] = (where["left_shoulder"] + where["right_shoulder"]) / 2
    visibility = np.ones(len(KEYPOINTS), np.float32)
    for index, name in enumerate(KEYPOINTS):
        if name in _LOOKS:
            to_eye = eye - metres[JOINTS.index(name)]
            looks = head @ np.array(_LOOKS[name], float)
            visibility[index] = float(looks @ to_eye / np.linalg.norm(to_eye) > _TURNED_AWAY)
    return Keypoints(np.stack([where[name] for name in KEYPOINTS]).astype(np.float32), visibility)


def _body_alone(person: Person, points: np.ndarray, height: int, width: int):
    model = body_model()
    alone = np.zeros(len(person.mesh.faces), bool)
    alone[: len(model.faces)] = True
    layers = see(points, person.mesh, person.materials, height, width, alone)
    part = np.where(layers.face >= 0, model.part[model.faces[np.maximum(layers.face, 0), 0]], -1)
    return layers.face, layers.bary, part.astype(np.int8)
