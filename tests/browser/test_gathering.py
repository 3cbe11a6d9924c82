"""Archives are merged and split, a photograph is labelled, and what was withdrawn may come in again."""

import re
from functools import partial

import httpx
from playwright.sync_api import Page, expect

from tests.browser.work import archive, turned
from tests.waiting import until


def pictures(client: httpx.Client, name: str, *, seed: int) -> str:
    return archive(client, name, turned(8, refused=0, seed=seed))


def has_label(client: httpx.Client, photo: str, label: str | None) -> bool:
    return bool(client.get(f"/photos/{photo}").json()["label"] == label)


def reached(page: Page, name: str) -> str:
    """The new archive's id, once its page is open and all has come in."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page.locator(".coming").first).to_contain_text("Done", timeout=60_000)
    return page.url.rpartition("/")[2]


def test_two_archives_are_merged_and_stay_as_they_are(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        first, second = pictures(client, "Father's", seed=11), pictures(client, "Mother's", seed=12)
        before = [client.get(f"/datasets/{one}").json() for one in (first, second)]
        page.goto(f"{reverie}/#/archives/{first}")
        page.get_by_role("button", name="Merge with other archives").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Merge", exact=True)).to_be_disabled()
        dialog.get_by_role("checkbox", name=re.compile("Mother's")).check()
        expect(dialog).to_contain_text("A new archive of all 16 files")
        expect(dialog.get_by_label("Name of the new archive")).to_have_value("Father's and Mother's")
        dialog.get_by_label("Name of the new archive").fill("Both")
        dialog.get_by_role("button", name="Merge", exact=True).click()
        made = reached(page, "Both")
        counts = client.get(f"/datasets/{made}").json()["counts"]
        assert counts == {state: sum(one["counts"][state] for one in before) for state in counts}
        assert [client.get(f"/datasets/{one}").json()["counts"] for one in (first, second)] == [
            one["counts"] for one in before
        ]


def test_some_photographs_become_an_archive_and_leave_it_again(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        whole = pictures(client, "All of them", seed=13)
        page.goto(f"{reverie}/#/archives/{whole}")
        expect(page.get_by_role("link", name=re.compile("^Photograph, ")).first).to_be_visible()
        page.keyboard.press("Control+a")
        page.get_by_role("button", name="Make an archive").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.get_by_role("button", name="Make it")).to_be_disabled()
        dialog.get_by_label("Name of the new archive").fill("Some of them")
        dialog.get_by_role("button", name="Make it").click()
        made = reached(page, "Some of them")
        photo = client.get(f"/datasets/{made}/photos").json()["items"][0]
        page.goto(f"{reverie}/#/photos/{photo['id']}")
        page.get_by_role("button", name="Withdraw this photograph").click()
        expect(
            page.get_by_label(re.compile("From the other archives that hold the same files, too: All of them"))
        ).to_be_checked()
        page.get_by_role("button", name="Withdraw it").click()
        expect(page.locator(".notices")).to_contain_text("Withdrawn")
        assert client.get(f"/datasets/{whole}").json()["counts"]["withdrawn"] == 1
        page.goto(f"{reverie}/#/archives/{made}/repairs")
        page.get_by_role("button", name=f"Let {photo['name']} come in again").click()
        expect(page.locator(".repairs")).to_contain_text("Its file may be sent again.")


def test_photographs_that_are_moved_leave_their_archive_and_are_found_from_there(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        whole = pictures(client, "Everything", seed=15)
        page.goto(f"{reverie}/#/archives/{whole}")
        expect(page.get_by_role("link", name=re.compile("^Photograph, ")).first).to_be_visible()
        page.keyboard.press("Control+a")
        page.get_by_role("button", name="Make an archive").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name of the new archive").fill("Moved away")
        dialog.get_by_label("Move them: they leave this archive").check()
        expect(dialog).to_contain_text("They leave once all have come in")
        dialog.get_by_role("button", name="Make it").click()
        made = reached(page, "Moved away")
        until(lambda: client.get(f"/datasets/{made}").json()["state"] == "ready")
        assert client.get(f"/datasets/{whole}").json()["counts"]["moved"] == 8
        page.goto(f"{reverie}/#/archives/{whole}/repairs?state=moved")
        expect(page.locator(".repairs li")).to_have_count(8)
        expect(page.locator(".repairs")).to_contain_text("Moved to Moved away.")
        page.get_by_role("link", name=re.compile("where it is now")).first.click()
        expect(page.locator(".known")).to_contain_text("Moved away")


def test_a_photograph_is_labelled_by_itself(page: Page, reverie: str) -> None:
    with httpx.Client(base_url=reverie, timeout=60) as client:
        dataset = pictures(client, "Told apart", seed=14)
        first, second = (one["id"] for one in client.get(f"/datasets/{dataset}/photos?limit=2").json()["items"])
        page.goto(f"{reverie}/#/photos/{second}")
        expect(page.get_by_role("button", name="Leave it out of training")).to_be_visible()
        expect(page.get_by_label("Its label")).to_have_count(0)
        client.put(f"/datasets/{dataset}/labels", json={"photos": [first], "label": "Cats"})
        page.reload()
        for label in ("Cats", None):
            page.get_by_label("Its label").select_option(label or "none")
            until(partial(has_label, client, second, label))
            expect(page.get_by_label("Its label")).to_have_value(label or "")
