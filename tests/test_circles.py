"""No files import each other in a circle: what stands below never knows what stands above.

Every import counts, at the top, in a function or for type checking; importing a package is
importing its `__init__`, and importing a module from it importing that module.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from sessions import ROOT

PACKAGES = ("grammar", "midocli")


def module_files() -> dict[str, Path]:
    """Every module of the project by its dotted name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def imported(text: str, modules: Mapping[str, object]) -> Iterator[str]:
    """The modules among `modules` that a file imports anywhere in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in modules else str(node.module) for name in below]
        else:
            continue
        yield from (name for name in names if name in modules)


def circles(imports: Mapping[str, set[str]]) -> list[list[str]]:
    """The sets of modules that reach each other, largest first (Tarjan 1972)."""
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(module: str) -> None:
        numbers[module] = lowest[module] = len(numbers)
        stack.append(module)
        for other in sorted(imports[module]):
            if other not in numbers:
                visit(other)
            if other in stack:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == numbers[module]:
            start = stack.index(module)
            together = stack[start:]
            del stack[start:]
            if len(together) > 1 or module in imports[module]:
                found.append(sorted(together))

    for module in imports:
        if module not in numbers:
            visit(module)
    return sorted(found, key=lambda each: (-len(each), each))


def in_circles() -> list[list[str]]:
    """The circles of the project as it is."""
    modules = module_files()
    return circles(
        {name: set(imported(path.read_text(), modules)) for name, path in modules.items()}
    )


def test_no_files_import_each_other_in_a_circle() -> None:
    assert in_circles() == [], "move what both need below them, or hand it in"


def test_a_circle_is_found_however_it_is_imported() -> None:
    texts = {
        "midocli.a": "from midocli import b",
        "midocli.b": "def later():\n    import midocli.c",
        "midocli.c": "if TYPE_CHECKING:\n    from midocli.a import Thing",
        "midocli.d": "from midocli.a import Thing",
    }
    imports = {name: set(imported(text, texts)) for name, text in texts.items()}
    assert circles(imports) == [["midocli.a", "midocli.b", "midocli.c"]]
