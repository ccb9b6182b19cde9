"""Commands on data sets, and where the data of other commands lies."""

import json
from pathlib import Path

import click

from primerka.cli.group import json_option, main
from primerka.errors import DataMissing

DATASETS = ("deepfashion", "market1501", "dukemtmc", "coco", "densepose-coco")


def clothing_co_parsing(data: Path) -> Path:
    root = data if (data / "photos").is_dir() else data / "clothing-co-parsing"
    if not root.is_dir():
        raise DataMissing(
            "data_missing", f"{data} holds no clothing-co-parsing/photos; get it from github.com/bearpaw/clothing-co-parsing."
        )
    return root


@main.group()
def datasets():
    """Published data sets, for training and evaluation."""


@datasets.command("prepare")
@click.argument("name", type=click.Choice(DATASETS))
@click.option("--root", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder that holds the set.")
@json_option
def prepare_dataset(name, root, as_json):
    """Check that a set is whole, and make what is missing and can be made: pictures, keypoints, pairs, label maps."""
    from primerka.datasets.prepare import prepare

    summary = prepare(name, root)
    if as_json:
        click.echo(json.dumps({"status": "ok", "code": None, **summary.as_dict()}))
        return
    for note in summary.notes:
        click.echo(f"note: {note}", err=True)
    for sentence in summary.made:
        click.echo(f"made {sentence}")
    for split, numbers in summary.counts.items():
        click.echo(f"{split}: {', '.join(f'{number:,} {what}' for what, number in numbers.items())}")


@datasets.command("wardrobe")
@click.option(
    "--makehuman",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="MakeHuman's assets: clothes/ and hair/.",
)
@click.option(
    "--fabrics",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Clothing Dataset: images.csv and images/.",
)
@click.option(
    "--people",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Photos NNNN.jpg of people from head to foot; only their poses are kept.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The wardrobe to write, an .npz.")
def make_wardrobe(makehuman, fabrics, people, out):
    """Make the wardrobe of the rendered pairs: clothes, hair, fabrics and poses in one file."""
    from primerka.datasets.dressed_bodies.prepare import prepare_wardrobe

    prepare_wardrobe(makehuman, fabrics, people, out)
    click.echo(out)


@datasets.command("self-pairs")
@click.option(
    "--photos",
    required=True,
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Photos NNNN.jpg, each of one person from head to foot.",
)
@click.option("--root", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to write the set in.")
@click.option(
    "--count", required=True, type=click.IntRange(1), help="Pairs for training; for testing a tenth as many are made."
)
@click.option("--seed", default=0, show_default=True, help="Of the order in which photos meet.")
@json_option
def self_pairs(photos, root, count, seed, as_json):
    """Make pairs for pose transfer of single photos: each person, carried into the pose of another photo."""
    from dataclasses import asdict

    from primerka.datasets.make_self_pairs import make_self_pairs
    from primerka.pictures import check_folder_path

    check_folder_path(root)
    splits = make_self_pairs(photos, root, count, seed)
    if as_json:
        click.echo(json.dumps({"status": "ok", "code": None, **{name: asdict(split) for name, split in splits.items()}}))
        return
    for name, split in splits.items():
        refused = ", ".join(f"{number:,} {code}" for code, number in split.refused.items()) or "none"
        click.echo(f"{name}: {split.pairs:,} pairs, {split.made:,} of them made now; photos refused: {refused}")
