"""The VGG16 trunk out of the HED edge detector's file, as tensors."""

from primerka.errors import WeightsMissing
from primerka.weights import weights_path

CONVOLUTIONS = (2, 2, 3, 3, 3)
# The file's network takes [0, 255] minus the mean, and its features are of that size. Divided by the deviation of ImageNet's
# pixels they are about 1; as ReLU keeps scale, it is enough to divide the pictures and every bias.
UNIT = 57.6


def read_hed_vgg16() -> dict:
    """Names as in networks.vgg.Vgg ("layers.3_1.weight"), float32, for pictures in [0, 255] RGB minus the mean, divided by UNIT.

    No packaged ImageNet VGG16 has a licence and a place to come from, so the trunk is HED's, which was trained on from
    ImageNet's (Xie and Tu 2015, arXiv 1504.06375). Raises WeightsMissing.
    """
    import torch

    try:
        import h5py
    except ImportError:
        raise WeightsMissing("weights_missing", "The package h5py is not installed: pip install primerka[eval].") from None
    state = {}
    with h5py.File(weights_path("hed_vgg16")) as file:
        for block, count in enumerate(CONVOLUTIONS, start=1):
            for layer in range(count):
                values = file[f"block{block}/layers/conv2d{f'_{layer}' if layer else ''}/vars"]
                name = f"layers.{block}_{layer + 1}"
                state[f"{name}.weight"] = torch.from_numpy(values["0"][()]).permute(3, 2, 0, 1).contiguous()
                state[f"{name}.bias"] = torch.from_numpy(values["1"][()]) / UNIT
    state["layers.1_1.weight"] = state["layers.1_1.weight"].flip(1)
    return state
