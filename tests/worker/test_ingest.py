"""What an archive brings lands in its rows; what the operator set reaches the process that decodes."""

from store.rows import Job, Photo
from tests.kinds.pictures import jpeg, picture, saved
from tests.worker.house import House


def photos(house: House, job: Job) -> dict[str, Photo]:
    assert job.dataset_id is not None
    with house.store.read() as tx:
        return {photo.name: photo for photo in tx.photos.page(job.dataset_id, limit=200).items}


def test_avif_is_read_by_a_worker_whose_setting_allows_it_and_by_no_other(sqlite_house: House) -> None:
    entries = {"a.avif": saved(picture(1), "AVIF"), "b.jpg": jpeg(2)}
    with sqlite_house.worker():
        plain = sqlite_house.until_ended(sqlite_house.ingest(entries))
    with sqlite_house.worker(heif=True):
        allowed = sqlite_house.until_ended(sqlite_house.ingest(entries))
    refused = photos(sqlite_house, plain)["a.avif"]
    assert refused.state == "refused"
    assert "REVERIE_HEIF=true" in str(refused.reason)
    assert photos(sqlite_house, allowed)["a.avif"].state == "ready"
