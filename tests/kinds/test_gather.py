"""What a gathering tells of its work, and what it is said to cost."""

import json
from pathlib import Path

from jobs.events import Artifact, Progress
from jobs.ids import new_id
from jobs.place import Place
from kinds.gather.cost import cost
from kinds.gather.params import GatherParams
from kinds.gather.run import BATCH, run
from worker.pace import Pace

ASKED = GatherParams(dataset_id=new_id(), sources=[new_id()])


def test_its_estimate_is_what_its_work_adds_up_to_at_the_speed_that_was_measured(tmp_path: Path) -> None:
    total = 10 * BATCH
    (tmp_path / "left.json").write_text(json.dumps({str(new_id()): list(range(total))}))
    place = Place(
        scratch=tmp_path,
        cache=tmp_path,
        inputs={"gathered": tmp_path / "left.json"},
        facts={"gathered": {"total": total}},
        resume_point=None,
        stop=lambda: False,
    )
    events = list(run(ASKED, place))
    brought = [at for event in events if isinstance(event, Artifact) for at in event.facts["positions"]]
    assert brought == list(range(total))
    told = [event for event in events if isinstance(event, Progress)]
    assert told[-1].metrics["work"] == told[-1].metrics["work_total"]
    pace = Pace()
    for second, progress in enumerate(told):
        pace.mark(progress, at=float(second))  # a batch a second
    facts = {"gathered": {"left": total}, "host": {"gather_work_per_s": pace.best_work_per_s}}
    assert round(cost(ASKED, facts).seconds) == 1 + total / BATCH
