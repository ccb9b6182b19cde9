"""The JSON files of COCO, entry by entry: 240 MB of text become 1 GB of Python objects when they are read at once."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from primerka.errors import DataMissing

_SPACE = re.compile(r"[ \t\r\n]*")


def read_sections(path: Path, *wanted: str) -> Iterator[tuple[str, dict]]:
    """(section, entry) of each entry of the top-level lists named in `wanted`, in the order of the file.

    The text of the file is in memory, its entries one at a time.
    Raises DataMissing data_incomplete where the file is no such JSON, as one that was cut short.
    """
    try:
        text = path.read_text(encoding="utf-8")
        yield from _entries(text, wanted)
    except (ValueError, IndexError, RecursionError):
        raise DataMissing(
            "data_incomplete", f"{path} is cut short or damaged ({path.stat().st_size:,} bytes); get it again."
        ) from None


def _entries(text: str, wanted: tuple[str, ...]) -> Iterator[tuple[str, dict]]:
    decode = json.JSONDecoder().raw_decode
    at = _expect(text, 0, "{")
    while text[at] != "}":
        section, at = decode(text, at)
        at = _expect(text, at, ":")
        if text[at] == "[":
            at = _expect(text, at, "[")
            while text[at] != "]":
                entry, at = decode(text, at)
                if section in wanted:
                    if not isinstance(entry, dict):
                        raise ValueError("no entry")
                    yield section, entry
                at = _after_value(text, at, "]")
            at = _skip(text, at + 1)
        else:
            _, at = decode(text, at)
            at = _skip(text, at)
        if text[at] == ",":
            at = _expect(text, at, ",")
        elif text[at] != "}":
            raise ValueError("no comma")


def _skip(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()


def _expect(text: str, at: int, character: str) -> int:
    at = _skip(text, at)
    if text[at] != character:
        raise ValueError(f"no {character}")
    return _skip(text, at + 1)


def _after_value(text: str, at: int, end: str) -> int:
    at = _skip(text, at)
    return at if text[at] == end else _expect(text, at, ",")
