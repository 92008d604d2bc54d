"""The last process to leave: stops what its starter left behind, however the starter died.

Run as a script of the standard library alone. It reads lines of JSON from its standard input:
`{"watch": pid, "signal": n, "grace": seconds, "group": bool}`, `{"forget": pid}` and
`{"remove": folder}`. The end of the input means that the starter is gone, also by kill -9. Then the
watched processes are stopped (groups at once, servers by their own signal), folders removed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any


def is_running(pid: int) -> bool:
    """Whether `pid` runs; a zombie does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        # No /proc on this system, or the process has just gone.
        return not Path("/proc/self/stat").exists()
    return state.rpartition(")")[2].split()[0] not in "ZX"


def stop_all(watched: dict[int, dict[str, Any]]) -> None:
    """Kill the groups, then ask the servers to stop, then insist."""
    groups = [pid for pid, entry in watched.items() if entry["group"]]
    servers = {pid: entry for pid, entry in watched.items() if not entry["group"]}
    for pid in groups:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    for pid, entry in servers.items():
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, entry["signal"])
    started = time.monotonic()
    quit_sent = set()
    while servers:
        for pid, entry in list(servers.items()):
            waited = time.monotonic() - started
            if not is_running(pid):
                del servers[pid]
            elif waited > entry["grace"] + 3:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
                del servers[pid]
            elif waited > entry["grace"] and pid not in quit_sent:
                # SIGQUIT is PostgreSQL's immediate stop: it takes its children along.
                quit_sent.add(pid)
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGQUIT)
        time.sleep(0.02)


def main() -> None:
    """Note what to stop until the input ends, then stop it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    watched: dict[int, dict[str, Any]] = {}
    folders: list[str] = []
    for line in sys.stdin:
        try:
            entry = json.loads(line)
        except ValueError:
            # The starter died while it wrote this line; the end of the input follows.
            continue
        if "watch" in entry:
            watched[entry["watch"]] = entry
        elif "forget" in entry:
            watched.pop(entry["forget"], None)
        elif "remove" in entry:
            folders.append(entry["remove"])
    stop_all(watched)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
