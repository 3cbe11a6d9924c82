"""The embedded Valkey."""

import os

from cli import valkey


def test_the_server_is_found_in_its_wheel() -> None:
    server = valkey.find_server()
    assert server is not None
    assert os.access(server, os.X_OK)
