"""How long each stage took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stages:
    """`with stages("pose"): ...` adds the block's milliseconds to stages.ms["pose"].

    on_stage is called with a stage's name when it begins, for those who show progress.
    """

    def __init__(self, on_stage=lambda name: None):
        self.ms: dict[str, float] = {}
        self._on_stage = on_stage

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        self._on_stage(name)
        start = time.perf_counter()
        try:
            yield
        finally:
            self.ms[name] = self.ms.get(name, 0.0) + 1000 * (time.perf_counter() - start)
