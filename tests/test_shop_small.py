"""The small parts of the shop, each by itself."""

import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from s3_server import s3_server
from shop_rig import SECRET, migrated_sqlite, picture
from sqlalchemy import inspect

from primerka.errors import PhotoRejected, Refused
from primerka.photo import Photo, decode_photo
from primerka.service.database.migrate import check_migrated, migrate
from primerka.service.database.models import Base
from primerka.service.database.session import Database
from primerka.service.doctor import examine
from primerka.service.files import Files
from primerka.service.jobs.memory import Memory
from primerka.service.jobs.queue import Queue
from primerka.service.kept import Seal
from primerka.service.links import BUYER_SECONDS, BUYER_STEP, Links
from primerka.service.pictures import encode_photo
from primerka.service.settings import Settings, check_secrets, from_environment
from primerka.service.tokens import buyer_token, keyed_hash

ROOT = Path(__file__).parents[1]


def test_settings_come_from_the_environment():
    settings = from_environment({"PRIMERKA_PORT": "81", "PRIMERKA_KEEP_HOURS": "1.5", "PRIMERKA_SECRET": "x"})
    assert (settings.port, settings.keep_hours, settings.secret, settings.workers) == (81, 1.5, "x", 1)
    for wrong in ({"PRIMERKA_PORT": "many"}, {"PRIMERKA_KEEP_HOURS": "-1"}, {"PRIMERKA_KEEP_HOURS": "nan"}):
        with pytest.raises(Refused) as raised:
            from_environment(wrong)
        assert raised.value.code == "bad_setting" and next(iter(wrong)) in str(raised.value)


def test_the_table_of_settings_is_the_settings():
    """docs/service.md has each setting with its default and its meaning, and no others."""
    rows = re.findall(r"^\| `(PRIMERKA_\w+)` \| (.*?) \| (.*) \|$", (ROOT / "docs" / "service.md").read_text(), re.MULTILINE)
    wanted = [
        (entry.metadata["variable"], f"`{entry.default}`" if entry.default != "" else "", entry.metadata["meaning"])
        for entry in fields(Settings)
        if entry.metadata
    ]
    assert rows == wanted


@pytest.mark.parametrize(
    ("secret", "code"), [("", "no_secret"), ("short", "weak_secret"), ("a" * 40, "weak_secret"), ("changeme-" + "0123456789abcdefghijk" * 2, "weak_secret")]
)  # fmt: skip
def test_weak_secrets_are_refused_outside_the_demo(secret, code):
    with pytest.raises(Refused) as raised:
        check_secrets(Settings(secret=secret))
    assert raised.value.code == code
    check_secrets(Settings(secret=secret, demo=True))
    check_secrets(Settings(secret=SECRET))


def test_weak_passwords_are_refused(monkeypatch):
    for url in ("postgresql+pg8000://shop:postgres@db/shop", "postgresql+pg8000://shop:short@db/shop"):
        with pytest.raises(Refused) as raised:
            check_secrets(Settings(secret=SECRET, database=url))
        assert raised.value.code == "weak_password"
    check_secrets(Settings(secret=SECRET, database="postgresql+pg8000://shop:vT7-kQ2xLm9pZr@db/shop"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "minioadmin")
    with pytest.raises(Refused):
        check_secrets(Settings(secret=SECRET, files="s3://bucket"))


def test_migrations_make_the_models_tables(database_url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database = Database(database_url)
    check_migrated(database)
    with database.engine.connect() as connection:
        assert not compare_metadata(MigrationContext.configure(connection), Base.metadata)
    database.close()


def test_a_database_without_tables_is_told(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'new.sqlite'}")
    with pytest.raises(Refused) as raised:
        check_migrated(database)
    assert raised.value.code == "not_migrated"
    migrate(database)
    migrate(database)
    assert "looks" in inspect(database.engine).get_table_names()


def test_sqlite_forgets(tmp_path):
    database = Database(migrated_sqlite(tmp_path))
    with database.engine.connect() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("secure_delete", "journal_mode", "foreign_keys")
        ]
    assert pragmas == [1, "wal", 1]


@given(st.binary(min_size=1, max_size=40))
def test_links_cannot_be_made_up(other):
    links = Links(SECRET)
    link = links.to("buyers/a/photo.jpg").removeprefix("/v1/pictures/")
    assert links.read(link)[0] == "buyers/a/photo.jpg"
    assert links.read(other.decode("latin-1")) is None
    assert Links("another" + SECRET).read(link) is None


def test_links_stay_the_same_for_a_while_and_end():
    links, start = Links(SECRET), 1_700_000_000 // BUYER_STEP * BUYER_STEP + 1.0
    link = links.to("buyers/a/photo.jpg", start)
    assert links.to("buyers/a/photo.jpg", start + BUYER_STEP - 2) == link != links.to("buyers/a/photo.jpg", start + BUYER_STEP)
    signed = link.removeprefix("/v1/pictures/")
    assert links.read(signed, start + BUYER_SECONDS)[1] <= BUYER_STEP
    assert links.read(signed, start + BUYER_SECONDS + BUYER_STEP) is None


def test_kept_work_is_read_only_if_it_is_ours():
    seal, thing = Seal(SECRET, "surface 1"), {"rgb": np.arange(12)}
    for small in (True, False):
        sealed, size = seal.close(thing, small)
        opened, again = seal.open(sealed)
        assert size == again > 0 and (opened["rgb"] == thing["rgb"]).all()
        assert seal.open(sealed[:-1] + bytes([sealed[-1] ^ 1])) is None and seal.open(b"") is None
        assert Seal(SECRET, "surface 2").open(sealed) is None and Seal("x" + SECRET, "surface 1").open(sealed) is None


def test_memory_forgets_the_longest_unused():
    memory = Memory(100)
    for name in "abc":
        memory.put(name, name.upper(), 40)
    assert [memory.get(name) for name in "abc"] == [None, "B", "C"]
    memory.get("b")
    memory.put("d", "D", 40)
    assert [memory.get(name) for name in "bcd"] == ["B", None, "D"]
    memory.put("huge", "H", 1000)
    assert memory.get("huge") == "H" and memory.get("d") is None


def test_tokens():
    assert buyer_token(SECRET, "a") == buyer_token(SECRET, "a") != buyer_token(SECRET, "b")
    assert buyer_token("x" + SECRET, "a") != buyer_token(SECRET, "a")
    assert keyed_hash(SECRET, b"ab", b"c") != keyed_hash(SECRET, b"a", b"bc")


def test_a_kept_photo_has_no_metadata():
    photo = decode_photo(picture(comment=b"who it is", size=(200, 300)))
    data = encode_photo(photo)
    assert b"who it is" not in data and b"Exif" not in data
    difference = np.abs(decode_photo(data).rgb.astype(int) - photo.rgb.astype(int))
    assert difference.mean() < 2


def _files(kind: str, folder: Path, monkeypatch, server) -> Files:
    if kind == "folder":
        return Files(str(folder))
    for name, value in {
        "ACCESS_KEY_ID": "k",
        "SECRET_ACCESS_KEY": "s",
        "ENDPOINT": server,
        "REGION": "x",
        "ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return Files("s3://bucket/some/prefix")


@pytest.mark.parametrize("kind", ["folder", "s3"])
def test_files(kind, tmp_path, monkeypatch):
    with s3_server() as (server, kept):
        files = _files(kind, tmp_path, monkeypatch, server)
        files.check()
        for key in ("buyers/a/photo.jpg", "buyers/a/looks/1.webp", "buyers/b/photo.jpg", "products/x.jpg"):
            assert files.put(key, key.encode()) == key
        assert files.get("buyers/a/photo.jpg") == b"buyers/a/photo.jpg"
        assert sorted(files.folders("buyers")) == ["a", "b"] and files.folders("nothing") == []
        assert sorted(files.keys("buyers/a/")) == ["buyers/a/looks/1.webp", "buyers/a/photo.jpg"]
        with files.write("imports/i/feed") as file:
            file.write(b"rows" * 10)
        assert bytes(files.read("imports/i/feed").read()) == b"rows" * 10
        files.delete_under("buyers/a/")
        files.delete("buyers/a/photo.jpg")
        assert files.keys("buyers/") == ["buyers/b/photo.jpg"]
        with pytest.raises(FileNotFoundError):
            files.get("buyers/a/photo.jpg")
        if kind == "s3":
            assert "bucket/some/prefix/buyers/b/photo.jpg" in kept


def test_files_that_cannot_be_written_are_told(tmp_path, monkeypatch):
    files = Files(str(tmp_path / "kept"))
    monkeypatch.setattr(files, "put", lambda *_: (_ for _ in ()).throw(PermissionError()))
    with pytest.raises(Refused) as raised:
        files.check()
    assert raised.value.code == "files_unusable"


@pytest.fixture(params=["sqlite", "redis"])
def queue_url(request, tmp_path):
    if request.param == "sqlite":
        yield str(tmp_path / "queue.sqlite")
        return
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _ in range(200):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    process.terminate()
    process.wait()


def test_the_queue_wakes_and_carries_nothing(queue_url, monkeypatch):
    settings = Settings(secret=SECRET, queue=queue_url)
    server, worker = Queue(settings), Queue(settings)
    for _ in range(50):
        server.wake("hands")
    assert server.length() == 20  # more wakes would say no more
    woken = []
    monkeypatch.setattr(worker, "_handle", woken.append)
    while task := worker.huey.dequeue():
        worker.huey.execute(task)
    assert woken == ["hands"] * 20
    forged = Queue(Settings(secret="x" + SECRET, queue=queue_url))
    forged.wake("hands")
    with pytest.raises(ValueError, match=r"[Ss]ignature"):
        worker.huey.dequeue()


def test_requests_are_counted_where_the_queue_is(queue_url):
    from primerka.service.api.access import Limiter
    from primerka.service.problems import Problem

    settings = Settings(secret=SECRET, queue=queue_url, buyers_per_hour=1)
    Limiter(settings).hit("address", "1.2.3.4")
    Limiter(settings).hit("address", "1.2.3.5")
    if queue_url.startswith("redis"):  # all servers count together
        with pytest.raises(Problem):
            Limiter(settings).hit("address", "1.2.3.4")


def test_the_doctor(tmp_path):
    environment = {"PRIMERKA_HOME": str(tmp_path), "PRIMERKA_SECRET": SECRET, "PRIMERKA_DATABSE": "typo"}
    found = examine(environment)
    assert "PRIMERKA_DATABSE" in found["names of settings"] and "primerka migrate" in found["database"]
    assert found["secrets"] is None and found["files"] is None and found["queue"] is None
    migrate(Database(from_environment(environment).database_url))
    found = examine({**environment, "PRIMERKA_SECRET": "weak"})
    assert found["database"] is None and "weak_secret" in found["secrets"]
    assert "primerka import" in found["shops"] and "primerka worker" in found["workers"]
    assert list(examine({"PRIMERKA_PORT": "x"})) == ["names of settings", "settings"]


def test_moderation_refuses_by_the_score(monkeypatch):
    from primerka.samples import sample_buyers
    from primerka.service.moderation import Moderator

    photo = Photo(decode_photo(sample_buyers()[0].read_bytes()).rgb)
    Moderator(0.8).check(photo)
    with pytest.raises(PhotoRejected) as raised:
        Moderator(-0.1).check(photo)
    assert raised.value.code == "indecent"


def test_no_module_of_the_service_loads_torch_or_a_model():
    import sys

    code = (
        "import sys, primerka.service.jobs.worker, primerka.service.api.app; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'numba', 'onnxruntime', 'ai_edge_litert')))"
    )
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ}).returncode == 0


def test_moderation_reports_to_nobody(tmp_path):
    """ONNX Runtime's reporter begins with a file that names the machine; where it is off there is none."""
    import sys

    code = "from primerka.service.moderation import Moderator; Moderator(0.8)"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    environment.pop("CI", None)  # where this is set, the reporter holds its tongue by itself
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert not list(tmp_path.rglob("*"))


def _migrated(path: Path, revision: str, *rows: str) -> Database:
    """A database with a shop, and what rows insert, at a revision, brought up to date."""
    from alembic import command

    from primerka.service.database import migrate as module

    database, config = Database(f"sqlite:///{path}"), module._config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        for row in ("INSERT INTO shops VALUES (1, 'atelier', 'Atelier', NULL, 'hash', 0)", *rows):
            connection.exec_driver_sql(row)
        connection.commit()
    migrate(database)
    return database


def _product(number: int, **columns) -> str:
    told = {"id": number, "shop_id": 1, "sku": f"SKU-{number}", "title": "", "description": "", "available": 1, "search": ""}
    told |= {"fingerprint": "", "sources": "[]", "pictures": "[]", "removed": 0, **columns}
    return f"INSERT INTO products ({', '.join(told)}) VALUES ({', '.join(map(repr, told.values()))})"


def _all(database: Database, *queries: str) -> list[list[tuple]]:
    with database.engine.connect() as connection:
        found = [connection.exec_driver_sql(query).fetchall() for query in queries]
    database.close()
    return found


def test_garments_of_the_first_version_are_prepared_once_more(tmp_path):
    """So that it is known of them, too, where they were cut out; one that waits already does so once."""
    products = [_product(number, garment=garment) for number, garment in enumerate(("ready", "ready", "refused"), 1)]
    waits = "INSERT INTO jobs (kind, subject, priority, attempts, lease_until) VALUES ('garment', '2', 5, 0, 0)"
    jobs, products = _all(
        _migrated(tmp_path / "old.sqlite", "0001", *products, waits),
        "SELECT kind, subject, priority FROM jobs ORDER BY subject",
        "SELECT by_hand, cut_out, certainty FROM products",
    )
    assert jobs == [("garment", "1", 0.0), ("garment", "2", 5.0)] and set(products) == {(0, None, None)}


def test_garments_whose_certainty_was_measured_otherwise_are_prepared_once_more(tmp_path):
    """What the shop cut out itself stays certain."""
    kinds = (("ready", 0), ("ready", 1), ("refused", 0))
    products = [_product(number, garment=kind, by_hand=hand, certainty=0.4) for number, (kind, hand) in enumerate(kinds, 1)]
    jobs, certainties = _all(
        _migrated(tmp_path / "old.sqlite", "0002", *products),
        "SELECT kind, subject FROM jobs",
        "SELECT certainty FROM products ORDER BY id",
    )
    assert jobs == [("garment", "1")] and certainties == [(None,), (0.4,), (0.4,)]
