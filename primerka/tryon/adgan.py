"""ADGAN as a re-poser: the source's eight style codes, some of them another person's, drawn in the target's pose."""

from pathlib import Path

from primerka.attributes import ATTRIBUTES, one_hot
from primerka.person import Person
from primerka.tryon.framed import NetworkReposer
from primerka.tryon.network_files import load_network
from primerka.weights import weights_path


class AdganReposer(NetworkReposer):
    name = "adgan"

    def __init__(self, weights: Path | None = None):
        from primerka.networks.adgan import Generator

        self.generator, self.size = load_network(Generator, weights or weights_path("adgan"))
        self._taken = []

    def take(self, attribute: str, person: Person, share: float = 1.0) -> None:
        """Mix styles: whoever is re-posed from now on has this attribute of another person.

        attribute: one of ATTRIBUTES; share: how far to go from the own code, 0, to the other's, 1
        """
        import torch

        from primerka.networks.pictures import to_tensor

        picture, regions = self.see(person)
        with torch.inference_mode():
            style = self.generator.encode(to_tensor(picture)[None], torch.from_numpy(one_hot(regions))[None])
        row = ATTRIBUTES.index(attribute)
        self._taken.append((row, style[:, row], share))

    def generate(self, source, regions, heatmaps):
        style = self.generator.encode(source, regions)
        for row, other, share in self._taken:
            style[:, row] = style[:, row].lerp(other, share)
        return self.generator.decode(heatmaps, style)
