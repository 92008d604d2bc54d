"""`serai up`: run what is there, without changing it."""

from __future__ import annotations

import argparse
from typing import Any

from serai.commands import choose_mode
from serai.commands.demo import add_place_arguments, obey_make
from serai.core.local.launch import Place, launch
from serai.core.local.progress import Progress


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `up` to the command line."""
    parser = subparsers.add_parser(
        "up",
        help="start the site and its workers on what is there already",
        description="Start the services and processes without migrating or filling anything, and run"
        " them until Ctrl-C. `serai prepare` migrates.",
    )
    add_place_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the copy until it is asked to stop."""
    obey_make()
    choose_mode()
    return launch(host=args.host, port=args.port, with_preparation=False, banner=banner, progress=Progress())


def banner(place: Place, report: dict[str, Any]) -> str:
    """Where the site answers."""
    return f"\nSerai is ready:  {place.address}\nStop with Ctrl-C; everything is kept.\n"
