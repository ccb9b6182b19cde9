"""One reader of the events for all who watch: it polls the database, which any process may have written to."""

import asyncio
from collections import defaultdict

from sqlalchemy import func, select

from primerka.service.database.models import Event
from primerka.service.database.session import Database
from primerka.service.logs import log_bug

EVERY_SECONDS = 0.1
# Transactions may end in another order than their events were numbered: so many numbers back are read again.
LOOK_BACK = 200
Told = tuple[int, str, str]  # number, kind, subject


class Hub:
    def __init__(self, database: Database):
        self._database = database
        self._watching: dict[str, set[asyncio.Queue]] = defaultdict(set)

    async def start(self) -> None:
        """What was told before is not told again: it is read here."""
        self._last = await asyncio.to_thread(self._newest)
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._task.cancel()
        for queues in self._watching.values():
            for queue in queues:
                queue.put_nowait(None)

    def watch(self, buyer: str) -> asyncio.Queue:
        """A queue of what is told from now on; None ends it."""
        queue: asyncio.Queue = asyncio.Queue()
        self._watching[buyer].add(queue)
        return queue

    def leave(self, buyer: str, queue: asyncio.Queue) -> None:
        self._watching[buyer].discard(queue)
        if not self._watching[buyer]:
            del self._watching[buyer]

    def end(self, buyer: str) -> None:
        """Tell those who watch that there is nothing more; from any thread."""
        for queue in list(self._watching.get(buyer, ())):
            self._loop.call_soon_threadsafe(queue.put_nowait, None)

    def since(self, buyer: str, number: int) -> list[Told]:
        query = select(Event.id, Event.kind, Event.subject).where(Event.buyer_id == buyer, Event.id > number)
        with self._database.read() as session:
            return [tuple(row) for row in session.execute(query.order_by(Event.id))]

    async def _run(self) -> None:
        last = self._last
        seen = {told[0] for _, told in await asyncio.to_thread(self._read, last - LOOK_BACK) if told[0] <= last}
        while True:
            try:
                for buyer, told in await asyncio.to_thread(self._read, last - LOOK_BACK):
                    if told[0] in seen:
                        continue
                    seen.add(told[0])
                    last = max(last, told[0])
                    for queue in self._watching.get(buyer, ()):
                        queue.put_nowait(told)
                seen = {number for number in seen if number > last - LOOK_BACK}
            except Exception:  # a database that is away comes back
                log_bug("events cannot be read")
                await asyncio.sleep(1)
            await asyncio.sleep(EVERY_SECONDS)

    def _newest(self) -> int:
        with self._database.read() as session:
            return session.scalar(select(func.max(Event.id))) or 0

    def _read(self, number: int) -> list[tuple[str, Told]]:
        query = select(Event.buyer_id, Event.id, Event.kind, Event.subject).where(Event.id > number).order_by(Event.id)
        with self._database.read() as session:
            return [(row[0], tuple(row[1:])) for row in session.execute(query)]
