"""Write the reference pages that are made from the code: command line, addresses, outbox topics.

    .venv/bin/python scripts/write_reference.py           # write them
    .venv/bin/python scripts/write_reference.py --check   # say whether they are up to date

The same code gives the same pages, whatever the width of the terminal or the version of Python.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
NOTE = "<!-- Written by scripts/write_reference.py; change the code, then run it. -->"

COMMAND_LINE = f"""# Command line

{NOTE}

`serai COMMAND`, or `python -m serai COMMAND`. In a copy of the source it is `.venv/bin/serai`. Without
`SERAI_MODE` and `DATABASE_URL` a command is about the demo of the copy it belongs to.

Exit codes: 0 fine, 1 failed, 2 wrongly called, 130 stopped with Ctrl-C. Figures go to the standard output,
what happens meanwhile to the standard error.

| command | does |
|---|---|"""

ADDRESSES = f"""# Addresses

{NOTE}

Every page of Serai. Guest pages show a person's own bookings only, host pages ask for the permission in the
hotel's team, staff pages for being staff; without it they answer “not found”. The pages below `/dev/` exist
in demo and test mode only. Signing in and the account's security are django-allauth's pages below
`/accounts/` in our frame.

A stay is given to every page in the same way: `check_in`, `check_out` (dates), `adults`, `rooms`, and `ages`
once per child; the place as `q` (words) or `destination` (an id from the suggestions).

`/health/live` and `/health/ready` answer before anything else is looked at: the process runs; it serves."""

TOPICS = f"""# Outbox topics

{NOTE}

Facts that were committed, and what follows from them. [The outbox](../explanation/outbox.md) says how. “Own
transaction” means that the receiver's rows and the mark “done” are one transaction; the others call somebody
outside and carry a key. Payloads that are secret are wiped once they were used.

| topic | receiver | does | queue | own transaction | secret | emitted in |
|---|---|---|---|---|---|---|"""


def write_command_line() -> str:
    """Every subcommand with its options, from the parsers themselves."""
    from serai.cli import build_parser

    parser = build_parser()
    lines = [COMMAND_LINE]
    found = list(_commands(parser))
    lines += [
        f"| [`{name}`](#{name.replace(' ', '-')}) | {summary} |"
        for name, summary, _parser in found
        if summary
    ]
    for name, _summary, command in found:
        lines += ["", f"## {name}", "", _plain(command.description or ""), ""]
        lines += ["```", _usage(name, command), "```", ""]
        options = [action for action in command._actions if _is_shown(action)]
        if options:
            lines += ["| option | means |", "|---|---|"]
            lines += [f"| {_option(action)} | {_meaning(command, action)} |" for action in options]
    return "\n".join(lines).rstrip() + "\n"


def _commands(
    parser: argparse.ArgumentParser, prefix: str = ""
) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Name, summary and parser of every command, nested ones included."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            summaries = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, command in action.choices.items():
                full = f"{prefix}{name}"
                yield full, _plain(summaries.get(name, "")), command
                yield from _commands(command, f"{full} ")


def _is_shown(action: argparse.Action) -> bool:
    hidden = isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
    return not hidden and action.help != argparse.SUPPRESS


def _plain(text: str) -> str:
    return " ".join(text.split())


def _usage(name: str, parser: argparse.ArgumentParser) -> str:
    words = [f"serai {name}"]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            words.append("COMMAND")
        elif _is_shown(action):
            words.append(_use(action))
    return " ".join(words)


def _use(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else _value(action)
    if not action.option_strings:
        return value if action.nargs not in {"?", "*"} else f"[{value}]"
    word = f"{action.option_strings[-1]} {value}".strip()
    return word if action.required else f"[{word}]"


def _value(action: argparse.Action) -> str:
    if action.metavar:
        return str(action.metavar)
    if action.choices is not None:
        return "|".join(map(str, action.choices))
    return action.dest.upper()


def _option(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else _value(action).replace("|", "\\|")
    if not action.option_strings:
        return f"`{value}`"
    return f"`{' '.join([', '.join(action.option_strings), value]).strip()}`"


def _meaning(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    # What the environment says here and now must not reach the page.
    default = None if os.environ.get("PORT") and action.dest == "port" else action.default
    values = {**vars(action), "default": default, "prog": parser.prog}
    return _plain((action.help or "") % values)


def write_addresses() -> str:
    """Every route of our own with the first sentence of its view."""
    from django.urls import URLPattern, URLResolver, get_resolver

    lines = [ADDRESSES]

    def walk(resolver: Any, prefix: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
        for entry in resolver.url_patterns:
            path = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from walk(entry, path)
            elif isinstance(entry, URLPattern):
                yield "/" + path, entry.name or "", entry.callback

    groups: dict[str, list[str]] = {}
    for path, name, view in walk(get_resolver(), ""):
        view = inspect.unwrap(getattr(view, "view_class", view))
        if not view.__module__.startswith("serai."):
            continue
        first = path.strip("/").partition("/")[0]
        group = first if first in {"host", "staff", "account", "accounts", "dev"} else "guest"
        groups.setdefault(group, []).append(f"| `{path}` | `{name}` | {_first_sentence(view)} |")
    titles = {
        "guest": "For guests",
        "host": "For hosts",
        "staff": "For staff",
        "account": "Account",
        "accounts": "Signing in",
        "dev": "Demo and test mode",
    }
    for group, title in titles.items():
        if group in groups:
            lines += ["", f"## {title}", "", "| address | name | what |", "|---|---|---|", *groups[group]]
    return "\n".join(lines) + "\n"


def _first_sentence(thing: Any) -> str:
    text = _plain((inspect.getdoc(thing) or "").partition("\n\n")[0])
    return text.replace("|", "\\|").rstrip(".")


def write_topics() -> str:
    """Every outbox topic with who answers it, on which queue, and where it is emitted."""
    from serai.core import outbox

    emitted = _where_emitted()
    lines = [TOPICS]
    for topic, entries in sorted(outbox._receivers.items()):
        places = ", ".join(f"`{place}`" for place in emitted.get(topic, []))
        lines += [
            f"| `{topic}` | `{entry.name.removeprefix('serai.')}` | {_first_sentence(entry.call)}"
            f" | {entry.queue} | {_yes(entry.is_transactional)} | {_yes(entry.is_secret)} | {places} |"
            for entry in entries
        ]
    silent = sorted(set(emitted) - set(outbox._receivers))
    if silent:
        lines += [
            "",
            "Emitted for whoever will want to know; without a receiver no row is written: "
            + ", ".join(f"`{topic}`" for topic in silent)
            + ".",
        ]
    return "\n".join(lines) + "\n"


def _yes(answer: bool) -> str:
    return "yes" if answer else "no"


def _name_of(node: ast.AST) -> str:
    return str(getattr(node, "id", getattr(node, "attr", "")))


def _where_emitted() -> dict[str, list[str]]:
    """The modules that emit each topic, by reading the source."""
    constants: dict[str, str] = {}
    trees = {}
    for path in sorted((ROOT / "serai").rglob("*.py")):
        tree = trees[path] = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                value = node.value.value
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                constants.update({name: value for name in names if isinstance(value, str)})
    found: dict[str, set[str]] = {}
    for path, tree in trees.items():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                is_call = isinstance(node, ast.Call) and node.args
                if not is_call or _name_of(node.func) not in {"emit", "tell"}:
                    continue
                topic = node.args[0]
                if isinstance(topic, ast.Constant):
                    topics = [topic.value]
                elif _name_of(topic) in constants:
                    topics = [constants[_name_of(topic)]]
                else:  # a variable: one of the topics that its function names
                    named = {_name_of(part) for part in ast.walk(function)}
                    topics = [constants[name] for name in named & constants.keys() if "." in constants[name]]
                for text in topics:
                    found.setdefault(text, set()).add(str(path.relative_to(ROOT)))
    return {topic: sorted(places) for topic, places in found.items()}


WRITERS = {
    "command-line.md": write_command_line,
    "addresses.md": write_addresses,
    "outbox-topics.md": write_topics,
}


def main() -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description="Write the reference pages that are made from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when a page is old")
    is_check = parser.parse_args().check
    os.environ.setdefault("SERAI_MODE", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serai.config.settings")
    import django

    django.setup()
    old = []
    for name, write in WRITERS.items():
        text, page = write(), PAGES / name
        if page.exists() and page.read_text(encoding="utf-8") == text:
            continue
        old.append(name)
        if not is_check:
            page.write_text(text, encoding="utf-8")
            print(f"wrote {page.relative_to(ROOT)}")
    if is_check and old:
        print("These pages are old: " + ", ".join(old) + ". Run: .venv/bin/python scripts/write_reference.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
