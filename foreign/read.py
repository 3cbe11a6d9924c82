"""What kind of model file this is, and what is in it. Runs no code of the file; to be called in a limited process."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import safetensors.numpy
from safetensors import SafetensorError

from foreign import nvidia, rosinality, tensorflow
from foreign.errors import Refused, damaged, shown
from foreign.found import OTHER_NETWORK, Found, Tensors, float32
from foreign.pickles import Call, Reader
from foreign.tensors import is_old_file, old_file
from foreign.zips import Zip, torch_zip

ALL_NAMES = frozenset(nvidia.NAMES | tensorflow.NAMES | rosinality.NAMES)
MOST_TENSORS_BYTES = 4 * 2**30
MOST_JSON_BYTES = 2**20
SAFETENSORS_HEAD = 8
NOT_A_MODEL: list[tuple[Callable[[bytes], bool], str, str]] = [
    (
        lambda head: head.startswith(b"version https://git-lfs"),
        "The file is a Git LFS pointer: a note of where the model lies, not the model.",
        "Fetch it with `git lfs pull`, or by the download button of the page.",
    ),
    (
        lambda head: head.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html", b"<?xml")),
        "The file is a web page that was saved under the name of a model.",
        "Open its address in a browser and use the download link; some ask you to confirm large files.",
    ),
    (
        lambda head: head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!", b"(\xb5/\xfd")),
        "The file is a packed archive.",
        "Unpack it, and send the model that is in it.",
    ),
    (lambda head: head.startswith(b"\x89HDF"), "The file is an HDF5 file, as Keras writes.", OTHER_NETWORK),
    (
        lambda head: head.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8", b"RIFF")),
        "The file is a picture.",
        "Put it into an archive.",
    ),
]


def read(data: memoryview) -> Found:
    """Read a model file.

    Raises: Refused, with what was found in it and what to do.
    """
    found = _read(data)
    for name, value in found.architecture.items():
        if not (value is None or isinstance(value, bool | int | float | str) or name == "widths"):
            raise damaged(f"its {name} is {shown(value)}")
    return found


def _read(data: memoryview) -> Found:
    head = bytes(data[:512])
    if not head.strip(b"\0"):
        raise Refused("The file is empty.", remedy="Download it again.")
    for is_it, found, remedy in NOT_A_MODEL:
        if is_it(head):
            raise Refused(found, remedy=remedy)
    if head.startswith(b"PK"):
        return _zip(Zip(data))
    if is_old_file(data):
        return _root(old_file(data, names=ALL_NAMES))
    if is_safetensors(data):
        raise _bare_weights(data)
    if head[:1] not in (b"\x80", b"(", b"}", b"]", b"c"):
        raise Refused("The file is no model that is known here.", remedy=OTHER_NETWORK)
    return _root(Reader(data, names=ALL_NAMES).read())


def _root(root: Any) -> Found:
    """The networks of a pickle, by what it holds."""
    if isinstance(root, dict) and any(
        isinstance(root.get(name), Call) and root[name].name == nvidia.PERSISTENT for name in ("G_ema", "G")
    ):
        return nvidia.read(root)
    if isinstance(root, tuple) and len(root) == 3 and all(isinstance(part, Call) for part in root):
        return tensorflow.read(root)
    if rosinality.is_one(root):
        return rosinality.read(root)
    raise Refused(f"The file holds {_described(root)}.", remedy=OTHER_NETWORK)


def _described(root: Any) -> str:
    """What a pickle that is none of ours holds, in words."""
    if not isinstance(root, dict):
        return f"a pickled {type(root).__name__}"
    keys = [str(key)[:60] for key in root]
    inner = root.get("GAN")
    if isinstance(inner, dict):
        return (
            "a checkpoint of stylegan2-pytorch. It enlarges its maps before it convolves them and draws noise in "
            "another way, so no StyleGAN2 of the published kind draws the same pictures"
        )
    if any("lora" in key.lower() for key in keys):
        return "a LoRA, a small change to a diffusion model"
    if "state_dict" in keys or "model" in keys:
        return "a checkpoint of another network (its weights lie under state_dict or model)"
    return "a dictionary of " + (", ".join(key[:30] for key in keys[:5]) or "nothing")


def _zip(file: Zip) -> Found:
    if any(name.endswith("/data.pkl") for name in file.entries):
        return _root(torch_zip(file, names=ALL_NAMES))
    described = sorted((name for name in file.entries if name.split("/")[-1] == "model.json"), key=len)
    if described:
        return _own(file, described[0].removesuffix("model.json"))
    names = ", ".join(list(file.entries)[:3]) or "nothing"
    raise Refused(f"The file is a zip of {names[:120]}, and holds no model.", remedy="Send the model itself.")


def _own(file: Zip, folder: str) -> Found:
    """A model folder of Reverie, zipped."""
    try:
        facts = json.loads(file.unpacked(f"{folder}model.json", most=MOST_JSON_BYTES))
        architecture = dict(facts["architecture"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise damaged("its model.json describes no network") from error
    G = _tensors(file, f"{folder}generator.safetensors")
    name = f"{folder}discriminator.safetensors"
    D = _tensors(file, name) if name in file.entries else None
    about = {key: facts[key] for key in ("licence", "lineage", "recipe", "name", "frame") if key in facts}
    return Found(origin="Reverie", architecture=architecture, generator=G, discriminator=D, about=about)


def _tensors(file: Zip, name: str) -> Tensors:
    try:
        return float32(safetensors.numpy.load(file.unpacked(name, most=MOST_TENSORS_BYTES)))
    except (SafetensorError, KeyError, ValueError) as error:
        raise damaged(f"{name[:80]} cannot be read") from error


def is_safetensors(data: memoryview) -> bool:
    """Whether it begins as a safetensors file does."""
    length = int.from_bytes(data[:SAFETENSORS_HEAD], "little")
    return 2 <= length <= 100 * 2**20 and bytes(data[SAFETENSORS_HEAD : SAFETENSORS_HEAD + 1]) == b"{"


def _bare_weights(data: memoryview) -> Refused:
    length = int.from_bytes(data[:SAFETENSORS_HEAD], "little")
    head = bytes(data[SAFETENSORS_HEAD : SAFETENSORS_HEAD + min(length, MOST_JSON_BYTES)])
    if b"lora_" in head.lower():
        return Refused("The file is a LoRA, a small change to a diffusion model.", remedy=OTHER_NETWORK)
    return Refused(
        "The file holds weights without a word on their network.",
        remedy="Send a model folder of Reverie as a zip, with its model.json.",
    )
