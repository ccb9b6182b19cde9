"""Parse a person: a label for every pixel, left and right limbs told apart, and a soft alpha."""

import cv2
import numpy as np

from primerka.body import BONE, Body
from primerka.parsing import CLASSES, LABEL, Parsing
from primerka.perception.blazepose import find_hidden, find_others
from primerka.perception.borders import at_the_photos_edges, without_fringes
from primerka.perception.colour_models import weigh_by_colour
from primerka.perception.glances import Glances
from primerka.perception.guided_filter import guided_filter
from primerka.perception.nearby import nearest_known
from primerka.perception.others import only, others_pixels, too_wide
from primerka.perception.plain_wall import told_from_the_wall
from primerka.perception.seen_through import seen_through
from primerka.perception.skin_pieces import chins_without_collars, told_apart
from primerka.perception.straps import straps
from primerka.photo import Photo
from primerka.pose import Pose
from primerka.surface import Surface

EDGE_RADIUS, EDGE_EPSILON = 5, 2e-4  # of the filter that draws probabilities to edges, on the network's half-size output
EDGE_REACH = 1  # how far it may move the person's outline: farther away, the pattern of a cloth is no edge
MAX_BYSTANDER = 0.2  # of the main person's area
FAR = 0.15  # torso lengths between the main person and somebody else
CLEAR = 0.1  # of a person: less says nothing of which class
RIM = 0.05  # torso lengths around somebody else that are half theirs

# Skin and shoes belong to the part of the body that they lie on, or nearest to.
_SKIN_BONES = {
    "face": ("head",),
    "neck": ("neck", "chest", "abdomen", "pelvis", "left_clavicle", "right_clavicle"),
    "left_arm": ("left_upper_arm", "left_forearm", "left_hand"),
    "right_arm": ("right_upper_arm", "right_forearm", "right_hand"),
    "left_leg": ("left_thigh", "left_shin", "left_foot"),
    "right_leg": ("right_thigh", "right_shin", "right_foot"),
}
_SHOE_BONES = {"left_shoe": ("left_foot", "left_shin"), "right_shoe": ("right_foot", "right_shin")}


def class_probabilities(photo: Photo, pose: Pose, person_mask: np.ndarray, glances: Glances) -> np.ndarray:
    """(H, W, classes) float32 probabilities over parsing.CLASSES in the photo's pixels; outside the crop background.

    The mean of what the network saw, weighed by the colours that each class has in this photo, and drawn to the photo's edges.
    Everybody else in the photo is background.
    """
    probabilities = weigh_by_colour(glances.probabilities.mean(0), glances.rgb)
    guide = glances.rgb.astype(np.float32) / 255
    inverse = cv2.invertAffineTransform(glances.matrix)
    size = (photo.width, photo.height)
    background = np.zeros(len(CLASSES))
    background[0] = 1
    planes, near = [], np.ones((2 * EDGE_REACH + 1,) * 2, np.uint8)
    for plane, value in zip(np.moveaxis(probabilities, 2, 0), background):
        sharp = np.clip(guided_filter(guide, plane, EDGE_RADIUS, EDGE_EPSILON), 0, 1)
        if value:
            sharp = np.clip(sharp, cv2.erode(plane, near), cv2.dilate(plane, near))
        planes.append(cv2.warpAffine(sharp, inverse, size, flags=cv2.INTER_LINEAR, borderValue=value))
    probabilities = np.stack(planes, 2)
    probabilities /= np.maximum(probabilities.sum(2, keepdims=True), 1e-6)
    person = probabilities[:, :, 0] < 0.5
    others = find_others(photo, pose) if pose.people > 1 else []
    if not others and too_wide(pose, person):
        others = find_hidden(photo, pose, only(pose, person_mask))
    probabilities[_bystanders(person, pose) | others_pixels(pose, person_mask, others)] = background
    return _before_the_wall(probabilities, photo, pose)


def _before_the_wall(probabilities: np.ndarray, photo: Photo, pose: Pose) -> np.ndarray:
    """(H, W, classes) float32 with the background where a plain wall is; what is none has the class that it likely has, or the nearest one."""
    wall, person = told_from_the_wall(probabilities[:, :, 0], photo.rgb, pose)
    x, y = np.moveaxis(nearest_known(~(probabilities[:, :, 0] < 0.5)).astype(int), 2, 0)
    clear = 1 - probabilities[:, :, :1] > CLEAR
    told = np.where(clear, probabilities, probabilities[y, x])[person]
    told[:, 0] = 0
    probabilities[person] = told / told.sum(1, keepdims=True)
    probabilities[wall] = np.eye(1, len(CLASSES))
    return probabilities


def _bystanders(person: np.ndarray, pose: Pose) -> np.ndarray:
    """(H, W) bool: what hangs together but is small and far from the main person: somebody else's face or hand."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(person.astype(np.uint8))
    if count < 3:
        return np.zeros_like(person)
    areas = stats[:, cv2.CC_STAT_AREA]
    x, y = np.clip(np.rint(pose.xy).astype(int), 0, np.array(person.shape[::-1]) - 1).T
    main = 1 + np.bincount(labels[y, x], minlength=count)[1:].argmax()
    distance = cv2.distanceTransform((labels != main).astype(np.uint8), cv2.DIST_L2, 3)
    nearest = np.full(count, np.inf)
    np.minimum.at(nearest, labels.ravel(), distance.ravel())
    away = (areas < MAX_BYSTANDER * areas[main]) & (nearest > FAR * pose.torso_px)
    away[0] = False
    rim = max(round(RIM * pose.torso_px), 1)  # the half-transparent edge goes with them
    return cv2.dilate(away[labels].astype(np.uint8), np.ones((2 * rim + 1, 2 * rim + 1), np.uint8)) > 0


def most_likely(probabilities: np.ndarray, photo: Photo, pose: Pose) -> np.ndarray:
    """(H, W) int: the class of each pixel, with the borders that the photo has, and with the straps of bags."""
    classes, bag = without_fringes(probabilities.argmax(2), pose.torso_px), CLASSES.index("bag")
    classes[straps(classes, probabilities[:, :, bag], pose)] = bag
    return at_the_photos_edges(classes, photo.rgb, pose.torso_px)


def to_parsing(probabilities: np.ndarray, found: np.ndarray, photo: Photo, pose: Pose, body: Body, surface: Surface) -> Parsing:
    """Class probabilities → labels and alpha, skin and shoes told apart by the body's surface.

    found  the probabilities before a garment was named, which say how certain each label is
    """
    classes = most_likely(probabilities, photo, pose)

    def distance(bones: tuple[str, ...]) -> np.ndarray:
        region = surface.mask([BONE[bone] for bone in bones])
        if not region.any():
            return np.full(classes.shape, np.inf, np.float32)
        return cv2.distanceTransform((~region).astype(np.uint8), cv2.DIST_L2, 3)

    to_label = np.array([LABEL.get(name, 0) for name in CLASSES], np.uint8)
    labels = to_label[classes]
    for name, groups in (("skin", _SKIN_BONES), ("shoes", _SHOE_BONES)):
        here = classes == CLASSES.index(name)
        parts = _nearest_parts(here, [distance(bones) for bones in groups.values()], pose.torso_px)
        labels[here] = np.array([0, *(LABEL[label] for label in groups)], np.uint8)[parts[here]]
    labels = told_apart(labels, photo.rgb, surface, pose.torso_px)
    labels = chins_without_collars(labels, pose["nose"][1], np.stack([pose["mouth_left"], pose["mouth_right"]]), pose.torso_px)
    gap = seen_through(labels, photo.rgb, body, surface, pose.torso_px)
    labels[gap] = LABEL["background"]
    person = np.where(gap, 0, 1 - probabilities[:, :, 0])
    guide = photo.rgb.astype(np.float32) / 255
    alpha = guided_filter(guide, person, radius=max(photo.height // 200, 2), epsilon=1e-4)
    certain = np.where(person > 0.95, 1.0, np.where(person < 0.05, 0.0, alpha))
    certainty = np.take_along_axis(found, classes[:, :, None], 2)[:, :, 0]
    return Parsing(labels, np.clip(certain, 0, 1).astype(np.float32), np.rint(100 * np.clip(certainty, 0, 1)).astype(np.uint8))


def _nearest_parts(here: np.ndarray, distances: list[np.ndarray], torso_px: float) -> np.ndarray:
    """(H, W) int: in a mask the number of the nearest part of the body, from 1, elsewhere 0. The borders are smooth; between faces of the
    body they have corners and spikes.
    """
    parts = np.zeros(here.shape, int)
    parts[here] = 1 + np.argmin([distance[here] for distance in distances], 0)
    return without_fringes(parts, torso_px)
