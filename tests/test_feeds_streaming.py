"""A feed of any length is read in the memory of one offer."""

import io
import time
import tracemalloc

import pytest

from primerka.service.feeds.read import read_feed


class Generated(io.RawIOBase):
    """A stream that is made while it is read."""

    def __init__(self, parts):
        self.parts, self.rest, self.size = iter(parts), b"", 0

    def readable(self):
        return True

    def readinto(self, buffer):
        while len(self.rest) < len(buffer) and (part := next(self.parts, None)) is not None:
            self.rest += part
        taken, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(taken)] = taken
        self.size += len(taken)
        return len(taken)


def generated(kind: str, count: int):
    """`count` offers, two sizes each: every second row belongs to the one before."""
    text = "Лёгкое платье из льна. " * 40
    if kind == "google":
        yield b'<?xml version="1.0"?><rss xmlns:g="http://base.google.com/ns/1.0"><channel>'
        for n in range(2 * count):
            yield (
                f"<item><g:id>{n}</g:id><g:title>Платье {n}</g:title><g:description>{text}</g:description><g:price>{n % 900 + 1} RUB</g:price>"
                f"<g:image_link>https://s/{n // 2}.jpg</g:image_link><g:item_group_id>{n // 2}</g:item_group_id><g:size>{n}</g:size></item>\n"
            ).encode()
        yield b"</channel></rss>"
    elif kind == "yandex":
        yield '<?xml version="1.0"?><yml_catalog><shop><categories><category id="1">Платья</category></categories><offers>'.encode()
        for n in range(2 * count):
            yield (
                f'<offer id="{n}" group_id="{n // 2}"><name>Платье {n}</name><description>{text}</description><price>{n % 900 + 1}</price>'
                f"<currencyId>RUB</currencyId><categoryId>1</categoryId><picture>https://s/{n // 2}.jpg</picture></offer>\n"
            ).encode()
        yield b"</offers></shop></yml_catalog>"
    elif kind == "shopify":
        yield b"Handle,Title,Body (HTML),Variant SKU,Variant Price,Image Src\n"
        for n in range(2 * count):
            yield f"h{n // 2},{'' if n % 2 else 'Dress'},{text},{n},{n % 900 + 1},https://s/{n // 2}.jpg\n".encode()
    else:
        yield b"id\ttitle\tdescription\tprice\timage_link\titem_group_id\tsize\n"
        for n in range(2 * count):
            yield f"{n}\tDress\t{text}\t{n % 900 + 1} RUB\thttps://s/{n // 2}.jpg\t{n // 2}\t{n}\n".encode()


def measure(kind: str, count: int, traced: bool) -> tuple[int, float, int, int]:
    """(offers, seconds of a core, bytes of the feed, bytes of memory at the most; 0 if not traced)"""
    stream = Generated(generated(kind, count))
    if traced:
        tracemalloc.start()
    start = time.process_time()
    found = sum(1 for _ in read_feed(stream))
    seconds, peak = time.process_time() - start, 0
    if traced:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return found, seconds, stream.size, peak


@pytest.mark.parametrize("kind", ["google", "yandex", "shopify", "text"])
def test_memory_does_not_grow_with_the_feed(kind):
    measure(kind, 20, True)  # what is made once: tables of words, the names of characters
    _, _, _, little = measure(kind, 60, True)
    found, _, size, much = measure(kind, 360, True)
    assert found == 360 and size > 1_000_000
    assert much < 1.25 * little + 200_000 and much < 3_000_000


if __name__ == "__main__":  # the numbers of docs/feeds.md: python tests/test_feeds_streaming.py google
    import resource
    import sys

    measure(sys.argv[1], 100, False)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, seconds, size, _ = measure(sys.argv[1], 100_000, False)
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"{sys.argv[1]}: {found} offers, {size / 1e6:.0f} MB, {seconds:.0f} s of one core, {more / 1024:.1f} MB more memory than 100 offers"
    )
