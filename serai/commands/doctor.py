"""`serai doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from serai.commands import choose_mode


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `doctor` to the command line."""
    parser = subparsers.add_parser(
        "doctor",
        help="check versions, services, settings, migrations; say what to do",
        description="Check everything Serai stands on. Exit code 1 when a check fails.",
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument(
        "--deep",
        action="store_true",
        help="also recount every night from all holds and bookings",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run every check and print the findings; changes nothing."""
    choose_mode()
    try:
        import django

        django.setup()
        from serai.core.doctor import examine

        findings = examine(is_deep=args.deep)
    except Exception as error:
        # Settings that refuse to load leave nothing to check, and are the finding themselves.
        name, detail = type(error).__name__, str(error)
        found = [{"name": "settings", "status": "fail", "detail": f"{name}: {detail}", "advice": ""}]
    else:
        found = [{**asdict(finding), "status": finding.status.value} for finding in findings]
    failed = sum(finding["status"] == "fail" for finding in found)
    if args.json:
        print(json.dumps({"ok": not failed, "findings": found}, indent=2))
        return 1 if failed else 0
    for finding in found:
        print(f"{finding['status']:<5} {finding['name']}: {finding['detail']}")
        if finding["advice"]:
            print(f"      → {finding['advice']}")
    print("Everything needed works." if not failed else f"{failed} to put right.")
    return 1 if failed else 0
