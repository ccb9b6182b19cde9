"""A shop to test: API, database and worker in this process."""

import contextlib
import io
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from label_tailor import LabelTailor
from PIL import Image
from starlette.testclient import TestClient

from primerka.service.api.app import create_app
from primerka.service.database.migrate import migrate
from primerka.service.database.session import Database
from primerka.service.feeds.offer import Offer
from primerka.service.files import Files
from primerka.service.importing import import_here, open_shop
from primerka.service.jobs.worker import Worker
from primerka.service.settings import Settings

SECRET = "tVb8-x9QpLm2_Kf7sWzR4yHn6Jd1Gc0u"


def picture(colour=(200, 180, 160), size=(300, 400), seed=0, **options) -> bytes:
    """A JPEG file that is nobody else's."""
    noise = np.random.default_rng(seed).integers(-12, 12, (size[1], size[0], 3))
    file = io.BytesIO()
    Image.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)).save(file, "JPEG", **options)
    return file.getvalue()


@dataclass
class Rig:
    settings: Settings
    database: Database
    files: Files
    worker: Worker
    client: TestClient
    shop_key: str
    folder: Path

    def upload(self, photo: bytes | None = None, **options):
        form = {"consent": "true", "language": "en", **options.pop("form", {})}
        files = {"photo": ("me.jpg", photo if photo is not None else picture(), "image/jpeg")}
        return self.client.post("/v1/shops/atelier/buyers", data=form, files=files, **options)

    def buyer(self, photo: bytes | None = None) -> tuple[dict, dict]:
        """(buyer, headers)."""
        buyer = self.upload(photo).json()
        return buyer, {"Authorization": f"Bearer {buyer['token']}"}

    def work(self) -> None:
        """Until there is nothing to do."""
        self.worker.handle("errands")
        self.worker.handle("hands")


def offers(count: int = 3, pictures: str = "{}.jpg", **changes) -> list[Offer]:
    kinds = ("top", "skirt", "trousers", "dress", "outerwear", "shorts")
    return [
        replace(
            Offer(
                number + 1,
                f"SKU-{number}",
                f"Product {number}",
                (pictures.format(number),),
                category=kinds[number % 6],
                currency="RUB",
            ),
            **changes,
        )
        for number in range(count)
    ]


@contextlib.contextmanager
def open_rig(folder: Path, database_url: str, products: int = 3, **settings):
    settings = Settings(home=str(folder), secret=SECRET, database=database_url, **settings)
    database, files = Database(settings.database_url), Files(settings.files_url)
    shop, key = open_shop(database, "atelier", "Atelier")
    for number in range(products):
        (folder / f"{number}.jpg").write_bytes(picture(seed=100 + number))
    import_here(database, files, shop, offers(products), folder)
    worker = Worker(settings, "test-worker", LabelTailor())
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield Rig(settings, database, files, worker, client, key, folder)
    database.close()
    worker.database.close()
    client.app.state.service.database.close()


def migrated_sqlite(folder: Path) -> str:
    url = f"sqlite:///{folder / 'shop.sqlite'}"
    database = Database(url)
    migrate(database)
    database.close()
    return url


class Postgres:
    """A PostgreSQL of our own: in a temporary folder, on a socket, without a password, and gone afterwards."""

    def __init__(self):
        programs = [Path(found).parent for found in [shutil.which("initdb")] if found]
        programs += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        self.missing = None if programs else "PostgreSQL is not installed"
        if self.missing:
            return
        self._programs, self.folder = programs[0], Path(tempfile.mkdtemp(prefix="primerka-pg-"))
        self._user = None
        if os.getuid() == 0:  # it refuses to run as root
            self._user = "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"
            shutil.chown(self.folder, self._user)
        self._run("initdb", "-D", self.folder / "data", "-U", "shop", "--auth=trust", "-E", "UTF8", "--locale=C", "-N")
        quick = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses='' -c max_connections=200"
        self._run(
            "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o", f"-k {self.folder} {quick}", "start"
        )
        self._count = 0
        template = Database(self.url("postgres"))
        with template.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CREATE DATABASE migrated")
        template.close()
        database = Database(self.url("migrated"))
        migrate(database)
        database.close()

    def url(self, name: str) -> str:
        return f"postgresql+pg8000://shop@/{name}?unix_sock={self.folder}/.s.PGSQL.5432"

    def new(self) -> str:
        """The URL of a fresh, migrated database."""
        self._count += 1
        name, server = f"shop{self._count}", Database(self.url("postgres"))
        with server.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
                f"CREATE DATABASE {name} TEMPLATE migrated"
            )
        server.close()
        return self.url(name)

    def stop(self) -> None:
        if not self.missing:
            self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")
            shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments) -> None:
        command = [str(self._programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, user=self._user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
