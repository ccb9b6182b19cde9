"""Nothing of a buyer is left: not in the database's files, the file store, the queue, or the logs."""

import io
import logging
import os
import re
import time
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from shop_rig import open_rig, picture
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError

from primerka.service.database.models import Buyer, Idempotency, Look
from primerka.service.logs import _JsonLines, start_logs
from primerka.service.privacy import sweep

MARK = "geheimer-vermerk-4711"


def marked_photo() -> bytes:
    """A PNG with a text that names somebody, and an EXIF block that does."""
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", MARK)
    exif = Image.Exif()
    exif[0x010E] = MARK
    file = io.BytesIO()
    Image.open(io.BytesIO(picture(seed=7))).save(file, "PNG", pnginfo=notes, exif=exif)
    return file.getvalue()


def pieces(data: bytes, size: int = 24, step: int = 997) -> list[bytes]:
    """Pieces from all over some bytes that are not all alike."""
    return [data[at : at + size] for at in range(1000, len(data) - size, step) if len(set(data[at : at + size])) > 8]


def all_bytes(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture
def log_lines():
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(_JsonLines())
    start_logs()  # as the service does, so that libraries say what they say there
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


def test_no_byte_is_left_after_deletion(shop, log_lines, postgres, request):
    photo = marked_photo()
    client = shop.client
    upload = {"photo": (f"{MARK}.png", photo, "image/png")}
    answer = client.post(
        "/v1/shops/atelier/buyers",
        data={"consent": "true"},
        files=upload,
        headers={"Idempotency-Key": f"key-{MARK}", "User-Agent": MARK},
    )
    buyer = answer.json()
    headers = {"Authorization": f"Bearer {buyer['token']}"}
    client.get(f"/v1/buyers/{buyer['id']}/catalogue", headers=headers)
    client.post(f"/v1/buyers/{buyer['id']}/try-ons", headers=headers, json={"products": ["SKU-0", "SKU-1"], "pose": "product"})
    shop.work()
    assert client.get(f"/v1/buyers/{buyer['id']}", headers=headers).json()["status"] == "ready"
    service = client.app.state.service
    with shop.database.read() as session:
        row = session.get(Buyer, buyer["id"])
        looks = [(look.id, look.picture) for look in session.scalars(select(Look))]
        told = session.scalars(select(Idempotency.body_hash)).all()
    assert len(looks) == 4 and all(name for name, _ in looks) and len(told) == 1
    stored = shop.files.get(row.photos[0])
    secrets = [MARK.encode(), buyer["token"].encode(), buyer["id"].encode(), row.token_hash.encode(), told[0].encode()]
    secrets += [name.encode() for name, _ in looks] + pieces(photo) + pieces(stored)
    assert MARK.encode() not in stored and len(secrets) > 100

    def places() -> dict[str, bytes]:
        found = {"files": all_bytes(shop.folder / "files"), "logs": log_lines.getvalue().encode()}
        if shop.database.is_sqlite:
            found["database"] = b"".join(path.read_bytes() for path in shop.folder.glob("shop.sqlite*"))
        else:
            with shop.database.engine.connect() as connection:
                tables = ("buyers", "looks", "look_products", "jobs", "events", "idempotency", "tallies", "workers", "products")
                rows = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in tables]
            found["database"] = repr(rows).encode()
        found["queue"] = b"".join(path.read_bytes() for path in shop.folder.glob("queue.sqlite*"))
        found["other"] = b"".join(
            path.read_bytes() for path in Path(shop.folder).glob("*") if path.is_file() and "sqlite" not in path.name
        )
        return found

    before = places()
    assert any(secret in before["files"] for secret in pieces(stored)) and row.token_hash.encode() in before["database"]
    assert client.delete(f"/v1/buyers/{buyer['id']}", headers=headers).status_code == 204
    shop.work()  # the worker hears of it
    for place, content in places().items():
        assert not [secret for secret in secrets if secret in content], place
    assert not shop.files.keys("buyers/") and not shop.worker.workshop.memory.buyers()
    for link in [buyer["photo"], *(service.links.to(key) for _, key in looks)]:
        assert client.get(link).status_code == 404
    assert client.get(f"/v1/buyers/{buyer['id']}", headers=headers).status_code == 404
    lines = log_lines.getvalue()
    assert '"route": "/v1/buyers/{buyer}"' in lines and not re.search(r"testclient|127\.0\.0\.1", lines)


def test_time_is_up(shop):
    buyer, headers = shop.buyer()
    other, _ = shop.buyer(picture(seed=3))
    shop.work()
    with shop.database.write() as session:
        session.get(Buyer, buyer["id"]).expires_at = time.time() - 1
    assert shop.client.get(f"/v1/buyers/{buyer['id']}", headers=headers).status_code == 404  # at once, not when it is swept
    assert sweep(shop.database, shop.files) == 1
    assert {key.split("/")[1] for key in shop.files.keys("buyers/")} == {other["id"]}
    with shop.database.read() as session:
        assert session.scalars(select(Buyer.id)).all() == [other["id"]]


def test_files_that_a_killed_process_left_are_swept(shop):
    shop.files.put("buyers/nobody/looks/x.webp", b"x")
    sweep(shop.database, shop.files)
    assert not shop.files.keys("buyers/")


def test_a_look_that_is_made_while_its_buyer_is_deleted_is_not_kept(shop):
    buyer, headers = shop.buyer()
    shop.work()
    shop.client.get(f"/v1/buyers/{buyer['id']}/catalogue", headers=headers)
    sew = shop.worker.workshop.tailor.dress

    def dress(*arguments):
        shop.client.delete(f"/v1/buyers/{buyer['id']}", headers=headers)
        return sew(*arguments)

    shop.worker.workshop.tailor.dress = dress
    shop.work()
    assert not shop.files.keys("buyers/")
    with shop.database.read() as session:
        assert not session.scalars(select(Look)).all()


def test_errors_in_logs_do_not_quote_people(shop, log_lines):
    from primerka.service.logs import log_bug

    try:
        with shop.database.write() as session:
            session.execute(insert(Buyer).values(id=MARK))
    except DBAPIError:
        log_bug("failed")
    lines = log_lines.getvalue()
    assert "sqlalchemy.exc." in lines and "test_shop_privacy.py" in lines and MARK not in lines


def test_uploads_touch_no_disk(tmp_path, database_url, monkeypatch):
    """Parts of a form stay in memory; a temporary file would keep the photo's bytes on the disk."""
    import tempfile

    made, folder, real = [], tempfile.gettempdir(), os.open

    def watch(path, *arguments, **options):
        # A file without a name (O_TMPFILE) is opened by its folder's.
        made.extend([path] if str(path) == folder or str(path).startswith(f"{folder}/tmp") else [])
        return real(path, *arguments, **options)

    with open_rig(tmp_path, database_url) as rig:
        monkeypatch.setattr(os, "open", watch)
        assert rig.upload(picture(size=(1600, 1600), quality=100)).status_code == 201
    assert not made
