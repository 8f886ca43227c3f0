"""销毁: what two persons have decided to destroy is taken out of the store, once it is certified, also after a crash.

Looked at whenever an office is opened, so it needs nothing of the desk that decides (`disposing`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.store import disposal_object, registry_object

if TYPE_CHECKING:
    from docgen.workspace.office.opened import Office


def carry_through(office: Office) -> None:
    """Take out of the store what two persons have decided to destroy; also after a crash."""
    with office.registry.read() as tx:
        unfinished = [(one, tx.disposals.objects(one.uid)) for one in tx.disposals.unfinished()]
    for disposal, objects in unfinished:
        certificate = disposal_object(disposal.uid)
        if not office.store.exists(certificate):
            continue  # no certificate, no destruction; the check says so
        for object_id in objects:
            office.store.purge(object_id)
        office.store.purge(registry_object())  # its snapshots still say what the papers said
        with office.registry.begin() as tx:
            tx.disposals.finish(disposal.uid)
            tx.audit.append("archive.purge", actor=disposal.first_by, subject=disposal.uid, objects=len(objects))
    if unfinished:  # seldom, so its module is not loaded at every opening
        from docgen.workspace.safety.desk import SafetyDesk

        SafetyDesk(office).snapshot()
