"""Which names a template uses, dotted: `child.name`, `rows[].grade`.

The library's own list knows only the first part of a name and only some parts of the file; a template and its form
are held together by these names, so all of them are found here by walking the parsed tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jinja2 import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Scope = dict[str, str | None]
"""Local name -> the path it stands for (`rows[]`), or None when it stands for nothing of the context."""

_BUILT_IN = frozenset({"range", "dict", "lipsum", "cycler", "joiner", "namespace"})
_KEEPS_ITEMS = frozenset(
    {"sort", "list", "reverse", "unique", "select", "reject", "selectattr", "rejectattr", "default", "d"}
)


def used_names(template: nodes.Template) -> frozenset[str]:
    """Return the names of the context a parsed template reads, loop variables resolved."""
    finder = _Finder()
    finder.block(template.body, {})
    return frozenset(finder.found)


class _Finder:
    def __init__(self) -> None:
        self.found: set[str] = set()

    def block(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        """Walk statements in order; assignments are seen by what follows."""
        for node in body:
            self.statement(node, scope)

    def statement(self, node: nodes.Node, scope: Scope) -> None:
        """Walk one statement by its kind; unknown kinds are read as expressions."""
        walk = _STATEMENTS.get(type(node), _Finder.other)
        walk(self, node, scope)

    def other(self, node: Any, scope: Scope) -> None:
        """Read everything below."""
        for child in node.iter_child_nodes():
            self.read(child, scope)

    def loop(self, node: Any, scope: Scope) -> None:
        """Walk a loop; its variable stands for one item."""
        inner = dict(scope)
        self.bind(node.target, self._items(node.iter, scope), inner)
        inner["loop"] = None
        if node.test:
            self.read(node.test, inner)
        self.block(node.body, inner)
        self.block(node.else_, dict(scope))

    def branch(self, node: Any, scope: Scope) -> None:
        """Walk a condition and its branches."""
        self.read(node.test, scope)
        for part in (node.body, node.elif_, node.else_):
            self.block(part, scope)

    def assign(self, node: Any, scope: Scope) -> None:
        """Let the name stand for what it is set to."""
        self.bind(node.target, self.read(node.node, scope), scope)

    def capture(self, node: Any, scope: Scope) -> None:
        """Walk a set block; its name stands for text."""
        self.block(node.body, dict(scope))
        self.bind(node.target, None, scope)

    def macro(self, node: Any, scope: Scope) -> None:
        """Walk a macro or call block; its arguments stand for nothing of the context."""
        inner = dict(scope)
        for default in node.defaults:
            self.read(default, scope)
        inner.update({arg.name: None for arg in node.args})
        inner.update({"varargs": None, "kwargs": None, "caller": None})
        if isinstance(node, nodes.CallBlock):
            self.read(node.call, scope)
        else:
            scope[node.name] = None
        self.block(node.body, inner)

    def with_names(self, node: Any, scope: Scope) -> None:
        """Walk a with block."""
        inner = dict(scope)
        for target, value in zip(node.targets, node.values, strict=True):
            self.bind(target, self.read(value, scope), inner)
        self.block(node.body, inner)

    def filtered(self, node: Any, scope: Scope) -> None:
        """Walk a filter block."""
        self.read(node.filter, scope)
        self.block(node.body, dict(scope))

    def named_block(self, node: Any, scope: Scope) -> None:
        """Walk a block."""
        self.block(node.body, dict(scope))

    def bind(self, target: nodes.Node, path: str | None, scope: Scope) -> None:
        """Let the target's names stand for the path; a tuple's names stand for nothing in particular."""
        if isinstance(target, nodes.Name):
            scope[target.name] = path
        else:
            scope.update({name.name: None for name in target.find_all(nodes.Name)})

    def read(self, node: nodes.Node, scope: Scope) -> str | None:
        """Record what an expression reads; return its path when it is a plain path."""
        path, reads = self._path(node, scope)
        if reads:
            if path:
                self.found.add(path)
            return path
        for child in node.iter_child_nodes():
            self.read(child, scope)
        return None

    def _items(self, node: nodes.Node, scope: Scope) -> str | None:
        """Record the thing looped over; return the path of one item."""
        inner: nodes.Node = node
        while isinstance(inner, nodes.Filter) and inner.name in _KEEPS_ITEMS and inner.node is not None:
            for child in (*inner.args, *inner.kwargs):
                self.read(child, scope)
            inner = inner.node
        path = self.read(inner, scope)
        return f"{path}[]" if path else None

    def _path(self, node: nodes.Node, scope: Scope) -> tuple[str | None, bool]:
        """Return the path of a plain path and whether the node is one (a local without a path is one, too)."""
        if isinstance(node, nodes.Name):
            if node.name in scope:
                return scope[node.name], True
            return (None if node.name in _BUILT_IN else node.name), True
        if isinstance(node, nodes.Getattr):
            base, plain = self._path(node.node, scope)
            return (f"{base}.{node.attr}" if base else None), plain
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            base, plain = self._path(node.node, scope)
            key = node.arg.value
            step = f".{key}" if isinstance(key, str) else "[]"
            return (f"{base}{step}" if base else None), plain
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
            # a method: what is read is the thing it belongs to
            base, plain = self._path(node.node.node, scope)
            if plain:
                if base:
                    self.found.add(base)
                for child in (*node.args, *node.kwargs):
                    self.read(child, scope)
                return None, True
        return None, False


_STATEMENTS: Final[dict[type[nodes.Node], Callable[[_Finder, Any, Scope], None]]] = {
    nodes.For: _Finder.loop,
    nodes.If: _Finder.branch,
    nodes.Assign: _Finder.assign,
    nodes.AssignBlock: _Finder.capture,
    nodes.Macro: _Finder.macro,
    nodes.CallBlock: _Finder.macro,
    nodes.With: _Finder.with_names,
    nodes.FilterBlock: _Finder.filtered,
    nodes.Block: _Finder.named_block,
}
