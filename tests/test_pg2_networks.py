"""PG2's networks: feature shapes and parameter counts of the published sizes, worked out by hand."""

import pytest
import torch
from torch import nn

from primerka.networks.pg2 import PG2, CoarseGenerator, PairDiscriminator, RefinementGenerator, block_count

# Height, width, blocks, and the feature map in the waist.
SIZES = [(128, 64, 5, (8, 4)), (256, 256, 6, (8, 8)), (256, 176, 6, (8, 6))]


def _count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _conv(inputs: int, outputs: int, kernel: int = 3) -> int:
    return kernel * kernel * inputs * outputs + outputs


def _shapes(modules, run) -> list[tuple[int, ...]]:
    """What these modules put out when `run` is called."""
    shapes = []
    hooks = [
        module.register_forward_hook(lambda module, inputs, output: shapes.append(tuple(output.shape[1:])))
        for module in modules
    ]
    run()
    for hook in hooks:
        hook.remove()
    return shapes


@pytest.mark.parametrize(("height", "width", "blocks", "waist"), SIZES)
def test_coarse_generator_of_the_paper(height, width, blocks, waist):
    n, z, area = 128, 64, waist[0] * waist[1]
    assert block_count(height) == blocks  # section 4.1: N = 5 on Market-1501, 6 on DeepFashion
    with torch.device("meta"):
        network = CoarseGenerator(height, width)
        source, heatmaps = torch.empty(2, 3, height, width), torch.empty(2, 18, height, width)
    features = _shapes(network.encoder, lambda: network(source, heatmaps))
    heights, widths = [height], [width]
    for _ in range(blocks - 1):  # each subsampling rounds up: 176, 88, 44, 22, 11, 6
        heights.append(-(-heights[-1] // 2))
        widths.append(-(-widths[-1] // 2))
    assert features == [(n * (k + 1), heights[k], widths[k]) for k in range(blocks)]
    assert features[-1] == (n * blocks, *waist)
    assert network(source, heatmaps).shape == (2, 3, height, width)

    expected = _conv(3 + 18, n)
    for k in range(1, blocks + 1):
        expected += 2 * _conv(k * n, k * n)
        if k < blocks:
            expected += _conv(k * n, (k + 1) * n)
    expected += area * blocks * n * z + z  # into the code
    expected += z * area * n + area * n  # and out of it, n channels
    arriving = n
    for k in range(blocks, 0, -1):
        joined = arriving + k * n  # what arrives beside the skip
        expected += 2 * _conv(joined, joined)
        if k > 1:
            arriving = (k - 1) * n
            expected += _conv(joined, arriving, 1)
    expected += _conv(joined, 3)
    assert _count(network) == expected
    # The same sum written out. 256x176 has 16 fewer places in the waist than 256x256, each with 768 x 64 weights into the
    # code, 64 x 128 out of it and 128 biases: 122,103,235 - 16 x 57,472.
    assert expected == {(128, 64): 70_795_075, (256, 256): 122_103_235, (256, 176): 121_183_683}[height, width]


@pytest.mark.parametrize(("height", "blocks", "parameters"), [(128, 3, 6_206_339), (256, 4, 12_696_067)])
def test_refinement_generator_of_the_paper(height, blocks, parameters):
    n = 128
    with torch.device("meta"):
        network = RefinementGenerator(height)
        picture = torch.empty(2, 3, height, height // 2)
    features = _shapes(network.encoder, lambda: network(picture, picture))
    assert features == [(n * (k + 1), height >> k, height >> k + 1) for k in range(blocks)]
    assert network(picture, picture).shape == picture.shape
    assert not [module for module in network.modules() if isinstance(module, nn.Linear)]  # section 3.2

    expected, before = _conv(6, n), n
    for k in range(1, blocks + 1):
        expected += _conv(before, k * n) + _conv(k * n, k * n)
        if k < blocks:
            expected += _conv(k * n, k * n)
        before = k * n
    arriving = blocks * n
    for k in range(blocks, 0, -1):
        expected += _conv(arriving + k * n, n) + _conv(n, n)
        arriving = n
    expected += _conv(n, 3)
    assert _count(network) == expected == parameters


@pytest.mark.parametrize(
    ("height", "width", "layers", "left"), [(128, 64, 4, (8, 4)), (256, 256, 5, (8, 8)), (256, 176, 5, (8, 6))]
)
def test_discriminator_is_dcgan_on_pairs(height, width, layers, left):
    d = 64
    with torch.device("meta"):
        network = PairDiscriminator(height, width)
        picture = torch.empty(2, 3, height, width)
    convs = [module for module in network.modules() if isinstance(module, nn.Conv2d)]
    features = _shapes(convs, lambda: network(picture, picture))
    widths = [d, 2 * d, 4 * d, 8 * d, 8 * d][:layers]
    assert [shape[0] for shape in features] == widths and features[-1][1:] == left
    expected = sum(_conv(a, b, 5) for a, b in zip([6, *widths], widths))
    expected += sum(2 * b for b in widths[1:])  # batch norm
    expected += 8 * d * left[0] * left[1] + 1
    assert _count(network) == expected
    assert network(picture, picture).shape == (2,)


def test_refined_is_coarse_plus_the_difference_map():
    torch.manual_seed(0)
    network = PG2(32, 24, channels=4, bottleneck=8)
    source, heatmaps = torch.rand(2, 3, 32, 24) * 2 - 1, torch.rand(2, 18, 32, 24)
    coarse, refined = network(source, heatmaps)
    torch.testing.assert_close(refined - coarse, network.refine(source, coarse))


def test_distant_parts_see_each_other_through_the_code_and_by_nothing_else():
    """In a very wide picture, one pixel at the left moves the coarse picture at the right; without the code it cannot."""
    torch.manual_seed(0)
    coarse, refine = CoarseGenerator(32, 256, 4, 16), RefinementGenerator(32, 4)
    source, heatmaps = torch.rand(1, 3, 32, 256), torch.rand(1, 18, 32, 256)
    other = source.clone()
    other[:, :, 0, 0] += 5

    @torch.no_grad()
    def moved(network, *rest) -> torch.Tensor:
        return (network(source, *rest) - network(other, *rest)).abs().amax((0, 1, 2))

    assert (moved(coarse, heatmaps)[128:] > 0).float().mean() > 0.95
    nn.init.zeros_(coarse.encode.weight)
    for columns in (moved(coarse, heatmaps), moved(refine, source)):
        assert columns[0] > 0 and columns[128:].max() == 0


def test_wrong_shapes_are_refused_at_the_door():
    picture, maps = torch.rand(1, 3, 32, 16), torch.rand(1, 18, 32, 16)
    with pytest.raises(AssertionError, match="source must be"):
        CoarseGenerator(32, 24, 4, 8)(picture, maps)
    with pytest.raises(AssertionError, match="heatmaps must be"):
        CoarseGenerator(32, 16, 4, 8)(picture, maps[:, :17])
    with pytest.raises(AssertionError, match="source and coarse"):
        RefinementGenerator(32, 4)(picture, picture[:, :, :16])
    with pytest.raises(AssertionError, match="source and picture"):
        PairDiscriminator(32, 16, 4)(picture, maps)
