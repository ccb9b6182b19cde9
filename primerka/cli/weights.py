"""Commands on the model files."""

from pathlib import Path

import click

from primerka.cli.group import main


@main.group()
def weights():
    """The model files."""


@weights.command("fetch")
@click.option("--eval", "for_evaluation", is_flag=True, help="Also what only `primerka eval` uses.")
def fetch_weights(for_evaluation):
    """Bring the third-party model files into the cache."""
    from primerka.weights import fetch_third_party

    for path in fetch_third_party(for_evaluation):
        click.echo(path)


@weights.command("list")
def list_weights():
    """Every model file with its licence and what it is."""
    from primerka.weights import table

    for name, row in table().items():
        click.echo(f"{name:16} {row['licence']:14} {row['what']}")


@weights.command("import-adgan")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The safetensors file to write.")
def import_adgan(file, out):
    """Turn the published checkpoint of ADGAN's authors, latest_net_netG.pth, into a file of ours."""
    from primerka.pictures import check_folder_path
    from primerka.tryon.import_adgan import import_adgan as run

    check_folder_path(out.parent)
    out.parent.mkdir(parents=True, exist_ok=True)
    run(file, out)
    click.echo(out)
