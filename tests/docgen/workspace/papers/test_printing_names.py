"""Names of what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.workspace.papers.printing import print_stack

if TYPE_CHECKING:
    from docgen.workspace import Workspace


def test_the_stack_is_named_after_its_whole_label_though_it_holds_full_stops(workspace: Workspace) -> None:
    first, folder, _ = print_stack(workspace, [], "2026-10-01..2026-11-22")
    second, other, _ = print_stack(workspace, [], "2026-10-01..2026-11-22")
    assert first.name.endswith("2026-10-01..2026-11-22.pdf")
    assert (first.name, second.name) == (f"{folder.name}.pdf", f"{other.name}.pdf")
    assert first != second
