"""The root of all commands: a refusal becomes one sentence and exit status 2."""

import json
import sys

import click

from primerka import __version__
from primerka.errors import Refused
from primerka.memory import keep_freed_memory

RUN_FOR_LONG = ("serve", "worker")  # these give back what they do not need


def _remember(context: click.Context, _, as_json: bool) -> bool:
    if as_json:
        context.find_root().obj = "json"  # for a refusal, which is printed when the command is over
    return as_json


json_option = click.option(
    "--json", "as_json", is_flag=True, callback=_remember, help="Print one JSON object on standard output."
)


class _Commands(click.Group):
    """Turns a refusal into one sentence on standard error and exit status 2."""

    def invoke(self, context: click.Context):
        try:
            return super().invoke(context)
        except Refused as refusal:
            if context.obj == "json":
                click.echo(json.dumps({"status": "refused", "code": refusal.code, "message": str(refusal)}))
            click.echo(f"{refusal} ({refusal.code})", err=True)
            sys.exit(2)


@click.group(cls=_Commands)
@click.version_option(__version__)
@click.pass_context
def main(context: click.Context):
    """Primerka: a fitting room for online clothing shops."""
    if context.invoked_subcommand not in RUN_FOR_LONG:
        keep_freed_memory()


def report(numbers: dict, as_json: bool) -> None:
    """Print nested numbers, for programs or for people."""
    if as_json:
        click.echo(json.dumps(numbers))
        return
    for name, value in numbers.items():
        if isinstance(value, dict):
            click.echo(name)
            for key, entry in value.items():
                click.echo(f"  {key:24} {entry}")
        else:
            click.echo(f"{name:26} {value}")
