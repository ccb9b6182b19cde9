"""Commands of the shop: serve, worker, import, migrate, doctor."""

import signal
import sys
import threading
from pathlib import Path

import click

from primerka.cli.group import json_option, main, report


def _settings(**overrides):
    from primerka.service.settings import check_secrets, from_environment

    settings = from_environment(**overrides)
    check_secrets(settings)
    settings.home_path.mkdir(parents=True, exist_ok=True)
    return settings


@main.command()
@click.option("--demo", is_flag=True, help="Open a shop with the sample catalogue, in a temporary folder.")
@click.option("--host", help="The address to listen on; PRIMERKA_HOST otherwise.")
@click.option("--port", type=int, help="The port to listen on; PRIMERKA_PORT otherwise.")
def serve(demo, host, port):
    """Serve the shop: API, storefront and widget, with PRIMERKA_WORKERS workers beside them."""
    from contextlib import nullcontext

    from primerka.service.settings import from_environment

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    if demo:
        from primerka.service.demo import demo_shop

        shop = demo_shop(from_environment(**given))
    else:
        shop = nullcontext((_settings(**given), None))
    with shop as (settings, key):
        from primerka.service.serve import serve as run

        if demo:
            address = f"http://{settings.host}:{settings.port}"
            click.echo(f"The demo shop opens at {address}; its cut-outs at {address}/cutting-table (its key: {key})", err=True)
        run(settings)


@main.command()
def worker():
    """Work for a server that runs elsewhere: PRIMERKA_WORKERS processes, until stopped."""
    from dataclasses import replace

    from primerka.service.database.migrate import check_migrated
    from primerka.service.database.session import Database
    from primerka.service.jobs.worker import Supervisor
    from primerka.service.logs import start_logs

    settings = _settings()
    check_migrated(Database(settings.database_url))
    start_logs()
    supervisor = Supervisor(replace(settings, workers=max(settings.workers, 1)))
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    supervisor.start()
    stopped.wait()
    supervisor.stop()


@main.command("import")
@click.argument("feed", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--shop", required=True, help="The shop's short name in addresses; a new shop is made, and its key printed.")
@click.option("--name", help="The shop's name for people.")
@click.option("--format", "kind", default="auto", show_default=True, type=click.Choice(["auto", "google", "yandex", "shopify"]))
@click.option("--new-key", is_flag=True, help="Give the shop a new key; the old one is worth nothing then.")
@json_option
def import_feed(feed, shop, name, kind, new_key, as_json):
    """Import the products of the file FEED; paths of pictures begin at its folder."""
    import re

    from primerka.errors import Refused
    from primerka.service.database.migrate import check_migrated
    from primerka.service.database.session import Database
    from primerka.service.feeds.read import read_feed
    from primerka.service.files import Files
    from primerka.service.importing import import_here, open_shop
    from primerka.service.jobs.queue import Queue

    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", shop):
        raise click.UsageError("a shop's short name has small letters, digits and hyphens")
    settings = _settings()
    database = Database(settings.database_url)
    check_migrated(database)
    shop_id, key = open_shop(database, shop, name, new_key)
    with feed.open("rb") as stream:
        row = import_here(database, Files(settings.files_url), shop_id, read_feed(stream, kind), feed.parent)
    Queue(settings).wake("hands", "errands")
    for bad in row.bad:
        click.echo(f"line {bad['line']}: {bad['sku'] or 'no SKU'}: {bad['reason']}", err=True)
    numbers = ("seen", "added", "changed", "unchanged", "removed", "bad_count")
    result = {
        "status": row.status,
        "shop": shop,
        **({"key": key} if key else {}),
        **{name: getattr(row, name) for name in numbers},
    }
    report(result, as_json)
    if row.status == "failed":
        raise Refused("import_failed", row.detail)


@main.command()
def migrate():
    """Make the database's tables, or bring them up to date."""
    from primerka.service.database.migrate import migrate as run
    from primerka.service.database.session import Database

    click.echo(f"tables at revision {run(Database(_settings().database_url))}")


@main.command()
@json_option
def doctor(as_json):
    """Say what is wrong with an installation; exit status 1 if anything is."""
    from primerka.service.doctor import examine

    findings = examine()
    report({name: finding or "ok" for name, finding in findings.items()}, as_json)
    if any(findings.values()):
        sys.exit(1)
