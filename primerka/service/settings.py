"""Settings come from the environment; docs/service.md has the table, and a test compares them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import platformdirs

from primerka.errors import Refused

MIN_SECRET = 32
# What people copy out of examples, in secrets and in passwords.
GIVEAWAYS = ("secret", "change", "example", "password", "default", "primerka", "minioadmin", "postgres", "12345", "qwerty")


def _setting(variable: str, default, meaning: str):
    return field(default=default, metadata={"variable": variable, "meaning": meaning})


@dataclass(frozen=True)
class Settings:
    """Where an installation keeps its things, and its limits. `from_environment` is how one is made."""

    home: str = _setting("PRIMERKA_HOME", "", "the folder of database, files and queue, where those are not set")
    secret: str = _setting("PRIMERKA_SECRET", "", "signs links, tokens and kept work; at least 32 random characters")
    database: str = _setting("PRIMERKA_DATABASE", "", "postgresql+pg8000://… or sqlite:///…; SQLite in the home folder")
    files: str = _setting("PRIMERKA_FILES", "", "s3://bucket/prefix or a folder; files/ in the home folder")
    queue: str = _setting("PRIMERKA_QUEUE", "", "redis://… or a SQLite file; queue.sqlite in the home folder")
    host: str = _setting("PRIMERKA_HOST", "127.0.0.1", "the address to listen on")
    port: int = _setting("PRIMERKA_PORT", 8000, "the port to listen on")
    proxies: str = _setting("PRIMERKA_PROXIES", "127.0.0.1", "addresses of proxies whose X-Forwarded-For is believed")
    origins: str = _setting("PRIMERKA_ORIGINS", "*", "sites whose pages may call the API, separated by commas")
    workers: int = _setting("PRIMERKA_WORKERS", 1, "worker processes that `serve` and `worker` start; 0: none")
    engine: str = _setting("PRIMERKA_ENGINE", "surface", "the engine that dresses")
    default_shop: str = _setting("PRIMERKA_DEFAULT_SHOP", "demo", "the shop that the page / shows")
    brand: str = _setting("PRIMERKA_BRAND", "", "a folder with the shop's own brand.css and brand.json")
    keep_hours: float = _setting("PRIMERKA_KEEP_HOURS", 72.0, "hours after which a buyer's photo and looks are deleted")
    indecent_above: float = _setting("PRIMERKA_INDECENT_ABOVE", 0.8, "photos that the classifier scores above are refused")
    hold_below: float = _setting(
        "PRIMERKA_HOLD_BELOW", 0.6, "garments that are less certain wait until the shop has looked at them; 0: none"
    )
    job_seconds: float = _setting("PRIMERKA_JOB_SECONDS", 60.0, "a job that takes longer is stopped")
    lease_seconds: float = _setting("PRIMERKA_LEASE_SECONDS", 15.0, "the job of a silent worker goes to another one after")
    attempts: int = _setting("PRIMERKA_ATTEMPTS", 3, "a job that failed so many times is given up")
    kept_mb: int = _setting("PRIMERKA_KEPT_MB", 1024, "memory of a worker for prepared garments and buyers")
    buyers_per_hour: int = _setting("PRIMERKA_BUYERS_PER_HOUR", 20, "photos from one address in an hour")
    shop_buyers_per_hour: int = _setting("PRIMERKA_SHOP_BUYERS_PER_HOUR", 2000, "photos of one shop in an hour")
    buyer_requests_per_minute: int = _setting("PRIMERKA_BUYER_REQUESTS_PER_MINUTE", 600, "requests of one buyer in a minute")
    shop_requests_per_minute: int = _setting(
        "PRIMERKA_SHOP_REQUESTS_PER_MINUTE", 60, "requests with one shop's key in a minute"
    )
    looks_per_buyer: int = _setting("PRIMERKA_LOOKS_PER_BUYER", 2000, "looks of one buyer")
    uploads_at_once: int = _setting("PRIMERKA_UPLOADS_AT_ONCE", 4, "photo uploads that are read at the same time")
    import_mb: int = _setting("PRIMERKA_IMPORT_MB", 512, "the largest feed that may be uploaded or fetched")
    demo: bool = False

    @property
    def home_path(self) -> Path:
        return Path(self.home or platformdirs.user_data_dir("primerka"))

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home_path / 'shop.sqlite'}"

    @property
    def files_url(self) -> str:
        return self.files or str(self.home_path / "files")

    @property
    def queue_url(self) -> str:
        return self.queue or str(self.home_path / "queue.sqlite")

    @property
    def origin_list(self) -> list[str]:
        return [origin.strip() for origin in self.origins.split(",") if origin.strip()]


def from_environment(environment: Mapping[str, str] = os.environ, **overrides) -> Settings:
    """Raises Refused bad_setting."""
    values = {}
    for entry in fields(Settings):
        variable = entry.metadata.get("variable")
        if variable and variable in environment:
            values[entry.name] = _parse(variable, environment[variable], entry.type)
    return replace(Settings(**values), **overrides)


def _parse(variable: str, text: str, kind: type):
    try:
        value = kind(text)
    except ValueError:
        wanted = "whole number" if kind is int else "number"
        raise Refused("bad_setting", f"{variable} must be a {wanted}, not {text!r}.") from None
    if kind is not str and not 0 <= value < float("inf"):
        raise Refused("bad_setting", f"{variable} must not be negative or endless.")
    return value


def check_secrets(settings: Settings) -> None:
    """Raises Refused no_secret, weak_secret or weak_password; the demo makes its own secret."""
    if settings.demo:
        return
    advice = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
    if not settings.secret:
        raise Refused("no_secret", f"PRIMERKA_SECRET is not set; {advice}")
    lower = settings.secret.lower()
    if len(lower) < MIN_SECRET or len(set(lower)) < 10 or any(word in lower for word in GIVEAWAYS):
        raise Refused("weak_secret", f"PRIMERKA_SECRET is short or easy to guess; {advice}")
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        password = make_url(settings.database_url).password
    except ArgumentError:
        raise Refused("bad_setting", "PRIMERKA_DATABASE is not the address of a database.") from None
    if password and (len(password) < 12 or any(word in password.lower() for word in GIVEAWAYS)):
        raise Refused("weak_password", "The database's password in PRIMERKA_DATABASE is short or easy to guess.")
    key = os.environ.get("AWS_SECRET_ACCESS_KEY", "")
    if settings.files_url.startswith("s3:") and key and any(word in key.lower() for word in GIVEAWAYS):
        raise Refused("weak_password", "AWS_SECRET_ACCESS_KEY is one that everybody knows.")
