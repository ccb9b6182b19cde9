"""Photo: an upright sRGB picture without metadata, and the only door through which untrusted bytes come in."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from primerka.errors import PhotoRejected

MAX_BYTES = 30_000_000
MAX_PIXELS = 50_000_000
MIN_SIDE = 64
SAME_SHAPE = 0.02  # by which the shapes of a photo and of its cut-out may differ: a pixel of either
MOST_GREY = 0.1  # of a cut-out, where it is neither one nor the other
MOST_OF_THE_PHOTO = 0.9  # a cut-out of all of a photo cuts nothing out
Decoded = TypeVar("Decoded")
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")


@dataclass(frozen=True)
class Photo:
    """rgb: (H, W, 3) uint8, sRGB, upright."""

    rgb: np.ndarray

    def __post_init__(self):
        if self.rgb.ndim != 3 or self.rgb.shape[2] != 3 or self.rgb.dtype != np.uint8:
            raise ValueError(f"Photo.rgb must be (H, W, 3) uint8, got {self.rgb.shape} {self.rgb.dtype}")

    @property
    def height(self) -> int:
        return self.rgb.shape[0]

    @property
    def width(self) -> int:
        return self.rgb.shape[1]


def decode_photo(data: bytes, max_side: int = 1024) -> Photo:
    """Decode untrusted bytes.

    Size in bytes, format and size in pixels are checked before any pixel is decoded. Pictures whose longer side is
    over `max_side` pixels are reduced to it; transparent ones are laid on white.

    Raises PhotoRejected with code file_too_large, not_a_picture, too_many_pixels, broken_picture or picture_too_small.
    """
    image = _decoded(data, _to_srgb, max_side)
    if min(image.size) * max_side < MIN_SIDE * max(image.size):
        raise PhotoRejected("picture_too_small", "The picture is a long narrow strip; send one of a whole person.")
    if max(image.size) > max_side:
        image = ImageOps.contain(image, (max_side, max_side), Image.Resampling.LANCZOS)
    return Photo(np.array(image))


def decode_cut_out(data: bytes, photo: Photo) -> np.ndarray:
    """(H, W) bool, of the photo's size: where a picture is opaque, or, if none of it is transparent, white rather than black.

    It may be of another size than the photo, but must have its shape. Raises what decode_photo does, cut_out_of_another_photo,
    no_cut_out and cut_out_empty.
    """
    image = _decoded(data, _opacity, MAX_PIXELS)
    if abs(image.width * photo.height - image.height * photo.width) > SAME_SHAPE * image.width * photo.height:
        raise PhotoRejected(
            "cut_out_of_another_photo",
            f"The cut-out has {image.width} by {image.height} pixels, the photo {photo.width} by {photo.height}: it must have its shape.",
        )
    opacity = np.array(image.resize((photo.width, photo.height), Image.Resampling.BILINEAR))
    if ((opacity > 50) & (opacity < 205)).mean() > MOST_GREY:
        raise PhotoRejected("no_cut_out", "The cut-out is neither transparent around the garment nor black and white.")
    mask = opacity > 127
    if not mask.any() or mask.mean() > MOST_OF_THE_PHOTO:
        raise PhotoRejected("cut_out_empty", "The cut-out shows nothing, or all of the photo: only the garment must be opaque.")
    return mask


def _decoded(data: bytes, convert: Callable[[Image.Image], Image.Image], max_side: int) -> Image.Image:
    """An upright picture of untrusted bytes, all checks made. convert: from the file's mode to another; JPEG is decoded no larger than needed."""
    if len(data) > MAX_BYTES:
        raise PhotoRejected("file_too_large", f"The file is larger than {MAX_BYTES // 1_000_000} MB; send a smaller one.")
    _register_heif()
    try:
        # Pillow's own decompression-bomb warning comes at a higher limit than ours and would only repeat it.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, OverflowError, EOFError, RuntimeError):
        raise PhotoRejected("not_a_picture", "This is not a JPEG, PNG, WebP, AVIF or HEIC picture.") from None
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    if min(image.size) < MIN_SIDE:
        raise PhotoRejected("picture_too_small", f"The picture is smaller than {MIN_SIDE} pixels; send a larger one.")
    try:
        if image.format == "JPEG":
            image.draft("RGB", (2 * max_side, 2 * max_side))
        image.load()
        return convert(_upright(image))
    except Exception as cause:  # decoders of six formats raise what they like on broken bytes
        raise PhotoRejected("broken_picture", "The picture file is damaged or cut short; send it again.") from cause


def read_photo(path: str | Path, max_side: int = 1024) -> Photo:
    """decode_photo for a file; a missing or unreadable file is PhotoRejected with code no_such_file."""
    return _read(Path(path), lambda data: decode_photo(data, max_side))


def read_cut_out(path: str | Path, photo: Photo) -> np.ndarray:
    """decode_cut_out for a file."""
    return _read(Path(path), lambda data: decode_cut_out(data, photo))


def _read(path: Path, decode: Callable[[bytes], Decoded]) -> Decoded:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PhotoRejected(
                "file_too_large", f"{path.name} is larger than {MAX_BYTES // 1_000_000} MB; send a smaller one."
            )
        data = path.read_bytes()
    except OSError as cause:
        raise PhotoRejected("no_such_file", f"{path} cannot be read: {cause.strerror}.") from None
    try:
        return decode(data)
    except PhotoRejected as refusal:
        raise PhotoRejected(refusal.code, f"{path.name}: {refusal}") from refusal.__cause__


def _too_many_pixels() -> PhotoRejected:
    return PhotoRejected("too_many_pixels", f"The picture has over {MAX_PIXELS // 1_000_000} megapixels; send a smaller one.")


def _register_heif() -> None:
    import pi_heif

    if "HEIF" not in Image.OPEN:
        pi_heif.register_heif_opener()


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # metadata that cannot be read says nothing about the picture, which then stands as it is stored
        return image


def _to_srgb(image: Image.Image) -> Image.Image:
    profile_bytes = image.info.get("icc_profile")
    image = _eight_bits(image)
    if image.mode == "P" and "transparency" not in image.info:
        image = image.convert("RGB")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image).convert("RGB")
    if profile_bytes and image.mode in ("RGB", "L", "CMYK"):
        try:
            profile = ImageCms.ImageCmsProfile(io.BytesIO(profile_bytes))
            return ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # A profile that cannot be read says nothing about the colours: sRGB is then the convention.
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    return image


def _opacity(image: Image.Image) -> Image.Image:
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        alpha = image.convert("RGBA").getchannel("A")
        if alpha.getextrema()[0] < 128:
            return alpha
    return _eight_bits(image).convert("L")
