"""What was withdrawn does not come in again: neither with another archive nor as a copy read after its twin was."""

from uuid import UUID

from jobs.events import Artifact
from jobs.ids import new_id
from store.rows import Job, Photo
from tests.kinds.pictures import ingested, jpeg
from tests.worker.house import House
from worker.keep import Keeper

WORDS = "It was withdrawn before, and nothing of it was kept."


def reading(house: House, entries: dict[str, bytes], dataset_id: UUID | None = None) -> tuple[Keeper, list[Artifact]]:
    """An attempt at an archive, and what it yields, in this process."""
    job = house.ingest(entries, dataset_id=dataset_id)
    with house.store.begin() as tx:
        claimed = tx.jobs.claim(new_id(), ["ingest"])
        archive = tx.archives.get(UUID(job.params["archive_id"]))
    assert claimed is not None
    scratch = house.folder.parent / str(job.id)
    made = ingested(house.store.objects.path(str(archive.key)), scratch)
    return Keeper(store=house.store, job=claimed, scratch=scratch, patient=lambda: False), made


def photos(house: House, job: Job) -> dict[str, Photo]:
    assert job.dataset_id is not None
    with house.store.read() as tx:
        return {photo.name: photo for photo in tx.photos.page(job.dataset_id, limit=200).items}


def withdraw(house: House, photo: Photo) -> None:
    with house.store.begin() as tx:
        tx.photos.withdraw(photo.dataset_id, [photo.id])


def test_a_withdrawn_file_is_refused_until_it_is_welcome_again(house: House) -> None:
    keeper, made = reading(house, {"a.jpg": jpeg(1), "b.jpg": jpeg(2)})
    keeper.artifacts(made)
    a = photos(house, keeper.job)["a.jpg"]
    withdraw(house, a)
    again, made = reading(house, {"copy.jpg": jpeg(1), "c.jpg": jpeg(3)}, a.dataset_id)
    again.artifacts(made)
    with house.store.begin() as tx:
        tx.photos.let_go_if_withdrawn(UUID(again.job.params["archive_id"]))
    found = photos(house, keeper.job)
    assert (found["copy.jpg"].state, found["copy.jpg"].reason, found["copy.jpg"].keys) == ("refused", WORDS, [])
    assert found["c.jpg"].state == "ready"
    with house.store.read() as tx:  # nor are its bytes kept with the archive as it came
        assert tx.archives.get(UUID(again.job.params["archive_id"])).key is None
    with house.store.begin() as tx:
        tx.photos.welcome(a.id)
    third, made = reading(house, {"third.jpg": jpeg(1)}, a.dataset_id)
    third.artifacts(made)
    assert photos(house, keeper.job)["third.jpg"].state == "ready"


def test_a_copy_that_is_read_after_its_twin_was_withdrawn_is_not_kept(house: House) -> None:
    keeper, made = reading(house, {"a.jpg": jpeg(1), "resaved.jpg": jpeg(1, quality=94), "same.jpg": jpeg(1)})
    keeper.artifacts(made[:1])
    withdraw(house, photos(house, keeper.job)["a.jpg"])
    keeper.artifacts(made[1:])
    found = photos(house, keeper.job)
    assert [(found[name].state, found[name].keys) for name in ("resaved.jpg", "same.jpg")] == [("refused", [])] * 2
    assert not [path for path in (house.store.settings.folder / "objects" / "photos").rglob("*") if path.is_file()]
