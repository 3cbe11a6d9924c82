"""Masks of pictures that are looked for, over REST: of any size they are scaled, and what is none is told in words."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image

from jobs.errors import NotFound
from jobs.ids import new_id
from store.searches import MASK, SENT
from store.store import Store
from tests.api.test_projections import bomb
from tests.kinds.pictures import jpeg, saved


def masked(http: httpx.Client, model: str, mask: bytes, picture: bytes | None = None, **query: Any) -> httpx.Response:
    files = {"mask": ("mask.png", mask, "image/png")}
    files |= {"file": ("it.jpg", picture, "image/jpeg")} if picture is not None else {}
    return http.post(f"/models/{model}/projections", files=files, params=query)


def painted(size: tuple[int, int], mode: str = "L") -> bytes:
    """A mask whose left half is white."""
    light = Image.new("L", size)
    light.paste(255, (0, 0, size[0] // 2, size[1]))
    if mode == "LA":
        return saved(Image.merge("LA", (Image.new("L", size, 255), light)), "PNG")
    return saved(light.convert(mode), "PNG")


@pytest.mark.parametrize(("size", "mode"), [((300, 200), "L"), ((16, 999), "RGB"), ((2, 2), "1"), ((64, 64), "LA")])
def test_a_mask_of_any_size_is_scaled_and_goes_with_its_job(
    http: httpx.Client, store: Store, base: str, size: tuple[int, int], mode: str
) -> None:
    posted = masked(http, base, painted(size, mode), jpeg(1, size=(640, 480)))
    assert posted.status_code == 202, posted.text
    job = posted.json()
    assert (job["params"]["mask"], job["params"]["region"]) == (True, [])
    with store.read() as tx:
        (mask,) = tx.artifacts.of_job(UUID(job["id"]), MASK)
        assert len(tx.artifacts.of_job(UUID(job["id"]), SENT)) == 1
    with Image.open(store.objects.path(mask.key)) as square:
        assert (square.size, square.mode) == ((64, 64), "L")
        assert [square.getpixel((x, 32)) for x in (4, 60)] == [255, 0]
    assert http.post(f"/jobs/{job['id']}/cancel").is_success
    with store.read() as tx:
        assert tx.artifacts.of_job(UUID(job["id"]), MASK) == []
    with pytest.raises(NotFound):
        store.objects.path(mask.key)


def test_a_mask_is_sent_for_a_photograph_of_an_archive(
    http: httpx.Client, store: Store, ready: dict[str, Any], base: str
) -> None:
    (photo, *_) = http.get(f"/datasets/{ready['id']}/photos").json()["items"]
    posted = masked(http, base, painted((30, 30)), photo_id=photo["id"], preset="thorough")
    assert posted.status_code == 202, posted.text
    params = posted.json()["params"]
    assert (params["photo_id"], params["mask"], params["steps"]) == (photo["id"], True, 800)
    for answer, word in (
        (masked(http, base, painted((30, 30)), jpeg(1), photo_id=photo["id"]), "two pictures"),
        (masked(http, base, painted((30, 30))), "without a picture"),
        (masked(http, base, painted((30, 30)), jpeg(1), region='[{"box":[0,0,1,1]}]'), "either region or a mask"),
        (http.post(f"/models/{base}/projections", params={"photo_id": photo["id"]}), "no mask came"),
        (
            http.post("/jobs", json={"kind": "project", "model_id": base, "photo_id": photo["id"], "mask": True}),
            "no mask",
        ),
    ):
        assert answer.status_code == 422, answer.text
        assert word in answer.text
    assert masked(http, base, painted((30, 30)), photo_id=str(new_id())).status_code == 404
    assert len(http.get("/jobs", params={"kind": "project"}).json()["items"]) == 1
    assert not any(store.settings.uploads.iterdir())


@pytest.mark.parametrize(
    ("mask", "word"),
    [
        (b"", "no PNG"),
        (jpeg(1), "no PNG"),
        (painted((64, 64))[:60], "cannot be read"),
        (bomb(60_000, 60_000), "60,000"),
        (bomb(8_000, 8_000), "cannot be read"),
        (saved(Image.new("L", (64, 64)), "PNG"), "black"),
        (saved(Image.new("I;16", (64, 64), 65_535), "PNG"), "more than 8 bits"),
        (saved(Image.new("LA", (64, 64), (255, 0)), "PNG"), "black"),
    ],
)
def test_what_is_no_mask_is_told_and_nothing_stays(
    http: httpx.Client, store: Store, base: str, mask: bytes, word: str
) -> None:
    refused = masked(http, base, mask, jpeg(1))
    assert refused.status_code == 422, refused.text
    told = refused.json()
    assert word in told["detail"], told
    assert "mask" in told["detail"]
    assert "PNG" in told["remedy"]
    assert http.get("/jobs").json()["items"] == []
    assert not any(store.settings.uploads.iterdir())


def test_a_mask_that_is_too_large_or_comes_twice_is_told(http: httpx.Client, base: str) -> None:
    assert masked(http, base, bytes(8 * 2**20 + 1), jpeg(1)).status_code == 413
    twice = [("mask", ("a.png", painted((8, 8)), "image/png"))] * 2
    refused = http.post(f"/models/{base}/projections", files=twice)
    assert refused.status_code == 400
    assert "twice" in refused.json()["detail"]
