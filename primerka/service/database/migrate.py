"""Bring a database's tables up to date, and tell whether they are."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from primerka.errors import Refused
from primerka.service.database.session import Database


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database) -> str:
    """Run the migrations that are missing; returns the revision reached."""
    config = _config()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    return revisions(database)[0]


def revisions(database: Database) -> tuple[str | None, str]:
    """The database's revision, None where there are no tables, and the newest one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), ScriptDirectory.from_config(
            _config()
        ).get_current_head()


def check_migrated(database: Database) -> None:
    """Raises Refused not_migrated."""
    current, newest = revisions(database)
    if current != newest:
        raise Refused("not_migrated", "The database's tables are missing or old; run: primerka migrate")
