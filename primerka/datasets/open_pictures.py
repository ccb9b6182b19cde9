"""Pictures to learn generation from: the digits that scikit-learn carries, or a folder of one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from primerka.errors import DataMissing

DIGITS = "digits"
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
DIGITS_HELD_OUT, HELD_OUT = 5, 10  # every fifth digit, every tenth picture of a folder


@dataclass(frozen=True)
class Pictures:
    """pictures, held_out (N, side, side, C) uint8, C 1 for digits and 3 for a folder; labels (N,) int64, or None."""

    pictures: np.ndarray
    held_out: np.ndarray
    labels: np.ndarray | None = None
    held_out_labels: np.ndarray | None = None

    def __post_init__(self):
        for name in ("pictures", "held_out"):
            array = getattr(self, name)
            if array.ndim != 4 or array.dtype != np.uint8 or array.shape[1] != array.shape[2]:
                raise ValueError(f"Pictures.{name} must be (N, side, side, C) uint8, got {array.shape} {array.dtype}")


def open_pictures(data: str, side: int, fit: bool) -> Pictures:
    """The digits, or the pictures of the folder `data`, at `side` pixels.

    fit     cuts the middle square out of pictures of several sizes or of another shape
    raises  DataMissing scikit_learn_missing, data_missing, no_pictures, broken_picture, mixed_sizes or pictures_not_square
    """
    return open_digits(side) if data == DIGITS else open_folder(Path(data), side, fit)


def open_digits(side: int = 8) -> Pictures:
    """1,797 handwritten digits, 8x8 and 17 shades, enlarged with Pillow's bicubic filter; every fifth is held out.

    Source: Alpaydin and Kaynak 1998, "Optical recognition of handwritten digits" (UCI, CC BY 4.0; its test set), as
    scikit-learn carries it.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise DataMissing("scikit_learn_missing", "scikit-learn is not installed: pip install primerka[basics].") from None
    digits = load_digits()
    eight = np.rint(digits.images * 255 / 16).astype(np.uint8)
    pictures = np.stack(
        [np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC)) for picture in eight]
    )
    held_out = np.arange(len(pictures)) % DIGITS_HELD_OUT == DIGITS_HELD_OUT - 1
    pictures, labels = pictures[..., None], digits.target.astype(np.int64)
    return Pictures(pictures[~held_out], pictures[held_out], labels[~held_out], labels[held_out])


def open_folder(folder: Path, side: int, fit: bool) -> Pictures:
    """The JPEG, PNG and WebP files of a folder, in the order of their names; every tenth is held out."""
    if not folder.is_dir():
        raise DataMissing("data_missing", f"There is no folder {folder}; `{DIGITS}` names the digits of scikit-learn.")
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise DataMissing("no_pictures", f"The folder {folder} holds no picture ({', '.join(SUFFIXES)}).")
    if not fit:
        _check_sizes(paths)
    pictures = np.stack([ImageOps.fit(_read(path), (side, side), Image.Resampling.LANCZOS) for path in paths])
    held_out = np.arange(len(paths)) % HELD_OUT == HELD_OUT - 1
    return Pictures(pictures[~held_out], pictures[held_out])


def _check_sizes(paths: Sequence[Path]) -> None:
    """Before a pixel is decoded: all of one size, and square."""
    first = None
    for path in paths:
        try:
            with Image.open(path) as image:
                size = ImageOps.exif_transpose(image).size
        except (OSError, SyntaxError, ValueError):
            raise _broken(path) from None
        first = first or size
        if size != first:
            sentence = (
                f"{paths[0].name} has {first[0]}x{first[1]} pixels and {path.name} {size[0]}x{size[1]}: bring the pictures "
            )
            raise DataMissing("mixed_sizes", sentence + "to one size, or write `fit = true` into the recipe.")
    if first[0] != first[1]:
        sentence = f"The pictures are not square ({first[0]}x{first[1]}): cut them, or write `fit = true` into the recipe."
        raise DataMissing("pictures_not_square", sentence)


def _read(path: Path) -> Image.Image:
    try:
        with Image.open(path) as image:
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise _broken(path) from None


def _broken(path: Path) -> DataMissing:
    return DataMissing("broken_picture", f"{path} cannot be read as a picture: take it out of the folder or replace it.")
