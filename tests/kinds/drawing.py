"""Generate jobs that are run here, without a worker."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from jobs.events import Artifact
from jobs.place import Place
from kinds.generate.params import GenerateParams
from kinds.generate.run import run
from kinds.registry import resolve


def drawn(
    model: Path,
    scratch: Path,
    *,
    already: int = 0,
    last: int | None = None,
    stop: bool = False,
    frame: Any = None,
    originals: tuple[Path, dict[str, Any]] | None = None,
    **asked: Any,
) -> list[Any]:
    scratch.mkdir()
    facts = {"id": "the id", "hash": "the hash", "drawn": already, "last": last, "frame": frame}
    known = {
        "model": json.loads((model / "model.json").read_text()),
        "originals": {"dataset": str(uuid4()), "photos": 20, "calibrated": originals is not None},
    }
    file, by = originals or (scratch, {})
    here = Place(
        scratch=scratch,
        cache=scratch,
        inputs={"model": model, "originals": file},
        facts={"model": facts, "originals": by},
        resume_point=None,
        stop=lambda: stop,
    )
    return list(run(resolve(GenerateParams(model_id=uuid4(), **asked), known), here))


def pictures(events: list[Any]) -> list[Artifact]:
    return [event for event in events if isinstance(event, Artifact)]
