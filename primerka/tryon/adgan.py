"""ADGAN as a re-poser: the source's eight style codes, drawn in the target's pose."""

from pathlib import Path

from primerka.tryon.framed import NetworkReposer
from primerka.tryon.network_files import load_network
from primerka.weights import weights_path


class AdganReposer(NetworkReposer):
    name = "adgan"

    def __init__(self, weights: Path | None = None):
        from primerka.networks.adgan import Generator

        self.generator, self.size = load_network(Generator, weights or weights_path("adgan"))

    def generate(self, source, regions, heatmaps):
        return self.generator(heatmaps, source, regions)
