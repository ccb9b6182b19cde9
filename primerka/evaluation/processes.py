"""The same work on many things, by one process or by several."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from primerka.cores import share_cores


def work_on_each(work: Callable, items: Iterable, shared: tuple, processes: int) -> Iterator[Any]:
    """work(item, *shared) of every item, in their order.

    work       a function of a module, so that other processes find it
    shared     what they all need, sent to each process once
    processes  1: this one works. More: so many others do, and share the cores
    """
    if processes == 1:
        yield from (work(item, *shared) for item in items)
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (work, shared, processes)) as pool:
        yield from pool.map(_work, items)


def _begin(work: Callable, shared: tuple, processes: int) -> None:
    global _todo
    _todo = work, shared
    share_cores(processes)


def _work(item: Any) -> Any:
    work, shared = _todo
    return work(item, *shared)
