"""Ctrl-C before any command listens."""

import signal
import subprocess
import sys

WITHIN_AN_IMPORT = """
import os, signal, sys

class Fading:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)  # what is raised in here is printed and forgotten

class Finder:
    def find_spec(name, path, target=None):
        if name == "cli.commands":
            Fading()

from cli.main import app
sys.meta_path.insert(0, Finder)
sys.argv = ["reverie", "version"]
app()
"""


def test_ctrl_c_is_met_where_python_would_forget_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WITHIN_AN_IMPORT], capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout) == (-signal.SIGINT, "")


def test_ctrl_c_reaches_what_a_test_starts_however_the_tests_were_started() -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
