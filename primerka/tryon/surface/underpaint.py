"""A first, rough coat of paint on the whole body: every vertex gets a colour, seen or not.

What a photo shows is carried over in layers; the rough coat is what shows where the layers leave the body open: limbs that
the photo hides or cuts off, the far side of what turns, gaps at bent joints.
"""

import cv2
import numpy as np
from scipy.spatial import cKDTree

from primerka.body import BONE, Body
from primerka.perception.body_model import body_model
from primerka.perception.surface import silhouette, visible_vertices
from primerka.person import Person
from primerka.surface import Surface
from primerka.tryon.surface.figure import PART, PARTS, owners, twins
from primerka.tryon.surface.parts import SKIRT, TORSO, Part, along_bone

NEIGHBOURS = 12
DEPTH = 0.3  # how much a metre front to back counts: the far side looks like the near one
UNKNOWN_CLOTH = np.float32([62, 64, 72])
UNKNOWN_SKIN = np.float32([205, 165, 145])
HAND_SHOWN = 0.35  # of its silhouette
HANDS_AND_FEET = ("left_hand", "right_hand", "left_foot", "right_foot")
THIN_M = 0.025
LOWER_BONES = ("left_thigh", "left_shin", "left_foot", "right_thigh", "right_shin", "right_foot")


def paint_vertices(person: Person, regions: dict[Part, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(V, 3) float32 colours of the body's vertices, and (V,) bool: those that must not be painted, because the photo shows
    background there.

    A vertex that the photo shows has the photo's colour; another that of its twin on the other side; others that of the
    nearest vertices of their part.
    """
    model = body_model()
    height, width = person.photo.rgb.shape[:2]
    x = np.clip(np.rint(person.body.vertices[:, 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(person.body.vertices[:, 1]).astype(int), 0, height - 1)
    visible = visible_vertices(person.body, person.surface)
    rim = 2 * max(round(person.pose.torso_px / 80), 1) + 1  # what lies close to an arm may be the arm
    index = np.full((height, width), -1, np.int8)
    for number, part in enumerate(PARTS):
        inner = cv2.erode(regions[part].astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0
        index[inner] = number
    carried = person.parsing.mask("bag", "other")
    shown, owner = index[y, x], owners()
    skirt, torso = PARTS.index(SKIRT), PARTS.index(TORSO)
    on_leg = np.isin(model.part, [BONE[bone] for bone in LOWER_BONES])
    same = (shown == owner) | on_leg & ((shown == skirt) | (shown == torso)) | (owner == torso) & (shown == skirt)
    known = visible & same & ~carried[y, x]
    smooth = cv2.GaussianBlur(person.photo.rgb, (0, 0), max(person.pose.torso_px / 100, 0.8)).astype(np.float32)
    colours = np.where(known[:, None], smooth[y, x], 0)
    ends = np.isin(model.part, [BONE[bone] for bone in HANDS_AND_FEET])
    beside = visible & (person.parsing.labels[y, x] == 0) & (model.part != BONE["neck"])  # without one a head floats
    bare = np.where(ends, _well_shown(person, regions), beside)
    twin = twins()
    mirrored = ~known & known[twin]
    colours[mirrored] = colours[twin[mirrored]]
    known = known | mirrored
    space = model.template * np.float32([1, 1, DEPTH])
    for number in range(len(PARTS)):
        mine = owner == number
        spread(space, colours, mine & known, mine & ~known)
        if (mine & known).sum() >= NEIGHBOURS:
            known = known | mine
    if not known.all():
        _invent(person, space, colours, known, owner)
    return colours, bare


def _well_shown(person: Person, regions: dict[Part, np.ndarray]) -> np.ndarray:
    """(V,) bool: hands and feet that the photo shows; those of the naked body, fingers spread, would stick out beside them."""
    vertices = np.zeros(len(owners()), bool)
    for bone in HANDS_AND_FEET:
        area = silhouette(person.body, *person.photo.rgb.shape[:2], [BONE[bone]]).sum()
        part = PART[bone.replace("hand", "forearm")]
        shown = regions[part]
        if bone.endswith("hand"):
            ys, xs = np.nonzero(shown)
            forearm = np.linalg.norm(person.body.bones[BONE[bone], :2] - person.body.bones[BONE[part.name], :2])
            count = (along_bone(person, BONE[part.name], xs, ys) > forearm).sum()
        else:
            count = shown.sum()
        if count > HAND_SHOWN * max(area, 1):
            vertices |= body_model().part == BONE[bone]
    return vertices


def _invent(person: Person, space: np.ndarray, colours: np.ndarray, known: np.ndarray, owner: np.ndarray) -> None:
    """Colours of whole parts of which the photo shows nothing: what is worn further up goes on, shoes are dark, skin is skin."""
    parsing, rgb, skin = person.parsing, person.photo.rgb, skin_colour(person)
    trousers = parsing.mask("trousers", "legwear")
    bare = parsing.mask("dress", "skirt", "shorts", "left_leg", "right_leg")
    if trousers.sum() > max(bare.sum(), 100):
        skin_or_cloth = np.median(rgb[trousers], 0)
    elif bare.sum() > 100:
        skin_or_cloth = skin
    else:
        skin_or_cloth = UNKNOWN_CLOTH
    shoes = parsing.mask("left_shoe", "right_shoe")
    shoes = np.median(rgb[shoes], 0) if shoes.sum() > 100 else UNKNOWN_CLOTH / 2
    part = body_model().part
    for name in ("thigh", "shin"):
        colours[~known & np.isin(part, [BONE[f"left_{name}"], BONE[f"right_{name}"]])] = skin_or_cloth
    colours[~known & np.isin(part, [BONE["left_foot"], BONE["right_foot"]])] = shoes
    arms = [BONE[f"{side}_{bone}"] for side in ("left", "right") for bone in ("upper_arm", "forearm", "hand")]
    colours[~known & np.isin(part, [*arms, BONE["head"]])] = skin
    rest = ~known & np.isin(owner, [PARTS.index(TORSO)])
    colours[rest] = colours[known].mean(0) if known.any() else UNKNOWN_CLOTH


def skin_colour(person: Person) -> np.ndarray:
    """(3,) the median colour of the skin that the photo shows, or an ordinary one."""
    skin = person.parsing.mask("face", "neck", "left_arm", "right_arm", "left_leg", "right_leg")
    return np.median(person.photo.rgb[skin], 0) if skin.sum() > 100 else UNKNOWN_SKIN


def spread(space: np.ndarray, colours: np.ndarray, known: np.ndarray, unknown: np.ndarray) -> None:
    """Colours of unknown vertices: the mean of the nearest known ones, nearer ones the more."""
    if known.sum() < NEIGHBOURS or not unknown.any():
        return
    distance, near = cKDTree(space[known]).query(space[unknown], NEIGHBOURS)
    weight = 1 / np.maximum(distance, 1e-3) ** 2
    colours[unknown] = (colours[known][near] * weight[:, :, None]).sum(1) / weight.sum(1, keepdims=True)


def render(body: Body, surface: Surface, colours: np.ndarray, bare: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(H, W, 3) uint8 and (H, W) float32 alpha: the painted body."""
    faces = body_model().faces
    head = PARTS.index(PARTS[0])
    face_colours = colours[faces].mean(1)
    painted = ~bare[faces].any(1) & (owners()[faces] != head).all(1)
    seen = surface.face >= 0
    rgb = np.where(seen[:, :, None], face_colours[surface.face], 0).astype(np.float32)
    # Where the photo shows background beside a body that was fitted too wide, the far side would leave thin lines.
    thin = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, [2 * max(round(THIN_M * body.scale / 2), 1) + 1] * 2)
    alpha = cv2.morphologyEx((seen & painted[surface.face]).astype(np.uint8), cv2.MORPH_OPEN, thin).astype(np.float32)
    sigma = max(body.scale / 150, 0.8)
    weight = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), sigma)
    rgb = cv2.GaussianBlur(rgb, (0, 0), sigma) / np.maximum(weight, 1e-3)[:, :, None]
    return np.clip(rgb, 0, 255).astype(np.uint8), cv2.GaussianBlur(alpha, (0, 0), 0.8) * seen
