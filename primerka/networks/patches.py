"""Convolutions over many mostly empty pictures: only what differs from the empty picture is computed.

ADGAN encodes eight masked copies of each picture. A masked copy is the empty picture but for the region's window, and so
is each feature map but for a window that grows by the reach of each layer. Inside the window the same convolutions run on
the same numbers as they would on the whole copy; outside, the map is that of the empty picture, computed once for all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, max_pool2d, pad


@dataclass(frozen=True)
class Span:
    """Rows, or columns, start … stop - 1."""

    start: int
    stop: int

    def union(self, other: "Span") -> "Span":
        return Span(min(self.start, other.start), max(self.stop, other.stop))

    def within(self, size: int) -> "Span":
        return Span(max(self.start, 0), min(self.stop, size))

    def reached(self, kernel: int, stride: int, padding: int) -> "Span":
        """The outputs of a convolution that see anything of this span."""
        return Span(-((kernel - 1 - padding - self.start) // stride), (self.stop - 1 + padding) // stride + 1)

    def seen(self, kernel: int, stride: int, padding: int) -> "Span":
        """The inputs that these outputs of a convolution see."""
        return Span(self.start * stride - padding, (self.stop - 1) * stride - padding + kernel)


Window = tuple[Span, Span]  # rows, columns


@dataclass(frozen=True)
class Patches:
    """Maps that are `rest` outside their windows.

    rest     (1, C, H, W) the map of the empty picture
    inside   for each group of maps that share a window, (B, C, h, w)
    windows  the windows of the groups
    """

    rest: Tensor
    inside: list[Tensor]
    windows: list[Window]

    def map(self, function: Callable[[Tensor], Tensor]) -> "Patches":
        """A function of each pixel for itself."""
        return Patches(function(self.rest), [function(values) for values in self.inside], self.windows)

    def convolve(self, layer: nn.Conv2d) -> "Patches":
        """As layer(map), its own padding at the true border of the map and nowhere else."""
        shape = layer.kernel_size[0], layer.stride[0], layer.padding[0]
        rest = layer(self.rest)
        inside, windows = [], []
        for values, window in zip(self.inside, self.windows):
            outputs = tuple(span.reached(*shape).within(size) for span, size in zip(window, rest.shape[2:]))
            rows, columns = (span.seen(*shape) for span in outputs)
            height, width = self.rest.shape[2:]
            wanted = rows.within(height), columns.within(width)
            values = _spread(values, window, wanted, self.rest)
            missing = (wanted[1].start - columns.start, columns.stop - wanted[1].stop)
            missing += (wanted[0].start - rows.start, rows.stop - wanted[0].stop)
            if any(missing):
                values = pad(values, missing, "reflect" if layer.padding_mode == "reflect" else "constant")
            inside.append(conv2d(values, layer.weight, layer.bias, layer.stride))
            windows.append(outputs)
        return Patches(rest, inside, windows)

    def pool(self) -> "Patches":
        """2x2 max pooling of maps with even sides."""
        inside, windows = [], []
        for values, window in zip(self.inside, self.windows):
            outputs = tuple(Span(span.start // 2, (span.stop + 1) // 2) for span in window)
            even = tuple(Span(2 * span.start, 2 * span.stop) for span in outputs)
            inside.append(max_pool2d(_spread(values, window, even, self.rest), 2))
            windows.append(outputs)
        return Patches(max_pool2d(self.rest, 2), inside, windows)

    def join(self, other: "Patches") -> "Patches":
        """The channels of both."""
        inside, windows = [], []
        for ours, window, theirs, their_window in zip(self.inside, self.windows, other.inside, other.windows):
            both = tuple(span.union(their_span) for span, their_span in zip(window, their_window))
            ours, theirs = _spread(ours, window, both, self.rest), _spread(theirs, their_window, both, other.rest)
            inside.append(torch.cat([ours, theirs], 1))
            windows.append(both)
        return Patches(torch.cat([self.rest, other.rest], 1), inside, windows)

    def means(self) -> tuple[Tensor, list[Tensor]]:
        """The mean over the map: (1, C) of the empty picture, and for each group (B, C)."""
        size = self.rest.shape[2] * self.rest.shape[3]
        rest = self.rest.float()  # half precision cannot count to a map's size
        mean = rest.mean((2, 3))
        differences = [
            (values.float().sum((2, 3)) - rest[:, :, rows.start : rows.stop, columns.start : columns.stop].sum((2, 3))) / size
            for values, (rows, columns) in zip(self.inside, self.windows)
        ]
        return mean, [mean + difference for difference in differences]


def _spread(values: Tensor, window: Window, wanted: Window, rest: Tensor) -> Tensor:
    """The maps on a wider window: what `values` lack comes from `rest`."""
    if window == wanted:
        return values
    rows, columns = wanted
    canvas = rest[:, :, rows.start : rows.stop, columns.start : columns.stop].repeat(len(values), 1, 1, 1)
    top, left = window[0].start - rows.start, window[1].start - columns.start
    canvas[:, :, top : top + values.shape[2], left : left + values.shape[3]] = values
    return canvas
