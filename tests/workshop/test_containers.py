"""No engine runs here: the files are held to hadolint, to the Compose Specification, and to each other."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from tests.workshop.compose import compose
from workshop import lock, setup
from workshop.stages import ROOT

OURS = ("migrate", "api", "worker", "renderer")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture
def services() -> dict[str, Any]:
    found: dict[str, Any] = compose(POSTGRES_PASSWORD="x")["services"]
    return found


def test_hadolint_has_nothing_to_say() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, "--format", "json", ROOT / "Dockerfile"], capture_output=True, check=False)
    assert json.loads(done.stdout) == []


@pytest.mark.parametrize("variables", [{}, {"REVERIE_LISTEN": "0.0.0.0", "TORCH_INDEX_URL": "https://index/cpu"}])
def test_the_compose_file_fits_the_specification(variables: dict[str, str]) -> None:
    text = yaml.safe_dump(compose(POSTGRES_PASSWORD="x", **variables))
    assert set(PyCompose.from_yaml(text).service_names()) == {*OURS, "postgres", "valkey"}


def test_a_password_is_demanded() -> None:
    with pytest.raises(KeyError, match="POSTGRES_PASSWORD: choose one"):
        compose()


def test_every_volume_is_declared_and_every_wait_names_a_service(services: dict[str, Any]) -> None:
    volumes = compose(POSTGRES_PASSWORD="x")["volumes"]
    for service in services.values():
        assert {mount.split(":")[0] for mount in service.get("volumes", [])} <= set(volumes)
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert services[name]["healthcheck"]["test"]
            else:
                assert name == "migrate"


def test_ours_run_without_power(services: dict[str, Any]) -> None:
    for name in OURS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
    assert "\nUSER 10001\n" in DOCKERFILE


def test_only_the_page_is_published_and_only_to_this_machine(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"api": ["127.0.0.1:8765:8765"]}


def test_the_image_installs_the_torch_of_the_setup() -> None:
    assert re.findall(r"torch==[\d.]+", DOCKERFILE) == [setup.TORCH]


def test_the_image_is_given_every_package_of_the_wheel() -> None:
    allowed = (ROOT / ".dockerignore").read_text().split()
    for package in lock.read()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]:
        assert f"!{package}" in allowed
