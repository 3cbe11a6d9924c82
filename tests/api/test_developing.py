"""Large pictures of photographs, made when somebody first looks at them."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from store.rows import Photo
from store.store import Store
from tests.api.reading import read_in
from tests.kinds.pictures import picture, saved

PLACE = Image.Exif()
PLACE[0x0112] = 6
PLACE[0x010F] = "a camera"


@pytest.fixture
def dataset(http: httpx.Client) -> str:
    made: dict[str, Any] = http.post("/datasets", json={"name": "Father's pictures"}).json()
    return str(made["id"])


@pytest.fixture
def photo(store: Store, dataset: str) -> Photo:
    """A large photograph that lies on its side."""
    (found,) = read_in(store, dataset, [("a.jpg", saved(picture(1, size=(2400, 1600)), "JPEG", exif=PLACE))])
    return found


def shown(http: httpx.Client, photo: Photo, **asked: int) -> Image.Image:
    sent = http.get(f"/photos/{photo.id}/image", params=asked)
    assert sent.status_code == 200, sent.text
    return Image.open(io.BytesIO(sent.content))


def now(store: Store, photo: Photo) -> Photo:
    with store.read() as tx:
        return tx.photos.get(photo.id)


def test_the_large_picture_is_made_when_it_is_asked_for(http: httpx.Client, store: Store, photo: Photo) -> None:
    sizes = {size: shown(http, photo, size=size).size for size in (200, 400, 640)}
    assert sizes == {200: (213, 320), 400: (400, 600), 640: (400, 600)}
    assert now(store, photo).image_key is None
    large = shown(http, photo)
    assert (large.size, len(large.getexif())) == ((1365, 2048), 0)
    assert now(store, photo).image_key is not None
    assert shown(http, photo, size=1200).size == (1365, 2048)


def test_two_who_look_at_once_see_the_same(http: httpx.Client, store: Store, photo: Photo) -> None:
    with ThreadPoolExecutor(6) as several:
        sent = list(several.map(lambda _: http.get(f"/photos/{photo.id}/image"), range(6)))
    assert {one.status_code for one in sent} == {200}
    assert len({one.headers["etag"] for one in sent}) == 1
    assert sorted(stored(store, photo)) == sorted(now(store, photo).keys)


def test_squares_stay_as_they_are_when_somebody_looks(http: httpx.Client, store: Store, photo: Photo) -> None:
    before = now(store, photo).clean_key
    shown(http, photo)
    assert now(store, photo).clean_key == before


def test_a_withdrawn_photograph_leaves_nothing(http: httpx.Client, store: Store, photo: Photo) -> None:
    shown(http, photo)
    assert http.delete(f"/photos/{photo.id}").status_code == 204
    assert list(stored(store, photo)) == []
    assert http.get(f"/photos/{photo.id}/image").status_code == 404


def test_one_that_is_withdrawn_while_it_is_made_leaves_nothing(store: Store, photo: Photo) -> None:
    made = store.objects.put_file(_file(store), kind="photos", id=photo.id, consume=True)
    with store.begin() as tx:
        tx.photos.withdraw(photo.dataset_id, [photo.id])
    with store.begin() as tx:
        assert not tx.photos.developed(photo.id, made.key)
    assert now(store, photo).keys == []


def test_an_original_that_the_disk_has_spoilt_is_told(http: httpx.Client, store: Store, photo: Photo) -> None:
    path = store.objects.path(str(photo.original_key))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:20_000])
    told = http.get(f"/photos/{photo.id}/image")
    assert told.status_code == 422
    assert "ends too early" in told.json()["detail"]
    assert shown(http, photo, size=640).size == (400, 600)


def _file(store: Store) -> Any:
    path = store.settings.folder / "large.jpg"
    picture(2).save(path)
    return path


def stored(store: Store, photo: Photo) -> Iterator[str]:
    """The objects that lie there for a photograph."""
    for key in store.objects.older_than(-1):
        if UUID(key.split("/")[1]) == photo.id:
            yield key
