"""Generators as files: safetensors that say which network they are of and for which size of picture."""

import json
from pathlib import Path

from primerka.errors import WeightsMissing


def save_network(network, size: tuple[int, int], path: Path, half: bool = True) -> None:
    """Write a network that has `arguments`, those of its constructor; size: (height, width) that it was trained at."""
    import torch
    from safetensors.torch import save_file

    kept = torch.float16 if half else torch.float32
    tensors = {name: tensor.detach().to("cpu", kept).contiguous() for name, tensor in network.state_dict().items()}
    about = {"arguments": network.arguments, "size": list(size)}
    save_file(tensors, path, {type(network).__name__: json.dumps(about)})


def load_network(kind: type, path: Path) -> tuple:
    """(network, (height, width)) of a file: a network of this kind, float32, for drawing.

    Raises WeightsMissing weights_damaged where the file is not one.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            about = json.loads((file.metadata() or {})[kind.__name__])
            state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, KeyError):
        raise WeightsMissing("weights_damaged", f"{path} holds no network of the kind {kind.__name__}.") from None
    network = kind(**about["arguments"])
    network.load_state_dict(state)
    return network.eval().requires_grad_(False), tuple(about["size"])
