"""`serai demo`: everything at once, from an empty folder to a site full of hotels."""

from __future__ import annotations

import argparse
import os
from typing import Any

from serai.core.local.launch import LaunchError, Place, launch
from serai.core.local.processes import end_with_parent
from serai.core.local.progress import Progress


def add_place_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say where the site answers."""
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("PORT") or None,
        help="the port of the site; without it 8000, or the next one that is free",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default %(default)s)")


def obey_make() -> None:
    """Stop when `make` is killed: it cannot pass that on to us."""
    if os.environ.get("SERAI_STOP_WITH_PARENT") == "1":
        end_with_parent()


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `demo` to the command line."""
    parser = subparsers.add_parser(
        "demo",
        help="start Serai with demo hotels: database, site and workers",
        description="Start PostgreSQL and Valkey from their wheels, migrate, fill the demo when it is"
        " empty, and run the site until Ctrl-C. What it keeps is in .serai/.",
    )
    add_place_arguments(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the demo until it is asked to stop."""
    obey_make()
    mode = os.environ.setdefault("SERAI_MODE", "demo")
    if mode != "demo":
        raise LaunchError(
            f"SERAI_MODE is {mode!r}, and the demo needs `demo`. Unset it, or use `serai up`.", code=2
        )
    return launch(host=args.host, port=args.port, with_preparation=True, banner=banner, progress=Progress())


def banner(place: Place, report: dict[str, Any]) -> str:
    """What a newcomer needs to know, once the site answers."""
    lines = ["", f"Serai is ready:  {place.address}", ""]
    accounts = report.get("accounts") or []
    if accounts:
        lines.append("Sign in with one of these; the code arrives in the mailbox below:")
        width = max(len(role) for role, _ in accounts)
        lines += [f"  {role:<{width}}  {email}" for role, email in accounts]
        lines.append("")
    lines += [f"Mail and codes:  {place.address}/dev/mail/", "Stop with Ctrl-C; everything is kept.", ""]
    return "\n".join(lines)
