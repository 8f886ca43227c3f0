"""Article -> rule -> test: ``python -m forms.rules.coverage`` writes docs/rules.md.

Every rule has two fixtures in tests/forms/rules (test_each_rule.py and the cases_<family>.py beside it)
named after it: one that triggers it, one that just passes. A test holds names, page and table to each other.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from forms.library import FormLibrary
from forms.rules import RULES
from forms.sources import SOURCES

if TYPE_CHECKING:
    from forms.rules import Rule
    from forms.sources import Citation

TEST_FOLDER = "tests/forms/rules"


def fixture_names(code: str) -> tuple[str, str]:
    """Return the names of the two fixtures of a rule: ``ref_01_triggers``, ``ref_01_passes``."""
    stem = code.lower().replace("-", "_")
    return f"{stem}_triggers", f"{stem}_passes"


def by_citation() -> dict[Citation, list[Rule]]:
    """Return the rules behind each article, sources in their own order, articles as first cited."""
    found: dict[Citation, list[Rule]] = {}
    for rule in RULES.values():
        for citation in rule.citations:
            found.setdefault(citation, []).append(rule)
    order = {key: number for number, key in enumerate(SOURCES)}
    return dict(sorted(found.items(), key=lambda item: order[item[0].source.key]))


def page(library: FormLibrary) -> str:
    """Return the coverage page in Markdown."""
    used = {code: [s.code for s in library.all() if code in s.rules] for code in RULES}
    lines = [
        "# 规则与依据",
        "",
        "本页由程序生成：`python -m forms.rules.coverage`。“拦下”的不能生成文书；“提醒”的由办理人判断。",
        f"每条规则在 `{TEST_FOLDER}` 里有一个触发的例子和一个刚好通过的例子。",
        "",
        "## 依据 → 规则 → 测试",
        "",
        "| 依据 | 规则 | 内容 | 结果 | 触发的例子 | 通过的例子 |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for citation, rules in by_citation().items():
        for rule in rules:
            triggers, passes = fixture_names(rule.code)
            result = "拦下" if rule.blocking else "提醒"
            lines.append(f"| {citation} | {rule.code} | {rule.title} | {result} | `{triggers}` | `{passes}` |")
    lines += ["", "## 规则 → 文书", "", "| 规则 | 内容 | 文书 |", "| --- | --- | --- |"]
    lines += [f"| {code} | {rule.title} | {'、'.join(used[code]) or '—'} |" for code, rule in RULES.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(page(FormLibrary.load()).encode("utf-8"))
