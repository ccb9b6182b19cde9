"""Pictures are written whole or not at all."""

import numpy as np
import pytest
from PIL import Image

from primerka.errors import Refused
from primerka.pictures import check_picture_path, write_picture


@pytest.mark.parametrize("shape", [(20, 30, 3), (20, 30)])
def test_png_keeps_every_bit(tmp_path, shape):
    picture = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    write_picture(tmp_path / "a.png", picture)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.png")), picture)


@pytest.mark.parametrize(("name", "format"), [("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.webp", "WEBP"), ("a.PNG", "PNG")])
def test_the_name_decides_the_format(tmp_path, name, format):
    check_picture_path(tmp_path / name)
    write_picture(tmp_path / name, np.zeros((8, 8, 3), np.uint8))
    assert Image.open(tmp_path / name).format == format


def test_a_failed_write_leaves_the_old_picture_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    write_picture(path, np.zeros((8, 8, 3), np.uint8))
    old = path.read_bytes()

    def full_disk(self, target, *args, **options):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full_disk)
    with pytest.raises(Refused, match="No space left") as caught:
        write_picture(path, np.ones((8, 8, 3), np.uint8))
    assert caught.value.code == "cannot_write"
    assert path.read_bytes() == old and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["look.gif", "look", "look.png.txt", "absent/look.png"])
def test_bad_names_are_refused_beforehand(tmp_path, name):
    with pytest.raises(Refused) as caught:
        check_picture_path(tmp_path / name)
    assert caught.value.code == "cannot_write"
