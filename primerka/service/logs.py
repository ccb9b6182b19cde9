"""Logs: one JSON object a line on standard error, about what happened and never about whom."""

import json
import logging
import sys
import time
import traceback


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"], line["traceback"] = _without_words(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _without_words(error: BaseException) -> tuple[list[str], list[str]]:
    """The kinds of an error and of its causes, and where it came from: messages may quote data, a database's quote rows."""
    kinds, cause = [], error
    while cause is not None and len(kinds) < 10:
        kinds.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(error.__traceback__)
    return kinds, [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def start_logs(level: int = logging.INFO) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Their lines name paths, addresses and tasks; ours name routes and kinds.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "huey", "httpx", "httpcore", "alembic"):
        library = logging.getLogger(name)
        library.handlers, library.propagate = [], True
        library.setLevel(logging.WARNING)
    for name in ("uvicorn.access", "python_multipart", "multipart"):  # the latter quote bytes of forms
        logging.getLogger(name).disabled = True


def log(event: str, level: int = logging.INFO, **fields) -> None:
    """fields: names and values that hold for anybody: kinds, codes, milliseconds."""
    logging.getLogger("primerka").log(level, event, extra={"fields": fields})


def log_bug(event: str, **fields) -> None:
    """With the traceback of what is being handled."""
    logging.getLogger("primerka").error(event, exc_info=True, extra={"fields": fields})
