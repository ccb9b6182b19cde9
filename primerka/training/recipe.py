"""A recipe is a TOML file and a frozen dataclass with the same names: a key that nobody knows is an error."""

import json
import tomllib
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import TypeVar, get_type_hints

from primerka.errors import DataMissing

Recipe = TypeVar("Recipe")


def read_recipe(path: Path, kind: type[Recipe]) -> Recipe:
    """The recipe of a file. Raises DataMissing unreadable_recipe, unknown_recipe_key, incomplete_recipe or unusable_recipe."""
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise DataMissing("unreadable_recipe", f"The recipe {path} cannot be read: {cause}.") from None
    unknown = set(values) - {field.name for field in fields(kind)}
    if unknown:
        raise DataMissing("unknown_recipe_key", f"{path.name} has keys that no recipe knows: {', '.join(sorted(unknown))}.")
    needed = {field.name for field in fields(kind) if field.default is MISSING}
    if needed - set(values):
        raise DataMissing("incomplete_recipe", f"{path.name} lacks {', '.join(sorted(needed - set(values)))}.")
    hints = get_type_hints(kind)
    for name, value in values.items():
        wanted = hints[name]
        if not isinstance(value, wanted) and not (wanted is float and type(value) is int):
            sentence = f"{path.name}: {name} must be {getattr(wanted, '__name__', wanted)}, got {value!r}."
            raise DataMissing("unusable_recipe", sentence)
    return kind(**values)


def recipe_text(recipe: object) -> str:
    """A recipe as read_recipe reads it, every setting named; None, which TOML lacks, is left out."""
    values = {name: value for name, value in asdict(recipe).items() if value is not None}
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in values.items())
