"""What a pack says of itself: README.txt, about.json, and the licences in words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gan.config import NetConfig
from jobs.frame import size

TOLD = Path(__file__).parent / "told"
WIDE = 112
NOT_SAID = "Nobody has said who may use it. Ask whoever made it before you give it on."
OPENS_BY_CLICK = "A double click will do; it needs a moment."
JOURNEYS = """    journeys/           {films} through what the network draws, as films, and their recipes as JSON text:
                        which places are passed, and when. What ends in mp4 is H.264, in webm VP9.
"""
TOO_LARGE = "The network is too large to open by a double click; serve the folder as said below."


def licence_words(licence: Mapping[str, Any]) -> str:
    """Say in words what may be done with a model."""
    spdx, terms = str(licence.get("spdx") or ""), str(licence.get("terms") or "")
    known = "" if spdx in ("", "NOASSERTION") else f"{spdx}. "
    return f"{known}{terms}".strip() or NOT_SAID


def archive_words(archive: Mapping[str, Any] | None, *, name: str) -> str:
    """Say what a model has learnt from: how many photographs, of which years; nothing of any one of them."""
    if archive is None:
        return f"{name} is a neural network that invents pictures."
    count = int(archive["photos"])
    photographs = "1 photograph" if count == 1 else f"{count:,} photographs"
    first, last = (str(archive.get(end) or "")[:4] for end in ("first", "last"))
    years = "" if not first else f" of {first}" if first == last else f" of the years {first} to {last}"
    return f"{name} is a neural network that learnt from the archive “{archive['name']}”: {photographs}{years}."


def licences(name: str, licence: Mapping[str, Any], lineage: Sequence[Mapping[str, Any]]) -> str:
    """The text of licences/model.txt: what the model asks, and what those it descends from ask."""
    parts = [f"{name}\n\n{_folded(licence_words(licence))}"]
    if lineage:
        parts.append("It has learnt on from these, the nearest first:")
        parts += [f"{one['name']}\n\n{_folded(licence_words(one))}" for one in lineage]
    parts.append(
        _folded(
            "The pictures in favourites/ were drawn by these networks, and what they ask holds for the pictures too. "
            "The page and draw.py are part of Reverie, Apache License 2.0; see reverie.txt. The runtime in page/ is "
            "ONNX Runtime Web, MIT License; see onnxruntime.txt. The typefaces are Newsreader and Source Sans 3, SIL "
            "Open Font License 1.1; see the files of their names."
        )
    )
    return "\n\n".join(parts) + "\n"


def readme(about: Mapping[str, Any], config: NetConfig, *, within: bool, check: int) -> str:
    """The text of README.txt."""
    title = f"{about['name']}: a heirloom pack"
    pictures = about["pictures"]
    return (
        (TOLD / "README.txt")
        .read_text(encoding="utf-8")
        .format(
            title=title,
            underline="=" * len(title),
            made=f"Made on {about['made']} by Reverie.",
            opens=OPENS_BY_CLICK if within else TOO_LARGE,
            archive=_folded(about["words"]),
            z_dim=config.z_dim,
            w_dim=config.w_dim,
            layers=config.num_ws,
            side=config.resolution,
            check=check,
            pictures="1 picture that was kept," if pictures == 1 else f"{pictures:,} pictures that were kept,",
            journeys=JOURNEYS.format(films=_films(about["films"])) if about["films"] else "",
            colour="red, green and blue" if config.channels == 3 else "one of grey",
            labels=_labels(config, about.get("labels")),
            frame=_frame(config, about.get("frame")),
            architecture=config.architecture_g,
            licence=_folded(licence_words(about["licence"])),
        )
    )


def _films(count: int) -> str:
    return "1 journey" if count == 1 else f"{count:,} journeys"


def _labels(config: NetConfig, names: Sequence[str] | None) -> str:
    if not config.c_dim:
        return ""
    said = ", ".join(f"{number}: {name}" for number, name in enumerate(names or ())) or f"0 to {config.c_dim - 1}"
    text = "The network was told what each photograph shows, and is told so when it draws: the input label of "
    return "\n" + _folded(f"{text}mapping.onnx is 1 at that and 0 elsewhere ({said}).") + "\n"


def _frame(config: NetConfig, frame: Any) -> str:
    width, height = size(config.resolution, frame)
    if width == height:
        return ""
    how = "cut to its middle" if max(width, height) == config.resolution else "stretched"
    return f"\nIts pictures are shown {how}, {width} x {height} pixels, as in favourites/.\n"


def _folded(text: str) -> str:
    return textwrap.fill(text, WIDE)
