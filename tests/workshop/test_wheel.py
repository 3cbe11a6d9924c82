"""A wheel holds all that running needs, and is not built without it."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from workshop import lock
from workshop.build_hook import PageHook
from workshop.stages import ROOT


def hook(root: Path) -> PageHook:
    unused: Any = None
    return PageHook(str(root), {}, unused, unused, str(root), "wheel")


def test_a_wheel_without_the_page_is_not_built(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="make setup"):
        hook(tmp_path).initialize("standard", {"force_include": {}})


def test_an_editable_install_needs_no_page(tmp_path: Path) -> None:
    build: dict[str, dict[str, str]] = {"force_include": {}}
    hook(tmp_path).initialize("editable", build)
    assert build == {"force_include": {}}


def test_the_wheel_holds_the_page_the_bases_and_the_licences(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("reverie-*.whl")
    with zipfile.ZipFile(wheel) as built:
        names = built.namelist()
    assert {"web/dist/index.html", "web/dist/heirloom/page/runtime.wasm"} <= {*names}
    assert any(name.startswith("demo/bases/") and name.endswith("/generator.safetensors") for name in names)
    assert {name.rpartition("/")[2] for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}
    packages = lock.read()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {*packages, "web"}
