"""Rows of CSV and TSV from strangers: the encoding and the delimiter found, one row in memory."""

import csv
import io
from collections.abc import Iterator

from primerka.service.feeds.offer import BadRow, FeedRejected

LONGEST_LINE = 1 << 20  # bytes
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def read_rows(stream: io.BufferedReader) -> Iterator[tuple[int, dict[str, str]] | BadRow]:
    """(line where it begins, {column: value}) of every row that is not empty; columns in lower case, stripped."""
    lines = _Lines(stream)
    rows = None
    header: list[str] = []
    first = 1
    while True:
        if rows is None:
            head = lines.take()
            if head is None:
                raise FeedRejected("feed_empty", "The feed is empty.")
            rows = csv.reader(lines.after(head), delimiter=find_delimiter(head))
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRow(first, "", f"The row cannot be read: {error}.")
            first = lines.number + 1
            continue
        line, first = first, lines.number + 1
        if lines.undecodable:
            lines.undecodable = False
            yield BadRow(line, "", "The row is neither UTF-8 nor Windows-1251.")
        elif not header:
            header = [name.strip().casefold() for name in row]
        elif any(value.strip() for value in row):
            if any(value.strip() for value in row[len(header) :]):
                yield BadRow(line, "", f"The row has {len(row)} values for {len(header)} columns.")
            else:
                yield line, dict(zip(header, (value.strip() for value in row))) | dict.fromkeys(header[len(row) :], "")


def find_delimiter(head: str) -> str:
    """Of the first line: a tab, a comma or a semicolon, whichever there are most of."""
    return max("\t,;", key=head.count)


def head_columns(head: bytes) -> list[str]:
    """Names of columns in the first line of the first bytes of a feed, in lower case; none if that line is no table's."""
    encoding = _UTF16.get(head[:2], "utf-8-sig")
    line = head.decode(encoding, "replace").lstrip("\ufeff").partition("\n")[0]
    try:
        return [name.strip().casefold() for name in next(csv.reader([line], delimiter=find_delimiter(line)), [])]
    except csv.Error:  # a line that is no table's
        return []


class _Lines:
    """Decoded lines. UTF-8 until a line is not: then Windows-1251 from there on, if no letter beyond ASCII came before."""

    def __init__(self, stream: io.BufferedReader):
        self.stream, self.number, self.undecodable = stream, 0, False
        self.encoding, self.certain = "utf-8", False
        mark = stream.peek(3)[:3]
        if mark[:2] in _UTF16:
            self.stream = io.TextIOWrapper(stream, _UTF16[mark[:2]], errors="replace", newline="")
            self.stream.read(1)
        elif mark == b"\xef\xbb\xbf":
            stream.read(3)
            self.certain = True

    def take(self) -> str | None:
        line = self.stream.readline(LONGEST_LINE)
        if not line:
            return None
        self.number += 1
        if len(line) >= LONGEST_LINE:
            raise FeedRejected("feed_broken", f"Line {self.number} of the feed is longer than a megabyte.")
        return line if isinstance(line, str) else self._decode(line)

    def _decode(self, line: bytes) -> str:
        if line.isascii():
            return line.decode("ascii")
        if not self.certain:
            self.certain = True
            try:
                return line.decode("utf-8")
            except UnicodeDecodeError:
                self.encoding = "cp1251"
        try:
            return line.decode(self.encoding)
        except UnicodeDecodeError:
            self.undecodable = True
            return line.decode(self.encoding, "replace")

    def after(self, head: str) -> Iterator[str]:
        yield head
        while (line := self.take()) is not None:
            yield line
