"""Computed suggestions of checks, reports and submissions (forms.md §6 C2–C6).

What the summary table C1 holds is read from its signed paper: a table ``figures`` with the columns
``cell`` (KA4), ``title`` and ``amount``. Figures of a report are never typed while there is one (R-17).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from forms.cases.facts import as_rows
from forms.computed.summary_paper import KEY_FIGURES, summary_figures, table_name
from forms.law.time import same_day
from forms.profiles.region import Every, UnknownOrganError
from forms.values.blank import Blank, is_value
from forms.values.enums import CareQuality, UnitKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms.cases.case import Case
    from forms.cases.facts import PaperFact, Row, Value
    from forms.profiles.region import RegionProfile
    from forms.quarter.table import PeriodTable
    from forms.spec import FieldSpec

NC = Blank.NOT_COLLECTED
VISIT_DAYS = {"高": 30, "中": 60, "低": 92}
"""Longest time to the next visit by risk (forms.md C3; our rule)."""
MONTHLY = 31
BLOCKS = {UnitKind.EDUCATION: ("D",), UnitKind.POLICE: ("C", "E")}
"""Which part of the summary table each department verifies (forms.md §8)."""
SUBMITTED = ("C1", "C2", "C5", "C5a", "B1", "B3", "B5a", "B5b", "B5c", "B5d")


def quarter_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of the quarter of a day."""
    start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return start, same_day(start, months=3) - timedelta(days=1)


def reported_quarter(day: date) -> tuple[date, date]:
    """Return the quarter a report made on a day is about: the last one in the first ten days of a new one."""
    first, last = quarter_of(day)
    return quarter_of(first - timedelta(days=1)) if (day - first).days < 10 else (first, last)


def summary(case: Case) -> PaperFact | None:
    """Return the newest signed summary table of the unit."""
    return next((p for p in case.facts.papers if p.form_code == "C1" and p.is_done), None)


def _figures(case: Case) -> Value:
    if case.facts.period_table is not None:
        return summary_figures(case.facts.period_table, KEY_FIGURES) or NC
    paper = summary(case)
    if paper is None:
        return NC
    rows = as_rows(paper.values.get("figures"))
    return tuple({name: row.get(name, NC) for name in ("cell", "title", "amount")} for row in rows) or NC


def _summary_number(case: Case) -> Value:
    if case.facts.period_table is not None:
        return table_name(case.facts.period_table)
    paper = summary(case)
    return NC if paper is None else f"{paper.document_number or paper.uid}（第{paper.version}版）"


def _five_duties(case: Case) -> Value:
    return tuple({"heading": heading, "work_done": NC} for heading in case.profile.five_duties) or NC


def _organ_name(case: Case, key: str) -> str:
    if key in {"town", "village", "school"}:
        unit = getattr(case.facts, key)
        return unit.name if unit is not None else ""
    try:
        return case.profile.organ(key, case.today).name
    except UnknownOrganError:
        return ""


def recipients(case: Case) -> tuple[str, ...]:
    """Return the names of who receives this form in the region, 主送 first; the issuer itself left out."""
    keys = case.profile.recipients.get(case.spec.code) or tuple(
        dict.fromkeys(c.recipient for c in case.spec.copies if c.recipient not in {"office", "parents", "carer"})
    )
    names = (_organ_name(case, key) for key in keys)
    return tuple(n for n in dict.fromkeys(names) if n and n != case.facts.office.name)


def _receipt_lines(case: Case) -> Value:
    cc = [part for part in case.text("cc").replace("，", "、").split("、") if part]
    units = [case.text("to"), *cc]
    return tuple({"unit": unit, "name": NC, "at": NC} for unit in units if unit) or NC


def _attachments(case: Case) -> Value:
    """Return what goes with a report by the signed papers of the unit, each with its version."""
    names = {"C1": "关爱保护情况汇总表", "B1": "留守儿童花名册", "B3": "留守老人花名册"}
    if case.facts.period_table is not None:
        return attached(case, case.facts.period_table)
    lines = []
    for code, name in names.items():
        paper = next((p for p in case.facts.papers if p.form_code == code and p.is_done), None)
        if paper is not None:
            lines.append(f"{name}（第{paper.version}版）")
    return tuple(lines) or NC


def attached(case: Case, table: PeriodTable) -> tuple[str, ...]:
    """Return the attachments of a period's report, rosters with their versions, registrations with their number."""

    def named(code: str, name: str) -> str:
        row = case.profile.form(code)
        return row.title if row is not None and row.title else name

    lines = [f"{named('C1', '关爱保护情况汇总表')}（第{table.version}版）"]
    papers = {code: next((p for p in case.facts.papers if p.form_code == code), None) for code in ("B1", "B3")}
    for code, single, column, name in (("B1", "B2", "KA4", "留守儿童"), ("B3", "B4", "KH4", "留守老人")):
        paper = papers[code]
        if paper is not None:
            lines.append(f"{named(code, f'{name}花名册')}（第{paper.version}版）")
        figure = table.total.figures.get(column)
        if figure is not None and isinstance(figure.adopted, int) and figure.adopted:
            lines.append(f"{named(single, f'{name}基本情况登记表')}{figure.adopted}份")
    return tuple(lines)


def _submitted(case: Case) -> Value:
    rows: list[Row] = []
    for code in SUBMITTED:
        paper = next((p for p in case.facts.papers if p.form_code == code and p.is_done), None)
        if paper is None:
            continue
        title, entries = paper.values.get("title", NC), as_rows(paper.values.get("rows"))
        rows.append(
            {
                "title": str(title) if is_value(title) else code,
                "number": paper.document_number or NC,
                "version": paper.version,
                "pages": NC,
                "entries": len(entries) if entries else NC,
            }
        )
    return tuple(rows) or NC


def _own_block(case: Case) -> Value:
    letters = BLOCKS.get(case.facts.office.kind, ())
    options = case.spec.field("block").options
    return next((o for o in options if o[0] in letters), NC) if len(letters) == 1 else NC


def _figures_of_block(case: Case) -> Value:
    block = case.text("block") or _own_block(case)
    letter, paper = "" if isinstance(block, Blank) else str(block)[:1], summary(case)
    if not letter or paper is None:
        return NC
    rows = [r for r in as_rows(paper.values.get("figures")) if str(r.get("cell", "")).startswith(f"K{letter}")]
    empty = dict.fromkeys(("verified", "diff", "reason", "reason_note"), NC)
    return tuple({"cell": r["cell"], "title": r["title"], "reported": r["amount"], **empty} for r in rows) or NC


def visits(case: Case) -> tuple[PaperFact, ...]:
    """Return the signed records of visits, the newest first."""
    return tuple(p for p in case.facts.papers if p.form_code == "C3" and p.is_done)


def visit_day(paper: PaperFact) -> date | None:
    """Return the day of a visit: as read from the record, else that of signing."""
    at = paper.values.get("visited_at")
    if isinstance(at, datetime):
        return at.date()
    return at if isinstance(at, date) else paper.signed_on


def _last_visit(case: Case) -> Value:
    days = [day for p in visits(case) if (day := visit_day(p)) is not None]
    return max(days) if days else NC


def is_monthly_profile(profile: RegionProfile) -> bool:
    """Tell whether the region has every child visited each month (渝北)."""
    return any(r.key == "ledger_check" and r.every is Every.MONTH for r in profile.rhythm)


def is_monthly(case: Case) -> bool:
    """Tell the same of a case."""
    return is_monthly_profile(case.profile)


def _visit_kind(case: Case) -> Value:
    return "月度联系" if is_monthly(case) else "季度核查"


def longest_gap(case: Case, risk: str) -> int:
    """Return the days until the next visit at the latest."""
    days = VISIT_DAYS.get(risk, VISIT_DAYS["低"])
    days = min(days, case.profile.thresholds.get("visit_days", days))
    return min(days, MONTHLY) if is_monthly(case) else days


def _risk(case: Case) -> Value:
    """Suggest a risk only once something was seen: harm or bad care is high, a hazard or a gap is middling."""
    care = case.value("care_now")
    if case.value("suspicious") is True or care is CareQuality.POOR:
        return "高"
    if not isinstance(care, CareQuality) or isinstance(case.value("contact"), Blank):
        return NC
    hazards = any(r.get("result") == "有隐患" for r in case.rows("home_safety"))
    doubtful = care is CareQuality.FAIR or case.text("contact") != "每周有"
    absent = case.text("attendance") in {"经常缺勤", "辍学"}
    return "中" if hazards or doubtful or absent else "低"


def _next_visit(case: Case) -> Value:
    risk, at = case.text("risk"), case.value("visited_at")
    if not risk or not isinstance(at, datetime):
        return NC
    return at.date() + timedelta(days=longest_gap(case, risk))


def _recipient(case: Case, number: int) -> Value:
    names = recipients(case)
    if number == 0:
        return names[0] if names else NC
    return "、".join(names[1:]) or NC


COMPUTED: dict[str, Callable[[Case, FieldSpec | None], Value]] = {
    "quarter_start": lambda case, _: reported_quarter(case.today)[0],
    "quarter_end": lambda case, _: reported_quarter(case.today)[1],
    "year_start": lambda case, _: date(case.today.year, 1, 1),
    "year_end": lambda case, _: date(case.today.year, 12, 31),
    "summary_figures": lambda case, _: _figures(case),
    "summary_number": lambda case, _: _summary_number(case),
    "five_duties": lambda case, _: _five_duties(case),
    "main_recipient": lambda case, _: _recipient(case, 0),
    "copy_recipients": lambda case, _: _recipient(case, 1),
    "report_attachments": lambda case, _: _attachments(case),
    "submitted_papers": lambda case, _: _submitted(case),
    "receipt_lines": lambda case, _: _receipt_lines(case),
    "own_block": lambda case, _: _own_block(case),
    "figures_of_block": lambda case, _: _figures_of_block(case),
    "visit_no": lambda case, _: len(visits(case)) + 1,
    "last_visit_on": lambda case, _: _last_visit(case),
    "visit_kind": lambda case, _: _visit_kind(case),
    "visit_risk": lambda case, _: _risk(case),
    "next_visit": lambda case, _: _next_visit(case),
}
