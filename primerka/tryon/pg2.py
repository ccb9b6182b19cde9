"""PG2 as a re-poser: a coarse picture of the source in the target's pose, refined."""

from pathlib import Path

from primerka.tryon.framed import NetworkReposer
from primerka.tryon.network_files import load_network
from primerka.weights import weights_path


class Pg2Reposer(NetworkReposer):
    name = "pg2"
    reads_regions = False

    def __init__(self, weights: Path | None = None):
        from primerka.networks.pg2 import PG2

        self.generators, self.size = load_network(PG2, weights or weights_path("pg2"))

    def generate(self, source, regions, heatmaps):
        return self.generators(source, heatmaps)[1]
