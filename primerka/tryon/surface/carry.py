"""How each part of a person gets into another pose: which piece of the photo goes there, and by which points."""

import cv2
import numpy as np

from primerka.body import BONE, Body
from primerka.parsing import GARMENTS
from primerka.perception.body_model import body_model
from primerka.perception.surface import visible_vertices
from primerka.person import Person
from primerka.surface import Surface
from primerka.tryon.surface.canvas import Carried
from primerka.tryon.surface.figure import CARRIED, FEET, HEAD, PART, PARTS, Layer, Silhouettes, bones_of, cut_out, owners, twins
from primerka.tryon.surface.from_behind import head_from_behind, shown_face, trunk_from_behind
from primerka.tryon.surface.outline import JOINT_STATIONS, MOST_BENT, bend, limb_outline, skirt_outline, trunk_outline
from primerka.tryon.surface.parts import LEGS, SKIRT, SLEEVES, TORSO, Part
from primerka.tryon.surface.posed_body import bone_rotations
from primerka.tryon.surface.rigid import between, is_mirrored, planar_matrix, roll, similarity, yaw
from primerka.tryon.surface.turned_part import hanging_hair, wears_brim

MAX_STRETCH = 2.0  # of a part that the source points towards the camera
MIN_SHOWN = 0.35  # of a part's own silhouette: where less is shown, its twin on the other side is asked
LEAST_FILLED = 0.3  # of the box around a limb that its silhouette fills
SITTING_M = 0.2  # how far before the hips a knee is, metres, when its thigh lies before the trunk
MIN_VISIBLE = 0.4  # of an arm's skin that faces the camera: with less the arm lies behind the trunk
MIN_PART = 0.002  # square metres of a part that must be seen to be spoken of, and …
MIN_CERTAIN = 0.3  # … how much of it must be certain
BACK_TURNED = np.radians(100)
FROM_BEHIND = np.radians(150)  # a head that turns further shows no cheek
HEAD_TURNED = np.radians(50)  # a head that turns further cannot be the same picture
FACE_SHOWN = 0.05  # of the torso length squared: who shows more of a face was not photographed from behind
NECK_RIM = 0.03  # torso lengths that its colours go on beyond its outline
NECK_TURNED = np.radians(50)  # a chest that turns further takes the neck out of its shape
PROFILE = np.radians(70)  # half of a face that is seen from the side does not make a whole one
HEAD_MIRRORED = np.radians(12)  # a head that looks further to the other side than this is reflected


class Way:
    """The way from the source's body to the same body in the target's pose, part by part.

    regions   the source's pixels by part, as `hang` finds them
    surface   of `body`, in the target's photo
    uncertain  names of parts that the source does not show well
    lacks_face whether the source shows the head from behind or in profile, and the target from the front
    """

    def __init__(self, source: Person, body: Body, surface: Surface, regions: dict[Part, np.ndarray]):
        self.source, self.body, self.surface, self.regions = source, body, surface, regions
        self._warnings: list[str] = []
        self.uncertain: list[str] = []
        self._source_alone = Silhouettes(source.body, *source.photo.rgb.shape[:2])
        self.target_alone = Silhouettes(body, *surface.depth.shape)
        self._layers: dict[tuple[Part, bool], Layer | None] = {}
        self._turns = bone_rotations(source.body), bone_rotations(body)
        trunk = owners() == PARTS.index(TORSO)
        self.mirrored = is_mirrored(source.body.vertices[trunk, :2], body.vertices[trunk, :2])
        yaws = [yaw(turns[BONE["chest"]]) for turns in self._turns]
        self.turns_back = self._shows_back(yaws[1]) and not self._shows_back(yaws[0])
        heads = [yaw(turns[BONE["head"]]) for turns in self._turns]
        self.lacks_face = not self._shows_back(heads[1]) and self._no_face(heads[0])
        self.other_side = between(*yaws) > BACK_TURNED
        self._trunk_turned = between(*yaws) > NECK_TURNED
        if self.other_side:
            self._warnings.append(
                "the product photo shows the person from another side: what it does not show is made from that side"
            )

    def back_to_front(self) -> list[Part]:
        """Arms behind the trunk, legs, skirt and trunk, what sits before the trunk, head, arms before the trunk."""

        def key(part: Part) -> tuple[int, float]:
            if part in CARRIED:  # fingers lie before a handle
                rank, depth = key(PART[part.name.replace("carried", "forearm")])
                return rank, depth - 1
            depth = -float(self.body.vertices[owners() == PARTS.index(part), 2].mean()) if part != SKIRT else 0.0
            if part in SLEEVES:
                return (0 if self._behind(part) else 6), depth
            if part in (SKIRT, TORSO):
                return 2, float(part == TORSO)
            if part == HEAD:
                return 4, 0.0
            return (3 if self._before_trunk(part) else 1), depth

        return sorted((*PARTS, *CARRIED), key=key)

    def _behind(self, part: Part) -> bool:
        """Whether most of the arm that faces the camera is hidden by something nearer."""
        x, y = self.body.vertices[:, 0], self.body.vertices[:, 1]
        height, width = self.surface.depth.shape
        facing = (owners() == PARTS.index(part)) & (self.surface.normals[:, 2] < 0)
        facing &= (x >= 0) & (y >= 0) & (x < width) & (y < height)
        return bool(facing.any() and visible_vertices(self.body, self.surface)[facing].mean() < MIN_VISIBLE)

    def _before_trunk(self, part: Part) -> bool:
        side = part.name.partition("_")[0]
        knee, hip = (self.body.bones[BONE[f"{side}_{bone}"], 2] for bone in ("shin", "thigh"))
        return bool(hip - knee > SITTING_M * self.body.scale)

    def _no_face(self, before: float) -> bool:
        """Whether the photo shows too little of the face for a head that does not show its back."""
        if self._shows_back(before):
            return shown_face(self.source) < FACE_SHOWN * self.source.pose.torso_px**2
        return abs(before) > PROFILE and self.turns_away(HEAD)

    @staticmethod
    def _shows_back(angle: float) -> bool:
        return abs(angle) > BACK_TURNED

    def turns_away(self, part: Part) -> bool:
        """Whether a head or a foot turns too far for its picture to follow; the back of a head is made in another way."""
        if part not in (HEAD, *FEET):
            return False
        before, after = (yaw(turns[BONE[part.name]]) for turns in self._turns)
        if part in FEET:
            return between(before, after) > BACK_TURNED
        if self._shows_back(before) or (abs(after) > FROM_BEHIND and abs(before) < HEAD_TURNED):
            return False
        # Turned to the other side by as much, a head is its own mirror image.
        return abs(abs(after) - abs(before)) > HEAD_TURNED and not wears_brim(self.source)

    def carry(self, part: Part, turned: bool = False) -> Carried | None:
        """turned: the part itself is drawn on the body's shape; only what hangs from it is carried."""
        if part == HEAD:
            return self._carry_head(turned)
        if part in FEET:
            return None if turned else self._carry_stiff(part)
        if part in CARRIED:
            return self._carry_hanging(part)
        if part in (TORSO, SKIRT):
            layer = self._layer(part)
            if layer and self.turns_back:
                layer = trunk_from_behind(layer, self.source)
            pairs = self._trunk_pairs()
            return layer and Carried(
                part, layer, None, pairs, self.mirrored, not self.other_side, layer and self._neck_in(part, layer)
            )
        return self._carry_limb(part)

    def find_invented(self, certain: np.ndarray) -> None:
        """Warn of parts of which next to nothing is certain, (H, W) bool, in the picture."""
        for part in (HEAD, TORSO, *SLEEVES, *LEGS, *FEET):
            shown = self.target_alone(part) & np.isin(self.surface.part, bones_of(part))
            if shown.sum() > MIN_PART * self.body.scale**2 and certain[shown].mean() < MIN_CERTAIN:
                self.uncertain.append(part.name.replace("_", " "))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is uncertain, for people."""
        if not self.uncertain:
            return tuple(self._warnings)
        return (*self._warnings, f"the product photo does not show this well, it is invented: {', '.join(self.uncertain)}")

    def _layer(self, part: Part, for_twin: bool = False) -> Layer | None:
        """for_twin: a bag is there once, and stays behind."""
        if (part, for_twin) not in self._layers:
            regions = self._without_bag(part) if for_twin and part in SLEEVES else self.regions
            self._layers[part, for_twin] = cut_out(self.source, regions, part, self._source_alone)
        return self._layers[part, for_twin]

    def _without_bag(self, part: Part) -> dict[Part, np.ndarray]:
        bag = self.regions[part] & self.source.parsing.mask("bag", "other")
        carried = next(one for one in CARRIED if one.name.startswith(part.name.partition("_")[0]))
        return {**self.regions, part: self.regions[part] & ~bag, carried: self.regions[carried] | bag}

    def _reflect(self, xy: np.ndarray) -> np.ndarray:
        return xy * (-1, 1) + (self.source.photo.width - 1, 0)

    def _trunk_pairs(self) -> tuple[np.ndarray, np.ndarray]:
        outlines = [[trunk_outline(body)] for body in (self.body, self.source.body)]
        if self.regions[SKIRT].any():
            skirts = [skirt_outline(body) for body in (self.body, self.source.body)]
            if skirts[0] is not None and skirts[1] is not None:
                outlines = [[*trunk, skirt] for trunk, skirt in zip(outlines, skirts)]
        target, origin = (np.concatenate(parts) for parts in outlines)
        return self._pairs(target, origin, self.mirrored)

    def _pairs(self, target: np.ndarray, origin: np.ndarray, mirrored: bool) -> tuple[np.ndarray, np.ndarray]:
        if mirrored:  # the outline's two sides change places
            origin = self._reflect(origin[:, [0, 2, 1]])
        return target.reshape(-1, 2), origin.reshape(-1, 2)

    def _carry_limb(self, part: Part) -> Carried | None:
        """A limb by its outline; from its twin where the photo shows that better; stiff where it points at the camera."""
        target = limb_outline(self.body, part)
        best, least = None, np.inf
        for limb in (part, _twin(part)):
            layer, origin = self._layer(limb, limb is not part), limb_outline(self.source.body, limb)
            if layer is None or target is None or origin is None:
                continue
            joint = self._joint(part, limb)
            lengths = [np.linalg.norm(outline[-1, 0] - outline[0, 0]) for outline in (target, origin)]
            stretch = max(lengths[0] / self.body.scale * self.source.body.scale / lengths[1], 1.0)
            if self._shown(limb) < MIN_SHOWN:
                stretch *= 2
            if stretch >= least or (limb is not part and stretch > MAX_STRETCH):
                continue
            mirrored = self.mirrored != (limb is not part)
            pairs = self._pairs(*(np.concatenate([one, *more]) for one, more in zip((target, origin), joint)), mirrored)
            best, least = Carried(part, layer, None, pairs, mirrored, limb is part and not self.other_side), 0.7 * stretch
        if best is None:
            return self._carry_stiff(part)
        return best

    def _neck_in(self, part: Part, layer: Layer) -> np.ndarray | None:
        """(h, w) bool: the neck's skin in a trunk that turns, beside which it would stand out."""
        if part != TORSO or not self._trunk_turned:
            return None
        (x, y), (height, width) = layer.corner, layer.seen.shape
        names = ("neck",), (*GARMENTS, "scarf", "bag", "other")
        neck, worn = (self.source.parsing.mask(*labels)[y : y + height, x : x + width] for labels in names)
        rim = 2 * round(NECK_RIM * self.source.pose.torso_px) + 1
        return (cv2.dilate(neck.astype(np.uint8), np.ones((rim, rim), np.uint8)) > 0) & ~worn

    def _joint(self, part: Part, limb: Part) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Outlines around the joints of a limb, on the target as `part` and in the source as `limb`: what lies beyond the
        joint says how the cloth goes round it, and both limbs say the same.
        """
        found: tuple[list[np.ndarray], list[np.ndarray]] = ([], [])
        if part.name.endswith("thigh"):
            found[0].append(trunk_outline(self.body)[-3:])
            found[1].append(trunk_outline(self.source.body)[-3:])
        step, ends = (
            (1, slice(None, JOINT_STATIONS))
            if part.name.endswith(("upper_arm", "thigh"))
            else (-1, slice(-JOINT_STATIONS, None))
        )
        outlines = [
            [limb_outline(body, one), limb_outline(body, _next_limb(one, step))]
            for body, one in ((self.body, part), (self.source.body, limb))
        ]
        if all(pair[1] is not None and abs(bend(*pair)) < MOST_BENT for pair in outlines):
            for side, (_, beyond) in zip(found, outlines):
                side.append(beyond[ends])
        return found

    def _shown(self, part: Part) -> float:
        """Which part of its own silhouette the photo shows a limb in; what lies outside the picture counts as not shown."""
        across, down = np.ptp(self.source.body.vertices[owners() == PARTS.index(part), :2], 0)
        area = max(float(self._source_alone(part).sum()), LEAST_FILLED * float(across * down))
        return float(self.regions[part].sum()) / max(area, 1.0)

    def _carry_stiff(self, part: Part) -> Carried | None:
        """A foot, or a limb that points at the camera, turned and shifted only; from its twin where the photo shows none."""
        limb = part if self._layer(part) is not None else _twin(part)
        layer = self._layer(limb, limb is not part)
        if layer is None:
            return None
        mine = np.flatnonzero(owners() == PARTS.index(part))
        origin = self.source.body.vertices[mine if limb is part else twins()[mine], :2]
        matrix = planar_matrix(self.body.vertices[mine, :2], origin, self.source.body.scale / self.body.scale, part in FEET)
        return Carried(part, layer, matrix, None, False, limb is part and not self.other_side)

    def _carry_hanging(self, part: Part) -> Carried | None:
        """A bag in a hand goes where the hand goes, and hangs down."""
        layer = self._layer(part)
        if layer is None:
            return None
        hand = body_model().part == part.indices[0]
        held, origin = self.body.vertices[hand, :2].mean(0), self.source.body.vertices[hand, :2].mean(0)
        if self.mirrored:
            origin = self._reflect(origin)
        scale = self.source.body.scale / self.body.scale
        return Carried(part, layer, np.column_stack([scale * np.eye(2), origin - scale * held]), None, self.mirrored, True)

    def _carry_head(self, turned: bool) -> Carried | None:
        layer = self._layer(HEAD)
        if layer is None:
            return None
        turns = [turn[BONE["head"]] for turn in self._turns]
        yaws = [yaw(turn) for turn in turns]
        head = owners() == PARTS.index(HEAD)
        mirrored = bool(yaws[0] * yaws[1] < 0 and min(abs(yaws[0]), abs(yaws[1])) > HEAD_MIRRORED)
        origin, leaning = self.source.body.vertices[head, :2], roll(turns[0])
        if mirrored:
            origin, leaning = self._reflect(origin), -leaning
        scale = self.source.body.scale / self.body.scale
        matrix = similarity(self.body.vertices[head, :2], origin, roll(turns[1]), leaning, scale)
        away = abs(abs(yaws[1]) - abs(yaws[0]))
        from_behind = self._shows_back(yaws[1])
        if self.lacks_face:
            self._warnings.append("the product photo does not show the whole face: a plain one is painted")
        if turned:
            layer = hanging_hair(layer, self.source)
            self._warnings.append("the head turns further than in the product photo: its other side is made from the one shown")
        elif from_behind and not self._shows_back(yaws[0]):
            layer = head_from_behind(layer, self.source)
            self._warnings.append("the back of the head is not in the product photo: it is made from the hair")
        elif away > HEAD_TURNED and not self.lacks_face:
            self._warnings.append("the head keeps the turn that it has in the product photo")
        return Carried(HEAD, layer, matrix, None, mirrored, away < BACK_TURNED)


def _next_limb(part: Part, step: int) -> Part:
    limbs = (*SLEEVES, *LEGS)
    return limbs[limbs.index(part) + 2 * step]


def _twin(part: Part) -> Part:
    side, _, bone = part.name.partition("_")
    return PART[f"{'right' if side == 'left' else 'left'}_{bone}"]
