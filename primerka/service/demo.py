"""A shop to look at: the sample catalogue, in a folder that is gone afterwards."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from primerka.samples import sample_feed
from primerka.service.database.migrate import migrate
from primerka.service.database.session import Database
from primerka.service.feeds.read import read_feed
from primerka.service.files import Files
from primerka.service.importing import import_here, open_shop
from primerka.service.settings import Settings


@contextmanager
def demo_shop(settings: Settings) -> Iterator[tuple[Settings, str]]:
    """Settings of a filled shop, and its key."""
    with tempfile.TemporaryDirectory(prefix="primerka-demo-") as home:
        settings = replace(
            settings,
            home=home,
            secret=secrets.token_urlsafe(32),
            database="",
            files="",
            queue="",
            default_shop="demo",
            buyers_per_hour=10_000,
            demo=True,
        )
        database = Database(settings.database_url)
        migrate(database)
        shop, key = open_shop(database, "demo", "Primerka")
        with sample_feed().open("rb") as feed:
            import_here(database, Files(settings.files_url), shop, read_feed(feed), sample_feed().parent)
        database.close()
        yield settings, key
