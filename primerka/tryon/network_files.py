"""Generators as files: safetensors that say which network they are of and for which size of picture."""

import json
from pathlib import Path

from primerka.errors import WeightsMissing

# What a file is called inside, whatever its class will be called one day.
_KINDS = {"Generator": "adgan", "PG2": "pg2", "GanGenerator": "gan", "InfoGan": "infogan", "FastStyle": "style"}


def save_network(network, size: tuple[int, ...], path: Path, half: bool = True) -> None:
    """Write a network that has `arguments`, those of its constructor; size: (height, width) that it was trained at, or the shape
    of what it draws.
    """
    import torch
    from safetensors.torch import save_file

    kept = torch.float16 if half else torch.float32
    tensors = {name: tensor.detach().to("cpu", kept).contiguous() for name, tensor in network.state_dict().items()}
    about = {"arguments": network.arguments, "size": list(size)}
    save_file(tensors, path, {_KINDS[type(network).__name__]: json.dumps(about)})


def load_network(kind: type, path: Path) -> tuple:
    """(network, size) of a file: a network of this kind, float32, for drawing.

    Raises WeightsMissing weights_missing, or weights_damaged where the file is not one.
    """
    from safetensors import SafetensorError, safe_open

    name = _KINDS[kind.__name__]
    if not path.is_file():
        raise WeightsMissing("weights_missing", f"There is no file {path}; `primerka train {name}` makes one.")
    try:
        with safe_open(path, "pt") as file:
            about = json.loads((file.metadata() or {})[name])
            state = {key: file.get_tensor(key).float() for key in file.keys()}  # noqa: SIM118
        network = kind(**about["arguments"])
        network.load_state_dict(state)
        size = tuple(about["size"])
    except (OSError, SafetensorError, KeyError, ValueError, TypeError, RuntimeError):
        raise WeightsMissing("weights_damaged", f"{path} is not a generator that `primerka train {name}` wrote.") from None
    return network.eval().requires_grad_(False), size


def kind_of(path: Path, kinds: tuple[type, ...]) -> type:
    """Which of these kinds of network a file holds. Raises WeightsMissing weights_missing or weights_damaged."""
    from safetensors import SafetensorError, safe_open

    names = {_KINDS[kind.__name__]: kind for kind in kinds}
    command = f"`primerka train {'|'.join(names)}`"
    if not path.is_file():
        raise WeightsMissing("weights_missing", f"There is no file {path}; {command} makes one.")
    try:
        with safe_open(path, "pt") as file:
            (name,) = set(file.metadata() or {}) & set(names)
    except (OSError, SafetensorError, ValueError):
        raise WeightsMissing("weights_damaged", f"{path} is not a generator that {command} wrote.") from None
    return names[name]
