"""模板源文件: a readable text language for Word templates, built into docx for both wordings.

A template is reviewed as text (`templates/source/<code>.txt`) and used as docx; `build` is the
only way from one to the other, so that both wordings always say the same but for their terms.
The language is described in `templates/source/README.md`.
"""

from __future__ import annotations

from docgen.engine.source.build import build_all, build_template, check_all, source_codes
from docgen.engine.source.grammar import SourceError, parse_source

__all__ = ["SourceError", "build_all", "build_template", "check_all", "parse_source", "source_codes"]
