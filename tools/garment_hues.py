"""How right the colours are that ADGAN draws: the correlation over test pairs of each garment's mean colour with the target's.

    python tools/garment_hues.py DIR [--weights FILE] [--pairs 100]      # DIR holds wardrobe.npz

Prints, for each garment that both sides of a pair show, the number of pairs and the correlations of brightness, red against
green, and blue against yellow; then the same of the source, which has the very clothes in another light.
"""

import argparse
from pathlib import Path

import numpy as np
import torch

from primerka.attributes import ATTRIBUTES
from primerka.datasets.open_pairs import SYNTHETIC, open_pairs
from primerka.networks.adgan import Generator, mean_colours
from primerka.training.pose_batches import batch
from primerka.tryon.network_files import load_network
from primerka.weights import weights_path

GARMENTS = ("upper_clothes", "pants")
SHOWN = 0.02  # of the picture


@torch.no_grad()
def correlations(generator: Generator, tensors: dict[str, torch.Tensor]) -> None:
    heatmaps, source, regions = (tensors[name] for name in ("target_heatmaps", "source", "source_attributes"))
    groups = zip(heatmaps.split(10), source.split(10), regions.split(10))
    target_regions = tensors["target_attributes"]
    true = mean_colours(tensors["target"], target_regions)
    drawn = mean_colours(torch.cat([generator(*group) for group in groups]), target_regions)
    worn = mean_colours(source, regions)
    for name in GARMENTS:
        index = ATTRIBUTES.index(name)
        both = (target_regions[:, index].mean((1, 2)) > SHOWN) & (regions[:, index].mean((1, 2)) > SHOWN)
        numbers = [_correlation(colours[both, index], true[both, index]) for colours in (drawn, worn)]
        print(f"{name}: {int(both.sum())} pairs, drawn {numbers[0]}, source {numbers[1]}")


def _correlation(a: torch.Tensor, b: torch.Tensor) -> list[float]:
    return [round(float(np.corrcoef(x, y)[0, 1]), 2) for x, y in zip(a.T.numpy(), b.T.numpy())]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--pairs", type=int, default=100)
    options = parser.parse_args()
    generator, (height, width) = load_network(Generator, options.weights or weights_path("adgan"))
    pairs = open_pairs(SYNTHETIC, options.data, "test")
    chosen = np.linspace(0, len(pairs) - 1, options.pairs).astype(int)
    correlations(generator.eval(), batch(pairs, chosen, height, width, parsed=True))


if __name__ == "__main__":
    main()
