"""The queue wakes workers: it carries no data, and losing it loses nothing.

Huey over SQLite by default, over Redis by setting. What is to be done is in the database's jobs.
"""

from collections.abc import Callable

from huey import RedisHuey, SqliteHuey, crontab
from huey.serializer import SignedSerializer

from primerka.service.settings import Settings

# Wakes beyond these find the worker busy: it looks for more whenever it finishes something.
MAX_WAITING = 20


class Queue:
    """lanes: "hands" (what computes) and "errands" (what waits for others: imports, pictures from other sites)."""

    def __init__(self, settings: Settings):
        options = {"results": False, "serializer": SignedSerializer(secret=settings.secret)}
        if settings.queue_url.startswith("redis"):
            self.huey = RedisHuey("primerka", url=settings.queue_url, **options)
        else:
            self.huey = SqliteHuey("primerka", filename=settings.queue_url, **options)
        self._handle: Callable[[str], None] = lambda lane: None
        self._tidy: Callable[[], None] = lambda: None
        self._wake = self.huey.task(name="wake")(self._woken)
        self.huey.periodic_task(crontab(minute="*"), name="every_minute")(self._every_minute)

    def wake(self, *lanes: str) -> None:
        """Call after the transaction that made the job."""
        for lane in lanes or ("hands",):
            if self.length() < MAX_WAITING:
                self._wake(lane)

    def length(self) -> int:
        return self.huey.storage.queue_size()

    def consume(self, handle: Callable[[str], None], tidy: Callable[[], None]) -> None:
        """Call handle(lane) at the start and for every wake, tidy() every minute, until the process is stopped."""
        self._handle, self._tidy = handle, tidy
        self.wake("hands", "errands")
        # One thread for each lane, and one so that a wake never waits behind both.
        self.huey.create_consumer(
            workers=3, worker_type="thread", initial_delay=0.03, backoff=1.0, max_delay=0.03, check_worker_health=True
        ).run()

    def _woken(self, lane: str) -> None:
        self._handle(lane)

    def _every_minute(self) -> None:
        self._tidy()
        self.wake("hands", "errands")
