"""The bytes of a feed: unpacked if they are packed, limited, with a look ahead."""

import gzip
import io
import zlib
from typing import BinaryIO

from primerka.service.feeds.offer import FeedRejected

MOST_BYTES = 1 << 30  # unpacked; a feed of 100,000 offers is about 200 MB
AHEAD = 1 << 16


class _Limited(io.RawIOBase):
    """Reads on until the buffer is full, and not further than so many bytes."""

    def __init__(self, stream: BinaryIO, most_bytes: int):
        self.stream, self.left = stream, most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        filled = 0
        while filled < len(buffer):
            try:
                chunk = self.stream.read(len(buffer) - filled)
            except EOFError:
                raise FeedRejected("feed_truncated", "The packed feed ends too early; send it again.") from None
            except (gzip.BadGzipFile, zlib.error):
                raise FeedRejected("feed_damaged", "The packed feed is damaged; send it again.") from None
            if not chunk:
                break
            buffer[filled : filled + len(chunk)] = chunk
            filled += len(chunk)
        self.left -= filled
        if self.left < 0:
            raise FeedRejected("feed_too_large", "The feed is larger than a feed may be; split it.")
        return filled


def open_feed(stream: BinaryIO, most_bytes: int = MOST_BYTES) -> io.BufferedReader:
    """`peek` of what it returns shows the first 64 KiB. Raises FeedRejected, also later, while it is read."""
    plain = io.BufferedReader(_Limited(stream, most_bytes), AHEAD)
    if plain.peek(2)[:2] == b"\x1f\x8b":
        return io.BufferedReader(_Limited(gzip.GzipFile(fileobj=plain), most_bytes), AHEAD)
    return plain
