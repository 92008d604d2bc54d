"""`serai services`: PostgreSQL and Valkey alone, for work on the code."""

from __future__ import annotations

import argparse

from serai.commands.demo import obey_make
from serai.core.local.launch import LaunchError
from serai.core.local.locks import LockHeldError
from serai.core.local.progress import Progress
from serai.core.local.services import LocalServices
from serai.core.local.state import LocalState
from serai.core.local.supervisor import StopRequestedError, Supervisor


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `services` to the command line."""
    parser = subparsers.add_parser(
        "services",
        help="run only PostgreSQL and Valkey, until Ctrl-C",
        description="Run this folder's PostgreSQL and Valkey in the foreground and print their addresses.",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the embedded services until asked to stop."""
    obey_make()
    progress = Progress()
    services = LocalServices(LocalState.from_environment())
    if not services.servers:
        raise LaunchError("DATABASE_URL and VALKEY_URL both name other servers; there is nothing to start.")
    try:
        with Supervisor(services, progress=progress) as supervisor:
            with progress.step("Starting " + " and ".join(server.title for server in services.servers)):
                services.start(holder="serai services")
            for server in services.servers:
                progress.say(f"{server.title:<11} {server.url()}")
            progress.say("Stop with Ctrl-C; everything is kept.")
            supervisor.watch_forever()
    except StopRequestedError:
        progress.say("Stopped. Everything is saved.")
    except LockHeldError as error:
        raise LaunchError(
            f"They run already, started by `{error.note.get('holder', 'another process')}`"
            f" (process {error.note.get('pid', 'unknown')})."
        ) from error
    return 0
