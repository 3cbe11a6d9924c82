"""`reverie up`: one command, one Ctrl-C, and nothing left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from api.web import DIST
from cli.errors import Exit
from tests.cli.conftest import START_S, Up, family, lock_of
from tests.waiting import until

pytestmark = pytest.mark.timeout(500)
Start = Callable[..., Up]


def test_all_of_it_starts_serves_and_stops(start: Start) -> None:
    up = start(renderers=1)
    with up.answers() as http:
        whole = {"ready": True, "database": True, "redis": True, "objects": True, "workers": 1, "renderers": 1}
        until(lambda: http.get("/readyz").json() == whole, within_s=START_S)
        assert http.get("/").status_code == (200 if (DIST / "index.html").is_file() else 503)
        assert sorted(up.parts()) == ["api", "renderer", "valkey", "worker"]
        made = http.post("/datasets", json={"name": "stays"}).json()
    assert lock_of(up.data)["pid"] == up.process.pid
    assert up.interrupt() == Exit.FINE
    assert family(up.data) == []
    assert "Stopped." in up.said.read_text()

    again = start()
    with again.answers() as http:
        assert http.get(f"/datasets/{made['id']}").json()["name"] == "stays"


def test_an_open_stream_does_not_hold_up_the_end(start: Start) -> None:
    up = start()
    with up.answers() as http, http.stream("GET", "/events") as stream:
        assert next(stream.iter_lines())
        assert up.interrupt() == Exit.FINE


def test_what_is_killed_is_started_again(start: Start) -> None:
    up = start(renderers=1)
    with up.answers() as http:
        until(lambda: len(up.parts()) == 4, within_s=START_S)
        made = http.post("/datasets", json={"name": "before"}).json()
        killed = up.parts()
        for part in killed.values():
            part.kill()
        until(lambda: len(up.parts()) == 4, within_s=START_S)
        assert not {part.pid for part in killed.values()} & {part.pid for part in up.parts().values()}
        # The socket stayed open all the while: a request waits, and is answered.
        assert http.get(f"/datasets/{made['id']}").json()["name"] == "before"
        until(lambda: http.get("/readyz").json()["redis"], within_s=START_S)
        assert http.post("/datasets", json={"name": "after"}).status_code == 201
    assert up.process.poll() is None
    assert "starting it again" in up.said.read_text()
    assert up.interrupt() == Exit.FINE


def test_a_closed_terminal_ends_it_in_order(tmp_path: Path) -> None:
    """Nobody reads any more what it says, and it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "up", "--data", str(tmp_path / "data"), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "Reverie is at" in process.stdout.readline()
    process.stdout.close()
    process.send_signal(signal.SIGHUP)
    assert process.wait(START_S) == Exit.FINE
    assert family(tmp_path / "data") == []


def test_no_orphan_outlives_a_killed_reverie_up(start: Start) -> None:
    up = start()
    up.answers().close()
    up.process.kill()
    up.process.wait()
    until(lambda: family(up.data) == [], within_s=START_S)
    again = start()
    again.answers().close()


@pytest.mark.parametrize("moment", ["", "lock", "reverie.db", "logs/api.log"])
def test_ctrl_c_at_any_moment(start: Start, moment: str) -> None:
    up = start()
    until(lambda: (up.data / moment).exists() if moment else True, within_s=START_S, every_s=0.001)
    up.process.send_signal(signal.SIGINT)
    ended, said = up.process.wait(START_S), up.said.read_text()
    # A signal's: it did not listen yet. Python's own start, for some milliseconds, knows no better than to fail.
    assert ended in (Exit.FINE, -signal.SIGINT) or "init_import_site" in said, said
    assert "Traceback" not in said or ended != Exit.FINE
    assert family(up.data) == []
    again = start()
    with again.answers() as http:
        assert http.get("/readyz").json()["database"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli", *arguments]
    env = os.environ | environment
    return subprocess.run(command, capture_output=True, text=True, timeout=START_S, check=False, env=env)


def test_a_second_one_on_the_same_folder_is_told_where_the_first_one_is(start: Start) -> None:
    up = start()
    with up.answers() as http:
        second = run("up", "--data", str(up.data), "--port", "0")
        assert second.returncode == Exit.FOLDER
        assert str(http.base_url).rstrip("/") in second.stderr
        assert str(up.process.pid) in second.stderr
        assert http.get("/healthz").is_success


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run("up", "--data", str(tmp_path / "data"), "--port", str(port))
    assert refused.returncode == Exit.PORT
    assert f"Port {port}" in refused.stderr
    assert "--port" in refused.stderr


def test_a_host_that_is_none_of_ours(tmp_path: Path) -> None:
    refused = run("up", "--data", str(tmp_path / "data"), "--host", "203.0.113.7", "--port", "0")
    assert refused.returncode == Exit.PORT
    assert "no such address" in refused.stderr


def test_a_folder_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    mark = tmp_path / "reverie.json"
    mark.write_text(json.dumps({"format": 99, "program": "reverie"}))
    refused = run("up", "--data", str(tmp_path), "--port", "0")
    assert refused.returncode == Exit.FOLDER
    assert "format 99" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["reverie.json"]


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("mine")
    refused = run("up", "--data", str(tmp_path), "--port", "0")
    assert refused.returncode == Exit.FOLDER
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_setting_that_cannot_be(tmp_path: Path) -> None:
    refused = run("up", "--data", str(tmp_path / "data"), "--port", "99999")
    assert (refused.returncode, "PORT" in refused.stderr) == (Exit.SETTING, True)
    assert run("up", "--colour", "red").returncode == Exit.SETTING
    refused = run("up", "--data", str(tmp_path / "data"), REVERIE_POLL_S="0")
    assert refused.returncode == Exit.SETTING
    assert "REVERIE_POLL_S: " in refused.stderr  # and no option that there is not
    assert not (tmp_path / "data").exists()


def test_a_misspelt_setting_is_said_at_start(start: Start) -> None:
    up = start("--port", "0", REVERIE_HOST_NAMES="x", REVERIE_POL_S="1")
    up.answers().close()
    said = up.said.read_text()
    assert "REVERIE_POL_S is no setting, and is ignored. Did you mean REVERIE_POLL_S?" in said
    assert "REVERIE_HOST_NAMES is no setting" in said


def test_another_address_answers_to_any_name(start: Start) -> None:
    up = start("--port", "0", "--host", "0.0.0.0")
    with up.answers() as http:
        assert http.get("/datasets", headers={"Host": "valley.local"}).status_code == 200
    up = start("--port", "0", data=up.data.with_name("other"))
    with up.answers() as http:
        assert http.get("/datasets", headers={"Host": "valley.local"}).status_code == 421


def test_without_valkey_all_works_by_polling(start: Start, tmp_path: Path) -> None:
    """An address where no Redis answers: jobs are found by polling, and events by looking."""
    up = start("--port", "0", REVERIE_REDIS_URL=f"unix://{tmp_path}/nobody.sock", REVERIE_POLL_S="0.3")
    with up.answers() as http:
        dataset = http.post("/datasets", json={"name": "x"}).json()
        job = http.post(f"/datasets/{dataset['id']}/archives", content=b"no archive at all").json()["job"]
        with http.stream("GET", f"/jobs/{job['id']}/events", timeout=httpx.Timeout(60)) as stream:
            told = [line for line in stream.iter_lines() if line.startswith("data: ")]
        assert json.loads(told[-1].removeprefix("data: "))["to"] == "failed"
        archive = http.get(f"/datasets/{dataset['id']}").json()["archives"][0]
        assert archive["state"] == "refused"
        assert archive["reason"]
        assert http.get("/readyz").json()["redis"] is False


def test_the_other_commands(tmp_path: Path) -> None:
    assert run("version").stdout.startswith("reverie ")
    well = run("doctor", "--data", str(tmp_path / "data"), "--port", "0", REVERIE_THREAD="2")
    assert well.returncode == Exit.FINE, well.stdout
    assert "SQLite" in well.stdout
    assert "REVERIE_THREADS?" in well.stdout
    assert not (tmp_path / "data").exists()
    (tmp_path / "reverie.json").write_text("{}")
    ill = run("doctor", "--data", str(tmp_path), "--port", "0")
    assert (ill.returncode, "no  data folder" in ill.stdout) == (Exit.UNWELL, True)
    assert "up" in run("--help").stdout
    assert [path.name for path in tmp_path.iterdir()] == ["reverie.json"]
