"""Put the labels of Clothing Co-Parsing right by eye.

    python tools/correct_labels.py draw DATA RUN SHEETS     sheets of photos, their classes in numbered pieces
    python tools/correct_labels.py read DATA RUN SHEETS MARKS.txt …     marks → primerka/datasets/clothing_co_parsing_by_eye.csv

DATA is the folder of the set; RUN is a finished run of `primerka train parsing`. A tagged photo's classes are what RUN's network sees in
it, a labelled photo's are its labels: of these, only the photos are drawn where the network is sure of something else. A line of marks is

    1465 | scarf poly 75,195 130,175 … | skirt dress | top 21 22 | unsure 7

the photo's number, then commands: a class and whole pieces, or a class and another one, all of which it is, or a class and the corners of
a polygon in the pixels of the sheet's left picture. Skin and hair inside a polygon stay what they are, unless it is written POLY. A later
command overrides an earlier one; `ok` says that all is well, `skip` that nothing is to be learned from the photo.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from skimage.segmentation import slic
from tqdm import tqdm

from primerka.atomic import write_atomically
from primerka.datasets.corrected_labels import BY_EYE, UNSURE
from primerka.parsing import CLASSES, LABEL
from primerka.perception.overlay import COLOURS as LABEL_COLOURS
from primerka.training.parsing import Prepared, class_logits, prepare, prepared_file, trained

SHOWN_AS = {"skin": "face", "shoes": "left_shoe"}  # a class has the colour of its label in other pictures
COLOURS = LABEL_COLOURS[[LABEL[SHOWN_AS.get(name, name)] for name in CLASSES]]
HEIGHT = 576  # of the network's input
PIECES = 45  # of a person, about
MARGIN = 14  # pixels of the crop around the person on a sheet
VIEW = (640, 1050)  # the largest size of a picture on a sheet
GRID = 100  # pixels
FINE = 70  # pixels of the crop: the pieces that a polygon is snapped to
OFF = 4  # pixels of the crop by which a snapped line may leave the drawn one
STAYS = [CLASSES.index(name) for name in ("skin", "hair")]
SAME = 254  # in a map of corrections: as it was
DISPUTED = 0.08  # of a labelled photo's person: where that much is sure to be something else, the labels are looked at
CRUMB = 7  # pixels of the crop: a narrower strip is an outline's inaccuracy


def draw(data: Prepared, run: Path, folder: Path) -> None:
    network = trained(run)
    folder.mkdir(parents=True, exist_ok=True)
    for index in tqdm(np.flatnonzero(~data.held_out)):
        number, rgb = int(data.number[index]), data.rgb[index]
        if data.labelled[index]:
            classes, remark = data.classes[index], dispute(network, data, index)
        else:
            classes, remark = see(network, data, index), "tags: " + worn(data.present[index])
        if not remark or not (classes > 0).any():
            continue
        pieces = cut(rgb, classes)
        ys, xs = np.nonzero(classes)
        top, left = max(ys.min() - MARGIN, 0), max(xs.min() - MARGIN, 0)
        place = slice(top, ys.max() + MARGIN), slice(left, xs.max() + MARGIN)
        shape = rgb[place].shape
        scale = min(VIEW[1] / shape[0], VIEW[0] / shape[1])
        np.savez_compressed(folder / f"{number:04d}.npz", classes=classes, pieces=pieces, view=(top, left, scale))
        picture = sheet(rgb[place], classes[place], pieces[place], scale)
        cv2.imwrite(str(folder / f"{number:04d}.png"), caption(picture, f"{number:04d}  {remark}", classes, pieces)[:, :, ::-1])


def worn(present: np.ndarray) -> str:
    return " ".join(CLASSES[label] for label in np.flatnonzero(present) if label)


@torch.no_grad()
def dispute(network, data: Prepared, index: int) -> str:
    """What the network is sure to see otherwise than the photo is labelled, in words; empty where that is little."""
    given = data.classes[index]
    sure, seen = class_logits(network, data, index, HEIGHT).softmax(0).max(0)
    sure, seen = sure.numpy(), seen.numpy().astype(np.uint8)
    other = ((given != seen) & (sure > 0.5)).astype(np.uint8)
    other = cv2.morphologyEx(other, cv2.MORPH_OPEN, np.ones((CRUMB, CRUMB), np.uint8)) > 0
    person = ((given > 0) | (seen > 0)).sum()
    if other.sum() < DISPUTED * person:
        return ""
    pairs, counts = np.unique(np.stack([given[other], seen[other]]), axis=1, return_counts=True)
    largest = np.argsort(-counts)[:3]
    return "seen otherwise: " + ", ".join(f"{CLASSES[pairs[0, i]]} as {CLASSES[pairs[1, i]]}" for i in largest)


@torch.no_grad()
def see(network, data: Prepared, index: int) -> np.ndarray:
    """(H, W) uint8: the likeliest of the classes that the photo's tags name."""
    logits = class_logits(network, data, index, HEIGHT)
    logits[~torch.from_numpy(data.present[index])] = -torch.inf
    return logits.argmax(0).numpy().astype(np.uint8)


def cut(rgb: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(H, W) int32: pieces of one class each, numbered from 1; 0 where there is none: crumbs, and what is far from the person."""
    person = classes > 0
    typical = max(person.sum() / PIECES, 250)
    around = cv2.dilate(person.astype(np.uint8), np.ones((41, 41), np.uint8)) > 0
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    pieces, count = np.zeros(classes.shape, np.int32), 0
    for label in np.unique(classes):
        size = typical * (2.2 if label == 0 else 1)
        _, patches, stats, _ = cv2.connectedComponentsWithStats(((classes == label) & around).astype(np.uint8), connectivity=4)
        for patch in np.flatnonzero(stats[1:, cv2.CC_STAT_AREA] > 0.12 * typical) + 1:
            here = patches == patch
            parts = round(here.sum() / size)
            cells = here.astype(int)
            if parts > 1:
                cells = slic(lab, n_segments=parts, compactness=7, mask=here, start_label=1, convert2lab=False)
            for cell in np.unique(cells[here]):
                count += 1
                pieces[here & (cells == cell)] = count
    return pieces


def sheet(rgb: np.ndarray, classes: np.ndarray, pieces: np.ndarray, scale: float) -> np.ndarray:
    """The photo with a grid, and beside it the classes' colours with the numbers of the pieces."""
    size = (round(rgb.shape[1] * scale), round(rgb.shape[0] * scale))
    photo = cv2.resize(rgb, size, interpolation=cv2.INTER_CUBIC)
    classes = cv2.resize(classes, size, interpolation=cv2.INTER_NEAREST)
    pieces = cv2.resize(pieces.astype(np.float32), size, interpolation=cv2.INTER_NEAREST).astype(int)
    tinted = np.where((classes > 0)[:, :, None], 0.6 * photo + 0.4 * COLOURS[classes], 0.75 * photo)
    edge = np.zeros(pieces.shape, bool)
    edge[:, 1:] |= pieces[:, 1:] != pieces[:, :-1]
    edge[1:] |= pieces[1:] != pieces[:-1]
    tinted[edge] = 0.6 * COLOURS[classes[edge]] + 60
    tinted = np.clip(tinted, 0, 255).astype(np.uint8)
    for piece in np.unique(pieces[pieces > 0]):
        depth = cv2.distanceTransform(np.pad((pieces == piece).astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
        y, x = np.unravel_index(depth.argmax(), depth.shape)
        for colour, width in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            write(tinted, str(piece), (int(x) - 7, int(y) + 5), colour, width)
    lines = photo.copy()
    for at in range(GRID, max(size), GRID):
        cv2.line(lines, (at, 0), (at, size[1]), (255, 255, 255))
        cv2.line(lines, (0, at), (size[0], at), (255, 255, 255))
    photo = cv2.addWeighted(photo, 0.72, lines, 0.28, 0)
    for at in range(GRID, max(size), GRID):
        write(photo, str(at), (at + 2, 10), (255, 255, 0))
        write(photo, str(at), (2, at - 2), (255, 255, 0))
    return np.hstack([photo, np.full((size[1], 6, 3), 255, np.uint8), tinted])


def caption(picture: np.ndarray, title: str, classes: np.ndarray, pieces: np.ndarray) -> np.ndarray:
    """The picture with the title and each class's colour and pieces below."""
    width = max(picture.shape[1], 900)
    picture = np.pad(picture, ((0, 0), (0, width - picture.shape[1]), (0, 0)), constant_values=255)
    below = np.full((20 * (len(np.unique(classes)) + 1) + 6, width, 3), 255, np.uint8)
    write(below, title, (4, 15), (0, 0, 0))
    for row, label in enumerate(np.unique(classes), 1):
        numbers = np.unique(pieces[(classes == label) & (pieces > 0)])
        cv2.rectangle(below, (4, 20 * row + 4), (20, 20 * row + 17), COLOURS[label].tolist(), -1)
        write(below, f"{CLASSES[label]}: {' '.join(map(str, numbers))}", (26, 20 * row + 15), (0, 0, 0))
    return np.vstack([picture, below])


def write(picture: np.ndarray, text: str, at: tuple[int, int], colour: tuple[int, int, int], width: int = 1) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, width, cv2.LINE_AA)


def read(data: Prepared, folder: Path, files: list[Path]) -> None:
    """Put what the marks say into the table of corrected labels, in place of what it said of the same photos."""
    marks = {}
    for line in (line for file in files for line in file.read_text().splitlines() if line.strip()):
        number, *commands = (part.strip() for part in line.split("|"))
        marks[int(number)] = commands
    rows = []
    if BY_EYE.exists():
        with open(BY_EYE, newline="") as file:
            rows = [tuple(row) for row in csv.reader(file)][1:]
    rows = [row for row in rows if int(row[0]) not in marks]
    for number, commands in tqdm(sorted(marks.items())):
        index = int(np.flatnonzero(data.number == number)[0])
        try:
            found = np.full(data.classes.shape[1:], UNSURE, np.uint8)
            if "skip" not in commands:
                with np.load(folder / f"{number:04d}.npz") as drawn:
                    found = carry_out(commands, data.rgb[index], **drawn)
        except ValueError as wrong:
            raise SystemExit(f"{number:04d}: {wrong}") from None
        rows += ((f"{number:04d}", *row) for row in regions(found, data.matrix[index]))
    write_atomically(BY_EYE, lambda part: write_table(part, sorted(rows)))


def write_table(path: Path, rows: list[tuple[str, str, str]]) -> None:
    with open(path, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("photo", "class", "rings"), *rows])


def carry_out(commands: list[str], rgb: np.ndarray, classes: np.ndarray, pieces: np.ndarray, view: np.ndarray) -> np.ndarray:
    """(H, W) uint8: the class that the commands give each pixel of the crop; SAME where it is what it was."""
    top, left, scale = view
    found, fine = np.full(classes.shape, SAME, np.uint8), None
    for command in commands:
        name, *words = command.split()
        if name == "ok":
            continue
        if name not in (*CLASSES, "unsure") or not words:
            raise ValueError(f"{command!r} is no class with pieces, another class or a polygon")
        label = UNSURE if name == "unsure" else CLASSES.index(name)
        if words[0] in CLASSES:
            found[classes == CLASSES.index(words[0])] = label
            continue
        if words[0].lower() != "poly":
            numbers = [int(word) for word in words]
            if unknown := set(numbers) - set(np.unique(pieces[pieces > 0]).tolist()):
                raise ValueError(f"no piece {min(unknown)}")
            found[np.isin(pieces, numbers)] = label
            continue
        corners = np.array([[float(value) for value in word.split(",")] for word in words[1:]])
        drawn = np.zeros(classes.shape, np.uint8)
        corners = (corners + 0.5) / scale - 0.5 + (left, top)
        cv2.fillPoly(drawn, [np.rint(corners * 16).astype(np.int32)], 1, shift=4)
        fine = finely_cut(rgb) if fine is None else fine
        region = snapped(drawn, fine)
        if words[0] == "poly":
            region &= ~np.isin(np.where(found == SAME, classes, found), STAYS)
        found[region] = label
    found[found == classes] = SAME
    return found


def finely_cut(rgb: np.ndarray) -> np.ndarray:
    lab = cv2.cvtColor(cv2.GaussianBlur(rgb, (0, 0), 0.8).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    return slic(lab, n_segments=lab.shape[0] * lab.shape[1] // FINE, compactness=6, start_label=0, convert2lab=False)


def snapped(drawn: np.ndarray, fine: np.ndarray) -> np.ndarray:
    """(H, W) bool: the fine pieces that lie mostly in what was drawn, no further than OFF from its line."""
    share = np.bincount(fine.ravel(), drawn.ravel()) / np.maximum(np.bincount(fine.ravel()), 1)
    kernel = np.ones((2 * OFF + 1, 2 * OFF + 1), np.uint8)
    return (share[fine] > 0.5) & (cv2.dilate(drawn, kernel) > 0) | (cv2.erode(drawn, kernel) > 0)


def regions(found: np.ndarray, matrix: np.ndarray) -> Iterator[tuple[str, str]]:
    """Class and rings of each region of a map of corrections, in the photo's pixels."""
    back = cv2.invertAffineTransform(matrix)
    for label in np.unique(found[found != SAME]):
        mask = cv2.morphologyEx((found == label).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
        rings = [cv2.approxPolyDP(contour, 1.0, True)[:, 0] @ back[:, :2].T + back[:, 2] for contour in contours]
        rings = [" ".join(f"{x:.0f},{y:.0f}" for x, y in ring) for ring in rings if len(ring) > 2]
        if rings:
            yield "unsure" if label == UNSURE else CLASSES[label], ";".join(rings)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("do", choices=("draw", "read"))
    parser.add_argument("data", type=Path)
    parser.add_argument("run", type=Path)
    parser.add_argument("sheets", type=Path)
    parser.add_argument("marks", type=Path, nargs="*")
    given = parser.parse_args()
    prepared = prepare(given.data, prepared_file(given.run))
    if given.do == "draw":
        draw(prepared, given.run, given.sheets)
    else:
        read(prepared, given.sheets, given.marks)
