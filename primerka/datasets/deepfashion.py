"""DeepFashion, In-shop Clothes Retrieval (Liu et al. 2016, CVPR), in the layout of PATN and ADGAN.

    fasion-resize-pairs-{train,test}.csv         101,966 and 8,570 pairs; also spelled fashion-resize-…
    fasion-resize-annotation-{train,test}.csv    keypoints in pixels of the 256x176 pictures
    train.lst, test.lst                          48,674 and 4,038 names of pictures
    train/, test/                                the pictures; also fashion_resize/train/ … (ADGAN)
    semantic_merge3/WOMEN/Dresses/id_00000002/02_1_front.npy    ADGAN's label maps, 256x176
    parsing/{train,test}/NAME.png                our own label maps, where ADGAN's are not there

and the set as its owners publish it, from which train/ and test/ are made:

    img_highres/WOMEN/Dresses/id_00000002/02_1_front.jpg    about 1101x750: brought to 512x352, as NTED and CFLD do
    img/WOMEN/Dresses/id_00000002/02_1_front.jpg            256x256: columns 40 to 216 are the 256x176 picture (PATN)

The 256x256 pictures are the large ones between white borders, so both ways agree to within a pixel of 256x176.

Sources: repositories tengteng95/Pose-Transfer, menyifang/ADGAN, RenYurui/Neural-Texture-Extraction-Distribution and
YanzuoLu/CFLD; arXiv 1904.03349, 2003.12267.
"""

import re
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from primerka.attributes import ATTRIBUTES
from primerka.datasets.pose_pairs import SplitFiles, read_regions, read_rgb, resize_picture
from primerka.errors import DataMissing
from primerka.pictures import write_picture

NAME = "deepfashion"
ORIGIN = "mmlab.ie.cuhk.edu.hk/projects/DeepFashion/InShopRetrieval.html"
CSV_ORIGIN = "github.com/tengteng95/Pose-Transfer"
EXPECTED = {
    "train": {"pictures": 48_674, "pairs": 101_966},
    "test": {"pictures": 4_038, "pairs": 8_570},
}
NOTES = ("DeepFashion is for non-commercial research alone; its pictures may not be passed on.",)
SIZE = (256, 176)
LARGE_SIZE = (512, 352)

# The labels of semantic_merge3 in their order, as ADGAN's author gives them (menyifang/ADGAN, issue 10). A dress, a coat
# and a scarf are upper clothes there, shoes and socks are leg, a hat is hair; jumpsuits were merged into the face.
# semantic_merge2 is merged in another manner that is not published, so it is not read.
SEMANTIC_MERGE3 = ("background", "pants", "hair", "skirt", "face", "upper_clothes", "arm", "leg")
ATTRIBUTE_OF_SEMANTIC = np.array([ATTRIBUTES.index(name) for name in SEMANTIC_MERGE3], np.uint8)

_FLAT = re.compile(r"fashion(WOMEN|MEN)(.+)id(\d{8})(\d{2}_\d)(.+)\.jpg")


def split_files(root: Path, split: str) -> SplitFiles:
    return SplitFiles(
        pictures=_present(root / split, root / "fashion_resize" / split),
        pairs=_present(*(root / f"{word}-resize-pairs-{split}.csv" for word in ("fasion", "fashion"))),
        annotations=_present(*(root / f"{word}-resize-annotation-{split}.csv" for word in ("fasion", "fashion"))),
        size=SIZE,
        annotated_size=SIZE,
        parsing=partial(read_parsing, root, split),
        crop=crop_borders,
    )


def read_parsing(root: Path, split: str, name: str) -> np.ndarray | None:
    """(H, W) uint8 indices into ATTRIBUTES: ADGAN's map of a picture, else ours, else None."""
    theirs = semantic_path(root, name)
    if theirs is not None and theirs.exists():
        return read_semantic(theirs)
    ours = parsing_path(root, split, name)
    return read_regions(ours) if ours.exists() else None


def _present(*paths: Path) -> Path:
    return next((path for path in paths if path.exists()), paths[0])


def crop_borders(rgb: np.ndarray) -> np.ndarray:
    """A picture that is as wide as high stands between white borders: 40 of 256 columns on each side go."""
    height, width = rgb.shape[:2]
    if height != width:
        return rgb
    border = round(width * 40 / 256)
    return rgb[:, border : width - border]


def flat_name(path: Path) -> str:
    """…/MEN/Denim/id_00000080/01_1_front.jpg → fashionMENDenimid0000008001_1front.jpg."""
    sex, kind, identity, file = path.parts[-4:]
    number, _, view = file.partition("_")
    return f"fashion{sex}{kind}{identity.replace('_', '')}{number}_{view.replace('_', '')}"


def semantic_path(root: Path, name: str) -> Path | None:
    """Where ADGAN keeps the label map of a picture; None for a name that is not one of DeepFashion's."""
    match = _FLAT.fullmatch(name)
    if not match:
        return None
    sex, kind, identity, number, view = match.groups()
    return root / "semantic_merge3" / sex / kind / f"id_{identity}" / f"{number}_{view}.npy"


def parsing_path(root: Path, split: str, name: str) -> Path:
    return root / "parsing" / split / f"{Path(name).stem}.png"


def read_semantic(path: Path) -> np.ndarray:
    """(H, W) uint8 indices into ATTRIBUTES of a map of semantic_merge3. Raises DataMissing data_incomplete."""
    try:
        labels = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as cause:
        raise DataMissing("data_incomplete", f"{path} cannot be read ({cause}); get it again.") from None
    if labels.ndim != 2 or labels.min(initial=0) < 0 or labels.max(initial=0) >= len(SEMANTIC_MERGE3):
        raise DataMissing("data_incomplete", f"{path} is no map of {len(SEMANTIC_MERGE3)} labels; get it again.")
    return ATTRIBUTE_OF_SEMANTIC[labels.astype(np.uint8)]


def make_pictures(root: Path) -> str | None:
    """Make train/ and test/ of the raw set; pictures that are already there stay. A sentence on what was made, or None.

    Raises DataMissing where the raw set has no split files, or a picture is damaged.
    """
    raw = next((folder for folder in (root / "img_highres", root / "img", root) if (folder / "WOMEN").is_dir()), None)
    folders = {split: split_files(root, split).pictures for split in ("train", "test")}
    if raw is None or (not (root / "train.lst").exists() and any(folder.is_dir() for folder in folders.values())):
        return None
    to_make = {name: folder / name for split, folder in folders.items() for name in _read_list(root, split)}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    made = 0
    for path in tqdm(sorted(raw.glob("*/*/id_*/*.jpg")), desc="pictures", disable=None):
        to = to_make.get(flat_name(path))
        if to is None or to.exists():
            continue
        rgb = read_rgb(path)
        write_picture(to, resize_picture(crop_borders(rgb), SIZE if rgb.shape[0] == rgb.shape[1] else LARGE_SIZE))
        made += 1
    return f"{made} pictures of {raw.name}/" if made else None


def _read_list(root: Path, split: str) -> list[str]:
    path = root / f"{split}.lst"
    if not path.is_file():
        raise DataMissing("data_missing", f"{root} has no {split}.lst, which says who is in {split}; get it from {CSV_ORIGIN}.")
    return [line.strip() for line in path.read_text().splitlines() if line.strip().endswith(".jpg")]
