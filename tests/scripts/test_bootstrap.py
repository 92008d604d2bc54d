"""The installer: the machine's package sources, too old Pythons, and nothing to do."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "bootstrap.py"
PIP = [sys.executable, "-m", "pip"]


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def pip_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine whose only pip configuration is the returned (empty) file."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")) or name in {"SSL_CERT_FILE", "ALL_PROXY"}:
            monkeypatch.delenv(name)
    configuration = tmp_path / "pip.conf"
    configuration.write_text("")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    monkeypatch.setenv("HOME", str(tmp_path))
    return configuration


def test_uv_hears_what_pip_was_told(bootstrap: ModuleType, pip_configuration: Path) -> None:
    pip_configuration.write_text(
        "[global]\n"
        "index-url = https://user:pw@packages.example/simple\n"
        "extra-index-url =\n    https://one.example/simple\n    https://two.example/simple\n"
        "find-links =\n    /srv/wheels\n    /srv/more\n"
        "cert = /etc/ssl/ours.pem\n"
        "[install]\n"
        "trusted-host = packages.example\n"
    )
    environment = bootstrap.uv_environment(PIP)
    assert environment["UV_DEFAULT_INDEX"] == "https://user:pw@packages.example/simple"
    assert environment["UV_INDEX"] == "https://one.example/simple https://two.example/simple"
    assert environment["UV_FIND_LINKS"] == "/srv/wheels,/srv/more"
    assert environment["UV_INSECURE_HOST"] == "packages.example"
    assert environment["SSL_CERT_FILE"] == "/etc/ssl/ours.pem"


def test_pips_environment_beats_its_files_and_uvs_own_beats_both(
    bootstrap: ModuleType, pip_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip_configuration.write_text("[global]\nindex-url = https://file.example/simple\ncert = /file.pem\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://environment.example/simple")
    monkeypatch.setenv("SSL_CERT_FILE", "/own.pem")
    environment = bootstrap.uv_environment(PIP)
    assert environment["UV_DEFAULT_INDEX"] == "https://environment.example/simple"
    assert environment["SSL_CERT_FILE"] == "/own.pem"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://uv.example/simple")
    assert bootstrap.uv_environment(PIP)["UV_DEFAULT_INDEX"] == "https://uv.example/simple"


def test_an_unconfigured_machine_is_left_alone(
    bootstrap: ModuleType, pip_configuration: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)  # pip then reads no file at all
    environment = bootstrap.uv_environment(PIP)
    assert not {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "SSL_CERT_FILE"} & environment.keys()
    assert environment["UV_PYTHON_DOWNLOADS"] == "never"


def test_an_old_python_is_refused_with_advice(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 8, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    with pytest.raises(
        bootstrap.BootstrapError, match=r"needs Python 3\.11 or newer; this is Python 3\.8\.2"
    ):
        bootstrap.use_new_enough_python()


def test_an_old_python_hands_over_to_a_newer_one_that_works(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[str] = []
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 8, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bootstrap, "is_new_enough", lambda python: python.endswith("3.12"))

    def hand_over(program: str, arguments: list[str]) -> None:
        handed.append(program)
        raise SystemExit

    monkeypatch.setattr(bootstrap.os, "execv", hand_over)
    with pytest.raises(SystemExit):
        bootstrap.use_new_enough_python()
    assert handed == ["/usr/bin/python3.12"]


def test_old_pythons_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))


def test_nothing_to_do_takes_no_time(bootstrap: ModuleType, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    script = checkout / "scripts" / "bootstrap.py"
    script.parent.mkdir(parents=True)
    script.write_bytes(SCRIPT.read_bytes())
    for name in ("requirements.txt", "pyproject.toml"):
        (checkout / name).write_text("")
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    for name, path in {"ROOT": checkout, "VENV": checkout / ".venv", "__file__": script}.items():
        setattr(bootstrap, name, path)
    stamp = checkout / ".venv" / ".serai-demo"
    stamp.write_text(bootstrap.wanted_state(checkout / "requirements.txt"))
    started = time.monotonic()
    ended = subprocess.run([sys.executable, "-I", script], capture_output=True, text=True, check=True)
    assert time.monotonic() - started < 2
    assert ended.stdout == ""
    (checkout / "requirements.txt").write_text("django==1.0\n")
    assert bootstrap.wanted_state(checkout / "requirements.txt") != stamp.read_text()


def test_a_python_without_pip_says_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Debian's Python without python3-venv: no ensurepip, here also no pip and no uv of the system."""
    tried: list[list[str]] = []

    def run(command: list[object], title: str, environment: object = None, is_quiet: bool = False) -> int:
        tried.append([str(word) for word in command])
        return 0 if "--without-pip" in tried[-1] else 1

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "has_pip", lambda python: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    bootstrap.make_venv()
    assert ["--without-pip" in command for command in tried] == [False, True]
    with pytest.raises(bootstrap.BootstrapError, match="apt install python3-venv"):
        bootstrap.install(tmp_path / "requirements.txt")


def test_pip_takes_over_when_uv_cannot(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done: list[list[str]] = []

    def run(command: list[object], title: str, environment: object = None, is_quiet: bool = False) -> int:
        done.append([str(word) for word in command])
        return 2 if done[-1][0] == "/usr/bin/uv" else 0

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "find_pip", lambda: PIP)
    monkeypatch.setattr(bootstrap, "find_uv", lambda pip: ["/usr/bin/uv"])
    bootstrap.install(tmp_path / "requirements.txt")
    assert [command[0] for command in done] == ["/usr/bin/uv", sys.executable, sys.executable]
    assert "--require-hashes" in done[1]
    assert "--no-deps" in done[2]
