"""表间勾稽关系: the identities R-01 … R-18 of the quarterly table, as pure functions over its figures.

Source: forms.md §8.8. A figure that is — or 未采集 takes no part: what nobody counted proves nothing. An identity
is checked on the row of each unit and on the total alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from forms.law.sources import cite
from forms.law.time import print_date
from forms.problems import Problem, Where
from forms.quarter.columns import ColumnKind, QuarterRules, columns, partitions
from forms.values.blank import Blank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from forms.law.sources import Citation
    from forms.quarter.period import Period

_PLAN = cite("plan_longli")
_OFFICE = cite("office")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The figures of one row and what they are checked against."""

    figures: Mapping[str, int | Blank]
    rules: QuarterRules = field(default_factory=QuarterRules)
    unit: str = ""
    counted: Mapping[str, int] | None = None
    """What counting the frozen roster again gives (R-17); ``None``: not counted again."""
    verified: Mapping[str, int | Blank] = field(default_factory=dict)
    """Values that the verifying organ set by a paper C4; they may differ from what was counted."""
    period: Period | None = None
    previous_to: date | None = None
    """Last day of the table before this one; ``None``: there is none (R-18)."""

    def get(self, name: str) -> int | None:
        """Return a figure; ``None`` where there is no number."""
        value = self.figures.get(name, Blank.NOT_COLLECTED)
        return None if isinstance(value, Blank) else value

    def total(self, *names: str) -> int | None:
        """Return the sum of figures; ``None`` where one of them is no number."""
        values = [self.get(name) for name in names]
        return None if any(v is None for v in values) else sum(v for v in values if v is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One violated equation or order."""

    left: str
    right: str
    has: int
    wants: int
    column: str
    sign: str = "="


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One identity of §8.8; R-14 looks at persons and R-18 at periods, so they stand apart below."""

    code: str
    title: str
    citations: tuple[Citation, ...]
    check: Callable[[Ledger], Iterator[Breach]]
    blocking: bool = True

    def run(self, ledger: Ledger) -> Iterator[Problem]:
        """Yield what is violated."""
        for breach in self.check(ledger):
            message = (
                f"{breach.left}（{breach.has}）{_NOT[breach.sign]}{breach.right}（{breach.wants}）。"
                f"请运行 docgen quarter why {breach.column} 逐人核对后更正。"
            )
            yield Problem(
                code=self.code,
                message=message,
                where=Where(field=breach.column, column=breach.column, subject=ledger.unit),
                sources=self.citations,
                blocking=self.blocking,
            )


_NOT = {"=": "不等于", "<=": "大于", ">=": "小于"}


def _named(name: str) -> str:
    return f"{name} {columns()[name].title}" if name in columns() else name


def _equal(ledger: Ledger, left: str, *right: str, minus: tuple[str, ...] = ()) -> Iterator[Breach]:
    has, plus, less = ledger.get(left), ledger.total(*right), ledger.total(*minus)
    if has is None or plus is None or less is None or has == plus - less:
        return
    shown = "+".join(right) + "".join(f"-{name}" for name in minus)
    yield Breach(left=_named(left), right=shown, has=has, wants=plus - less, column=left)


def _at_most(ledger: Ledger, left: tuple[str, ...], right: tuple[str, ...]) -> Iterator[Breach]:
    has, limit = ledger.total(*left), ledger.total(*right)
    if has is not None and limit is not None and has > limit:
        yield Breach(
            left="+".join(left) if len(left) > 1 else _named(left[0]),
            right="+".join(right),
            has=has,
            wants=limit,
            column=left[0],
            sign="<=",
        )


def _r_01(ledger: Ledger) -> Iterator[Breach]:
    yield from _equal(ledger, "KA4", "KA1", "KA2", minus=("KA3",))


def _r_02(ledger: Ledger) -> Iterator[Breach]:
    for partition in partitions():
        yield from _equal(ledger, partition.whole, *partition.terms)


def _r_03(ledger: Ledger) -> Iterator[Breach]:
    for band in ("KA6a", "KA6b", "KA6c"):
        yield from _equal(ledger, band, f"{band}m", f"{band}f", f"{band}n")


def _r_04(ledger: Ledger) -> Iterator[Breach]:
    pupils = ledger.total("KA7c", "KA7d")
    boarding = ledger.total("KA10a", "KA10b", "KA10n")
    if pupils is not None and boarding is not None and pupils != boarding:
        yield Breach(
            left="KA10a+KA10b+KA10n", right="KA7c+KA7d", has=boarding, wants=pupils, column="KA10a"
        )  # fmt: skip


def _r_05(ledger: Ledger) -> Iterator[Breach]:
    for left, right in (("KA7g", "KD5"), ("KA7h", "KD8"), ("KA8b", "KE5")):
        yield from _equal(ledger, left, right)


def _r_06(ledger: Ledger) -> Iterator[Breach]:
    if not ledger.rules.incapable_parent_keeps:
        yield from _at_most(ledger, ("KA12d",), ("KA11b", "KA11n"))
        return
    # who was not asked may stand on either side
    pattern, care = ledger.get("KA11n") or 0, ledger.get("KA12n") or 0
    for left, right in ((("KA12d",), "KA11b"), (("KA12a", "KA12b", "KA12c"), "KA11a")):
        has, wants = ledger.total(*left), ledger.get(right)
        if has is not None and wants is not None and not -care <= has - wants <= pattern:
            yield Breach(left="+".join(left), right=right, has=has, wants=wants, column=left[0])


def _r_07(ledger: Ledger) -> Iterator[Breach]:
    yield from _at_most(ledger, ("KB5",), ("KB4",))
    yield from _equal(ledger, "KB9", "KB4", minus=("KB5",))


def _r_07_carers(ledger: Ledger) -> Iterator[Breach]:
    yield from _at_most(ledger, ("KA12a", "KA12b"), ("KB4",))


def _r_08(ledger: Ledger) -> Iterator[Breach]:
    yield from _at_most(ledger, ("KB6",), ("KB4",))


def _r_08_pairs(ledger: Ledger) -> Iterator[Breach]:
    if ledger.rules.pairs_confirmation_with_deed:
        yield from _equal(ledger, "KB5", "KB6")


def _r_09(ledger: Ledger) -> Iterator[Breach]:
    yield from _equal(ledger, "KC1", "KC3a", "KC3b", "KC3c", "KC3d", "KC3e", "KC3f", "KC3g", "KC3n")


def _r_10(ledger: Ledger) -> Iterator[Breach]:
    yield from _equal(ledger, "KC5", "KC5a", "KC5b", "KC5c", "KC5d", "KC5n")
    yield from _equal(ledger, "KC6", "KC6s", "KC5", minus=("KC6e",))


def _r_11(ledger: Ledger) -> Iterator[Breach]:
    for block in ("KD", "KE"):
        yield from _equal(ledger, f"{block}5", f"{block}1", f"{block}2", minus=(f"{block}3", f"{block}4"))


def _r_12(ledger: Ledger) -> Iterator[Breach]:
    yield from _at_most(ledger, ("KD6",), ("KD1", "KD2"))


def _r_13(ledger: Ledger) -> Iterator[Breach]:
    poor, least = ledger.total("KA13c", "KA13n"), ledger.total("KA12c", "KA12d")
    if poor is not None and least is not None and poor < least:
        yield Breach(
            left="KA13c+KA13n", right="KA12c+KA12d", has=poor, wants=least, column="KA13c", sign=">="
        )  # fmt: skip


def _r_15(ledger: Ledger) -> Iterator[Breach]:
    yield from _at_most(ledger, ("KG2",), ("KG1",))
    yield from _at_most(ledger, ("KG2",), ("KG3",))


def _r_16(ledger: Ledger) -> Iterator[Breach]:
    for name in ledger.figures:
        value = ledger.get(name)
        if value is not None and value < 0:
            yield Breach(left=_named(name), right="0", has=value, wants=0, column=name, sign=">=")


def _r_17(ledger: Ledger) -> Iterator[Breach]:
    for name, counted in (ledger.counted or {}).items():
        value = ledger.get(name)
        if value is not None and value != counted and name not in ledger.verified:
            yield Breach(left=_named(name), right="冻结名册的人数", has=value, wants=counted, column=name)


IDENTITIES: dict[str, Identity] = {
    i.code: i
    for i in (
        Identity(code="R-01", title="期末在册=期初在册+新增-退出。", citations=(_OFFICE,), check=_r_01),
        Identity(code="R-02", title="各项分类之和等于期末在册数。", citations=(_OFFICE,), check=_r_02),
        Identity(code="R-03", title="各年龄段等于其中男、女之和。", citations=(_OFFICE,), check=_r_03),
        Identity(code="R-04", title="寄宿与非寄宿之和等于小学、初中人数。", citations=(_OFFICE,), check=_r_04),
        Identity(code="R-05", title="辍学、不在学、未登记户口在各部分的数一致。", citations=(_PLAN,), check=_r_05),
        Identity(
            code="R-06",
            title="一方外出另一方无监护能力的，留守类型与实际照护一致。",
            citations=(_OFFICE,),
            check=_r_06,
            blocking=False,
        ),
        Identity(
            code="R-07", title="已签确认书不多于有被委托人的；应签未签等于两数之差。", citations=(_PLAN,), check=_r_07
        ),
        Identity(
            code="R-07-CARER",
            title="由祖父母、亲友照护的都应当登记被委托人。",
            citations=(cite("minors", "第二十二条"),),
            check=_r_07_carers,
            blocking=False,
        ),
        Identity(code="R-08", title="已签责任书不多于有被委托人的。", citations=(_PLAN,), check=_r_08),
        Identity(
            code="R-08-PAIR", title="确认书与责任书应当成对。", citations=(_PLAN,), check=_r_08_pairs, blocking=False
        ),
        Identity(
            code="R-09", title="强制报告数等于各主要情形之和。", citations=(cite("minors", "第十一条"),), check=_r_09
        ),
        Identity(
            code="R-10",
            title="护送临时监护等于各接收方之和；期末=期初+护送-结束。",
            citations=(cite("minors", "第九十二条"),),
            check=_r_10,
        ),
        Identity(
            code="R-11",
            title="失学辍学、无户籍：期末=期初+新发现-减少。",
            citations=(cite("compulsory_edu"), _PLAN),
            check=_r_11,
        ),
        Identity(
            code="R-12",
            title="书面报告的学生不多于期初加新发现。",
            citations=(cite("minors", "第二十八条"),),
            check=_r_12,
            blocking=False,
        ),
        Identity(
            code="R-13",
            title="无人监护、由无监护能力的一方照护的，监护情况都是“差”。",
            citations=(_OFFICE,),
            check=_r_13,
        ),
        Identity(
            code="R-15", title="走访人数不多于应走访人数，人次不少于人数。", citations=(_OFFICE,), check=_r_15
        ),
        Identity(code="R-16", title="各栏都是不小于零的整数。", citations=(_OFFICE,), check=_r_16),
        Identity(
            code="R-17",
            title="各栏等于冻结名册数出的数；只有核实部门可以用核实反馈表改。",
            citations=(_PLAN, _OFFICE),
            check=_r_17,
        ),
    )
}  # fmt: skip


def check_figures(ledger: Ledger) -> tuple[Problem, ...]:
    """Return what the figures of one row violate, in the order of the identities."""
    found = [problem for identity in IDENTITIES.values() for problem in identity.run(ledger)]
    return (*found, *_contiguity(ledger))


def _contiguity(ledger: Ledger) -> Iterator[Problem]:
    period, before = ledger.period, ledger.previous_to
    if period is None or before is None or before + timedelta(days=1) == period.from_on or not period.is_quarter:
        return
    message = (
        f"上一次统计到{print_date(before)}，本次从{print_date(period.from_on)}开始，中间没有接上。"
        "确是专门的区间的，请写起止日期；否则请先补上中间的季度。"
    )
    yield Problem(code="R-18", message=message, sources=(_PLAN,), blocking=False)


SCHOOL_AGES = {"幼儿园": (3, 6), "小学": (5, 14), "初中": (11, 15)}
"""R-14: schooling → the ages that are usual; others are listed for checking."""


def out_of_step(schooling: str, age: int) -> bool:
    """Tell whether a child's age is unusual for its schooling (R-14)."""
    low, high = SCHOOL_AGES.get(schooling, (0, 99))
    return not low <= age <= high


def may_add_up(column: str) -> bool:
    """Tell whether a column may be added over periods: stocks never (§8.8, pitfall 1)."""
    return columns()[column].kind is not ColumnKind.STOCK
