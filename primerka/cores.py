"""Processes that work beside each other share the machine's cores."""

import os


def share_cores(processes: int) -> None:
    """Threads of several processes that wait for the same core make everything two to three times slower than one thread each. Called in each."""
    import cv2
    import torch

    threads = max((os.cpu_count() or 1) // processes, 1)
    cv2.setNumThreads(threads)
    torch.set_num_threads(threads)
