"""A journey's music: brought, listened to, put on its beats; refused in words; composed from the pictures."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import FilePayload, Page, expect

from sound.writing import write
from tests.browser.journeying import kept, made, opened, times
from tests.browser.work import SLOW
from tests.sound.making import clicks
from tests.waiting import until

EVERY_S = 0.5  # 120 beats a minute


@pytest.fixture(scope="session")
def ticking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Clicks of a known tempo."""
    file = tmp_path_factory.mktemp("music") / "ticking.wav"
    write(clicks(np.arange(0.25, 19.9, EVERY_S), seconds=20.0), file)
    return file


def test_music_is_brought_and_keyframes_sit_on_its_beats(
    page: Page, reverie: str, learnt: dict[str, str], ticking: Path
) -> None:
    journey = made(reverie, learnt)
    opened(page, reverie, journey)
    music = page.get_by_role("region", name="Music")
    expect(music).to_contain_text("None yet: the film would be silent.")
    music.get_by_label("Bring music").set_input_files(ticking)
    expect(music).to_contain_text(re.compile("ticking.*120 beats a minute"), timeout=SLOW)
    music.get_by_label("What keyframes sit on").select_option("beats")
    until(lambda: (kept(reverie, journey)["soundtrack"] or {}).get("snap") == "beats", within_s=SLOW / 1000)
    found = times(reverie, journey)
    assert found == pytest.approx([0.25, 0.75, 1.25], abs=0.05)
    page.keyboard.press("Control+z")
    until(lambda: times(reverie, journey) == [0, 0.7, 1.4], within_s=SLOW / 1000)


def test_what_is_no_music_is_refused_in_words(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    journey = made(reverie, learnt)
    opened(page, reverie, journey)
    music = page.get_by_role("region", name="Music")
    letter = FilePayload(name="letter.mp3", mimeType="audio/mpeg", buffer=b"dear composer " * 500)
    music.get_by_label("Bring music").set_input_files(letter)
    expect(music).to_contain_text(re.compile("“letter.mp3” cannot be used: ."), timeout=SLOW)
    music.get_by_role("button", name="Take the music away").click()
    expect(music).to_contain_text("None yet: the film would be silent.")
    until(lambda: kept(reverie, journey)["soundtrack"] is None, within_s=SLOW / 1000)


def test_music_is_composed_from_the_journey(page: Page, reverie: str, learnt: dict[str, str]) -> None:
    journey = made(reverie, learnt)
    opened(page, reverie, journey)
    music = page.get_by_role("region", name="Music")
    music.get_by_role("button", name="Compose from the journey").click()
    music.get_by_label("Mood").select_option("dreaming")
    music.get_by_role("button", name="Compose it now").click()
    expect(music).to_contain_text(re.compile("Over the hill, dreaming"), timeout=2 * SLOW)
    until(lambda: (kept(reverie, journey)["soundtrack"] or {}).get("id"), within_s=SLOW / 1000)
