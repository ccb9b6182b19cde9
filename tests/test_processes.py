"""Work that several processes do."""

import os
import time

import cv2
import pytest
import torch

from primerka.cores import share_cores
from primerka.evaluation.processes import work_on_each


def slowly(item: int, unit: str) -> tuple[str, int, int]:
    time.sleep(0.4 if item == 0 else 0.1)  # the first is the last to be done
    return f"{item} {unit}", os.getpid(), torch.get_num_threads()


@pytest.mark.parametrize("processes", [1, 2])
def test_results_come_in_the_order_of_the_items(processes):
    done = list(work_on_each(slowly, range(6), ("cm",), processes))
    assert [text for text, _, _ in done] == [f"{item} cm" for item in range(6)]
    assert (os.getpid() in {process for _, process, _ in done}) == (processes == 1)
    if processes > 1:
        assert len({process for _, process, _ in done}) == 2
        assert {threads for _, _, threads in done} == {max(os.cpu_count() // processes, 1)}


def breaks(item: int) -> None:
    raise ValueError(f"item {item}")


@pytest.mark.parametrize("processes", [1, 2])
def test_an_error_comes_out(processes):
    with pytest.raises(ValueError, match="item 3"):
        list(work_on_each(breaks, [3], (), processes))


def test_processes_share_the_cores(monkeypatch):
    before = torch.get_num_threads(), cv2.getNumThreads()
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    try:
        for processes, threads in ((1, 8), (3, 2), (16, 1)):
            share_cores(processes)
            assert (torch.get_num_threads(), cv2.getNumThreads()) == (threads, threads)
    finally:
        torch.set_num_threads(before[0])
        cv2.setNumThreads(before[1])
