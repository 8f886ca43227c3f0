"""Codes of errors and findings, read from the program itself: what the manual lists is what the program says.

A code is a stable English name; programs and tests match on it, never on the sentence. Sentences are
taken from the source as they stand there, with … for whatever is put in at run time.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import archive
import docgen
import forms
from archive.intake.stack import StrangerReason
from forms.errors import AppError
from forms.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PACKAGES = (forms, archive, docgen)
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*)*")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_SKIPPED = ("archive.migrations", "docgen.demo", "docgen.__main__")
"""Revisions are loaded by file; the demo and the entry point are no part of the product's own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidCode:
    """A code and what is said with it."""

    code: str
    sentence: str
    """With … for what is put in; empty when it is made elsewhere."""
    module: str


def modules() -> Iterator[ModuleType]:
    """Import and yield every module of the product."""
    for package in PACKAGES:
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.startswith(_SKIPPED) and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


@cache
def errors() -> tuple[type[AppError], ...]:
    """Return every kind of error that stops a command, by exit code and code."""
    for _ in modules():
        pass
    found: dict[str, type[AppError]] = {}

    def walk(kind: type[AppError]) -> None:
        found[f"{kind.__module__}.{kind.__qualname__}"] = kind
        for inner in kind.__subclasses__():
            walk(inner)

    walk(AppError)
    ours = [kind for name, kind in found.items() if name.split(".")[0] in {p.__name__ for p in PACKAGES}]
    return tuple(sorted(ours, key=lambda kind: (kind.exit_code, kind.code)))


def sentence_of(kind: type[AppError]) -> str:
    """Return the sentence that an error builds for itself; empty for a base that builds none."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except OSError:
        return ""
    known = _assignments(tree)
    texts: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            said = list(_texts(node, known))
            if {keyword.arg for keyword in node.keywords} >= {"why", "way_out"}:
                texts.append("“…”" + "。".join(said))  # the base puts the parts together
            texts += said
    return max(texts, key=len, default="")


@cache
def said_codes() -> tuple[SaidCode, ...]:
    """Return every code of a finding about data, sorted; of several sentences the first is shown."""
    found: dict[str, SaidCode] = {}
    for rule in RULES.values():
        found[rule.code] = SaidCode(code=rule.code, sentence=rule.title, module="forms.rules")
    for reason in StrangerReason:
        found[reason.value] = SaidCode(code=reason.value, sentence=reason.label, module="archive.intake.stack")
    for module in modules():
        if module.__file__:
            for said in _in_source(Path(module.__file__).read_text("utf-8"), module.__name__):
                if not found.get(said.code, said).sentence or said.code not in found:
                    found[said.code] = said
    for kind in errors():
        found.pop(kind.code, None)  # listed with the exit codes
    return tuple(found[code] for code in sorted(found, key=lambda code: (code[0].isupper(), code)))


def _in_source(source: str, module: str) -> Iterator[SaidCode]:
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    functions: list[ast.AST] = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for scope in functions or [tree]:
        known = _assignments(scope)
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and (code := _code(node, constants)):
                texts = list(_texts(node, known))
                if texts or _is_problem(node):
                    yield SaidCode(code=code, sentence=texts[0] if texts else "", module=module)


def _assignments(scope: ast.AST) -> list[tuple[int, str, str]]:
    """Return line, name and text of everything assigned to a name, in order."""
    return sorted(
        (node.lineno, target.id, _text(node.value))
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _is_problem(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in {"Problem", "ValueParseError"}


def _code(call: ast.Call, constants: dict[str, str]) -> str:
    """Return the code that a call names: by keyword, or as a dotted string beside a Chinese sentence."""
    for keyword in call.keywords:
        if keyword.arg == "code":
            value = keyword.value
            text = constants.get(value.id, "") if isinstance(value, ast.Name) else getattr(value, "value", "")
            return text if isinstance(text, str) and _CODE.fullmatch(text) else ""
    for value in call.args[:2]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and "." in value.value:
            return value.value if _CODE.fullmatch(value.value) else ""
    return ""


def _texts(call: ast.Call, known: list[tuple[int, str, str]]) -> Iterator[str]:
    """Yield the Chinese sentences among the arguments of a call; a name stands for what it was given last."""
    for value in [*call.args, *(keyword.value for keyword in call.keywords)]:
        text = _text(value)
        if isinstance(value, ast.Name):
            given = [said for line, name, said in known if name == value.id and line < call.lineno]
            text = given[-1] if given else ""
        if _CHINESE.search(text):
            yield text


def _text(node: ast.expr) -> str:
    """Return a string as it stands in the source, with … for what is put in; of two ways of saying, the first."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left) + _text(node.right)
    if isinstance(node, ast.IfExp):
        return _text(node.body) or _text(node.orelse)
    return ""
