"""Models: the tree, and snapshots made again."""

from dataclasses import replace
from pathlib import Path

import pytest

from jobs.errors import Conflict, NotFound
from jobs.ids import new_id
from jobs.state import State, Wish
from store.rows import Job, Model, snapshot_id
from store.store import Store
from tests.store import making


def stored(store: Store, job: Job, step: int, content: bytes, *, attempt: int, folder: Path) -> Model:
    """A snapshot whose one file lies in the object store."""
    path = making.file(folder, content, name="generator.safetensors")
    put = store.objects.put_file(path, kind="models", id=snapshot_id(job.id, step), attempt=attempt)
    return making.snapshot(job, step, hash=put.sha256, files={path.name: put.key})


def test_a_model_keeps_all_that_is_known_of_it(store: Store) -> None:
    model = making.model(
        parent_id=new_id(),
        dataset_id=new_id(),
        photos_seen=8000,
        facts={"architecture": "stylegan2", "z_dim": 128},
        measures={"kernel": 0.0123},
        licence="CC0-1.0",
        terms="Free for all.",
        files={"model.json": "k1", "generator.safetensors": "k2"},
        sheet_key="s",
        size_bytes=2**35,
    )
    with store.begin() as tx:
        assert tx.models.add(model) == model
        assert tx.models.add(model) == model
        assert tx.models.rename(model.id, " New ").name == "New"
        assert tx.models.keep(model.id).kept
        assert not tx.models.keep(model.id, kept=False).kept
    assert model.keys == ["k1", "k2", "s"]


def test_the_same_snapshot_made_again_is_dropped(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    first = stored(store, job, 10, b"same", attempt=1, folder=tmp_path)
    with store.begin() as tx:
        tx.models.add_snapshot(first, attempt=1)
        tx.models.keep(first.id)
        tx.jobs.move(job.id, 1, State.QUEUED)
    making.claimed(store, job.kind)
    again = stored(store, job, 10, b"same", attempt=2, folder=tmp_path)
    with store.begin() as tx:
        found = tx.models.add_snapshot(again, attempt=2)
    assert (found.files, found.kept) == (first.files, True)
    assert store.objects.path(first.keys[0]).read_bytes() == b"same"
    with pytest.raises(NotFound):
        store.objects.path(again.keys[0])


def test_of_two_snapshots_of_a_step_the_latest_attempt_wins(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    first = stored(store, job, 10, b"one", attempt=1, folder=tmp_path)
    with store.begin() as tx:
        tx.models.add_snapshot(first, attempt=1)
        tx.models.rename(first.id, "The dusk")
        tx.models.keep(first.id)
        tx.jobs.move(job.id, 1, State.QUEUED)
    making.claimed(store, job.kind)
    other = stored(store, job, 10, b"two", attempt=2, folder=tmp_path)
    with store.begin() as tx:
        found = tx.models.add_snapshot(other, attempt=2)
    assert (found.id, found.files, found.name, found.kept) == (first.id, other.files, "The dusk", True)
    assert store.objects.path(found.keys[0]).read_bytes() == b"two"
    with pytest.raises(NotFound):
        store.objects.path(first.keys[0])
    with store.read() as tx:
        assert [model.id for model in tx.models.of_job(job.id)] == [first.id]


def test_a_sheet_that_is_made_again_outlives_the_model_it_shows(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    first = stored(store, job, 10, b"one", attempt=1, folder=tmp_path)
    drawn = making.file(tmp_path, b"sheet", name="sheet.png")
    shown = [
        making.sheet(replace(job, attempt=attempt), 10, put, new_id())
        for attempt in (1, 2)
        for put in [store.objects.put_file(drawn, kind="artifacts", id=new_id(), attempt=attempt)]
    ]
    with store.begin() as tx:
        tx.models.add_snapshot(first, attempt=1)
        tx.models.set_sheet(first.id, tx.artifacts.add(shown[0]).key, job_id=job.id, attempt=1)
        tx.jobs.move(job.id, 1, State.QUEUED)
    making.claimed(store, job.kind)
    other = stored(store, job, 10, b"two", attempt=2, folder=tmp_path)
    with store.begin() as tx:
        tx.models.add_snapshot(other, attempt=2)
    with store.begin() as tx:
        kept = tx.artifacts.add(shown[1])
        tx.models.set_sheet(first.id, kept.key, job_id=job.id, attempt=2)
        model = tx.models.get(first.id)
    assert model.sheet_key == kept.key
    assert store.objects.path(kept.key).read_bytes() == b"sheet"


def test_the_sheet_of_a_moment_that_is_deleted_stays_with_its_training(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    moment = stored(store, job, 10, b"one", attempt=1, folder=tmp_path)
    drawn = making.file(tmp_path, b"sheet", name="sheet.png")
    put = store.objects.put_file(drawn, kind="artifacts", id=new_id(), attempt=1)
    with store.begin() as tx:
        tx.models.add_snapshot(moment, attempt=1)
        sheet = tx.artifacts.add(making.sheet(job, 10, put, new_id()))
        tx.models.set_sheet(moment.id, sheet.key, job_id=job.id, attempt=1)
        tx.jobs.move(job.id, 1, State.SUCCEEDED)
    with store.begin() as tx:
        tx.models.delete(moment.id)
    assert store.objects.path(sheet.key).read_bytes() == b"sheet"
    with pytest.raises(NotFound):
        store.objects.path(moment.keys[0])
    with store.read() as tx:
        assert tx.artifacts.of_job(job.id, "sheet") == [sheet]


def test_measures_are_added_and_snapshots_come_by_step(store: Store) -> None:
    job = making.running(store)
    with store.begin() as tx:
        for step in (20, 0, 100):
            tx.models.add_snapshot(making.snapshot(job, step), attempt=1)
        model_id = snapshot_id(job.id, 20)
        tx.models.set_measures(model_id, {"kernel": 0.5, "variety": 1.0}, job_id=job.id, attempt=1)
        measured = tx.models.set_measures(model_id, {"kernel": 0.25}, job_id=job.id, attempt=1)
        assert tx.models.set_sheet(model_id, "sheet", job_id=job.id, attempt=1).sheet_key == "sheet"
    assert measured.measures == {"kernel": 0.25, "variety": 1.0}
    with store.read() as tx:
        assert [model.step for model in tx.models.of_job(job.id)] == [0, 20, 100]


def test_the_other_model_of_a_blend_is_not_deleted_while_the_job_waits(store: Store) -> None:
    one, other = making.model(), making.model()
    with store.begin() as tx:
        for model in (one, other):
            tx.models.add(model)
    job = making.job(store, kind="blend", params={"with_id": str(other.id)}, model_id=one.id)
    for model in (one, other):
        with pytest.raises(Conflict, match="A job needs this model"), store.begin() as tx:
            tx.models.delete(model.id)
    with store.begin() as tx:
        tx.jobs.wish(job.id, Wish.CANCEL)
        tx.models.delete(other.id)


def test_a_model_that_is_needed_is_not_deleted(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    base, bundled = making.model(), making.model(bundled=True)
    snapshot = stored(store, job, 10, b"x", attempt=1, folder=tmp_path)
    waiting = making.job(store, model_id=base.id)
    with store.begin() as tx:
        for model in (base, bundled):
            tx.models.add(model)
        tx.models.add_snapshot(snapshot, attempt=1)
        tx.samples.add_many(job.id, 1, [making.sample(job, 0, base.id)])
    for model in (bundled, base, snapshot):
        with pytest.raises(Conflict) as refused, store.begin() as tx:
            tx.models.delete(model.id)
        assert refused.value.remedy
    making.claimed(store, waiting.kind)
    with store.begin() as tx:
        tx.jobs.move(waiting.id, 1, State.SUCCEEDED)
        tx.jobs.move(job.id, 1, State.SUCCEEDED)
    with pytest.raises(Conflict, match="pictures"), store.begin() as tx:
        tx.models.delete(base.id)
    with store.begin() as tx:
        tx.samples.delete(making.sample(job, 0, base.id).id)
        tx.models.delete(base.id)
        tx.models.delete(snapshot.id)
    for model in (base, snapshot):
        with pytest.raises(NotFound), store.read() as tx:
            tx.models.get(model.id)
    with pytest.raises(NotFound):
        store.objects.path(snapshot.keys[0])


def test_the_tree_holds_what_leads_somewhere_and_leaves_the_moments_between_out(store: Store, tmp_path: Path) -> None:
    job = making.running(store)
    base = making.model(bundled=True)
    with store.begin() as tx:
        tx.models.add(base)
    moments = [
        replace(stored(store, job, step, b"x", attempt=1, folder=tmp_path), parent_id=base.id)
        for step in (0, 10, 20, 30)
    ]
    grandchild = making.model(parent_id=moments[2].id, step=5, job_id=new_id())
    with store.begin() as tx:
        for moment in moments:
            tx.models.add_snapshot(moment, attempt=1)
        tx.models.add(grandchild)
        tx.models.keep(moments[1].id)
    with store.read() as tx:
        tree = tx.models.tree()
        some = tx.models.tree(limit=2)
    assert {model.id: children for model, children in tree} == {
        base.id: 4,
        moments[1].id: 0,  # kept
        moments[2].id: 1,  # another descends from it
        moments[3].id: 0,  # the last
        grandchild.id: 0,
    }
    assert [model.created_at for model, _ in tree] == sorted(model.created_at for model, _ in tree)
    assert [model.id for model, _ in some] == [base.id, tree[-1][0].id]  # without its base, a branch hangs in the air


def test_a_model_that_others_descend_from_goes_only_when_that_is_meant(store: Store) -> None:
    base, parent = making.model(), making.model()
    parent = replace(parent, parent_id=base.id)
    children = [making.model(parent_id=parent.id) for _ in range(2)]
    with store.begin() as tx:
        for model in (base, parent, *children):
            tx.models.add(model)
    for model, number in ((base, 3), (parent, 2)):
        with pytest.raises(Conflict, match=f"{number} of your models") as refused, store.begin() as tx:
            tx.models.delete(model.id)
        assert refused.value.facts == {"descendants": number}
    with store.begin() as tx:
        tx.models.delete(children[0].id)
        tx.models.delete(parent.id, sure=True)
    with store.read() as tx:
        assert tx.models.get(children[1].id).parent_id == parent.id
        assert not tx.models.there(parent.id)


def test_a_model_has_learnt_from_the_dataset_nearest_above_it(store: Store) -> None:
    first, second = new_id(), new_id()
    base = making.model()
    of_first = making.model(parent_id=base.id, dataset_id=first)
    of_both = making.model(parent_id=of_first.id, dataset_id=second)
    told = {"parents": [{"id": str(base.id)}, {"id": str(of_both.id)}, {"id": "none"}, {"id": 7}, "x"]}
    blend = making.model(parent_id=base.id, facts=told)
    of_blend = making.model(parent_id=blend.id)
    stray = making.model(parent_id=new_id())
    brought = making.model(facts=told)  # what a file says of its parents is nobody's line here
    with store.begin() as tx:
        for model in (base, of_first, of_both, blend, of_blend, stray, brought):
            tx.models.add(model)
    with store.read() as tx:
        found = {model.id: tx.models.learnt_from(model.id) for model in (base, of_first, of_both, blend, of_blend)}
        assert found == {base.id: None, of_first.id: first, of_both.id: second, blend.id: second, of_blend.id: second}
        assert (tx.models.learnt_from(stray.id), tx.models.learnt_from(brought.id)) == (None, None)
        with pytest.raises(NotFound):
            tx.models.learnt_from(new_id())


def test_a_line_that_comes_back_to_itself_ends(store: Store) -> None:
    one, other = new_id(), new_id()
    with store.begin() as tx:
        tx.models.add(making.model(id=one, parent_id=other))
        tx.models.add(making.model(id=other, parent_id=one))
        assert tx.models.learnt_from(one) is None
