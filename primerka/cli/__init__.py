"""The commands. Each imports what it needs when it runs, so that `--help` is instant."""

from primerka.cli import data, evaluation, generation, photos, service, training, weights
from primerka.cli.group import main

__all__ = ["data", "evaluation", "generation", "main", "photos", "service", "training", "weights"]
