"""Make `.venv` and install the locked packages into it; at once done when nothing has changed.

Needs nothing but Python 3.11 or newer. Usage: python3 scripts/bootstrap.py [--dev]

This file has to be understood by old Pythons too, to tell them politely that they are too old.
"""

import argparse
import ast
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
NEWER = ("python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
HOW_TO_GET_VENV = (
    "This Python cannot make virtual environments with pip in them.\n"
    "Install that part of Python and try again:\n"
    "  Debian, Ubuntu:  apt install python3-venv\n"
    "  Fedora, RHEL:    dnf install python3-pip\n"
    "  Alpine:          apk add py3-pip"
)
# pip's names for a machine's package sources, and uv's.
UV_NAMES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "no-index": "UV_NO_INDEX",
    "proxy": "ALL_PROXY",
}


class BootstrapError(Exception):
    """Installing failed; the message says what to do."""


def say(text):
    """Print a line at once."""
    print(text, flush=True)


def end_with_parent():
    """Ask the kernel to end this process when its parent (make) dies; elsewhere than on Linux do without."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM, 0, 0, 0)


def is_new_enough(python):
    """Whether the program `python` runs and is a Python we can use."""
    code = "import sys; sys.exit(sys.version_info < %r)" % (OLDEST,)  # noqa: UP031
    try:
        return (
            subprocess.call([python, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
        )
    except OSError:
        return False


def use_new_enough_python():
    """Return when this Python will do; else hand over to a newer one, or raise `BootstrapError`."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER:
        found = shutil.which(name)
        if found and is_new_enough(found):
            os.execv(found, [found, *sys.argv])  # noqa: S606
    version = ".".join(str(part) for part in sys.version_info[:3])
    raise BootstrapError(
        f"Serai needs Python 3.11 or newer; this is Python {version} ({sys.executable}).\n"
        "Install a newer one, or name it:  make demo PYTHON=/path/to/python3.12"
    )


def wanted_state(lock):
    """A digest of all that decides what the environment must look like."""
    digest = hashlib.sha256()
    # Scripts in a virtual environment name its absolute path, so a moved checkout needs a new one.
    digest.update(f"{ROOT}\0{sys.version_info[:2]}\0".encode())
    for path in (lock, ROOT / "pyproject.toml", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def run(command, title, environment=None, is_quiet=False):
    """Run a command and return its exit code; say that it goes on when it takes long."""
    output = subprocess.DEVNULL if is_quiet else None
    process = subprocess.Popen(
        [str(word) for word in command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        preexec_fn=end_with_parent,
    )
    started = time.monotonic()
    try:
        while True:
            try:
                return process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                say(f"  {title} ({time.monotonic() - started:.0f} s so far)")
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def make_venv():
    """Make `.venv` with pip in it, or without where Python lacks that and uv can be had otherwise."""
    say("Making a virtual environment in .venv")
    if run([sys.executable, "-m", "venv", "--clear", VENV], "making .venv", is_quiet=True) == 0:
        return
    # Debian's Python comes without ensurepip. An installed uv, or a pip of the system, also helps.
    if (
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", VENV], "making .venv", is_quiet=True)
        != 0
    ):
        raise BootstrapError(HOW_TO_GET_VENV)


def has_pip(python):
    """Whether `python` can run pip."""
    return (
        subprocess.call(
            [str(python), "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        == 0
    )


def find_pip():
    """The command that runs pip on `.venv`; empty when there is none."""
    if has_pip(VENV_PYTHON):
        return [str(VENV_PYTHON), "-m", "pip"]
    if has_pip(sys.executable):
        return [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON)]
    return []


def find_uv(pip):
    """The command that runs uv; empty when it can neither be found nor installed."""
    own = VENV / "bin" / "uv"
    if own.exists():
        return [str(own)]
    if pip:
        say("Installing uv, which installs the rest")
        command = [*pip, "install", "--quiet", "--disable-pip-version-check", "uv>=0.9"]
        if run(command, "installing uv") == 0 and own.exists():
            return [str(own)]
    found = shutil.which("uv")
    return [found] if found else []


def pip_settings(pip):
    """The machine's pip settings by name, each the one that pip itself would follow."""
    listed = subprocess.run(
        [*pip, "config", "list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
    ).stdout.decode("utf-8", "replace")
    found = {}
    for line in listed.splitlines():
        name, separator, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if not separator or section not in {"global", "install", ":env:"}:
            continue
        try:
            text = str(ast.literal_eval(value))
        except (SyntaxError, ValueError):
            continue
        rank = ("global", "install", ":env:").index(section)
        if text and rank >= found.get(option, (-1, ""))[0]:
            found[option] = (rank, text)
    return {option: text for option, (_, text) in found.items()}


def uv_environment(pip):
    """The environment for uv: what pip has been told about this machine, in uv's words."""
    environment = dict(os.environ)
    for option, text in (pip_settings(pip) if pip else {}).items():
        name = UV_NAMES.get(option)
        if name is None or environment.get(name):
            continue
        separator = "," if name == "UV_FIND_LINKS" else " "
        environment[name] = separator.join(text.split())
    # Every package is pinned by hash, so any source may serve it, as with pip.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    environment.setdefault("UV_PYTHON_DOWNLOADS", "never")
    environment["VIRTUAL_ENV"] = str(VENV)
    cache = Path(environment.get("UV_CACHE_DIR") or environment.get("XDG_CACHE_HOME") or Path.home())
    if not os.access(str(cache), os.W_OK) and not environment.get("UV_CACHE_DIR"):
        environment["UV_NO_CACHE"] = "1"
    return environment


def install(lock):
    """Install the lock and the project itself, by uv or else by pip; raises `BootstrapError`."""
    pip = find_pip()
    uv = find_uv(pip)
    if not uv and not pip:
        raise BootstrapError(HOW_TO_GET_VENV)
    packages = ["--require-hashes", "-r", str(lock)]
    project = ["--no-deps", "-e", str(ROOT)]
    if uv:
        environment = uv_environment(pip)
        command = [*uv, "pip", "install", "--python", str(VENV_PYTHON)]
        if not sys.stderr.isatty():
            command.append("--quiet")
        say(f"Installing the packages of {lock.name}")
        if (
            run([*command, *packages], "installing packages", environment) == 0
            and run([*command, *project], "installing serai", environment) == 0
        ):
            return
        if not pip:
            raise BootstrapError("The packages could not be installed; the lines above say why.")
        say("uv could not do it; trying pip, which takes longer")
    command = [*pip, "install", "--disable-pip-version-check"]
    for arguments in (packages, project):
        if run([*command, *arguments], "installing with pip") != 0:
            raise BootstrapError(
                "The packages could not be installed; the lines above say why.\n"
                "A network or proxy at fault can be set up in pip's own configuration (`pip config`)."
            )


def bootstrap(is_dev):
    """Bring `.venv` to the state that the lock describes."""
    use_new_enough_python()
    lock = ROOT / ("requirements-dev.txt" if is_dev else "requirements.txt")
    stamp = VENV / (".serai-dev" if is_dev else ".serai-demo")
    wanted = wanted_state(lock)
    if VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    # One at a time: the lock is on the folder itself, so it leaves nothing behind.
    folder = os.open(str(ROOT), os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    if VENV_PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    started = time.monotonic()
    place = VENV / ".serai-place"
    here = f"{ROOT}\0{sys.version_info[:2]}"
    if not VENV_PYTHON.exists() or not is_new_enough(str(VENV_PYTHON)) or not same_text(place, here):
        make_venv()
        place.write_text(here)
    if stamp.exists():
        stamp.unlink()
    install(lock)
    stamp.write_text(wanted)
    say(f"Installed in {time.monotonic() - started:.0f} s")


def same_text(path, text):
    """Whether the file at `path` holds exactly `text`."""
    return path.exists() and path.read_text() == text


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Install what Serai needs into .venv.")
    parser.add_argument("--dev", action="store_true", help="also what tests, lint and docs need")
    arguments = parser.parse_args()
    if os.environ.get("MAKELEVEL"):
        end_with_parent()
    try:
        bootstrap(arguments.dev)
    except BootstrapError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped. Run it again to go on.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
