"""A worker: one process that claims jobs until it is stopped, and its supervisor, which outlives it."""

import multiprocessing
import os
import secrets
import threading
import time
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from sqlalchemy import insert, update

from primerka import __version__
from primerka.cores import share_cores
from primerka.errors import Refused
from primerka.service.database.models import Job, WorkerSeen
from primerka.service.database.session import Database
from primerka.service.files import Files
from primerka.service.garments import hold_back
from primerka.service.importing import Importer
from primerka.service.jobs.claims import ERRANDS, HANDS, Claim, claim, release, renew
from primerka.service.jobs.memory import Memory
from primerka.service.jobs.queue import Queue
from primerka.service.jobs.work import GIVEN_UP, Gone, Workshop
from primerka.service.kept import Seal
from primerka.service.logs import log, log_bug, start_logs
from primerka.service.privacy import sweep
from primerka.service.settings import Settings

if TYPE_CHECKING:  # it brings torch
    from primerka.service.jobs.tailor import Tailor

LANES = {"hands": HANDS, "errands": ERRANDS}


class Worker:
    def __init__(self, settings: Settings, name: str, tailor: "Tailor", tell_supervisor=lambda message: None):
        """tell_supervisor: called with "begin" and "end" around each job that computes."""
        self.name, self._settings, self._tell = name, settings, tell_supervisor
        self.database, self.files, self.queue = Database(settings.database_url), Files(settings.files_url), Queue(settings)
        self.workshop = Workshop(
            name,
            self.database,
            self.files,
            tailor,
            Seal(settings.secret, f"{settings.engine} {__version__}"),
            Memory(settings.kept_mb * 1_000_000),
            settings.hold_below,
        )
        self.importer = Importer(name, self.database, self.files, settings)
        self._locks = {lane: threading.Lock() for lane in LANES}
        self._asked = dict.fromkeys(LANES, False)

    def run(self) -> None:
        """Until the process is stopped."""
        with self.database.write() as session:
            hold_back(session, self._settings.hold_below)
        threading.Thread(target=self._beat, daemon=True).start()
        try:
            self.queue.consume(self.handle, self.tidy)
        finally:
            with self.database.write() as session:
                release(session, self.name)

    def handle(self, lane: str) -> None:
        """Do the lane's jobs until there are none; if another thread is at it already, it will look again."""
        self._asked[lane] = True
        while self._asked[lane] and self._locks[lane].acquire(blocking=False):
            try:
                self._asked[lane] = False
                self.workshop.forget_deleted_buyers()
                while self.do_one(lane):
                    pass
            finally:
                self._locks[lane].release()

    def do_one(self, lane: str) -> bool:
        """Whether there was a job."""
        with self.database.write() as session:
            claimed = claim(session, self.name, LANES[lane], self._settings.lease_seconds)
        if claimed is None:
            return False
        self.queue.wake(lane)  # one wake may stand for many jobs: there may be work for an idle worker too
        doer = self.workshop if lane == "hands" else self.importer
        if claimed.attempts > self._settings.attempts:
            doer.refuse(claimed, GIVEN_UP)
            log("given up", kind=claimed.kind)
            return True
        if lane == "hands":
            self._tell("begin")
        start = time.perf_counter()
        try:
            stages = doer.do(claimed)
            log("done", kind=claimed.kind, seconds=round(time.perf_counter() - start, 3), stages_ms=_rounded(stages.ms))
        except Refused as refusal:
            doer.refuse(claimed, refusal)
            log("refused", kind=claimed.kind, code=refusal.code)
        except Gone:
            self._give_back(claimed)
        except Exception:  # a bug in one job must not stop the others: it is logged, and the job tried again, not for ever
            log_bug("failed", kind=claimed.kind, attempts=claimed.attempts)
            self._give_back(claimed)
        finally:
            if lane == "hands":
                self._tell("end")
        if lane == "errands":
            self.queue.wake("hands")
        return True

    def tidy(self) -> None:
        deleted = sweep(self.database, self.files)
        if deleted:
            log("expired", buyers=deleted)

    def _give_back(self, claimed: Claim) -> None:
        with self.database.write() as session:
            mine = (Job.id == claimed.job, Job.worker == self.name)
            session.execute(update(Job).where(*mine).values(worker=None, lease_until=0.0))

    def _beat(self) -> None:
        while True:
            try:
                with self.database.write() as session:
                    renew(session, self.name, self._settings.lease_seconds)
                    seen = update(WorkerSeen).where(WorkerSeen.id == self.name).values(seen_at=time.time())
                    if not session.execute(seen).rowcount:
                        session.execute(insert(WorkerSeen).values(id=self.name, seen_at=time.time()))
            except Exception:  # a database that is away comes back; until then the lease runs
                log_bug("no heartbeat")
            time.sleep(self._settings.lease_seconds / 3)


def _rounded(milliseconds: dict[str, float]) -> dict[str, float]:
    return {name: round(value) for name, value in milliseconds.items()}


def warm_up(tailor: "Tailor") -> None:
    """Load every model and compile what is compiled, on samples, before anybody waits for it."""
    from primerka.samples import product_category, sample_buyers, sample_products
    from primerka.stages import Stages

    stages, product = Stages(), sample_products()[0]
    buyer = tailor.prepare_buyer([sample_buyers()[0].read_bytes()], stages)
    garment = tailor.prepare_garment([product.read_bytes()], product_category(product), stages)
    tailor.dress(buyer, [garment], "buyer", stages)


def run_worker(settings: Settings, name: str, tell_supervisor) -> None:
    """What a worker process does."""
    from primerka.service.jobs.tailor import Tailor
    from primerka.service.moderation import Moderator

    share_cores(settings.workers)
    tailor = Tailor(settings.engine, Moderator(settings.indecent_above))
    warm_up(tailor)
    log("worker ready")
    Worker(settings, name, tailor, tell_supervisor).run()


def _child(run, settings: Settings, name: str, connection: Connection) -> None:
    start_logs()
    threading.Thread(target=_die_with_supervisor, args=(connection,), daemon=True).start()
    run(settings, name, connection.send)


def _die_with_supervisor(connection: Connection) -> None:
    try:
        connection.recv()
    except (EOFError, OSError):
        os._exit(1)


class Supervisor:
    """Keeps worker processes: one that dies, or takes too long over a job, is replaced, and its job goes to the next.

    Workers are processes of their own, so that computing never holds up whoever started them.
    """

    def __init__(self, settings: Settings, run=run_worker):
        """run: what each process does, `run(settings, name, tell_supervisor)`."""
        self._settings, self._run = settings, run
        self._stop = threading.Event()
        self._processes: dict[int, multiprocessing.Process] = {}
        self._threads = [
            threading.Thread(target=self._keep_one, args=(number,), daemon=True) for number in range(settings.workers)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def kill(self) -> None:
        """Kill every worker on the spot, for those who want to see that nothing is lost; others take their places."""
        for process in list(self._processes.values()):
            process.kill()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _keep_one(self, number: int) -> None:
        while not self._stop.is_set():
            name = f"worker-{secrets.token_hex(6)}"
            ours, theirs = multiprocessing.get_context("spawn").Pipe()
            process = multiprocessing.get_context("spawn").Process(
                target=_child, args=(self._run, self._settings, name, theirs), daemon=True
            )
            process.start()
            self._processes[number] = process
            theirs.close()
            try:
                self._watch(process, ours)
            finally:
                process.kill()
                process.join()
                ours.close()
                self._release(name)
            if not self._stop.is_set():
                log("worker replaced", exit=process.exitcode)
                self._stop.wait(1)

    def _watch(self, process, connection: Connection) -> None:
        """Returns when the process is dead, must die, or is no longer wanted."""
        began = None
        while process.is_alive() and not self._stop.is_set():
            if connection.poll(0.2):
                try:
                    began = time.monotonic() if connection.recv() == "begin" else None
                except EOFError:
                    return
            if began and time.monotonic() - began > self._settings.job_seconds:
                log("job took too long", seconds=self._settings.job_seconds)
                return

    def _release(self, name: str) -> None:
        try:
            database = Database(self._settings.database_url)
            with database.write() as session:
                release(session, name)
            database.close()
            Queue(self._settings).wake("hands", "errands")
        except Exception:  # the lease runs out by itself
            log_bug("could not release")
