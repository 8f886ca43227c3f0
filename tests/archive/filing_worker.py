"""A program that files papers as fast as it can and says so after each; killed by test_store_kill.

Usage: python filing_worker.py FOLDER SEED [indexed]

With ``indexed`` each signed paper goes into the index as well, as the registry's outbox owes it.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from archive.index import Index, IndexDocument
from archive.registry import Registry, new_uid, sqlite_url
from archive.store import Store, digest_of, paper_object
from forms.values.enums import PaperStatus


def say(*words: object) -> None:
    """Acknowledge: the line is out before the next thing begins."""
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def pay(index: Index, registry: Registry) -> list[str]:
    """Take what the registry owes into the index; return the uids."""
    with registry.read() as tx:
        owed = tx.outbox.take(500)
        documents = [
            IndexDocument(
                key=row.uid,
                kind="paper",
                child_uid="",
                names=("罗小山",),
                document_number=str(tx.papers.get(row.uid).document_number),
                unit_uid=tx.units.owner().uid,
                form_code="A1",
                status="已签待归档",
                day=date(2026, 11, 5),
                title="确认书",
                body="不得脱离监护",
            )
            for row in owed
        ]
    if owed:
        index.apply(documents, [], owed[-1].id)
        with registry.begin() as tx:
            tx.outbox.done([row.id for row in owed])
    return [row.uid for row in owed]


def main(folder: Path, seed: int, *, is_indexed: bool) -> None:
    """File new papers and sign old ones, each in one transaction, until killed."""
    index = Index.open(folder / "index") if is_indexed else None
    chance = random.Random(seed)
    now = datetime(2026, 11, 5, tzinfo=UTC)
    store = Store.open(folder / "store", work=folder / "work")
    with Registry.open(sqlite_url(folder / "registry.db")) as registry:
        say("ready")
        while True:
            with registry.begin() as tx:
                number = tx.numbers.next("洗民委照", 2026)
                paper = tx.papers.new(
                    form_code="A1", issuer_uid=tx.units.owner().uid, by="张敏", number=number, uid=new_uid()
                )
                issued = {"inputs.json": b"{}", "issued-v1.pdf": chance.randbytes(chance.randrange(60_000))}
                store.put(paper_object(paper.uid), issued, message="生成", user="张敏", at=now)
                tx.papers.new_version(
                    paper.uid,
                    values={},
                    mark_id=new_uid(),
                    pages=2,
                    digests={path: digest_of(data) for path, data in issued.items()},
                    made_on=date(2026, 11, 5),
                    made_by="张敏",
                )
                tx.audit.append("paper.made", actor="张敏", subject=paper.uid)
            say("made", number.serial, paper.uid)
            signed = {"signed-v1-1.pdf": chance.randbytes(chance.randrange(60_000))}
            with registry.begin() as tx:
                store.put(paper_object(paper.uid), signed, message="签署", user="张敏", at=now)
                tx.papers.add_files(paper.uid, 1, {path: digest_of(data) for path, data in signed.items()})
                tx.papers.set_status(paper.uid, 1, PaperStatus.SIGNED, signed_on=date(2026, 11, 6))
                tx.audit.append("paper.filed", actor="张敏", subject=paper.uid)
            say("signed", number.serial, paper.uid)
            for uid in pay(index, registry) if index is not None else ():
                say("found", 0, uid)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), is_indexed="indexed" in sys.argv)
