"""Break the arithmetic in one place at a time and see whether a test notices.

    nice -n 19 .venv/bin/python scripts/mutate.py [--only taxes] [--json mutants.json]

Every comparison, sum, number, `and`, `not`, `min`, `return` of the rules is changed once, by itself, and the
tests that need no database run against the changed module, each time in a process of its own. What no test
notices is a surviving mutant; those we know are explained in docs/reference/mutants.md.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # before pytest looks

import hypothesis
import hypothesis.strategies
import pytest

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 60  # a mutant that runs longer loops for ever and is noticed that way

RATES = [
    f"tests/rates/rules/test_{name}.py"
    for name in ("nights", "taxes", "promotions", "restrictions", "extras", "stay", "twin", "properties")
]
BOOKINGS = [
    "tests/bookings/test_policies.py",
    "tests/bookings/test_rules.py",
    "tests/rates/rules/test_twin.py",
]
TARGETS = {
    **{
        f"serai.rates.rules.{name}": sorted(RATES, key=lambda path, own=own: own not in path)
        for name, own in (
            ("arithmetic", "nights"),
            ("nights", "nights"),
            ("party", "stay"),
            ("policies", "stay"),
            ("promotions", "promotions"),
            ("restrictions", "restrictions"),
            ("stay", "stay"),
            ("taxes", "taxes"),
            ("terms", "stay"),
        )
    },
    "serai.bookings.rules": BOOKINGS,
    "serai.payments.rules": ["tests/payments/test_moves.py"],
}

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
}  # fmt: skip
OPTIONS = ["-c", os.devnull, "--rootdir", str(ROOT), "--noconftest", "--import-mode=importlib"]
OPTIONS += ["-x", "-q", "--assert=plain", "--tb=no", "-p", "no:cacheprovider"]
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One change: where, what stood there, what stands there now."""

    module: str
    line: int
    before: str
    after: str
    number: int


def mutations(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each way to change a node, as what to put in its place."""
    if isinstance(node, ast.Compare):
        for index, operator in enumerate(node.ops):
            if type(operator) in COMPARISONS:
                ops = list(node.ops)
                ops[index] = COMPARISONS[type(operator)]()
                yield node, ast.Compare(node.left, ops, node.comparators)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield node, ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
    elif isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        yield node, ast.AugAssign(node.target, OPERATORS[type(node.op)](), node.value)
    elif isinstance(node, ast.BoolOp):
        swapped = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield node, ast.BoolOp(swapped, node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node, node.operand
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield node, ast.Constant(not node.value)
        elif isinstance(node.value, int):
            yield node, ast.Constant(node.value + 1)
            yield node, ast.Constant(node.value - 1)
    elif isinstance(node, ast.Name) and node.id in NAMES:
        yield node, ast.Name(NAMES[node.id], ast.Load())
    elif isinstance(node, ast.Return) and node.value is not None:
        if not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield node, ast.Return(ast.Constant(None))
    elif isinstance(node, ast.If | ast.IfExp) and isinstance(node.test, ast.Name | ast.Attribute | ast.Call):
        test = ast.UnaryOp(ast.Not(), node.test)
        kind = type(node)
        yield node, kind(test, node.body, node.orelse)  # type: ignore[arg-type]
    elif isinstance(node, ast.Continue):
        yield node, ast.Break()


def code_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """Every node that computes something: no annotations, decorators, docstrings or `strict=`."""

    def walk(node: ast.AST) -> Iterator[ast.AST]:
        yield node
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list", "keywords"} and not isinstance(
                node, ast.Call
            ):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.keyword) and child.arg in {"strict", "init"}:
                    continue
                if isinstance(child, ast.AST):
                    yield from walk(child)

    return walk(tree)


def replaced(tree: ast.Module, old: ast.AST, new: ast.AST) -> ast.Module:
    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if node is old:
                return ast.copy_location(new, old)
            return self.generic_visit(node)

    return ast.fix_missing_locations(Replace().visit(tree))


def shown(node: ast.AST) -> str:
    return " ".join(ast.unparse(ast.fix_missing_locations(node)).split())[:90]


def all_mutants(module: str) -> Iterator[tuple[Mutant, str]]:
    """Every mutant of a module with its whole source."""
    source = path_of(module).read_text(encoding="utf-8")
    count = sum(len(list(mutations(node))) for node in code_nodes(ast.parse(source)))
    for number in range(count):
        tree = ast.parse(source)
        pairs = [pair for node in code_nodes(tree) for pair in mutations(node)]
        old, new = pairs[number]
        mutant = Mutant(module, getattr(old, "lineno", 0), shown(old), "", number)
        text = ast.unparse(replaced(tree, old, new))
        yield Mutant(module, mutant.line, mutant.before, shown(new), number), text


def path_of(module: str) -> Path:
    return ROOT / (module.replace(".", "/") + ".py")


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Serves one module from a changed source."""

    def __init__(self, module: str, source: str) -> None:
        self.module, self.source = module, source

    def find_spec(self, fullname: str, path: object = None, target: object = None):  # type: ignore[no-untyped-def]
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, str(path_of(self.module)), "exec"), module.__dict__)  # noqa: S102


def is_noticed(module: str, source: str | None, tests: list[str]) -> bool:
    """Whether a test fails with the changed module, in a process that is thrown away."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        if source is not None:
            sys.meta_path.insert(0, Finder(module, source))
        # One file after the other: the first one that fails is enough, and the others need not be read.
        for test in tests:
            if pytest.main([*OPTIONS, str(ROOT / test)]) != 0:
                os._exit(1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return status != 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="modules whose name contains this")
    parser.add_argument(
        "--examples", type=int, default=5, help="a twentieth of what the twin tries per mutant"
    )
    parser.add_argument("--json", type=Path, help="write the survivors here")
    options = parser.parse_args()

    sys.path.insert(0, str(ROOT))
    hypothesis.settings.register_profile(
        "mutate", derandomize=True, deadline=None, database=None, max_examples=options.examples,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )  # fmt: skip
    hypothesis.settings.load_profile("mutate")
    survivors: list[Mutant] = []
    count, began = 0, time.monotonic()
    for module, tests in TARGETS.items():
        if options.only not in module:
            continue
        if is_noticed(module, None, tests):
            print(f"{module}: the tests fail without any change", file=sys.stderr)
            return 2
        for mutant, source in all_mutants(module):
            count += 1
            if not is_noticed(module, source, tests):
                survivors.append(mutant)
                print(f"{module}:{mutant.line}  {mutant.before}  →  {mutant.after}", flush=True)
    took = time.monotonic() - began
    print(f"{count} mutants, {count - len(survivors)} noticed, {len(survivors)} survived, {took:.0f} s")
    if options.json:
        options.json.write_text(
            json.dumps([asdict(mutant) for mutant in survivors], indent=1), encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
