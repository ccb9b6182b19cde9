"""Write pictures whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from primerka.errors import Refused

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
TRANSPARENT = (".png", ".webp")  # the formats that can be


def check_picture_path(path: Path, endings: Iterable[str] = tuple(_FORMATS)) -> None:
    """Raises Refused with code cannot_write before any work is done for nothing."""
    if path.suffix.lower() not in endings:
        raise Refused("cannot_write", f"{path.name}: the picture's name must end in {', '.join(endings)}.")
    if not path.parent.is_dir():
        raise Refused("cannot_write", f"The folder {path.parent} does not exist.")


def check_folder_path(path: Path) -> None:
    """Raises Refused with code cannot_write where a file stands in the way; makes nothing yet."""
    standing = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    if not standing.is_dir():
        raise Refused("cannot_write", f"The folder {path} cannot be made: {standing} is a file.")


def fit_picture(rgb: np.ndarray, height: int, width: int) -> np.ndarray:
    """(height, width, 3) uint8: the middle of a picture, as much of it as fills that size."""
    return np.array(ImageOps.fit(Image.fromarray(rgb), (width, height), Image.Resampling.LANCZOS))


def write_picture(path: Path, rgb: np.ndarray) -> None:
    """Write (H, W, 3), (H, W) or, with its opacity, (H, W, 4) uint8; a file of that name is replaced in one move."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    options = {"quality": 92} if path.suffix.lower() != ".png" else {}
    if rgb.ndim == 3 and rgb.shape[2] == 4 and path.suffix.lower() == ".webp":
        options["exact"] = True  # what is transparent keeps its colours
    try:
        Image.fromarray(rgb).save(part, _FORMATS[path.suffix.lower()], **options)
        part.replace(path)
    except OSError as cause:
        raise Refused("cannot_write", f"{path} cannot be written: {cause.strerror}.") from cause
    finally:
        part.unlink(missing_ok=True)
