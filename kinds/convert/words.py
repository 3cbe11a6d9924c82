"""What a file and its owner say of a model: its name, whose it is, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from kinds.convert.params import MOST_TERMS, ConvertParams
from kinds.train.rights import NOT_SAID

OWN = "Reverie"  # the origin of our own model folders
MOST_NAME, MOST_LINEAGE = 200, 100


def line(text: object, *, most: int = MOST_NAME) -> str:
    """Make one line of a text from outside; "" of what is none."""
    plain = text if isinstance(text, str) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())[:most].strip()


def name_of(params: ConvertParams, found: Mapping[str, Any], *, filename: str) -> str:
    """Name a model: as its owner asked, as its file says, or as its file is called."""
    stem = PurePath(filename).stem.replace("_", " ")
    return line(params.name) or line(found["about"].get("name")) or line(stem) or "Model"


def licence_of(params: ConvertParams, found: Mapping[str, Any]) -> dict[str, str]:
    """Say whose a model is. One of our own keeps what its line of descent asks; of others its owner says it."""
    own = found["about"].get("licence") if found["origin"] == OWN else None
    if isinstance(own, Mapping) and (spdx := line(own.get("spdx"))):
        return {"spdx": spdx, "terms": line(own.get("terms"), most=MOST_TERMS)}
    return {"spdx": line(params.licence) or NOT_SAID, "terms": line(params.terms, most=MOST_TERMS)}


def described(params: ConvertParams, found: Mapping[str, Any], *, file: Mapping[str, Any]) -> dict[str, Any]:
    """Give what goes into model.json beside the architecture."""
    about = found["about"]
    lineage, recipe = about.get("lineage"), about.get("recipe")
    origin = {"format": found["origin"], "notes": found["notes"]}
    return {
        "name": name_of(params, found, filename=str(file["filename"])),
        "licence": licence_of(params, found),
        "lineage": lineage[:MOST_LINEAGE] if isinstance(lineage, list) else [],
        "recipe": recipe if isinstance(recipe, dict) else {},
        "origin": origin | {"filename": line(file["filename"]), "sha256": file["sha256"]},
    }


def notices(params: ConvertParams, found: Mapping[str, Any]) -> list[str]:
    """Say what was read, what differs from the file, and what was not taken from its owner."""
    of, shape = found["tensors"], found["architecture"]
    judge = f"{of['discriminator']} of its discriminator" if of["discriminator"] else "no discriminator"
    read = (
        f"Read as a file of {found['origin']}: a generator of {shape['resolution']} px, z {shape.get('z_dim', 128)}, "
        f"w {shape.get('w_dim', 128)}, {shape.get('mapping_layers', 4)} mapping layers; "
        f"{of['generator']} tensors of it and {judge}."
    )
    kept = licence_of(params, found)
    asked = {"spdx": line(params.licence), "terms": line(params.terms, most=MOST_TERMS)}
    overruled = any(asked[key] and asked[key] != kept[key] for key in asked)
    words = [f"The model keeps the licence that its file says: {kept['spdx']}."] if overruled else []
    return [read, *found["notes"], *words]
