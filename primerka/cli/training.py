"""Commands that train."""

import json
from pathlib import Path

import click

from primerka.cli.data import clothing_co_parsing
from primerka.cli.group import main


@main.group()
def train():
    """Train what ships."""


@train.command("parsing")
@click.option(
    "--data",
    required=True,
    envvar="PRIMERKA_DATA",
    type=click.Path(path_type=Path),
    help="Clothing Co-Parsing, or the folder that holds it [PRIMERKA_DATA].",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for checkpoints and weights; the prepared data lies beside it.",
)
@click.option("--recipe", default="recipes/parsing-labelled.toml", show_default=True, type=click.Path(path_type=Path))
@click.option("--resume", is_flag=True, help="Go on from the folder's checkpoint.")
@click.option("--minutes", type=float, help="Stop cleanly after so long.")
def train_parsing(data, out, recipe, resume, minutes):
    """Train the parsing network by a recipe."""
    from primerka.training.parsing import Recipe
    from primerka.training.parsing import train_parsing as run
    from primerka.training.recipe import read_recipe

    done = run(clothing_co_parsing(data), out, read_recipe(recipe, Recipe), resume, minutes)
    click.echo(f"{out}: {'done' if done else 'stopped on time; go on with --resume'}")


@train.command("body")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder for body.safetensors.")
def train_body(out):
    """Distil the parametric body from Anny."""
    from primerka.training.body_model import distil_body

    click.echo(distil_body(out))


@train.command("face")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder for face.safetensors.")
def train_face(out):
    """Keep of Anny's head what a painted face needs."""
    from primerka.training.face import distil_face

    click.echo(distil_face(out))


def _by_recipe(recipe: str, data: str):
    """The options that trainers by a recipe share; data: help for --data."""
    options = (
        click.option("--data", required=True, type=click.Path(path_type=Path), help=data),
        click.option(
            "--out",
            required=True,
            type=click.Path(path_type=Path, file_okay=False),
            help="A folder for checkpoints and weights.",
        ),
        click.option("--recipe", default=recipe, show_default=True, type=click.Path(path_type=Path)),
        click.option("--resume", is_flag=True, help="Go on from the folder's checkpoint."),
        click.option("--minutes", type=float, help="Stop cleanly after so long."),
        click.option("--tensorboard", is_flag=True, help="Write all numbers into the folder for TensorBoard too."),
    )

    def add(command):
        for option in reversed(options):
            command = option(command)
        return command

    return add


_POSE_DATA = "The folder of the set that the recipe names."
_PICTURES = "`digits`, or a folder of pictures."
_dry_run = click.option("--dry-run", is_flag=True, help="Print settings, parameters and batches; train nothing.")


@train.command("pg2")
@_by_recipe("recipes/pg2-synthetic.toml", _POSE_DATA)
@_dry_run
def train_pg2(**options):
    """Train PG2 by a recipe: the coarse generator first, then its refinement. Under torchrun, on several GPUs."""
    from primerka.training import pg2

    _train_pose_transfer(pg2, pg2.train_pg2, **options)


@train.command("adgan")
@_by_recipe("recipes/adgan-synthetic.toml", _POSE_DATA)
@_dry_run
def train_adgan(**options):
    """Train ADGAN by a recipe. Under torchrun, on several GPUs."""
    from primerka.training import adgan

    _train_pose_transfer(adgan, adgan.train_adgan, **options)


def _train_pose_transfer(trainer, run, data, out, recipe, resume, minutes, dry_run, tensorboard):
    from primerka.datasets.open_pairs import SYNTHETIC, open_pairs
    from primerka.training.devices import find_devices
    from primerka.training.recipe import read_recipe

    settings, devices = read_recipe(recipe, trainer.Recipe), find_devices()
    if dry_run:
        if devices.leads:
            click.echo(json.dumps(trainer.describe(settings, devices), indent=2))
        return
    # Rendered at the recipe's size; stored pictures are fitted to it by the batches, which keep proportions.
    size = (settings.height, settings.width) if settings.data == SYNTHETIC else None
    pairs = open_pairs(settings.data, data, "train", size)
    done = run(pairs, out, settings, resume, minutes, devices, tensorboard)
    if devices.leads:
        click.echo(f"{out}: {'done' if done else 'stopped on time; go on with --resume'}")


@train.command("gan")
@_by_recipe("recipes/dcgan-digits.toml", f"{_PICTURES[:-1]}, or `mixture`: eight Gaussians.")
def train_gan(data, out, recipe, resume, minutes, tensorboard):
    """Train a GAN or a DCGAN by a recipe."""
    from primerka.datasets.mixture import MIXTURE, draw_mixture
    from primerka.datasets.open_pictures import open_pictures
    from primerka.training import gan
    from primerka.training.recipe import read_recipe

    settings = read_recipe(recipe, gan.Recipe)
    _check_folder(out)
    if str(data) == MIXTURE:
        samples = draw_mixture(100_000, settings.seed)
    else:
        samples = open_pictures(str(data), settings.side, settings.fit).pictures
    _say(out, gan.train_gan(samples, out, settings, resume, minutes, tensorboard=tensorboard))


@train.command("infogan")
@_by_recipe("recipes/infogan-digits.toml", _PICTURES)
def train_infogan(data, out, recipe, resume, minutes, tensorboard):
    """Train an InfoGAN by a recipe."""
    from primerka.datasets.open_pictures import open_pictures
    from primerka.training import infogan
    from primerka.training.recipe import read_recipe

    settings = read_recipe(recipe, infogan.Recipe)
    _check_folder(out)
    pictures = open_pictures(str(data), settings.side, settings.fit).pictures
    _say(out, infogan.train_infogan(pictures, out, settings, resume, minutes, tensorboard=tensorboard))


@train.command("style")
@_by_recipe("recipes/style-fabrics.toml", "Clothing Co-Parsing, or the folder that holds it: photos for content.")
@click.option(
    "--fabrics",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Clothing Dataset: images.csv and images/, cloth for style.",
)
def train_style(data, fabrics, out, recipe, resume, minutes, tensorboard):
    """Train the decoder of fast style transfer by a recipe."""
    from primerka.datasets.style_pictures import open_contents, open_fabrics
    from primerka.training import style
    from primerka.training.recipe import read_recipe

    settings = read_recipe(recipe, style.Recipe)
    _check_folder(out)
    contents = open_contents(clothing_co_parsing(data), settings.photo_side)
    cloth, _ = open_fabrics(fabrics)
    _say(out, style.train_style(contents, cloth, out, settings, resume, minutes, tensorboard=tensorboard))


def _check_folder(out: Path) -> None:
    from primerka.pictures import check_folder_path

    check_folder_path(out)


def _say(out: Path, done: bool) -> None:
    click.echo(f"{out}: {'done' if done else 'stopped on time; go on with --resume'}")
