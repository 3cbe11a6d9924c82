"""Make the demo archive again: `python -m demo.archive.collect` (needs Debian's apt-get and dpkg-deb).

Takes from the package `endless-sky-data` exactly the photographs that its copyright file puts in the public domain:
the landscapes under `images/land` and the historic photographs `images/scene/loc*`. The JPEG files go into
`landscapes.zip` as they are, byte for byte; `CREDITS.md` names each one with its source and its SHA-256.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from demo.archive.debian_copyright import Stanza, public_domain, read_stanzas

PACKAGE = "endless-sky-data"
VERSION = "0.9.8-1.2"
SHA256 = "e45835e05a11e84bb1a890a0ded390246a53b8318f21a25925aa70fa54f80c13"
FOLDERS = ("images/land", "images/scene")
SCENES = "loc"  # of images/scene only the photographs of the Library of Congress; the rest are drawings and renderings
LIMIT_BYTES = 15_000_000
HERE = Path(__file__).parent
# A zip records a time for each entry; a fixed one lets the same pictures give the same archive.
ENTRY_TIME = (2020, 8, 26, 0, 0, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Photograph:
    """One photograph of the archive and why it may be here."""

    name: str  # its file name in the zip
    path: str  # its path in the package, below usr/share/games/endless-sky
    jpeg: bytes
    stanza: Stanza


class PackageRejected(Exception):
    """The downloaded package is not the one that was looked at."""


def fetch(folder: Path) -> Path:
    """Download the package into `folder`, check its hash, unpack it; gives the unpacked root.

    Raises: PackageRejected, if the hash differs; CalledProcessError, if apt-get or dpkg-deb fail.
    """
    subprocess.run(["apt-get", "download", f"{PACKAGE}={VERSION}"], cwd=folder, check=True)
    (deb,) = folder.glob(f"{PACKAGE}_*.deb")
    found = hashlib.sha256(deb.read_bytes()).hexdigest()
    if found != SHA256:
        raise PackageRejected(f"{deb.name} has SHA-256 {found}, expected {SHA256}; look at its copyright file anew")
    root = folder / "unpacked"
    subprocess.run(["dpkg-deb", "-x", str(deb), str(root)], check=True)
    return root


def choose(root: Path) -> list[Photograph]:
    """Choose the public-domain photographs of an unpacked package, in the order of their names."""
    stanzas = read_stanzas((root / "usr/share/doc" / PACKAGE / "copyright").read_text(encoding="utf-8"))
    game = root / "usr/share/games/endless-sky"
    chosen = []
    for folder in FOLDERS:
        for file in sorted((game / folder).glob("*.jpg")):
            path = f"{folder}/{file.name}"
            stanza = public_domain(path, stanzas, below=f"{folder}/")
            if stanza and (folder != "images/scene" or file.name.startswith(SCENES)):
                # images/land has a loc0.jpg of its own: the folder's name keeps the two apart.
                name = f"{Path(folder).name}-{file.name}"
                chosen.append(Photograph(name=name, path=path, jpeg=file.read_bytes(), stanza=stanza))
    return chosen


def write_zip(photographs: Iterable[Photograph], target: Path) -> None:
    """Write the archive; stored, not deflated, since JPEG does not shrink."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for photograph in photographs:
            archive.writestr(zipfile.ZipInfo(photograph.name, ENTRY_TIME), photograph.jpeg)


def credits_page(photographs: list[Photograph]) -> str:
    """Write the page that names every photograph, its source, and the words that put it in the public domain."""
    lines = [
        "# Credits of the demo archive",
        "",
        f"`landscapes.zip` holds {len(photographs)} photographs from Debian's package `{PACKAGE}` {VERSION} (SHA-256",
        f"`{SHA256}`), the JPEG files byte for byte.",
        "They are exactly those of `images/land` and of `images/scene/loc*` that the package's copyright file puts in the",  # noqa: E501
        "public domain and that no other line of it puts under another licence. `python -m demo.archive.collect` makes",
        "archive and page again. The quoted words are the copyright file's.",
    ]
    for stanza in dict.fromkeys(photograph.stanza for photograph in photographs):
        lines += ["", f"## {stanza.holder}: public domain", "", f"> {stanza.text}", ""]
        lines += ["| file | in the package | SHA-256 |", "| --- | --- | --- |"]
        for photograph in photographs:
            if photograph.stanza == stanza:
                digest = hashlib.sha256(photograph.jpeg).hexdigest()
                lines.append(f"| `{photograph.name}` | `{photograph.path}` | `{digest}` |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Fetch, choose, write; says what was written."""
    with tempfile.TemporaryDirectory() as scratch:
        photographs = choose(fetch(Path(scratch)))
    target = HERE / "landscapes.zip"
    write_zip(photographs, target)
    (HERE / "CREDITS.md").write_text(credits_page(photographs), encoding="utf-8")
    size = target.stat().st_size
    print(f"{target.name}: {len(photographs)} photographs, {size / 1e6:.1f} MB")
    return 0 if size <= LIMIT_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
