"""Photo → Person."""

from dataclasses import replace

import numpy as np

from primerka.errors import PhotoRejected
from primerka.parsing import GARMENTS
from primerka.perception.bare_arms import bare_arms_before_cloth
from primerka.perception.blazepose import find_pose
from primerka.perception.doubtful import without_doubtful
from primerka.perception.fit_body import fit_body
from primerka.perception.glances import glance_twice
from primerka.perception.hidden_feet import on_the_ground
from primerka.perception.hidden_hands import behind_the_back
from primerka.perception.known_garment import expect
from primerka.perception.one_garment import pieces_of_one_garment
from primerka.perception.parse import class_probabilities, to_parsing
from primerka.perception.seen_hands import at_the_cuff
from primerka.perception.surface import see_surface
from primerka.person import Person
from primerka.photo import Photo
from primerka.pose import Pose
from primerka.stages import Stages

MIN_TORSO_PX = 40
_PARTS = {
    "feet": ("left_ankle", "right_ankle"),
    "knees": ("left_knee", "right_knee"),
    "hips": ("left_hip", "right_hip"),
    "hands": ("left_wrist", "right_wrist"),
}


def analyse(photo: Photo, stages: Stages | None = None, worn: str | None = None) -> Person:
    """Find the main person of a photo: pose, parsing, body.

    worn: a category that the person is known to wear (a product photo's); it decides between look-alike classes.
    Raises PhotoRejected no_person, person_too_small, shoulders_not_visible or person_unclear.
    """
    stages = stages or Stages()
    with stages("pose"):
        pose, person_mask = find_pose(photo)
        missing = _check(pose, photo)
    with stages("parsing"):
        glances = glance_twice(photo, pose, person_mask)
        found = class_probabilities(photo, pose, person_mask, glances)
        probabilities = expect(found, worn, pose.torso_px) if worn else without_doubtful(found)
        person = 1 - probabilities[:, :, 0]
        if person.max() < 0.5:
            raise PhotoRejected("person_unclear", "The person cannot be told from the background; use a clearer photo.")
    with stages("body"):
        classes = probabilities.argmax(2)
        pose = behind_the_back(at_the_cuff(on_the_ground(pose, classes), classes), classes)
        body = fit_body(pose, person)
        surface = see_surface(body, photo.height, photo.width)
    with stages("parsing"):
        parsing = to_parsing(probabilities, found, photo, pose, body, surface)
        labels = bare_arms_before_cloth(parsing.labels, photo, surface, pose.torso_px)
        parsing = replace(parsing, labels=pieces_of_one_garment(labels, photo.rgb, pose.torso_px, worn))
        masks = {name: parsing.mask(name) for name in GARMENTS}
        agreement = {
            name: glances.agreement(mask, name, name == worn, pose.torso_px) for name, mask in masks.items() if mask.any()
        }
        parsing = replace(parsing, agreement=agreement)
    return Person(photo, pose, parsing, body, surface, missing)


def _check(pose: Pose, photo: Photo) -> tuple[str, ...]:
    if pose.torso_px < MIN_TORSO_PX:
        raise PhotoRejected("person_too_small", "The person is too small in the photo; step closer or cut the picture.")
    if not (pose.sees("left_shoulder") or pose.sees("right_shoulder")):
        raise PhotoRejected("shoulders_not_visible", "The shoulders are not in the photo; use one from head to hips or feet.")
    return tuple(
        part for part, (left, right) in _PARTS.items() if not (_inside(pose[left], photo) or _inside(pose[right], photo))
    )


def _inside(xy: np.ndarray, photo: Photo) -> bool:
    return bool(0 <= xy[0] < photo.width and 0 <= xy[1] < photo.height)
