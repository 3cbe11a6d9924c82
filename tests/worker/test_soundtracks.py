"""Soundtracks go through real workers: brought ones are heard or refused in words, composed ones are ready to play."""

from pathlib import Path
from uuid import UUID

from jobs.ids import new_id
from jobs.state import State
from kinds.compose.params import ComposeParams
from kinds.listen.params import ListenParams
from sound.reading import read
from sound.writing import write
from store.soundtracks import Soundtrack
from store.store import Store
from tests.sound import making
from tests.worker.house import House


def brought(store: Store, file: Path) -> Soundtrack:
    params = ListenParams(soundtrack_id=new_id())
    stored = store.objects.put_file(file, kind="soundtracks", id=params.soundtrack_id)
    with store.begin() as tx:
        job = tx.jobs.add(kind="listen", params=params.model_dump(mode="json"))
        return tx.soundtracks.add(
            Soundtrack(
                id=params.soundtrack_id,
                name=file.name,
                state="listening",
                job_id=job.id,
                media_type="application/octet-stream",
                key=stored.key,
                sha256=stored.sha256,
                size_bytes=stored.size_bytes,
            )
        )


def test_what_is_brought_is_heard_and_what_is_none_refused_and_music_is_composed(house: House, tmp_path: Path) -> None:
    write(making.drums(making.steady(100, seconds=8), seconds=8), tmp_path / "a.ogg")
    (tmp_path / "b.mp3").write_bytes(b"no sound")
    good, bad = (brought(house.store, tmp_path / name) for name in ("a.ogg", "b.mp3"))
    model = str(house.base().id)
    keyframes = [{"at_s": 2.0 * n, "model_id": model, "point": {"anchor": {"seed": n}}} for n in range(2)]
    asked = ComposeParams.model_validate(
        {"recipe": {"duration_s": 4.0, "keyframes": keyframes}, "seed": 2, "path": "0" * 64}
    )
    with house.store.begin() as tx:
        composing = tx.jobs.add(kind="compose", params=asked.model_dump(mode="json"), model_id=UUID(model))
        jobs = [tx.jobs.get(good.job_id), tx.jobs.get(bad.job_id), composing]
    with house.worker():
        ended = [house.until_ended(job) for job in jobs]
    assert [job.state for job in ended] == [State.SUCCEEDED, State.FAILED, State.SUCCEEDED], house.log()[-3000:]
    with house.store.read() as tx:
        heard, refused = tx.soundtracks.get(good.id), tx.soundtracks.get(bad.id)
        (made,) = [row for row in tx.soundtracks.page().items if row.job_id == composing.id]
    assert heard.standing == "ready"
    assert heard.heard is not None
    assert abs(heard.heard["tempo"] - 100) < 2
    assert heard.media_type == "audio/ogg"
    assert (refused.standing, refused.heard) == ("refused", None)
    assert "no sound file" in str(refused.reason)
    assert made.composed is not None
    assert made.composed["with"] == "reverie"
    assert made.key is not None
    assert abs(read(house.store.objects.path(made.key)).duration_s - 4.0) < 0.01
