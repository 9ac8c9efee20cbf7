"""Finds every place in our source that could cause a message: it writes a row of the log, or calls a provider.

Each finder reads a module's text, so that a test can also hand it a text that goes around the others.
"""

import ast
from functools import cache

from django.db import models

from tests.architecture.sources import Module

_WRITES = {
    "create",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "acreate",
    "abulk_create",
    "aget_or_create",
    "aupdate_or_create",
}


def rows_made_of(model: type[models.Model], module: Module) -> list[str]:
    """Name each function of `module` in which a row of `model` may come to be, whichever way."""
    name, table = model.__name__, model._meta.db_table
    bound = _bound(module.tree, name) | {name}
    reverse = _reverse_names(model)
    found = set()
    for where, node in _nodes(module):
        if isinstance(node, ast.Call) and _makes(node, bound, reverse):
            found.add(where)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = " ".join(node.value.lower().replace('"', "").split())
            if f"insert into {table}" in words or f"copy {table}" in words or node.value == model._meta.label:
                found.add(where)
    return sorted(found)


def made_of(name: str, module: Module) -> list[str]:
    """Name each function of `module` that makes one of these plain classes."""
    bound = _bound(module.tree, name) | {name}
    return sorted(
        {where for where, node in _nodes(module) if isinstance(node, ast.Call) and _makes(node, bound, set())}
    )


def rows_copied(module: Module) -> list[str]:
    """Name each function that makes a row forget its key, so that saving it writes another one."""
    forgets = {"pk", "id", "adding"}
    return sorted(
        {
            where
            for where, node in _nodes(module)
            if isinstance(node, ast.Assign)
            and any(
                isinstance(target, ast.Attribute) and target.attr in forgets
                for written in node.targets
                for target in (written.elts if isinstance(written, ast.Tuple) else [written])
            )
        }
    )


def calls_of(names: set[str], module: Module) -> list[str]:
    """Name each function in which one of these is called, or handed on to be called."""
    return sorted(
        {
            where
            for where, node in _nodes(module)
            if (isinstance(node, ast.Attribute) and node.attr in names)
            or (isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load))
        }
    )


def imports_of(packages: set[str], module: Module) -> list[str]:
    """Name each import in `module` of one of these packages, or of something inside them."""
    found = []
    for node in ast.walk(module.tree):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        found += [name for name in names if any(name == one or name.startswith(f"{one}.") for one in packages)]
    return sorted(set(found))


def words_of(kind: str, place: str, module: Module) -> set[str]:
    """Which members of the enum `kind` the function at `place` names."""
    return {
        node.attr
        for where, node in _nodes(module)
        if where == place
        and isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == kind
    }


def _makes(call: ast.Call, bound: set[str], reverse: set[str]) -> bool:
    target = call.func
    if isinstance(target, ast.Name):
        return target.id in bound
    if not isinstance(target, ast.Attribute):
        return False
    if target.attr in bound:
        return True
    if target.attr == "get_model":
        return any(isinstance(word, ast.Constant) and str(word.value).rpartition(".")[2] in bound for word in call.args)
    if target.attr not in _WRITES:
        return False
    # Notification.objects.create, Notification.objects.filter(...).create, alert.notifications.create
    inner = {node.id for node in ast.walk(target.value) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(target.value) if isinstance(node, ast.Attribute)}
    return bool(inner & bound or attributes & (bound | reverse))


def _bound(tree: ast.Module, name: str) -> set[str]:
    """The names under which a module knows the model."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name == name
    }


def _reverse_names(model: type[models.Model]) -> set[str]:
    """What rows of other models call their rows of this one."""
    names = {
        field.remote_field.get_accessor_name()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
    }
    return {name for name in names if name}


@cache
def _nodes(module: Module) -> list[tuple[str, ast.AST]]:
    """Every node with the function that it stands in, as `path:name`; kept, since every finder asks for them."""
    found: list[tuple[str, ast.AST]] = []

    def walk(node: ast.AST, where: str) -> None:
        for child in ast.iter_child_nodes(node):
            inside = where
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = f"{module.place}:{child.name}"
            found.append((inside, child))
            walk(child, inside)

    walk(module.tree, f"{module.place}:")
    return found
