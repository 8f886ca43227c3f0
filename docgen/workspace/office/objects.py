"""What a paper's object in the store holds, and how one version of it is registered.

`inputs-v<N>.json` carries everything the registry knows of version N, so that the store alone can
bring the registry back. Its form is part of the format on disk (docs/on-disk.md).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from archive.registry import decode_values, encode_values
from archive.store import paper_object
from forms.values.names_and_numbers import DocumentNumber

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.registry import Tx
    from archive.store import Store
    from forms.cases.facts import Value

FORMAT = 1


def inputs_path(version: int) -> str:
    """Return the logical path of what a version was made from."""
    return f"inputs-v{version}.json"


def issued_path(version: int, kind: str) -> str:
    """Return the logical path of the issued ``docx`` or ``pdf``."""
    return f"issued-v{version}.{kind}"


def variant_path(version: int, copy_key: str, kind: str) -> str:
    """Return the logical path of a copy that leaves something out for its recipient (REF-20)."""
    return f"issued-v{version}-{copy_key}.{kind}"


def layout_path(version: int) -> str:
    """Return the logical path of the layout: where each line and each signature place is."""
    return f"layout-v{version}.json"


def text_path(version: int) -> str:
    """Return the logical path of the issued text; form feeds part the pages."""
    return f"text-v{version}.txt"


def signed_path(version: int, digest: str) -> str:
    """Return the logical path of a signed scan; named by its pages, so that filing twice is filing once."""
    return f"signed-v{version}-{digest[:16]}.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """One version of a paper, as it can be registered from the store alone."""

    paper_uid: str
    form_code: str
    title: str
    issuer_uid: str
    village_uid: str
    child_uid: str
    carer_uid: str
    number: DocumentNumber | None
    version: int
    mark_id: str
    pages: int
    wording: str
    profile: str
    made_on: date
    made_by: str
    copies: tuple[str, ...]
    """Recipients of the originals, in order."""
    links: tuple[tuple[str, str], ...]
    """(kind, uid) of the papers this one refers to."""
    values: Mapping[str, Value]
    notes: tuple[str, ...] = ()
    """File note: refusals that a second person let pass, with the reason."""
    case_uid: str = ""
    """The case it belongs to; empty for papers of no case."""
    people: tuple[tuple[str, str], ...] = ()
    """(role, uid) of further persons of the register it names: ``("perpetrator", …)``."""

    def as_bytes(self) -> bytes:
        """Return the file's content: UTF-8, keys sorted, one line a value."""
        data = {name: getattr(self, name) for name in self.__slots__ if name not in {"number", "values", "made_on"}}
        data |= {
            "format": FORMAT,
            "number": str(self.number) if self.number else "",
            "made_on": self.made_on.isoformat(),
            "values": encode_values(self.values),
        }
        return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    def register(self, tx: Tx, store: Store, *, is_recovered: bool = False) -> None:
        """Record the version, with the digests of the files as they lie in the store."""
        object_id = paper_object(self.paper_uid)
        if tx.papers.by_uid(self.paper_uid) is None:
            number = self.number
            if number is not None and is_recovered:
                tx.numbers.claim(number)
            tx.papers.new(
                uid=self.paper_uid,
                form_code=self.form_code,
                issuer_uid=self.issuer_uid,
                by=self.made_by,
                village_uid=self.village_uid,
                child_uid=self.child_uid,
                carer_uid=self.carer_uid,
                number=number,
            )
        names = (inputs_path, text_path, layout_path)
        paths = [name(self.version) for name in names] + [issued_path(self.version, kind) for kind in ("docx", "pdf")]
        digests = store.paths(object_id)
        paths += [path for path in digests if path.startswith(f"issued-v{self.version}-")]
        tx.papers.new_version(
            self.paper_uid,
            values=self.values,
            mark_id=self.mark_id,
            pages=self.pages,
            digests={path: digests[path] for path in paths if path in digests},
            made_on=self.made_on,
            made_by=self.made_by,
            wording=self.wording,
        )
        tx.papers.set_copies(self.paper_uid, self.version, self.copies)
        for kind, other in self.links:
            tx.papers.link(self.paper_uid, other, kind)
        for role, person in self.people:
            tx.papers.name_person(self.paper_uid, person, role)
        if self.case_uid and tx.cases.has(self.case_uid):
            tx.cases.put_paper(self.case_uid, self.paper_uid)
        tx.audit.append(
            "paper.recover" if is_recovered else "paper.issue",
            actor=self.made_by,
            subject=self.paper_uid,
            version=self.version,
        )


def read_inputs(data: bytes) -> Inputs:
    """Read `inputs-v<N>.json`.

    Raises:
        ValueError: it is not of this format; a newer program wrote it, or it is damaged.
    """
    raw: dict[str, Any] = json.loads(data)
    if raw.pop("format", None) != FORMAT:
        raise ValueError("inputs of an unknown format")
    number = raw.pop("number")
    return Inputs(
        **{
            **raw,
            "number": DocumentNumber.parse(number) if number else None,
            "made_on": date.fromisoformat(raw["made_on"]),
            "copies": tuple(raw["copies"]),
            "notes": tuple(raw.get("notes", ())),
            "links": tuple((kind, uid) for kind, uid in raw["links"]),
            "people": tuple((role, uid) for role, uid in raw.get("people", ())),
            "values": decode_values(raw["values"]),
        }
    )


def sha512(data: bytes) -> str:
    """Return the digest that the store uses, in hex."""
    return hashlib.sha512(data).hexdigest()
