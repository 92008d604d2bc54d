"""The `serai` command: finds the subcommands in `serai.commands` and runs the one that was asked for.

A module there has `register(subparsers)`, which adds its parser with `set_defaults(run=run)`, and
`run(args) -> int`. It imports what is heavy (Django) inside `run`, so that `serai --help` is quick.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

from serai import commands
from serai.core.local.launch import LaunchError
from serai.core.local.processes import ProcessError
from serai.core.local.state import LocalStateError


def build_parser() -> argparse.ArgumentParser:
    """The whole command line, every module of `serai.commands` included."""
    parser = argparse.ArgumentParser(
        prog="serai", description="Serai, a hotel booking platform: run it, fill it, look after it."
    )
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda found: found.name):
        importlib.import_module(f"{commands.__name__}.{module.name}").register(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code: 0 fine, 1 failed, 2 wrongly called."""
    args = build_parser().parse_args(arguments)
    try:
        code: int = args.run(args)
    except LaunchError as error:
        print(f"serai: {error}", file=sys.stderr)
        return error.code
    except (LocalStateError, ProcessError) as error:
        print(f"serai: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output (`| head`) has seen enough; nothing is left to be flushed to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return code
