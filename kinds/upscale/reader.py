"""The reading process of weights that enlarge: `python -m kinds.upscale.reader FILE FOLDER MOST_BYTES`.

It is one of `kinds.convert.closed`: beside `result.json` it writes `weights.safetensors`.
"""

from __future__ import annotations

import json

import safetensors.numpy

from foreign.esrgan import METADATA, read
from kinds.convert.closed import Outputs, serve

WEIGHTS = "weights.safetensors"


def written(data: memoryview, outputs: Outputs) -> dict[str, object]:
    """Read the file and write its weights; give what goes into the result."""
    found = read(data)
    said = {METADATA: json.dumps(found.architecture, sort_keys=True)}
    outputs[WEIGHTS].write(safetensors.numpy.save(found.tensors, metadata=said))
    outputs[WEIGHTS].flush()
    return {"architecture": found.architecture, "notes": found.notes}


if __name__ == "__main__":
    serve([WEIGHTS], written)
