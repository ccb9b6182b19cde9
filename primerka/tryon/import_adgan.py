"""The published checkpoint of ADGAN's authors as a file of ours."""

import pickle
from pathlib import Path

from primerka.atomic import write_atomically
from primerka.errors import DataMissing
from primerka.tryon.network_files import save_network

SIZE = (256, 176)  # of the pictures that the authors trained on

# The places of the convolutions of torchvision's VGG19 that the texture encoder reads, and of those behind the last of them,
# which are in the authors' file and which nothing reads.
_VGG19 = {"0": "1_1", "2": "1_2", "5": "2_1", "7": "2_2", "10": "3_1", "12": "3_2", "14": "3_3", "16": "3_4", "19": "4_1"}
_VGG19_REST = ("21", "23", "25", "28", "30", "32", "34")


def import_adgan(file: Path, out: Path) -> None:
    """Turn the authors' latest_net_netG.pth into a file of ours, float32.

    Each entry is used exactly once or is known to be read by nobody, and each shape is checked. Raises DataMissing:
    checkpoint_missing, checkpoint_damaged (cut short, or no checkpoint), checkpoint_of_another_network.
    """
    import torch

    from primerka.networks.adgan import Generator

    if not file.is_file():
        raise DataMissing("checkpoint_missing", f"There is no file {file}.")
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    # What torch raises depends on where the file is cut.
    except (RuntimeError, EOFError, pickle.UnpicklingError, ValueError, KeyError, OSError):
        raise DataMissing("checkpoint_damaged", f"{file} cannot be read: it is cut short, or no PyTorch checkpoint.") from None
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise DataMissing("checkpoint_of_another_network", f"{file} is not the state of a network.")
    generator = Generator()
    generator.load_state_dict(_translated(state, generator.state_dict(), file))
    write_atomically(out, lambda part: save_network(generator, SIZE, part, half=False))


def _translated(state: dict, ours: dict, file: Path) -> dict:
    state = {key.removeprefix("module."): tensor for key, tensor in state.items()}
    names, ignored = _names()
    if set(state) - ignored != set(names):
        odd = sorted(set(state) - ignored - set(names)) or sorted(set(names) - set(state))
        what = "also has" if set(state) - ignored - set(names) else "lacks"
        raise DataMissing("checkpoint_of_another_network", f"{file} is not ADGAN's published generator: it {what} {odd[0]}.")
    translated = {}
    for key, name in names.items():
        tensor = state[key]
        if key == "enc_style.model.1.weight" and tensor.shape[2:] == (1, 1):  # a 1x1 convolution of one pixel
            tensor = tensor[:, :, 0, 0]
        if tensor.shape != ours[name].shape:
            raise DataMissing(
                "checkpoint_of_another_network",
                f"{file} is not ADGAN's published generator: {key} is {tuple(state[key].shape)}.",
            )
        translated[name] = tensor
    return translated


def _names(blocks: int = 8) -> tuple[dict[str, str], set[str]]:
    """Their name of each of our tensors, and their names that nobody reads."""
    modules = {f"enc_style.vgg.{place}": f"texture.trunk.layers.{name}" for place, name in _VGG19.items()}
    modules |= {f"enc_style.conv{level + 1}.conv": f"texture.branch.{level}" for level in range(4)}
    modules["enc_style.model.1"] = "texture.summary"
    modules |= {f"enc_content.model.{level}.conv": f"pose.{3 * level}" for level in range(3)}
    ignored = {f"enc_style.vgg.{place}.{kind}" for place in _VGG19_REST for kind in ("weight", "bias")}
    for block in range(blocks):
        for layer, name in enumerate(("first", "second")):
            modules[f"enc_content.model.3.model.{block}.model.{layer}.conv"] = f"pose.{9 + block}.{name}"
            theirs = f"dec.model.0.model.{block}.model.{layer}"
            modules[f"{theirs}.conv"] = f"styled.{block}.{name}"
            # Their adaptive norm keeps running statistics and never reads them.
            ignored |= {f"{theirs}.norm.running_mean", f"{theirs}.norm.running_var"}
    modules["fc.fc"] = "fusion.0"
    modules |= {f"mlp.model.{layer}.fc": f"fusion.{2 * layer + 2}" for layer in range(3)}
    modules |= {f"dec.model.{place}.conv": f"up.{ours}" for place, ours in ((2, 1), (4, 5), (5, 8))}
    names = {f"{theirs}.{kind}": f"{ours}.{kind}" for theirs, ours in modules.items() for kind in ("weight", "bias")}
    for place, norm in ((2, 2), (4, 6)):
        names |= {f"dec.model.{place}.norm.gamma": f"up.{norm}.scale", f"dec.model.{place}.norm.beta": f"up.{norm}.shift"}
    return names, ignored
