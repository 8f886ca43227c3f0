"""The command line: groups are nouns, commands are verbs; it parses, calls the workspace, prints."""

from __future__ import annotations

import os
from pathlib import Path


def speak_chinese() -> None:
    """Let click's own dozen phrases go through the catalogue beside this file."""
    import gettext

    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))
    os.environ.setdefault("LANGUAGE", "zh_CN")


def main() -> None:
    """Run `docgen` as a program."""
    speak_chinese()  # before click is imported, which looks at both
    from docgen.cli.root import root

    root(prog_name="docgen")
