"""The house keeps its own rules: sizes, names, storeys, and what may stand in a tracked file."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from kinds.registry import KINDS, params_of
from store.settings import Settings
from workshop.stages import ROOT

LONGEST_FILE = 400
MOST = 0.9  # of files, of functions
LIBRARY = 3000  # lines of `gan` that are not blank: what one who knows PyTorch reads in an afternoon
ROOMY_FILE = 200
ROOMY_FUNCTION = 30
VAGUE = {"utils", "util", "helpers", "common", "misc"}
# Written so that this file does not say what it forbids.
MACHINES = re.compile(rb"/(?:home|Users|root|work)/" + rb"[a-z.]")
HOSTS = re.compile(rb"registry" + rb"\.npmjs\.org|(?:files|test)?\.?pypi" + rb"\.org|pythonhosted" + rb"\.org")


@cache
def tracked() -> tuple[Path, ...]:
    """The files that git holds, as they stand in the folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def source(*endings: str) -> Iterator[Path]:
    return (path for path in tracked() if path.suffix in endings)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_file_is_long() -> None:
    counted = {name(path): lines(path) for path in source(".py", ".ts", ".tsx", ".css") if "schema.ts" not in path.name}
    assert {path: count for path, count in counted.items() if count > LONGEST_FILE} == {}
    assert sum(count <= ROOMY_FILE for count in counted.values()) >= MOST * len(counted)


def test_the_library_is_read_in_an_afternoon() -> None:
    said = [line for path in (ROOT / "gan").glob("*.py") for line in path.read_text().splitlines() if line.strip()]
    assert len(said) < LIBRARY


def test_most_functions_fit_a_screen() -> None:
    sizes = {
        f"{name(path)}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in source(".py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    long = {place: size for place, size in sizes.items() if size > ROOMY_FUNCTION}
    assert len(long) <= (1 - MOST) * len(sizes), long
    assert max(sizes.values()) <= 3 * ROOMY_FUNCTION, long


def test_names_say_what_a_file_is_about() -> None:
    assert [name(path) for path in source(".py", ".ts", ".tsx") if path.stem in VAGUE] == []


def test_every_init_is_empty() -> None:
    assert [name(path) for path in source(".py") if path.name == "__init__.py" and path.read_text()] == []


def test_every_folder_of_kinds_is_a_registered_kind() -> None:
    folders = {path.parent.name for path in source(".py") if path.parent.parent == ROOT / "kinds"}
    assert folders == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_its_files_its_page_and_its_run(kind: str) -> None:
    for file in ("__init__.py", "params.py", "run.py", "presets.toml"):
        assert (ROOT / "kinds" / kind / file).is_file(), file
    assert (ROOT / "docs" / "kinds" / f"{kind}.md").is_file()
    assert params_of(kind).model_fields["kind"].default == kind
    assert callable(import_module(f"kinds.{kind}.run").run)


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    assert [field for field in Settings.model_fields if f"REVERIE_{field.upper()}" not in page] == []


@pytest.mark.parametrize("module", ["api.app", "store.store", "kinds.registry", "jobs.events"])
def test_the_tensor_library_is_not_loaded_by(module: str) -> None:
    program = f"import sys, {module}; print(sorted({{'torch', 'gan'}} & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True)
    assert loaded.stdout.strip() == "[]"


def test_the_library_stands_alone() -> None:
    """`gan` is usable from a notebook: it brings in nothing else of the house."""
    program = (
        "import sys, gan.train; print(sorted({'jobs', 'store', 'kinds', 'api', 'worker', 'cli'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True, text=True)
    assert loaded.stdout.strip() == "[]"


def test_what_yields_does_not_print_or_log() -> None:
    """The library and the kinds hand out facts; who calls them decides what is shown."""
    speaking = [
        name(path)
        for path in source(".py")
        if path.is_relative_to(ROOT / "gan") or (path.is_relative_to(ROOT / "kinds") and path.name == "run.py")
        if path.name != "__main__.py" and path.parent.name != "command" and speaks(ast.parse(path.read_text()))
    ]
    assert speaking == []


def speaks(tree: ast.AST) -> bool:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            return True
        if isinstance(node, ast.Import) and {"logging", "structlog"} & {alias.name for alias in node.names}:
            return True
        if isinstance(node, ast.ImportFrom) and node.module in {"logging", "structlog"}:
            return True
    return False


@pytest.mark.parametrize("forbidden", [MACHINES, HOSTS], ids=["path of a machine", "host of a registry"])
def test_no_tracked_file_names_a(forbidden: re.Pattern[bytes]) -> None:
    found = {name(path): match[0] for path in tracked() if (match := forbidden.search(path.read_bytes()))}
    assert found == {}


def test_ci_runs_what_a_person_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text().rstrip().endswith("make test")
