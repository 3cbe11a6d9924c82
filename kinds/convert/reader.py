"""The reading process: `python -m kinds.convert.reader FILE FOLDER MOST_BYTES`. It reads one model file as data.

It is one of `kinds.convert.closed`: beside `result.json` it writes the weights as safetensors.
"""

from __future__ import annotations

import dataclasses

import safetensors.numpy

from foreign.found import Found
from foreign.read import read
from kinds.convert.closed import Outputs, serve

WEIGHTS = ("generator", "discriminator")


def written(data: memoryview, outputs: Outputs) -> dict[str, object]:
    """Read the file and write its weights; give what goes into the result."""
    found = read(data)
    _write(found, outputs)
    facts = {f.name: getattr(found, f.name) for f in dataclasses.fields(found) if f.name not in WEIGHTS}
    tensors = {"generator": len(found.generator), "discriminator": len(found.discriminator or ())}
    return facts | {"tensors": tensors}


def _write(found: Found, outputs: Outputs) -> None:
    for name, tensors in zip(WEIGHTS, (found.generator, found.discriminator), strict=True):
        if tensors:
            outputs[f"{name}.safetensors"].write(safetensors.numpy.save(tensors))
            outputs[f"{name}.safetensors"].flush()


if __name__ == "__main__":
    serve([f"{name}.safetensors" for name in WEIGHTS], written)
