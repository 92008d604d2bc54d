"""The shape of the house, held by tests: floors, thin doors, pure rules, small rooms."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parent.parent
SERAI = ROOT / "serai"

# From the ground up. Apps that share a floor do not know each other.
FLOORS: list[set[str]] = [
    {"core"},
    {"accounts"},
    {"properties"},
    {"rates", "inventory"},
    {"payments"},
    {"bookings"},
    {"search", "channels", "reviews"},
    {"web"},
]
FLOOR_OF = {app: height for height, apps_ in enumerate(FLOORS) for app in apps_}

# What changes rows. Doors call services instead; a form that is its model's own may save itself.
WRITES = {
    "aupdate", "bulk_create", "bulk_update", "create", "delete", "execute", "get_or_create", "save",
    "select_for_update", "update_or_create",
}  # fmt: skip


def python_files(*folders: str) -> list[Path]:
    files = [path for folder in folders for path in (SERAI / folder).rglob("*.py")]
    return [path for path in files if "migrations" not in path.parts]


def test_every_app_has_a_floor():
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("serai.")}
    assert ours == set(FLOOR_OF)


def test_foreign_keys_point_down():
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.app_label
        if label not in FLOOR_OF:
            continue
        for field in model._meta.get_fields():
            target = field.related_model if field.is_relation and not field.auto_created else None
            if target is None or target._meta.app_label not in FLOOR_OF:
                continue
            other = target._meta.app_label
            if other != label and FLOOR_OF[other] >= FLOOR_OF[label]:
                wrong.append(f"{label}.{model.__name__}.{field.name} → {other}")
    assert wrong == []


def test_foreign_key_test_would_see_a_wrong_one():
    assert FLOOR_OF["properties"] < FLOOR_OF["bookings"]
    booking = apps.get_model("bookings.Booking")
    targets = {
        field.related_model._meta.app_label for field in booking._meta.get_fields() if field.many_to_one
    }
    assert "properties" in targets


def test_imports_go_down_the_floors(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports() == 0


def calls_that_write(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        receiver = ast.unparse(node.func.value)
        if node.func.attr in WRITES and not receiver.startswith(("super()", "request.session", "form")):
            found.append(f"{path.relative_to(ROOT)}:{node.lineno} {receiver}.{node.func.attr}()")
    return found


@pytest.mark.parametrize("path", python_files("web"), ids=lambda path: str(path.relative_to(SERAI)))
def test_doors_do_not_write(path: Path):
    assert calls_that_write(path) == []


def test_the_door_test_would_see_a_write(tmp_path, monkeypatch):
    path = ROOT / "build" / "door_probe.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text("def view(request):\n    Booking.objects.create(name='x')\n")
    try:
        assert calls_that_write(path) == ["build/door_probe.py:2 Booking.objects.create()"]
    finally:
        path.unlink()


def test_files_stay_small():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files("")
        if (lines := len(path.read_text().splitlines())) > 450
    }
    assert long == {}


def test_no_drawers():
    names = {path.name for path in python_files("")}
    assert not names & {"utils.py", "helpers.py", "misc.py", "common.py"}


def test_the_clock_is_asked_in_one_place():
    """Only `core.clock` reads the time; everybody else is handed `now`, or asks it at a door."""
    askers = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files("")
        if path != SERAI / "core" / "clock.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"datetime.now", "dt.datetime.now", "datetime.datetime.now", "timezone.now", "dt.date.today"}
    ]
    assert askers == []
