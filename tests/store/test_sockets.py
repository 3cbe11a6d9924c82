"""Where unix sockets lie."""

import os
import stat
from pathlib import Path

from store.sockets import NAME_BYTES, SOCKET_BYTES, run_folder


def test_the_run_folder_is_ours_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    folder = run_folder(tmp_path)
    assert folder == tmp_path / "run"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_deep_data_folder_gets_a_short_one_always_the_same(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    folder = run_folder(deep)
    assert folder is not None
    assert folder == run_folder(deep)
    assert len(os.fsencode(folder)) + 1 + NAME_BYTES <= SOCKET_BYTES
    folder.rmdir()


def test_a_folder_that_is_a_link_is_not_taken(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "run").symlink_to(elsewhere)
    folder = run_folder(tmp_path)
    assert folder is not None
    assert folder != tmp_path / "run"
    folder.rmdir()
