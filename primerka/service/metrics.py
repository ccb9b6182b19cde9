"""/metrics for Prometheus: what this process sees of requests, and what the database counts for all processes."""

import time

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from sqlalchemy import func, select

from primerka.service.database.models import Buyer, Job, Tally, WorkerSeen
from primerka.service.database.session import Database

WORKER_SECONDS = 60


class Metrics:
    def __init__(self, database: Database):
        self._database = database
        self._registry = CollectorRegistry()
        self._registry.register(self)
        labels = ("method", "route", "status")
        self.requests = Counter("primerka_requests", "Requests.", labels, registry=self._registry)
        self.seconds = Histogram("primerka_request_seconds", "Time of a request.", ("route",), registry=self._registry)

    def text(self) -> bytes:
        return generate_latest(self._registry)

    def collect(self):
        """Called by the registry at each reading."""
        with self._database.read() as session:
            waiting = dict(session.execute(select(Job.kind, func.count()).where(Job.worker.is_(None)).group_by(Job.kind)).all())
            running = session.scalar(select(func.count()).select_from(Job).where(Job.worker.is_not(None)))
            buyers = session.scalar(select(func.count()).select_from(Buyer))
            workers = session.scalar(
                select(func.count()).select_from(WorkerSeen).where(WorkerSeen.seen_at > time.time() - WORKER_SECONDS)
            )
            tallies = session.scalars(select(Tally)).all()
        queue = GaugeMetricFamily("primerka_queue_length", "Jobs that wait.", labels=["kind"])
        for kind in ("buyer", "look", "garment", "pictures", "import"):
            queue.add_metric([kind], waiting.get(kind, 0))
        yield queue
        yield GaugeMetricFamily("primerka_jobs_running", "Jobs that a worker has claimed.", running)
        yield GaugeMetricFamily("primerka_buyers", "Buyers whose photo is kept.", buyers)
        yield GaugeMetricFamily("primerka_workers", "Workers seen in the last minute.", workers)
        value = {(tally.name, tally.label): tally.value for tally in tallies}
        stages = SummaryMetricFamily("primerka_stage_seconds", "Time of each stage of the work.", labels=["stage"])
        refusals = CounterMetricFamily("primerka_refusals", "Refusals, by code.", labels=["code"])
        cards = CounterMetricFamily("primerka_cards", "Looks made, by pose.", labels=["pose"])
        for (name, label), number in sorted(value.items()):
            if name == "stage_seconds_count":
                stages.add_metric([label], int(number), value.get(("stage_seconds_sum", label), 0.0))
            elif name == "refusals":
                refusals.add_metric([label], number)
            elif name == "cards":
                cards.add_metric([label], number)
        yield from (stages, refusals, cards)
