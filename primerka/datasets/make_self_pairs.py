"""Pairs for pose transfer made of single photos, since few have the same person in two poses.

The surface re-poser carries the person of photo A into the pose of photo B. That picture, with its artefacts, is the
source, and photo A itself the target: what a network learns to draw is made of real pixels alone.

Nothing is mirrored here. The training batches mirror both pictures of a pair with their keypoints and label maps
(training/pose_batches.py); stored mirror images would double the disk and teach nothing more. Nor are they needed as
further poses: n photos give n (n - 1) pairs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, gcd
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from primerka.atomic import write_atomically
from primerka.attributes import ATTRIBUTES, attributes
from primerka.datasets.identity_pairs import write_pairs
from primerka.datasets.keypoint_annotations import ANNOTATION_HEADER, annotation_row
from primerka.datasets.pose_pairs import SPLITS, SplitFiles
from primerka.datasets.self_pairs import SIZE, parsing_path, split_files
from primerka.errors import DataMissing, PhotoRejected
from primerka.keypoints import Keypoints
from primerka.perception.analyse import analyse
from primerka.person import Person
from primerka.photo import Photo, read_photo
from primerka.pictures import write_picture
from primerka.tryon.framed import frame_region
from primerka.tryon.repose import PLAIN, Reposer, load_reposer

Find = Callable[[Path], Person]
REFUSED = "refused.csv"
FINER = 3  # pictures are cut out this much larger than SIZE and averaged down: photos are about that large

# Each attribute as a corner of the colour cube, black first and white last: a mixture of two corners is on the side of the
# one that is more of it, in every channel. What the re-poser paints unseen is dark cloth and light skin.
_CORNERS = np.array(
    [ATTRIBUTES.index(name) for name in ("pants", "hair", "face", "upper_clothes", "background", "skirt", "leg", "arm")],
    np.uint8,
)
_COLOURS = 255 * (np.argsort(_CORNERS)[:, None] >> np.array([2, 1, 0]) & 1).astype(np.uint8)


@dataclass(frozen=True)
class Split:
    """How many pairs a split holds, how many of them this run made, and its refused photos: code → how many."""

    pairs: int
    made: int
    refused: dict[str, int]


@dataclass(frozen=True)
class Picture:
    """rgb (256, 176, 3) uint8; its keypoints; its attributes (256, 176) uint8."""

    rgb: np.ndarray
    keypoints: Keypoints
    attributes: np.ndarray


def find_person(path: Path) -> Person:
    """The main person of a photo. Raises PhotoRejected as perception.analyse does, and cut_off where the feet are missing."""
    person = analyse(read_photo(path))
    if "feet" in person.missing:
        raise PhotoRejected("cut_off", f"{path.name} does not show the person down to the feet.")
    return person


def make_self_pairs(photos: Path, root: Path, count: int, seed: int = 0, find: Find = find_person) -> dict[str, Split]:
    """Make `count` pairs for training, and of the held-out photos a tenth as many, rounded up, for testing.

    photos  a folder of photos NNNN.jpg of one person each
    root    where the set is written; pairs that are there are kept, and a run that was broken off goes on
    seed    of the order in which photos meet
    find    finds the person in a photo

    The CSV of pairs names those of this call. It is written last, so that a set that can be opened is whole. A split
    for which the photos are too few holds fewer pairs. Photos in which find refuses the person are named in refused.csv
    and not looked at again. Raises DataMissing too_few_photos where not one pair for training can be made.
    """
    names = sorted(path.stem for path in photos.glob("*.jpg") if path.stem.isdecimal())
    in_split = {split: [name for name in names if held_out(name) == (split == "test")] for split in SPLITS}
    if len(in_split["train"]) < 2:
        sentence = f"{photos} has fewer than two photos NNNN.jpg whose number does not end in 0."
        raise DataMissing("too_few_photos", sentence)
    wanted = {"train": count, "test": ceil(count / 10)}
    reposer = load_reposer()
    return {split: _make_split(photos, root, split, in_split[split], wanted[split], seed, find, reposer) for split in SPLITS}


def held_out(name: str) -> bool:
    return int(name) % 10 == 0


def walk(names: Sequence[str], seed: int) -> Iterator[tuple[str, str]]:
    """Every ordered pair of two photos, once. A pair nearly always begins with the photo that the last one ended with, so
    that one photo is analysed for one pair.

    The photos stand in a ring in seeded order, and the walk goes round in steps of 1, then of 2, and so on.
    """
    ring = np.random.default_rng(seed).permutation(names).tolist()
    for step in range(1, len(ring)):
        rounds = gcd(step, len(ring))
        for start in range(rounds):
            for at in range(start, start + len(ring) // rounds * step, step):
                yield ring[at % len(ring)], ring[(at + step) % len(ring)]


def _make_split(
    photos: Path, root: Path, split: str, names: list[str], wanted: int, seed: int, find: Find, reposer: Reposer
) -> Split:
    files = split_files(root, split)
    for folder in (files.pictures, parsing_path(root, split, "")):
        folder.mkdir(parents=True, exist_ok=True)
    people = _People(photos, root / REFUSED, find)
    written = _Written(root, split, files)
    pairs, made = [], 0
    with tqdm(total=wanted, desc=f"{split} pairs", disable=None) as bar:
        for a, b in walk(names, seed):
            if len(pairs) == wanted:
                break
            source, target = f"{a}_as_{b}.png", f"{a}.png"
            if people.refuses(a) or people.refuses(b):
                continue
            if source not in written or target not in written:
                person, pose = people[a], people[b]
                if person is None or pose is None:
                    continue
                written.add(target, photographed(person))
                written.add(source, carried(reposer, person, pose))
                made += 1
            pairs.append((source, target))
            bar.update()
    if pairs:
        written.close()
        write_pairs(files.pairs, pairs)
    elif split == "train":
        raise DataMissing("too_few_photos", f"{photos} has fewer than two photos of a whole person; see {root / REFUSED}.")
    return Split(len(pairs), made, people.refused(names))


def photographed(person: Person) -> Picture:
    """The person as the photo shows them, before plain grey.

    Cut out by the labels, with an outline as soft as the re-poser's. The parsing's alpha holds a haze of the street where
    it is in doubt, which a network would learn to draw.
    """
    region = person.parsing.labels > 0
    blurred = cv2.GaussianBlur(region.astype(np.float32), (0, 0), max(person.pose.torso_px / 150, 0.8))
    alpha = np.clip(2 * blurred - 0.5, 0, 1)[:, :, None]
    plain = np.rint(alpha * person.photo.rgb + (1 - alpha) * PLAIN).astype(np.uint8)
    return _cut_out(plain, region, person.pose.keypoints, attributes(person.parsing))


def carried(reposer: Reposer, person: Person, pose: Person) -> Picture:
    """The person in the pose of another, before plain grey.

    The keypoints are the other's, into whose body the person is carried; a detector would see them less well in a picture
    with artefacts. The attributes take the same way as the colours, for the same reason.
    """
    reposed = reposer.repose(person, pose)
    painted = reposer.repose(replace(person, photo=Photo(_COLOURS[attributes(person.parsing)])), pose)
    there = painted.alpha > 0.5
    share = painted.alpha[:, :, None]
    bits = painted.rgb - (1 - share) * PLAIN > 127.5 * share
    regions = np.where(there, _CORNERS[bits @ np.array([4, 2, 1])], ATTRIBUTES.index("background")).astype(np.uint8)
    return _cut_out(reposed.rgb, there, pose.pose.keypoints, regions)


def _cut_out(rgb: np.ndarray, region: np.ndarray, keypoints: Keypoints, regions: np.ndarray) -> Picture:
    """The frame that the person's region fills from head to foot."""
    large, flat = (FINER * SIZE[0], FINER * SIZE[1]), SIZE[::-1]
    into = frame_region(region, *large)
    picture = cv2.warpAffine(rgb, into, large[::-1], flags=cv2.INTER_LINEAR, borderValue=(PLAIN,) * 3)
    labels = cv2.warpAffine(regions, into, large[::-1], flags=cv2.INTER_NEAREST)
    return Picture(
        cv2.resize(picture, flat, interpolation=cv2.INTER_AREA),
        keypoints.moved(into).resized(large, SIZE),
        cv2.resize(labels, flat, interpolation=cv2.INTER_NEAREST_EXACT),
    )


class _People:
    """The people of the photos, analysed when they are asked for; the last two are kept."""

    def __init__(self, photos: Path, listed: Path, find: Find):
        self._photos, self._listed, self._find = photos, listed, find
        lines = listed.read_text().splitlines() if listed.exists() else []
        self._codes = dict(line.split(",") for line in lines)
        self._known: dict[str, Person] = {}

    def refuses(self, name: str) -> bool:
        """Whether a photo is known to be refused."""
        return name in self._codes

    def refused(self, names: Sequence[str]) -> dict[str, int]:
        codes = [self._codes[name] for name in names if name in self._codes]
        return {code: codes.count(code) for code in sorted(set(codes))}

    def __getitem__(self, name: str) -> Person | None:
        """None for a photo that is refused, which is then listed."""
        if name not in self._known:
            try:
                person = self._find(self._photos / f"{name}.jpg")
            except PhotoRejected as refusal:
                self._codes[name] = refusal.code
                _write(self._listed, "".join(f"{name},{code}\n" for name, code in self._codes.items()))
                return None
            self._known = dict([*self._known.items(), (name, person)][-2:])
        return self._known[name]


class _Written:
    """The pictures of a split that are there, with their label maps and keypoints.

    Rows of keypoints go to a .part file as they are found; `close` moves it in place. A picture counts as written when its
    row is there, which is written last.
    """

    def __init__(self, root: Path, split: str, files: SplitFiles):
        self._root, self._split, self._files = root, split, files
        self._part = files.annotations.with_name(f"{files.annotations.name}.part")
        rows = next((path.read_text() for path in (self._part, files.annotations) if path.exists()), "")
        rows = rows[: rows.rfind("\n") + 1] or f"{ANNOTATION_HEADER}\n"  # a row that a broken-off run was in the middle of
        _write(self._part, rows)
        self._rows = {line.partition(":")[0] for line in rows.splitlines()[1:]}

    def __contains__(self, name: str) -> bool:
        return name in self._rows and (self._files.pictures / name).exists() and self._parsing(name).exists()

    def _parsing(self, name: str) -> Path:
        return parsing_path(self._root, self._split, name)

    def add(self, name: str, picture: Picture) -> None:
        """Nothing is done for a picture that is there."""
        if name in self:
            return
        write_picture(self._files.pictures / name, picture.rgb)
        write_picture(self._parsing(name), picture.attributes)
        if name not in self._rows:
            with open(self._part, "a", encoding="utf-8") as file:
                file.write(annotation_row(name, picture.keypoints, *SIZE) + "\n")
            self._rows.add(name)

    def close(self) -> None:
        self._part.replace(self._files.annotations)


def _write(path: Path, text: str) -> None:
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))
