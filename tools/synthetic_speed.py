"""How many rendered pictures a second: `python tools/synthetic_speed.py DIR`, DIR holds wardrobe.npz."""

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from primerka.datasets.open_pairs import open_pairs

PAIRS = 60


def render(root: Path, worker: int) -> float:
    """Render PAIRS pairs; returns the CPU seconds that they took, without loading."""
    pairs = open_pairs("synthetic", root, "train")
    pairs[worker * PAIRS]
    start = time.process_time()
    for index in range(worker * PAIRS, (worker + 1) * PAIRS):
        pairs[index]
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with ProcessPoolExecutor(options.processes) as pool:
        list(pool.map(render, [options.root] * options.processes, range(options.processes)))  # load and compile
        start = time.perf_counter()
        seconds = list(pool.map(render, [options.root] * options.processes, range(options.processes)))
        wall = time.perf_counter() - start
    pictures = 2 * PAIRS * options.processes
    print(f"{pictures / wall:.1f} pictures a second by the clock, {1000 * sum(seconds) / pictures:.0f} ms of CPU a picture")


if __name__ == "__main__":
    main()
