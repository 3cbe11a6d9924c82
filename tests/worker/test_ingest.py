"""What an archive brings lands in its rows; what the operator set reaches the process that decodes."""

import json
from datetime import UTC, datetime

from jobs.state import State
from store.rows import Job, Photo
from tests.kinds.pictures import jpeg, picture, saved
from tests.kinds.raws import dng
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


def test_a_raw_file_is_read_by_a_worker_whose_setting_allows_it(sqlite_house: House) -> None:
    entries = {"a.dng": dng(jpeg(1, size=(640, 480))), "b.jpg": jpeg(2)}
    with sqlite_house.worker(raw=True):
        allowed = sqlite_house.until_ended(sqlite_house.ingest(entries))
    assert photos(sqlite_house, allowed)["a.dng"].state == "repaired"


def test_what_an_export_says_of_a_picture_is_kept_on_its_row(house: House) -> None:
    note = {"description": "After the rain", "photoTakenTime": {"timestamp": "1562254212"}, "title": "a.jpg"}
    entries = {
        "Takeout/Google Photos/Valley/a.jpg": jpeg(1),
        "Takeout/Google Photos/Valley/a.jpg.supplemental-metadata.json": json.dumps(note).encode(),
        "IMG_20200102_030405.jpg": jpeg(2),
    }
    with house.worker():
        job = house.until_ended(house.ingest(entries))
    assert job.state is State.SUCCEEDED
    kept = photos(house, job)
    told, notes, named = (kept[name] for name in entries)
    moment = datetime(2019, 7, 4, 15, 30, 12, tzinfo=UTC)
    assert (told.taken_at, told.dated_by, told.caption, told.album) == (moment, "export", "After the rain", "Valley")
    assert (notes.state, notes.reason) == ("refused", "Notes of the export; they were read.")
    assert (notes.album, notes.caption) == (None, None)
    assert (named.taken_at, named.dated_by) == (datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), "name")
    assert (named.caption, named.album) == (None, None)
