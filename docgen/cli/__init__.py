"""The command line: groups are nouns, commands are verbs; it parses, calls the workspace, prints."""

from __future__ import annotations

import os
from pathlib import Path


def main() -> None:
    """Run `docgen` as a program."""
    # click's own dozen phrases go through gettext, which looks at these two before click is imported
    import gettext

    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))
    os.environ.setdefault("LANGUAGE", "zh_CN")
    from docgen.cli.root import root

    root(prog_name="docgen")
