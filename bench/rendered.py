"""Music that others wrote down, played by FluidSynth: its beats are known from the scores, and there is much of it."""

import shutil
import struct
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.archive import unpacked
from bench.midi import Song, song
from sound import beats
from sound.reading import read
from tests.sound import making

SOUNDFONT = "timgm6mb-soundfont", "usr/share/sounds/sf2/TimGM6mb.sf2"
OPENMSX = "openttd-openmsx", "usr/share/games/openttd/baseset/openmsx"
FREEDOOM = "freedoom", "usr/share/games/doom"
WADS = ("freedoom1.wad", "freedoom2.wad")
KEPT = 0.13  # of the notes begin on beats, in a file that keeps a score and not just the times of its notes
WITHIN_S = 0.05
ENOUGH = 0.9
FOUND = ("the score's", "every second one", "twice as many", "its offbeats", "others")


def rendered() -> Iterator[str]:
    """Play what Debian has of scores, and find the beats."""
    player, font = shutil.which("fluidsynth"), unpacked(SOUNDFONT[0])
    if player is None or font is None:
        yield "- without music played from scores: FluidSynth is not installed (`apt-get install fluidsynth`)"
        return
    yield f"Pieces by the beats that were found, {ENOUGH:.0%} of them and more within {WITHIN_S * 1000:.0f} ms."
    yield ""
    yield f"| music | pieces | {' | '.join(FOUND)} |"
    yield f"| --- | --- | {' | '.join('---' for _ in FOUND)} |"
    with tempfile.TemporaryDirectory() as name:
        for title, scores in (("OpenMSX", _openmsx()), ("Freedoom", _freedoom(Path(name)))):
            pieces = [(path, song(path)) for path in scores]
            told = Counter(
                _found(_played(player, font / SOUNDFONT[1], path, Path(name) / "played.wav"), score)
                for path, score in pieces
                if not score.in_eighths and _on_beats(score) >= KEPT
            )
            yield f"| {title} | {told.total()} | {' | '.join(str(told[one]) for one in FOUND)} |"


def _openmsx() -> list[Path]:
    root = unpacked(OPENMSX[0])
    return sorted((root / OPENMSX[1]).glob("*.mid")) if root else []


def _freedoom(folder: Path) -> list[Path]:
    """The scores inside the games' files, each once."""
    root = unpacked(FREEDOOM[0])
    found: dict[bytes, Path] = {}
    for wad in WADS if root else ():
        content = (Path(str(root)) / FREEDOOM[1] / wad).read_bytes()
        count, place = struct.unpack("<II", content[4:12])
        for begin, size, name in struct.iter_unpack("<II8s", content[place : place + 16 * count]):
            score = content[begin : begin + size]
            if score.startswith(b"MThd") and score not in found:
                found[score] = folder / f"{name.rstrip(bytes(1)).decode()}-{len(found)}.mid"
                found[score].write_bytes(score)
    return list(found.values())


def _on_beats(score: Song) -> float:
    """The share of notes that begin within 1/24 of a beat from one."""
    places = np.interp(score.notes_s, score.beats_s, np.arange(len(score.beats_s)))
    return float((np.abs(places - np.round(places)) < 1 / 24).mean())


def _played(player: str, font: Path, path: Path, target: Path) -> Path:
    command = [player, "-ni", "-g", "0.5", "-r", "44100", "-F", str(target), str(font), str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return target


def _found(recording: Path, score: Song) -> str:
    found_s = beats.find(read(recording)).times_s
    true_s = score.beats_s[score.beats_s > 0]
    between_s = (true_s[1:] + true_s[:-1]) / 2
    rows: dict[str, list[NDArray[np.float64]]] = {
        FOUND[0]: [true_s],
        FOUND[1]: [true_s[::2], true_s[1::2]],
        FOUND[2]: [np.sort(np.concatenate([true_s, between_s]))],
        FOUND[3]: [between_s],
    }
    for said, rows_s in rows.items():
        if any(making.share_near(found_s, row_s, within_s=WITHIN_S) >= ENOUGH for row_s in rows_s):
            return said
    return FOUND[4]
