"""Article -> rule -> test: ``python -m forms.catalogue.rule_coverage`` writes docs/rules.md.

Every rule has two fixtures in tests/forms/rules (the cases_<family>.py there) named after it: one that triggers
it, one that just passes. What the catalogue demands of the archive, the intake or the counting, and no form can
hold alone, is a `Guard`: it names the part that keeps it and its two tests. Tests hold the catalogue, the names,
the page and the tables to each other.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.catalogue.library import FormLibrary
from forms.law.sources import SOURCES, cite
from forms.rules import RULES

if TYPE_CHECKING:
    from forms.law.sources import Citation
    from forms.rules import Rule

TEST_FOLDER = "tests/forms/rules"
CATALOGUE: tuple[str, ...] = (
    *(f"REF-{n:02}" for n in range(1, 30)),
    *(f"WRN-{n:02}" for n in range(1, 19)),
    *(f"X-{n:02}" for n in range(1, 16)),
)
"""Every code of forms.md §7 and §11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What the catalogue demands of another part than the forms."""

    code: str
    title: str
    citations: tuple[Citation, ...]
    blocking: bool
    kept_by: str
    """File that keeps it."""
    triggers: str
    """``file::test`` in which it acts."""
    passes: str
    """``file::test`` in which it just lets pass."""


_OFFICE = cite("office")
GUARDS: dict[str, Guard] = {
    guard.code: guard
    for guard in (
        Guard(
            code="REF-19",
            title="档案非经鉴定程序不得销毁、删除。",
            citations=(cite("archives", "第二十一条"), cite("archives", "第二十二条")),
            blocking=True,
            kept_by="docgen/workspace/keeping/disposing.py",
            triggers="tests/docgen/workspace/keeping/test_disposing.py::test_one_row_that_is_not_due_stops_the_whole_list",
            passes="tests/docgen/workspace/keeping/test_disposing.py"
            "::test_a_destroyed_paper_is_gone_from_store_registry_and_index",
        ),
        Guard(
            code="WRN-18",
            title="扫描件的页数、页面标记、版本与生成的文书不一致。",
            citations=(_OFFICE,),
            blocking=False,
            kept_by="archive/intake/stack.py",
            triggers="tests/archive/intake/test_intake_stack.py"
            "::test_a_page_no_paper_can_claim_goes_to_the_desk_with_its_reason",
            passes="tests/archive/intake/test_intake_stack.py::test_whole_copies_keep_their_own_pages_together",
        ),
        Guard(
            code="X-11",
            title="汇总表的告诫书数等于期间内有送达证明的告诫书数。",
            citations=(_OFFICE,),
            blocking=True,
            kept_by="archive/registry/cases.py",
            triggers="tests/archive/test_registry_cases.py"
            "::test_only_proven_service_on_the_perpetrator_is_counted_in_its_period",
            passes="tests/archive/test_registry_cases.py::test_a_proven_service_is_not_overwritten",
        ),
        Guard(
            code="X-12",
            title="汇总表的辍学报告数计学生人数，不计报告份数。",
            citations=(_OFFICE,),
            blocking=True,
            kept_by="forms/computed/school.py",
            triggers="tests/forms/rules/test_school_papers.py::test_reports_are_counted_by_pupils_and_not_by_letters",
            passes="tests/forms/rules/test_school_papers.py::test_a_report_of_one_pupil_counts_one",
        ),
        Guard(
            code="X-13",
            title="写有儿童姓名的文书都能从其档案里找到，档案里的每一件都在档案库里。",
            citations=(_OFFICE,),
            blocking=True,
            kept_by="archive/check.py",
            triggers="tests/archive/test_check.py::test_a_paper_gone_from_the_store_is_reported",
            passes="tests/archive/test_check.py::test_store_and_registry_that_agree_are_whole",
        ),
    )
}
"""Demands that no form can hold alone."""


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
        "本页由程序生成：`python -m forms.catalogue.rule_coverage`。“拦下”的不能生成文书；“提醒”的由办理人判断。",
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
    lines += [
        "",
        "## 由归档、扫描、汇总把关",
        "",
        "下面几条不在填写文书时检查，由写明的模块把关，也各有一个触发的测试和一个通过的测试。",
        "",
        "| 规则 | 内容 | 依据 | 结果 | 模块 | 触发的测试 | 通过的测试 |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for guard in GUARDS.values():
        result = "拦下" if guard.blocking else "提醒"
        cited = "、".join(str(c) for c in guard.citations)
        tests = " | ".join(f"`{name.rpartition('::')[2]}`" for name in (guard.triggers, guard.passes))
        lines.append(f"| {guard.code} | {guard.title} | {cited} | {result} | `{guard.kept_by}` | {tests} |")
    lines += ["", "## 目录要求的规则", "", "表单目录第7节、第11节的每一条都有规则：", ""]
    lines += [
        f"- {family}：{'、'.join(c for c in CATALOGUE if c.startswith(family))}" for family in ("REF", "WRN", "X")
    ]
    lines += ["", "## 规则 → 文书", "", "| 规则 | 内容 | 文书 |", "| --- | --- | --- |"]
    lines += [f"| {code} | {rule.title} | {'、'.join(used[code]) or '—'} |" for code, rule in RULES.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.buffer.write(page(FormLibrary.load()).encode("utf-8"))
