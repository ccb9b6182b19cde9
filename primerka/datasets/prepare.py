"""`primerka datasets prepare`: check a published set, and make what can be made of it."""

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from primerka.datasets import coco, deepfashion, densepose_coco
from primerka.datasets.coco_json import read_sections
from primerka.datasets.detect_attributes import Find as FindAttributes
from primerka.datasets.detect_attributes import find_attributes, parse_attributes
from primerka.datasets.detect_keypoints import Find as FindKeypoints
from primerka.datasets.detect_keypoints import annotate, find_or_miss
from primerka.datasets.identity_pairs import TEST_PAIRS, make_identity_pairs, shows_trunk, write_pairs
from primerka.datasets.keypoint_annotations import Annotations, read_pairs
from primerka.datasets.open_pairs import PAIR_SETS
from primerka.datasets.pose_pairs import SPLITS, SplitFiles, check_annotated, check_pictures, incomplete
from primerka.errors import DataMissing

SETS = (*PAIR_SETS, coco.NAME, densepose_coco.NAME)


@dataclass(frozen=True)
class Summary:
    """What a set holds when it is prepared.

    counts    split → what → how many
    expected  the same as published, where that is known
    made      a sentence for each thing that this run made
    notes     what to know before using the set
    """

    name: str
    counts: dict[str, dict[str, int]]
    expected: dict[str, dict[str, int]]
    made: tuple[str, ...]
    notes: tuple[str, ...]

    def as_dict(self) -> dict:
        return {
            "set": self.name,
            "counts": self.counts,
            "expected": {split: self.expected.get(split, {}) for split in self.counts},
            "made": list(self.made),
            "notes": list(self.notes),
        }


def prepare(
    name: str, root: Path, keypoints: FindKeypoints = find_or_miss, attributes: FindAttributes = find_attributes
) -> Summary:
    """Check the layout of a set and make what is missing and can be made. What is there is never changed.

    name        one of SETS
    keypoints   finds the keypoints of pictures without annotation; BlazePose unless given
    attributes  finds the label map of pictures without one; our parsing unless given

    Raises DataMissing: data_missing where a file that only its owners have is not there, data_incomplete where a file is
    damaged or names others that are not there.
    """
    if name not in SETS:
        raise ValueError(f"no set called {name}; there are {', '.join(SETS)}")
    if not root.is_dir():
        raise DataMissing("data_missing", f"The folder {root} does not exist.")
    if name in PAIR_SETS:
        return _prepare_pairs(PAIR_SETS[name], root, keypoints, attributes)
    return _prepare_coco(root) if name == coco.NAME else _prepare_densepose(root)


def _prepare_pairs(reader: ModuleType, root: Path, keypoints: FindKeypoints, attributes: FindAttributes) -> Summary:
    made = [deepfashion.make_pictures(root)] if reader is deepfashion else []
    counts, notes = {}, list(reader.NOTES)
    files = {split: reader.split_files(root, split) for split in SPLITS}
    if not any(files[split].names for split in SPLITS):
        folders = " or ".join(f"{files[split].pictures.name}/" for split in SPLITS)
        raise DataMissing("data_missing", f"{root} has no pictures in {folders}; get {reader.NAME} from {reader.ORIGIN}.")
    for split in SPLITS:
        if files[split].names:
            counts[split] = _prepare_split(reader, root, split, files[split], made, keypoints, attributes)
        else:
            notes.append(f"{split}: no pictures, so it was left out.")
    return Summary(reader.NAME, counts, reader.EXPECTED, tuple(filter(None, made)), (*notes, *_differences(counts, reader)))


def _prepare_split(
    reader: ModuleType,
    root: Path,
    split: str,
    files: SplitFiles,
    made: list,
    keypoints: FindKeypoints,
    attributes: FindAttributes,
) -> dict[str, int]:
    identity = getattr(reader, "identity", None)
    if not files.pairs.exists() and identity is None:
        raise DataMissing("data_missing", f"{root} has no {files.pairs.name}; get it from {reader.CSV_ORIGIN}.")
    _check_not_empty(files, reader)
    pairs = list(read_pairs(files.pairs)) if files.pairs.exists() else None
    if pairs is not None:
        check_pictures(files, pairs, reader.ORIGIN)
        wanted = sorted({name for pair in pairs for name in pair})
    else:
        wanted = [name for name in files.names if identity(name) is not None]
    if not files.annotations.exists():
        made.append(f"{files.annotations.name}: keypoints of {annotate(files, wanted, keypoints)} pictures by BlazePose")
    annotations = Annotations.read(files.annotations)
    if pairs is None:
        whole = [name for name in wanted if shows_trunk(annotations, name)]
        pairs = make_identity_pairs(whole, identity, TEST_PAIRS if split == "test" else None)
        if not pairs:
            raise DataMissing("data_incomplete", f"{files.pictures} shows nobody twice from shoulders to hips.")
        write_pairs(files.pairs, pairs)
        made.append(f"{files.pairs.name}: {len(pairs)} pairs of one identity")
    check_annotated(files, pairs, annotations)
    counts = {"pictures": len(files.names), "pairs": len(pairs), "annotated": len(annotations)}
    if reader is deepfashion:
        counts["parsed"] = _parse(root, split, files, wanted, made, attributes)
    return counts


def _check_not_empty(files: SplitFiles, reader: ModuleType) -> None:
    empty = [name for name in files.names if not (files.pictures / name).stat().st_size]
    if empty:
        raise incomplete(f"{files.pictures} holds pictures of no bytes", empty, f"get them from {reader.ORIGIN}")


def _parse(root: Path, split: str, files: SplitFiles, names: list[str], made: list, attributes: FindAttributes) -> int:
    """How many of the pictures have a label map, after ours are made where ADGAN's are not there."""
    if (root / "semantic_merge3").is_dir():
        paths = {name: deepfashion.semantic_path(root, name) for name in names}
        absent = [name for name, path in paths.items() if path is None or not path.exists()]
        if absent:
            what = f"{files.pairs} names pictures without a map in {root / 'semantic_merge3'}"
            raise incomplete(what, absent, "get that folder again, or move it away to have maps made")
        return len(names)
    count, refused = parse_attributes(files, names, lambda name: deepfashion.parsing_path(root, split, name), attributes)
    if count or refused:
        told = f", and found nobody to parse in {refused}" if refused else ""
        made.append(f"parsing/{split}/: label maps of {count} pictures{told}")
    return sum(deepfashion.parsing_path(root, split, name).exists() for name in names)


def _prepare_coco(root: Path) -> Summary:
    ready = _ready(
        root,
        coco,
        {split: (coco.annotation_file(root, split), coco.picture_folder(root, split)) for split in coco.SPLITS},
    )
    counts, notes = {}, list(coco.NOTES)
    for split, (path, folder) in ready.items():
        names = _check_coco_pictures(path, folder, coco.ORIGIN)
        people = usable = 0
        for _, entry in read_sections(path, "annotations"):
            people, usable = people + 1, usable + (coco.read_person(entry, names, folder, path) is not None)
        counts[split] = {"pictures": len(names), "people": people, "people_with_keypoints": usable}
    return Summary(coco.NAME, counts, coco.EXPECTED, (), (*notes, *_differences(counts, coco)))


def _prepare_densepose(root: Path) -> Summary:
    places = {}
    for split in densepose_coco.SPLITS:
        folder = coco.picture_folder(root, "train" if split == "train" else "val", 2014)
        places[split] = (densepose_coco.annotation_file(root, split), folder)
    counts = {}
    for split, (path, folder) in _ready(root, densepose_coco, places).items():
        names = _check_coco_pictures(path, folder, densepose_coco.ORIGIN)
        people = points = 0
        for person in densepose_coco.read_dense_people(root, split):
            people, points = people + 1, points + len(person.patch)
        counts[split] = {"pictures": len(names), "people": people, "points": points}
    return Summary(densepose_coco.NAME, counts, {}, (), densepose_coco.NOTES)


def _ready(root: Path, reader: ModuleType, places: dict[str, tuple[Path, Path]]) -> dict[str, tuple[Path, Path]]:
    """The splits whose annotations and pictures are both there: nobody needs the large training set to evaluate."""
    ready = {split: place for split, place in places.items() if place[0].is_file() and place[1].is_dir()}
    if ready:
        return ready
    annotated = [place for place in places.values() if place[0].is_file()]
    absent = [place[1] for place in annotated] or [place[0] for place in places.values()]
    listed = " or ".join(sorted({str(path.relative_to(root)) for path in absent}))
    raise DataMissing("data_missing", f"{root} has no {listed}; get {reader.NAME} from {reader.ORIGIN}.")


def _check_coco_pictures(path: Path, folder: Path, origin: str) -> dict[int, str]:
    there = {file.name for file in folder.iterdir()}
    names = coco.read_picture_names(path)
    absent = set(names.values()) - there
    if absent:
        raise incomplete(f"{path} names pictures that are not in {folder}", absent, f"get them from {origin}")
    return names


def _differences(counts: dict[str, dict[str, int]], reader: ModuleType) -> list[str]:
    return [
        f"{split}: {counts[split][what]:,} {what}, where {number:,} are published."
        for split, numbers in reader.EXPECTED.items()
        for what, number in numbers.items()
        if split in counts and counts[split][what] != number
    ]
