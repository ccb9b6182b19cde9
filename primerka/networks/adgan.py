"""ADGAN: a person in a new pose, whose looks are a code for each of eight attributes.

Source: Men et al. 2020, "Controllable person image synthesis with attribute-decomposed GAN" (arXiv 2003.12267), section 3.1.
The layers are those of the authors' published generator, so that its weights give the same pictures.
"""

from itertools import chain, pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm

from primerka.attributes import ATTRIBUTES
from primerka.keypoints import KEYPOINTS
from primerka.networks.patches import Patches, Span
from primerka.networks.vgg import CHANNELS, POOL, Vgg

TAPS = ("1_1", "2_1", "3_1", "4_1")
OPPONENT = (2.0, 6.0, 6.0)  # one by the deviation of brightness, and of the two hues, of clothes
SMALLEST = 1 / 256  # of the picture: what is smaller counts as this large, so that a few wrong pixels stay quiet


class Generator(nn.Module):
    """heatmaps (B, 18, H, W), source (B, 3, H, W) in [-1, 1], regions (B, 8, H, W) 0 or 1 → picture (B, 3, H, W) in [-1, 1].

    All float32; H and W are divisible by 8. `encode` makes the style code of a person and `decode` draws a code in a pose,
    so that mixing people is taking rows of one code into another:

        style = generator.encode(anna, anna_regions)
        style[:, ATTRIBUTES.index("pants")] = generator.encode(mei, mei_regions)[:, ATTRIBUTES.index("pants")]
        picture = generator.decode(heatmaps, style)

    width   channels at full size; style: numbers per attribute; blocks: residual blocks of either path;
    hidden  width of the fusion module; trunk: a name of vgg.TRUNKS; levels: to how many of the four levels of the texture
            encoder its features are joined, the deep ones being the dear ones; by_area, hues: see TextureEncoder
    halvings  of the picture's sides before the residual blocks: with more of them few blocks see from joint to joint

    The defaults are the published ones.
    """

    def __init__(
        self,
        width: int = 64,
        style: int = 64,
        blocks: int = 8,
        hidden: int = 256,
        trunk: str = "adgan_vgg19",
        levels: int = len(TAPS),
        by_area: bool = False,
        halvings: int = 2,
        hues: bool = False,
    ):
        super().__init__()
        self.arguments = {
            "width": width, "style": style, "blocks": blocks, "hidden": hidden, "trunk": trunk, "levels": levels,
            "by_area": by_area, "halvings": halvings, "hues": hues,
        }  # fmt: skip
        widths = [width * 2**level for level in range(halvings + 1)]
        deep = widths[-1]
        self.texture = TextureEncoder(width, style, trunk, levels, by_area, hues)
        self.pose = nn.Sequential(
            _convolution(len(KEYPOINTS), width, 7), nn.InstanceNorm2d(width), nn.ReLU(inplace=True),
            *chain.from_iterable(_halving(*pair) for pair in pairwise(widths)),
            *(PoseBlock(deep) for _ in range(blocks)),
        )  # fmt: skip
        self.styled = nn.ModuleList(StyleBlock(deep) for _ in range(blocks))
        codes = len(ATTRIBUTES) * style
        self.fusion = nn.Sequential(
            nn.Linear(codes, codes), nn.ReLU(inplace=True),
            nn.Linear(codes, hidden), nn.ReLU(inplace=True),
            nn.Linear(hidden, hidden), nn.ReLU(inplace=True),
            nn.Linear(hidden, blocks * StyleBlock.numbers(deep)),
        )  # fmt: skip
        self.up = nn.Sequential(
            *chain.from_iterable(_doubling(*pair) for pair in pairwise(reversed(widths))),
            _convolution(width, 3, 7), nn.Tanh(),
        )  # fmt: skip
        self._start()

    def _start(self) -> None:
        """The published start, N(0, 0.02), where a norm follows. Without one it lets a style fade to nothing on its way to the
        blocks (1e-5 of it arrives): these layers keep variance (He et al. 2015, arXiv 1502.01852), and each block starts with
        the scale 1.
        """
        for module in (*self.pose, *self.styled, *self.up):
            for layer in module.modules():
                if isinstance(layer, nn.Conv2d):
                    nn.init.normal_(layer.weight, 0.0, 0.02)
        for layer in (*self.texture.layers(), *self.fusion):
            if not isinstance(layer, nn.ReLU):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)
        deep = len(self.fusion[-1].bias) // len(self.styled) // 4
        with torch.no_grad():
            self.fusion[-1].weight.mul_(0.5)
            self.fusion[-1].bias.view(len(self.styled), 4, deep)[:, [1, 3]] = 1.0  # of shift, scale, shift, scale

    def forward(self, heatmaps: Tensor, source: Tensor, regions: Tensor) -> Tensor:
        return self.decode(heatmaps, self.encode(source, regions))

    def encode(self, source: Tensor, regions: Tensor) -> Tensor:
        """The style code (B, 8, style), a row for each attribute."""
        return self.texture(source, regions)

    def decode(self, heatmaps: Tensor, style: Tensor) -> Tensor:
        """The picture (B, 3, H, W) of a style code in a pose."""
        x = self.pose(heatmaps)
        affine = self.fusion(style.flatten(1)).chunk(len(self.styled), 1)
        for block, numbers in zip(self.styled, affine):
            x = block(x, numbers)
        return self.up(x)


class TextureEncoder(nn.Module):
    """The decomposed component encoding: (B, 3, H, W), (B, 8, H, W) → (B, 8, style), one encoder for all attributes.

    A learned branch of four convolutions; the features of a fixed VGG trunk join it before each further one. Trunk and branch
    see the picture times the attribute's mask, and the mean over its map is the attribute's code. An attribute whose mask
    is empty has the code of the empty picture.

    by_area: a mean over the whole map makes a face, a hundredth of it, a hundredth as loud as the background, and it takes very
    long training to hear it. By area, a code is what the attribute adds to the empty picture, per pixel of its mask.

    hues: convolutions that nobody has trained yet hear brightness, and what draws learns to listen to that alone. With hues, a
    linear layer of the attribute's mean colour is added to its code.
    """

    def __init__(self, width: int, style: int, trunk: str, levels: int, by_area: bool, hues: bool):
        super().__init__()
        self.by_area = by_area
        self.trunk = Vgg(trunk, TAPS[:levels])
        inputs = [3] + [width * 2**level + CHANNELS[level] * (level < levels) for level in range(4)]
        self.branch = nn.ModuleList([_convolution(3, width, 7)])
        self.branch.extend(_convolution(inputs[level], width * 2**level, 4, stride=2) for level in range(1, 4))
        self.summary = nn.Linear(inputs[4], style)
        self.hues = nn.Linear(3, style) if hues else None

    def layers(self) -> list[nn.Module]:
        """Those that are learned."""
        return [*self.branch, self.summary, *([self.hues] if self.hues else [])]

    def forward(self, source: Tensor, regions: Tensor) -> Tensor:
        if source.shape[2] % 8 or source.shape[3] % 8:
            raise ValueError(f"the sides of a picture must be divisible by 8, got {tuple(source.shape[2:])}")
        masked, who = _masked(source, regions)
        with torch.no_grad():
            fixed = self._fixed(masked)
        x = masked
        for level, layer in enumerate(self.branch):
            x = x.convolve(layer).map(torch.relu_)
            if level < len(fixed):
                x = x.join(fixed[level])
        empty, means = x.means()
        features = empty[:, None].repeat(len(source), len(ATTRIBUTES), 1)
        for (attribute, people), mean in zip(who, means):
            features[people, attribute] = mean
        if self.by_area:
            area = regions.float().mean((2, 3)).clamp(min=SMALLEST)
            features = (features - empty) / area[..., None]
        code = self.summary(features)
        return code if self.hues is None else code + self.hues(mean_colours(source, regions))

    def _fixed(self, x: Patches) -> list[Patches]:
        features = []
        x = x.map(self.trunk.normalise)
        for stage in self.trunk.stages:
            for name in stage:
                x = x.pool() if name == POOL else x.convolve(self.trunk.layers[name]).map(torch.relu_)
            features.append(x)
        return features


def mean_colours(source: Tensor, regions: Tensor) -> Tensor:
    """(B, 3, H, W) in [-1, 1], masks (B, A, H, W) → (B, A, 3): brightness, red against green, blue against yellow, each a mean
    over the mask and about as spread as the others (OPPONENT); zeros where a mask is empty.
    """
    red, green, blue = source.float().unbind(1)
    opponent = torch.stack([(red + green + blue) / 3, red - green, blue - (red + green) / 2], 1)
    scaled = opponent * opponent.new_tensor(OPPONENT)[:, None, None]
    regions = regions.float()
    area = regions.mean((2, 3)).clamp(min=SMALLEST)
    return torch.einsum("bchw,bahw->bac", scaled, regions) / regions[0, 0].numel() / area[..., None]


def _masked(source: Tensor, regions: Tensor) -> tuple[Patches, list[tuple[int, list[int]]]]:
    """The picture times each mask that is not empty, grouped by attribute; (attribute, people) of each group."""
    rows, columns = (regions > 0).any(3).cpu(), (regions > 0).any(2).cpu()
    inside, windows, who = [], [], []
    for attribute in range(regions.shape[1]):
        people = rows[:, attribute].any(1).nonzero()[:, 0].tolist()
        if people:
            window = _span(rows[people, attribute]), _span(columns[people, attribute])
            part = (people, slice(None), slice(window[0].start, window[0].stop), slice(window[1].start, window[1].stop))
            inside.append(source[part] * regions[:, attribute, None][part])
            windows.append(window)
            who.append((attribute, people))
    return Patches(source.new_zeros(1, *source.shape[1:]), inside, windows), who


def _span(occupied: Tensor) -> Span:
    places = occupied.any(0).nonzero()
    return Span(int(places[0]), int(places[-1]) + 1)


def _halving(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return _convolution(inputs, outputs, 4, stride=2), nn.InstanceNorm2d(outputs), nn.ReLU(inplace=True)


def _doubling(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    return nn.Upsample(scale_factor=2), _convolution(inputs, outputs, 5), LayerNorm(outputs), nn.ReLU(inplace=True)


def _convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, padding_mode="reflect")


class PoseBlock(nn.Module):
    """Residual, with instance norm."""

    def __init__(self, width: int):
        super().__init__()
        self.first, self.second = _convolution(width, width, 3), _convolution(width, width, 3)
        self.norm = nn.InstanceNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.norm(self.second(torch.relu_(self.norm(self.first(x)))))


class StyleBlock(nn.Module):
    """Residual, with adaptive instance norm: the fusion module gives shift and scale of each channel.

    Source: Huang and Belongie 2017 (arXiv 1703.06868), equation 8.
    """

    def __init__(self, width: int):
        super().__init__()
        self.first, self.second = _convolution(width, width, 3), _convolution(width, width, 3)

    @staticmethod
    def numbers(width: int) -> int:
        """How many numbers a block takes: shift and scale of both norms."""
        return 4 * width

    def forward(self, x: Tensor, affine: Tensor) -> Tensor:
        shift, scale, second_shift, second_scale = affine.chunk(4, 1)
        y = torch.relu_(_adaptive_norm(self.first(x), scale, shift))
        return x + _adaptive_norm(self.second(y), second_scale, second_shift)


def _adaptive_norm(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    # Each channel of each sample is a channel of one sample: PyTorch's batch norm then does it in one pass.
    together = x.reshape(1, -1, *x.shape[2:])
    return batch_norm(together, None, None, scale.flatten(), shift.flatten(), training=True).view_as(x)


class LayerNorm(nn.Module):
    """Over all of a sample, with a scale and a shift for each channel (Ba et al. 2016, arXiv 1607.06450).

    The standard deviation is the unbiased one and eps is added to it, not to the variance: so are the published weights made.
    """

    def __init__(self, width: int, eps: float = 1e-5):
        super().__init__()
        self.scale, self.shift = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        x = x.float()
        deviation, mean = torch.std_mean(x, (1, 2, 3), keepdim=True)
        scale = self.scale[:, None, None] / (deviation + self.eps)
        return torch.addcmul(self.shift[:, None, None] - mean * scale, x, scale)
