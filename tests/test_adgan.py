"""ADGAN's networks against the plain form, its code of eight rows, and the authors' checkpoint."""

import json
from pathlib import Path

import pytest
import torch
from adgan_checkpoint import seeded_inputs, seeded_state
from naive_adgan import decode, encode

from primerka.errors import DataMissing, WeightsMissing
from primerka.networks.adgan import OPPONENT, Generator, mean_colours
from primerka.networks.adgan_discriminators import PatchDiscriminator
from primerka.tryon.import_adgan import import_adgan
from primerka.tryon.network_files import load_network, save_network

HEIGHT, WIDTH = 64, 48


@pytest.fixture(scope="module")
def generator() -> Generator:
    """A small one whose layers all matter."""
    small = Generator(width=4, style=8, blocks=2, hidden=16, trunk="hed_vgg16")
    small.load_state_dict(seeded_state({name: tuple(tensor.shape) for name, tensor in small.state_dict().items()}))
    return small


@pytest.mark.parametrize("size", [(HEIGHT, WIDTH), (56, 88)])
def test_the_windows_give_what_whole_masked_pictures_give(generator, size):
    """Values and gradients; with a mask that nobody has, one that only one person has, and one at the border."""
    _, source, regions = seeded_inputs(3, *size)
    regions[1, 2] = 0
    regions[0, 6], regions[0, 6, :5, -9:] = 0, 1
    ours, plain = generator.encode(source, regions), encode(generator, source, regions)
    torch.testing.assert_close(ours, plain, atol=1e-4, rtol=1e-4)
    learned = [*generator.texture.branch.parameters(), *generator.texture.summary.parameters()]
    for a, b in zip(torch.autograd.grad(ours.square().sum(), learned), torch.autograd.grad(plain.square().sum(), learned)):
        torch.testing.assert_close(a, b, atol=1e-4 * float(b.abs().max()), rtol=1e-3)


def test_a_code_by_area_is_what_the_attribute_adds_per_pixel(generator):
    by_area = Generator(**{**generator.arguments, "by_area": True})
    by_area.load_state_dict(generator.state_dict())
    _, source, regions = seeded_inputs(2, HEIGHT, WIDTH)
    regions[1, 2] = 0
    with torch.no_grad():
        added = encode(generator, source, regions) - encode(generator, source, torch.zeros_like(regions))
        area, nothing = regions.mean((2, 3))[..., None], generator.texture.summary.bias
        ours = by_area.encode(source, regions)
    torch.testing.assert_close(ours, added / area.clamp(min=1 / 256) + nothing, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(ours[1, 2], nothing)


def test_the_mean_colour_of_an_attribute_is_brightness_and_two_hues():
    source, regions = torch.zeros(1, 3, 16, 16), torch.zeros(1, 8, 16, 16)
    source[0, :, :8] = torch.tensor([0.6, 0.3, -0.3])[:, None, None]
    regions[0, 3, 4:12] = 1  # half of it is coloured, half is grey
    regions[0, 5, 2:4, 2:4] = 1
    colours = mean_colours(source, regions)
    whole = torch.tensor([0.2, 0.3, -0.75]) * torch.tensor(OPPONENT)
    torch.testing.assert_close(colours[0, 3], whole / 2)
    torch.testing.assert_close(colours[0, 5], whole)
    assert not colours[0, [0, 1, 2, 4, 6, 7]].any()


def test_hues_are_added_to_the_code(generator):
    torch.manual_seed(0)
    hearing = Generator(**{**generator.arguments, "by_area": True, "hues": True})
    deaf = Generator(**{**generator.arguments, "by_area": True})
    deaf.load_state_dict({name: tensor for name, tensor in hearing.state_dict().items() if "hues" not in name})
    _, source, regions = seeded_inputs(2, HEIGHT, WIDTH)
    with torch.no_grad():
        added = hearing.encode(source, regions) - deaf.encode(source, regions)
        torch.testing.assert_close(added, hearing.texture.hues(mean_colours(source, regions)), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("halvings", [2, 3])
def test_drawing_gives_what_the_plain_form_gives(halvings):
    drawing = Generator(width=4, style=8, blocks=2, hidden=16, trunk="hed_vgg16", halvings=halvings)
    drawing.load_state_dict(seeded_state({name: tuple(tensor.shape) for name, tensor in drawing.state_dict().items()}))
    heatmaps, source, regions = seeded_inputs(2, HEIGHT, WIDTH)
    style = encode(drawing, source, regions)
    torch.testing.assert_close(drawing.decode(heatmaps, style), decode(drawing, heatmaps, style), atol=1e-4, rtol=1e-4)


def test_shapes_at_full_size(generator):
    heatmaps, source, regions = seeded_inputs(2, 256, 176)
    with torch.no_grad():
        style = generator.encode(source, regions)
        assert style.shape == (2, 8, 8)
        picture = generator.decode(heatmaps, style)
        assert picture.shape == (2, 3, 256, 176) and picture.dtype == torch.float32 and picture.abs().max() <= 1
        for condition in (heatmaps, source):
            assert PatchDiscriminator(condition.shape[1], 4, 1)(picture, condition).shape == (2, 16, 64, 44)
    with pytest.raises(ValueError, match="divisible by 8"):
        generator.encode(source[:, :, :100], regions[:, :, :100])


@pytest.mark.parametrize("attribute", [0, 3, 7])
def test_what_an_attribute_looks_like_changes_its_row_alone(generator, attribute):
    _, source, regions = seeded_inputs(2, HEIGHT, WIDTH)
    with torch.no_grad():
        before = generator.encode(source, regions)
        inside = regions[:, attribute, None]
        after = generator.encode(source * (1 - inside) + (-source).roll(3, 2) * inside, regions)
    changed = ((before - after).abs().amax(2) > 1e-4).tolist()
    assert changed == [[index == attribute for index in range(8)]] * 2


def test_mixing(generator):
    heatmaps, source, regions = seeded_inputs(2, HEIGHT, WIDTH)
    with torch.no_grad():
        style = generator.encode(source, regions)
        anna, mei = style[:1], style[1:]
        pictures = {}
        for name, share in (("none", 0.0), ("half", 0.5), ("all", 1.0)):
            mixed = anna.clone()
            mixed[:, 3] = torch.lerp(anna[:, 3], mei[:, 3], share)
            pictures[name] = generator.decode(heatmaps[:1], mixed)
        alone = generator(heatmaps[:1], source[:1], regions[:1])
        same = anna.clone()
        same[:, 3] = generator.encode(source[:1], regions[:1])[:, 3]
        torch.testing.assert_close(generator.decode(heatmaps[:1], same), alone, atol=1e-4, rtol=0)
    torch.testing.assert_close(pictures["none"], alone, atol=1e-4, rtol=0)
    distances = [float((pictures[name] - alone).abs().mean()) for name in ("half", "all")]
    assert 1e-3 < distances[0] < distances[1]


def test_a_file_of_ours_comes_back(generator, tmp_path):
    path = tmp_path / "weights.safetensors"
    save_network(generator, (48, 32), path)
    back, size = load_network(Generator, path)
    assert size == (48, 32)
    assert back.arguments == generator.arguments and not any(parameter.requires_grad for parameter in back.parameters())
    for name, tensor in generator.state_dict().items():
        torch.testing.assert_close(back.state_dict()[name], tensor, atol=1e-3, rtol=1e-3)
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(WeightsMissing):
        load_network(Generator, path)


@pytest.fixture(scope="module")
def published() -> dict[str, torch.Tensor]:
    shapes = json.loads((Path(__file__).parent / "data" / "adgan_checkpoint.json").read_text())
    return seeded_state({name: tuple(shape) for name, shape in shapes.items()})


def test_the_published_checkpoint_gives_its_pictures(published, tmp_path):
    """The numbers are those of the authors' own module with these values.

    data/adgan_checkpoint.json lists the names and shapes of its state. The module was run on the inputs made here, with
    VGG19's ReLUs in place as torchvision has them; ours differed by less than 1e-5 at every pixel, at 64x48 and at 256x176.
    """
    torch.save({f"module.{name}": tensor for name, tensor in published.items()}, tmp_path / "latest_net_netG.pth")
    import_adgan(tmp_path / "latest_net_netG.pth", tmp_path / "adgan.safetensors")
    picture = load_network(Generator, tmp_path / "adgan.safetensors")[0](*seeded_inputs(2, HEIGHT, WIDTH))
    expected = [0.345306, -0.310289, -0.03818, -0.002267, -0.583537, -0.371245]
    expected += [0.313207, 0.547716, -0.847766, -0.983353, -0.971032, -0.979553]
    torch.testing.assert_close(picture[1, :, 20, 10:14].flatten(), torch.tensor(expected), atol=5e-5, rtol=0)
    assert float(picture.double().sum()) == pytest.approx(-10677.449, abs=0.1)
    assert float(picture.double().abs().sum()) == pytest.approx(12326.8836, abs=0.1)


def test_other_checkpoints_are_refused(published, tmp_path):
    path, out = tmp_path / "net.pth", tmp_path / "out.safetensors"
    first = next(iter(published))

    def refusal(state) -> DataMissing:
        torch.save(state, path)
        return refused()

    def refused() -> DataMissing:
        with pytest.raises(DataMissing) as caught:
            import_adgan(path, out)
        assert not out.exists()
        return caught.value

    assert refused().code == "checkpoint_missing"
    small = {name: torch.zeros(1).expand(tensor.shape) for name, tensor in published.items()}  # one number a file each
    for state, words in (
        ({"weight": torch.zeros(3)}, "weight"),
        ([1, 2], "state of a network"),
        ({name: tensor for name, tensor in small.items() if name != "fc.fc.bias"}, "lacks fc.fc.bias"),
        (small | {"fc.fc.extra": torch.zeros(1)}, "also has fc.fc.extra"),
        (small | {"mlp.model.0.fc.weight": torch.zeros(256, 511)}, "mlp.model.0.fc.weight is (256, 511)"),
    ):
        caught = refusal(state)
        assert caught.code == "checkpoint_of_another_network" and words in str(caught)
    torch.save({first: published[first]}, path)
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:length])
        assert refused().code == "checkpoint_damaged"
