"""Run the application, and workers beside it."""

import signal
import socket
import sys

import uvicorn

from primerka.service.api.app import create_app
from primerka.service.database.migrate import check_migrated
from primerka.service.database.session import Database
from primerka.service.jobs.worker import Supervisor
from primerka.service.logs import log, start_logs
from primerka.service.settings import Settings


def serve(settings: Settings) -> None:
    """Until stopped. Raises Refused not_migrated."""
    check_migrated(Database(settings.database_url))
    start_logs()
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=32_000,
    )
    listening = config.bind_socket()
    # asyncio sets this on sockets that it opens itself only; without it a head waits 40 ms for its body's acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.listen(config.backlog)  # uvicorn does so a moment later; who comes in between is not refused but waits
    log("listening", address="http://{}:{}".format(*listening.getsockname()[:2]))
    # uvicorn raises the signal again when it has stopped: what must be tidied up still is then.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    supervisor = Supervisor(settings)
    supervisor.start()
    try:
        uvicorn.Server(config).run([listening])
    finally:
        supervisor.stop()
