"""How well beats are found in recordings by others, where somebody has written down when they are.

Of Planet Blupi's music Debian has the scores (MIDI) and recordings of them. Notes of some scores lie beside the grid by
a few hundredths of a second, so the grid is laid on the notes first. Songs for the game Frets on Fire, played by bands,
come as two recordings of one song, the guitar and all else, with a row of beats that their players have laid on them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.archive import unpacked
from bench.midi import Song, song
from sound import beats
from sound.onsets import EARLY_S, FPS, Onsets, onsets
from sound.reading import Sound, read
from tests.sound import making

SCORES, RECORDINGS = "planetblupi-music-midi", "planetblupi-music-ogg"
MUSIC = "usr/share/planetblupi/music"
SONGS = ("fretsonfire-songs-muldjord", "fretsonfire-songs-sectoid")
WITHIN_S = 0.05
SLACK_S = 0.12  # that a recording may begin before or after its score

Times = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A recording, of one file or of some that sound together, and the file that says when its beats are."""

    title: str
    files: tuple[Path, ...]
    score: Path

    def sound(self) -> Sound:
        """Mix what it consists of, no louder than a recording is."""
        sounds = [read(file) for file in self.files]
        mixed = np.zeros((2, max(sound.samples.shape[1] for sound in sounds)), np.float32)
        for sound in sounds:
            mixed[:, : sound.samples.shape[1]] += sound.samples
        return Sound(samples=(mixed / max(1.0, np.abs(mixed).max())).astype(np.float32))


def recorded() -> Iterator[str]:
    """Find the beats of all recordings, of each collection and of all together."""
    total = np.zeros(2)
    for collection, recordings in (("Planet Blupi", _of_scores()), ("Frets on Fire", _of_songs())):
        told = np.zeros(2)
        for one in recordings:
            listened = onsets(one.sound())
            true_s, found = _grid(song(one.score), listened), beats.of_onsets(listened)
            near = making.share_near(found.times_s, true_s, within_s=WITHIN_S)
            told += len(true_s) * near, len(true_s)
            yield row(f"{one.title}, {listened.duration_s / 60:.0f} min", true_s, found)
        total += told
        if not told.any():
            yield f"| {collection}: `apt-get download` does not give it here | | | | |"
        else:
            yield _all(f"of {collection}", told)
    if total.any():
        yield _all("of these recordings", total)


def _all(said: str, told: Times) -> str:
    near, count = told
    return f"| all {count:,.0f} beats {said} | | | **{near / count:.1%}** | |"


def row(said: str, true_s: Times, found: beats.Beats) -> str:
    """Say how many of the beats, and how many of the places between, are among those found."""
    half = float(np.median(np.diff(true_s))) / 2
    near, off = (making.share_near(found.times_s, true_s + by, within_s=WITHIN_S) for by in (0.0, half))
    return f"| {said} | {30 / half:.1f} | {found.tempo or 0:.1f} | {near:.0%} | {off:.0%} |"


def _of_scores() -> Iterator[Recording]:
    folders = [unpacked(package) for package in (SCORES, RECORDINGS)]
    if None in folders:
        return
    scores, recordings = (Path(str(folder)) / MUSIC for folder in folders)
    for score in sorted(scores.glob("*.mid")):
        yield Recording(title=score.stem, files=(recordings / f"{score.stem}.ogg",), score=score)


def _of_songs() -> Iterator[Recording]:
    folders = [unpacked(package) for package in SONGS]
    if None in folders:
        return
    for folder in folders:
        for score in sorted(Path(str(folder)).rglob("notes.mid")):
            both = score.with_name("song.ogg"), score.with_name("guitar.ogg")
            yield Recording(title=score.parent.name, files=both, score=score)


def _grid(score: Song, listened: Onsets) -> Times:
    """The beats of a score where its recording has them: laid on its notes, and those on what begins in the sound."""
    beat_s = float(np.median(np.diff(score.beats_s)))
    strength = np.convolve(listened.strength, [0.5, 1, 0.5], mode="same")

    def fits(by_s: float) -> float:
        places = np.round((score.notes_s + by_s - EARLY_S) * FPS).astype(int)
        return float(strength[places[(places >= 0) & (places < len(strength))]].sum())

    later_s = max(np.arange(-SLACK_S, SLACK_S, 0.005), key=fits)
    quarter = beat_s / 4
    beside = (score.notes_s - score.beats_s[0] + quarter / 2) % quarter - quarter / 2
    true_s = score.beats_s + float(np.median(beside)) + later_s
    return np.asarray(true_s[(true_s > 0) & (true_s < listened.duration_s)])
