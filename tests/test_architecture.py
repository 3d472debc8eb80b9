"""Who knows whom: each package imports only what it may, and start-up loads only what it needs."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sessions import ROOT

# The floors are held by import-linter (pyproject.toml); these are the libraries that a package
# must not import, at its top or later.
FORBIDDEN = {
    "grammar": ["prompt_toolkit", "scapy"],
    "midocli/simulator": ["netaddr", "prompt_toolkit", "pyparsing", "scapy"],
    "midocli/store": ["prompt_toolkit", "pyparsing", "scapy"],
    "midocli/trace": ["prompt_toolkit", "pyparsing"],
    "midocli/results": ["prompt_toolkit", "pyparsing", "scapy"],
    "midocli/datapath": ["prompt_toolkit", "pyparsing", "scapy"],
    "midocli/pictures": ["prompt_toolkit", "pyparsing", "scapy"],
    "midocli/context": ["prompt_toolkit", "pyparsing", "scapy"],
    "midocli/advice": ["prompt_toolkit", "pyparsing", "scapy"],
    "midocli/probes": ["prompt_toolkit", "pyparsing"],
    "midocli/commands": ["prompt_toolkit", "pyparsing", "scapy"],
    "midocli/session": ["prompt_toolkit", "pyparsing", "scapy"],
}
# Below the command line and the prompt nobody looks at the machine it runs on.
SURROUNDINGS = ("os", "sys", "socket", "pathlib", "subprocess", "shutil", "secrets", "uuid")
CLOCKS = ("datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.localtime",
          "time.monotonic", "time.perf_counter", "time.time", "time.time_ns", "random.random",
          "random.randint", "random.getrandbits", "random.choice")  # fmt: skip
SEALED = (
    "grammar",
    "midocli/simulator",
    "midocli/store",
    "midocli/trace",
    "midocli/results",
    "midocli/datapath",
    "midocli/pictures",
    "midocli/advice",
    "midocli/probes",
)


def modules(package: str) -> list[Path]:
    """The source files of a package."""
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, f"{package} has no modules"
    return found


def imports(source: Path, typing_too: bool = True) -> Iterator[str]:
    """The modules that a file imports; without `typing_too`, those it really loads."""
    tree = ast.parse(source.read_text())
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            skipped |= {id(child) for inner in node.body for child in ast.walk(inner)}
    for node in ast.walk(tree):
        if not typing_too and id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source} imports relatively"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [(package, name) for package, names in FORBIDDEN.items() for name in names],
)
def test_libraries_stay_where_they_belong(package: str, forbidden: str) -> None:
    wrong = [
        f"{source.relative_to(ROOT)} imports {module}"
        for source in modules(package)
        for module in imports(source)
        if is_within(module, forbidden)
    ]
    assert wrong == []


@pytest.mark.parametrize("package", SEALED)
def test_what_works_on_data_does_not_look_around(package: str) -> None:
    wrong = [
        f"{source.relative_to(ROOT)} imports {module}"
        for source in modules(package)
        for module in imports(source, typing_too=False)
        if module in SURROUNDINGS
    ]
    assert wrong == []


@pytest.mark.parametrize("package", SEALED)
def test_what_works_on_data_asks_no_clock_and_rolls_no_dice(package: str) -> None:
    wrong = [
        f"{source.relative_to(ROOT)}:{node.lineno} uses {ast.unparse(node)}"
        for source in modules(package)
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCKS
    ]
    assert wrong == []


@pytest.mark.parametrize("package", SEALED)
def test_what_works_on_data_neither_prints_nor_opens_files(package: str) -> None:
    wrong = [
        f"{source.relative_to(ROOT)}:{node.lineno} calls {node.func.id}"
        for source in modules(package)
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("print", "open", "input")
    ]
    assert wrong == []


def loaded_by(*commands: str) -> set[str]:
    """The modules that midocli has loaded when it has run some commands."""
    code = (
        "import json, sys\n"
        "from midocli.app.cli import main\n"
        "main(sys.argv[1:])\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    arguments = [word for command in commands for word in ("-e", command)]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_a_command_loads_neither_the_prompt_nor_the_network() -> None:
    loaded = loaded_by("router list")
    unwanted = ("prompt_toolkit", "scapy", "netaddr", "midocli.simulator", "midocli.trace",
                "midocli.probes", "midocli.shell", "midocli.datapath")  # fmt: skip
    loaded -= {"midocli.simulator", "midocli.simulator.clock"}  # the clock comes from the top
    assert [m for m in sorted(loaded) for u in unwanted if is_within(m, u)] == []
    assert {"grammar.language", "midocli.store.store"} <= loaded


def test_changing_a_topology_does_not_load_the_network() -> None:
    loaded = loaded_by("router create", "router router0 add port address 10.0.0.1", "port list")
    loaded -= {"midocli.simulator", "midocli.simulator.clock"}
    assert [m for m in sorted(loaded) if is_within(m, "midocli.simulator")] == []


def test_a_ping_loads_the_network_but_neither_scapy_nor_the_prompt() -> None:
    loaded = loaded_by(
        "host create name h",
        "guest create name one interface host0:veth0 address 10.0.0.1/24",
        "guest create name two interface host0:veth1 address 10.0.0.2/24",
        "ping one 10.0.0.2",
    )
    assert "midocli.simulator.network" in loaded
    assert [m for m in sorted(loaded) for u in ("scapy", "prompt_toolkit") if is_within(m, u)] == []


def test_the_version_needs_no_grammar() -> None:
    code = (
        "import sys\n"
        "from midocli.app.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m.partition('.')[0] in ('grammar', 'pyparsing')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT, text=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_grammar_works_without_the_program(tmp_path: Path) -> None:
    """As a library of its own: parse and complete with midocli out of reach."""
    code = (
        "import sys\n"
        "sys.modules['midocli'] = None\n"
        "import grammar, grammar.filter\n"
        "tree = grammar.parse('router router0 add port address 10.0.0.1')\n"
        "print(grammar.canonical(tree))\n"
        "print(len(grammar.expected('router router0 ', 15)) > 5)\n"
        "grammar.filter.parse('icmp and host 10.0.0.1')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["router router0 port create address 10.0.0.1", "True"]


@pytest.mark.parametrize("package", ["grammar", "midocli"])
def test_every_module_says_what_it_is_for(package: str) -> None:
    silent = [str(m) for m in modules(package) if not ast.get_docstring(ast.parse(m.read_text()))]
    assert silent == []
