"""ADGAN's generator written plainly, on the parameters of ours: what tests and benchmarks compare with."""

import torch
from torch.nn.functional import conv2d, interpolate, linear, max_pool2d, pad, relu


def convolve(layer, x):
    mode = "reflect" if layer.padding_mode == "reflect" else "constant"
    return conv2d(pad(x, [layer.padding[0]] * 4, mode), layer.weight, layer.bias, layer.stride)


def encode(generator, source, regions):
    """One whole masked picture after the other."""
    encoder, trunk = generator.texture, generator.texture.trunk
    codes = []
    for attribute in range(regions.shape[1]):
        masked = source * regions[:, attribute : attribute + 1]
        fixed, y = [], masked * trunk.scale + trunk.offset
        for stage in trunk.stages:
            for name in stage:
                y = max_pool2d(y, 2) if name == "pool" else relu(convolve(trunk.layers[name], y))
            fixed.append(y)
        x = masked
        for level, layer in enumerate(encoder.branch):
            x = torch.cat([relu(convolve(layer, x)), *fixed[level : level + 1]], 1)
        codes.append(linear(x.mean((2, 3)), encoder.summary.weight, encoder.summary.bias))
    return torch.stack(codes, 1)


def instance_norm(x):
    mean = x.mean((2, 3), keepdim=True)
    return (x - mean) / (((x - mean) ** 2).mean((2, 3), keepdim=True) + 1e-5).sqrt()


def layer_norm(norm, x):
    flat = x.flatten(1)
    x = (x - flat.mean(1).view(-1, 1, 1, 1)) / (flat.std(1).view(-1, 1, 1, 1) + norm.eps)
    return x * norm.scale.view(1, -1, 1, 1) + norm.shift.view(1, -1, 1, 1)


def decode(generator, heatmaps, style):
    x, halvings = heatmaps, generator.arguments["halvings"]
    for index in range(0, 3 * halvings + 3, 3):
        x = relu(instance_norm(convolve(generator.pose[index], x)))
    for block in generator.pose[3 * halvings + 3 :]:
        x = x + instance_norm(convolve(block.second, relu(instance_norm(convolve(block.first, x)))))
    affine = style.flatten(1)
    for index in (0, 2, 4):
        affine = relu(linear(affine, generator.fusion[index].weight, generator.fusion[index].bias))
    affine = linear(affine, generator.fusion[6].weight, generator.fusion[6].bias)
    width, place = x.shape[1], 0
    for block in generator.styled:
        y = x
        for layer in (block.first, block.second):
            shift, scale = affine[:, place : place + width], affine[:, place + width : place + 2 * width]
            y = instance_norm(convolve(layer, y)) * scale[:, :, None, None] + shift[:, :, None, None]
            y = relu(y) if layer is block.first else y
            place += 2 * width
        x = x + y
    for index in range(1, 4 * halvings, 4):
        x = interpolate(x, scale_factor=2, mode="nearest")
        x = relu(layer_norm(generator.up[index + 1], convolve(generator.up[index], x)))
    return torch.tanh(convolve(generator.up[4 * halvings], x))


def draw(generator, heatmaps, source, regions):
    return decode(generator, heatmaps, encode(generator, source, regions))
