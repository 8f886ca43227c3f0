"""模板的生成与核对: sources in, docx of both wordings out; or a comparison with what is committed."""

from __future__ import annotations

import io
import zipfile
from importlib import resources
from typing import TYPE_CHECKING

from lxml import etree

from docgen.engine.source.grammar import parse_source
from docgen.engine.source.wordml import DocxWriter
from forms.profiles.wording import WORDINGS, find_wording

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path


def packaged() -> Traversable:
    """Return the folder of the packaged templates."""
    return resources.files("templates")


def source_codes() -> tuple[str, ...]:
    """Return the codes of the forms that have a packaged source, sorted."""
    folder = packaged() / "source"
    return tuple(sorted(entry.name.removesuffix(".txt") for entry in folder.iterdir() if entry.name.endswith(".txt")))


def build_template(code: str, wording: str, *, text: str | None = None) -> bytes:
    """Return the docx of one form in one wording; equal bytes for equal sources.

    Args:
        code: `A1`.
        wording: `plan_2016` or `law_2020`.
        text: The source; the packaged one by default.

    Raises:
        SourceError: A line of the source cannot be understood.
    """
    if text is None:
        text = (packaged() / "source" / f"{code}.txt").read_text(encoding="utf-8")
    source = parse_source(text, name=f"{code}.txt", wording=wording, terms=find_wording(wording).terms)
    return DocxWriter(source).write()


def build_all(folder: Path) -> list[Path]:
    """Write every template below ``folder`` and return the files that changed.

    A file whose parts are already the same is left alone, so that a build on another machine
    with another zlib makes no difference in version control.
    """
    changed = []
    for wording in sorted(WORDINGS):
        (folder / wording).mkdir(parents=True, exist_ok=True)
        for code in source_codes():
            path = folder / wording / f"{code}.docx"
            data = build_template(code, wording)
            if not path.exists() or canonical_parts(path.read_bytes()) != canonical_parts(data):
                path.write_bytes(data)
                changed.append(path)
    return changed


def check_all(folder: Traversable | None = None) -> list[str]:
    """Return `plan_2016/A1.docx` for every docx below ``folder`` that is not what its source gives.

    Args:
        folder: The packaged templates by default.
    """
    folder = folder or packaged()
    stale = []
    for wording in sorted(WORDINGS):
        for code in source_codes():
            entry = folder / wording / f"{code}.docx"
            try:
                same = canonical_parts(entry.read_bytes()) == canonical_parts(build_template(code, wording))
            except (FileNotFoundError, zipfile.BadZipFile, etree.XMLSyntaxError):
                same = False
            if not same:
                stale.append(f"{wording}/{code}.docx")
    return stale


def canonical_parts(data: bytes) -> Mapping[str, bytes]:
    """Return the parts of a docx in canonical XML, by name: what two builds are compared by."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: _canonical(package.read(name)) for name in package.namelist()}


def _canonical(xml: bytes) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.tostring(etree.fromstring(xml, parser), method="c14n", exclusive=True)
