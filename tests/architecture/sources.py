"""Reads our own source files and names what in them breaks a house rule.

Each rule is a function of a module's text, so that a test can also hand it a text that breaks it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.layers import CHECKOUT, PACKAGES

LONGEST = 350
_CLOCKS = {
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("timezone", "now"),
    ("timezone", "localtime"),
    ("time", "time"),
    ("time", "monotonic"),
    ("time", "perf_counter"),
}
#: What a model is asked for rows by.
_MANAGERS = {"objects", "_default_manager", "_base_manager"}


@dataclass(frozen=True, slots=True)
class Module:
    """One source file of ours: its path from the checkout, and its text."""

    place: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)


@cache
def _parsed(text: str) -> ast.Module:
    # Kept, since every rule reads every file; no rule changes a tree.
    return ast.parse(text)


def modules(*under: str) -> list[Module]:
    """Every module under the folders or files `under`, by default of all packages; migrations are Django's to write."""
    places: set[Path] = set()
    for name in under or PACKAGES:
        place = CHECKOUT / name
        assert place.exists(), name
        places |= set(place.rglob("*.py")) if place.is_dir() else {place}
    return [
        Module(str(path.relative_to(CHECKOUT)), path.read_text())
        for path in sorted(places)
        if "migrations" not in path.parts
    ]


def too_long(module: Module) -> bool:
    return len(module.text.splitlines()) > LONGEST


def lacks_docstring(module: Module) -> bool:
    """Say whether a module with something in it does not open by saying which question it answers."""
    return bool(module.text.strip()) and not ast.get_docstring(module.tree)


def clocks(module: Module) -> list[str]:
    """Name each call in `module` that looks at a clock, under whatever name the clock was imported."""
    aliases = {
        alias.asname: alias.name.rpartition(".")[2]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    bare = {
        alias.asname or alias.name: (str(node.module).rpartition(".")[2], alias.name)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    found = []
    for call in _calls(module):
        target = call.func
        if isinstance(target, ast.Attribute):
            owner = target.value
            word = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
            asked = (aliases.get(word, word), target.attr)
        else:
            asked = bare.get(target.id, ("", "")) if isinstance(target, ast.Name) else ("", "")
        if asked in _CLOCKS:
            found.append(f"{module.place}:{call.lineno} {'.'.join(asked)}")
    return found


def prints(module: Module) -> list[str]:
    return [
        f"{module.place}:{call.lineno}"
        for call in _calls(module)
        if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]


def rows_of(package: str, module: Module) -> list[str]:
    """Name each place where `module` asks a manager of `package`'s models, instead of a query or an operation."""
    taken = {
        alias.asname or alias.name
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(f"{package}.models")
        for alias in node.names
    }
    by_name = [
        f"{module.place}:{call.lineno} get_model"
        for call in _calls(module)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "get_model"
        and any(isinstance(word, ast.Constant) and str(word.value).split(".")[0] == package for word in call.args)
    ]
    return by_name + [
        f"{module.place}:{node.lineno} {node.value.id}.{node.attr}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in _MANAGERS
        and isinstance(node.value, ast.Name)
        and node.value.id in taken
    ]


def _calls(module: Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
