"""The commands. Each imports what it needs when it runs, so that `--help` is instant."""

from primerka.cli import data, evaluation, photos, service, training, weights
from primerka.cli.group import main

__all__ = ["data", "evaluation", "main", "photos", "service", "training", "weights"]
