"""The house itself: four packages, names that nobody else claims, locks and pages that fit any machine."""

from __future__ import annotations

import importlib
import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("archive", "docgen", "forms", "templates")
TEXTS = sorted(
    path
    for pattern in ("docs/**/*.md", "*.md", "templates/source/*.md", "locks/*.txt", "*.toml", ".ci/*", "Makefile")
    for path in ROOT.glob(pattern)
    if path.is_file()
)
_MACHINE = re.compile(r"(?:/home/|/root/|/Users/|/tmp/|/work/|[A-Z]:\\Users|\.venv/lib|site-packages)")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_a_regular_one_with_a_line_that_says_what_it_is(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__file__ is not None
    assert Path(package.__file__).name == "__init__.py"
    assert package.__doc__


@pytest.mark.parametrize("name", PACKAGES)
def test_nobody_else_claims_the_name_of_a_package(name: str) -> None:
    assert set(packages_distributions().get(name, ["tongdang"])) == {"tongdang"}


def test_the_wheel_holds_the_four_packages_and_nothing_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert sorted(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == sorted(PACKAGES)
    assert project["project"]["scripts"] == {"docgen": "docgen.cli:main"}


@pytest.mark.parametrize("path", sorted((ROOT / "locks").glob("*.txt")), ids=lambda path: path.name)
def test_a_lock_names_versions_and_digests_and_no_host(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "://" not in text
    assert "index-url" not in text
    pinned = re.findall(r"^([A-Za-z0-9._-]+==[^ ;]+)", text, re.MULTILINE)
    assert len(pinned) > 15
    assert len(pinned) == len(set(pinned))
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def test_every_dependency_is_locked_and_every_one_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = {re.split(r"[<>=!~ ;\[]", line)[0].lower() for line in project["project"]["dependencies"]}
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)==", (ROOT / "locks/runtime.txt").read_text("utf-8"), re.MULTILINE))
    assert wanted <= {name.lower() for name in locked}
    told = (ROOT / "docs/dependencies.md").read_text("utf-8").lower()
    assert [name for name in sorted(wanted) if name not in told] == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_no_page_names_a_place_of_one_machine(path: Path) -> None:
    assert _MACHINE.findall(path.read_text("utf-8")) == []


def test_no_module_of_the_product_names_a_place_of_one_machine() -> None:
    for name in PACKAGES:
        for path in (ROOT / name).rglob("*.py"):
            assert _MACHINE.findall(path.read_text("utf-8")) == [], path
