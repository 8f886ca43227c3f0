"""docx of one record: `docgen.engine.render` against docxtpl as its users write it.

Both make the same agreement of the same fictitious people, one after the other in one process; before anything is
timed, the parts of both results are compared in canonical form. ``docx_vs_docxtpl`` is the ratio of the median CPU
times; the ratio of the best times stands beside it.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import statistics
import time
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Environment, StrictUndefined
from lxml import etree

from bench.samples import agreement
from docgen.engine.render import Picture, compile_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Maker = Callable[[Mapping[str, Any]], bytes]

_SIDE = Mm(25)
_PER_ROUND = 10
"""Records of ours for one of docxtpl's: as many as fit without its rest of the round growing cold."""


@dataclass(slots=True)
class Contestant:
    """One way to make a docx, with the seconds of CPU each record took."""

    name: str
    make: Maker
    per_round: int
    seconds: list[float] = field(default_factory=list)

    def run(self, record: Mapping[str, Any]) -> None:
        """Make one record and note the time."""
        start = time.process_time()
        self.make(record)
        self.seconds.append(time.process_time() - start)

    @property
    def median(self) -> float:
        """Seconds of CPU, median."""
        return statistics.median(self.seconds)

    @property
    def best(self) -> float:
        """Seconds of CPU, best."""
        return min(self.seconds)


def contestants(data: bytes) -> list[Contestant]:
    """Return ours first, docxtpl as it is used second, docxtpl with its object kept third."""
    compiled = compile_template(data, name="委托照护协议")
    env = Environment(autoescape=True, undefined=StrictUndefined)
    kept = DocxTemplate(io.BytesIO(data))

    def ours(record: Mapping[str, Any]) -> bytes:
        return compiled.render({**record, "qr": Picture(data=record["qr"], width=_SIDE, height=_SIDE)})

    def through(template: DocxTemplate, record: Mapping[str, Any]) -> bytes:
        image = InlineImage(template, io.BytesIO(record["qr"]), width=_SIDE, height=_SIDE)
        template.render({**record, "qr": image}, env)
        out = io.BytesIO()
        template.save(out)
        return out.getvalue()

    return [
        Contestant("docgen", ours, _PER_ROUND),
        Contestant("docxtpl_new", lambda record: through(DocxTemplate(io.BytesIO(data)), record), 1),
        Contestant("docxtpl_kept", lambda record: through(kept, record), 1),
    ]


def differing_parts(one: bytes, other: bytes) -> list[str]:
    """Return the members of two docx that are not equal as canonical XML (or bytes, for pictures)."""
    first, second = _members(one), _members(other)
    return sorted(
        name
        for name in first.keys() | second.keys()
        if name not in first or name not in second or _canonical(name, first[name]) != _canonical(name, second[name])
    )


def measure(*, rounds: int) -> dict[str, Any]:
    """Interleave the contestants for a number of rounds and return the figures."""
    data = agreement.template()
    records = agreement.records(40)
    racing = contestants(data)
    first = records[0]
    difference = differing_parts(racing[0].make(first), racing[1].make(first))
    for record in records:
        racing[0].make(record)
    gc.collect()
    gc.freeze()
    for number in range(rounds):
        for contestant in racing:
            for step in range(contestant.per_round):
                contestant.run(records[(number * _PER_ROUND + step) % len(records)])
    ours, new, kept = racing
    return {
        "docx_vs_docxtpl": round(new.median / ours.median, 1),
        "docx_vs_docxtpl_best": round(new.best / ours.best, 1),
        "docx_vs_docxtpl_kept": round(kept.median / ours.median, 1),
        "milliseconds": {
            c.name: {"median": round(c.median * 1000, 3), "best": round(c.best * 1000, 3), "records": len(c.seconds)}
            for c in racing
        },
        "bytes": {"docgen": len(ours.make(first)), "docxtpl": len(new.make(first)), "template": len(data)},
        "differing_parts": difference,
    }


def _members(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _canonical(name: str, content: bytes) -> bytes:
    if not name.endswith((".xml", ".rels")):
        return content
    return etree.tostring(etree.fromstring(content), method="c14n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--quick", action="store_true", help="fewer rounds: a few seconds")
    options = parser.parse_args()
    figures = measure(rounds=60 if options.quick else 400)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    print(f"docx: {figures['docx_vs_docxtpl']} times docxtpl (median), {figures['docx_vs_docxtpl_best']} (best)")
    for name, row in figures["milliseconds"].items():
        print(f"  {name:14} median {row['median']:8.3f} ms   best {row['best']:8.3f} ms   {row['records']} records")
    print(f"  differing parts: {', '.join(figures['differing_parts']) or 'none'}")


if __name__ == "__main__":
    main()
