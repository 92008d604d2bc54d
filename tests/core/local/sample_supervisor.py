"""Runs a supervisor over real servers, granian with two workers, and a prefork Celery.

Usage: sample_supervisor.py STATE_FOLDER PORT. Prints the numbers of its processes as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from pathlib import Path

from serai.core.local.locks import FolderLock
from serai.core.local.progress import Progress
from serai.core.local.services import LocalServices, take_patiently
from serai.core.local.state import LocalState
from serai.core.local.supervisor import Program, StopRequestedError, Supervisor


def main() -> int:
    """Start everything, print the numbers, and watch until asked to stop."""
    state = LocalState.at(Path(sys.argv[1]))
    port = sys.argv[2]
    services = LocalServices(state, with_postgres=True, with_valkey=True)
    here = Path(__file__).parent
    environment = os.environ | {
        "PYTHONPATH": str(here),
        "SERAI_STATE_DIR": str(state.root),
        "SAMPLE_BROKER": f"redis+socket://{state.sockets}/valkey.sock",
    }
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--port", port]
    celery = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "sample_site:queue",
        "worker",
        "--concurrency",
        "2",
        "--loglevel",
        "INFO",
    ]
    programs = [
        Program("web", [*granian, "sample_site:application"], environment, state.logs / "web.log"),
        Program("worker", celery, environment, state.logs / "worker.log"),
    ]
    lock = FolderLock(state.run / "supervisor.lock")
    try:
        with Supervisor(services, progress=Progress()) as supervisor:
            state.prepare()
            held = take_patiently(lock)
            services.start(holder="sample", hold=[held])
            for program in programs:
                supervisor.start(program)
            log = programs[1].log
            deadline = time.monotonic() + 60
            while not (answers(port) and "ready." in log.read_text()):
                if time.monotonic() > deadline:
                    return 1
                supervisor.watch_once()
                time.sleep(0.05)
            numbers = {program.name: program.process.pid for program in programs if program.process}
            numbers |= {server.title: server.process.pid for server in services.servers if server.process}
            sys.stdout.write(json.dumps(numbers) + "\n")
            sys.stdout.flush()
            supervisor.watch_forever()
    except StopRequestedError:
        return 0
    return 1


def answers(port: str) -> bool:
    """Whether the site answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
