"""What the archive's own desks report back: numbering, binding, appraisal, transfer, old scans."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  dataclass fields are read at run time

from docgen.workspace.office.reports import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow(Report):
    """One item as the 归档文件目录 prints it."""

    uid: str
    no: str
    code: str
    number: str
    responsible: str
    title: str
    day: str
    secrecy: str
    pages: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessionReport(Report):
    """Outcome of numbering a year."""

    year: int
    given: int
    """Codes given now."""
    total: int
    """Items of the year that have one."""
    unset: tuple[str, ...]
    """Forms whose retention the unit has not decided."""
    unplaced: int
    """Old scans of the year that wait for somebody to say whose they are."""
    rows: tuple[ItemRow, ...]
    void: tuple[str, ...]
    folder: Path | None
    """Where the lists lie; ``None``: there is nothing to list."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        parts = [f"{self.year}年：这次编档号 {self.given} 件，全年共 {self.total} 件"]
        if self.void:
            parts.append(f"作废 {len(self.void)} 个号（保留不用）")
        if self.unset:
            parts.append(f"{'、'.join(self.unset)} 的保管期限还没有定，暂按建议期限编号，请报批后写进 office.toml")
        if self.unplaced:
            parts.append(f"{self.unplaced} 件旧档还没有认定是谁的，没有编号（docgen intake desk 查看）")
        return "；".join(parts) + "。"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundVolume(Report):
    """One child's volume."""

    path: Path
    child_uid: str
    recipient: str
    """In words."""
    items: int
    pages: int
    """Numbered pages, without cover and lists."""
    unsigned: int
    left_out: int
    """Items that the recipient must not see."""
    lost_pages: int
    """Of old scans, that could not be read."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        parts = [f"{self.recipient}：{self.items} 件 {self.pages} 页"]
        if self.unsigned:
            parts.append(f"其中 {self.unsigned} 件未签")
        if self.left_out:
            parts.append(f"按规定未装入 {self.left_out} 件")
        if self.lost_pages:
            parts.append(f"旧档有 {self.lost_pages} 页读不出来")
        return "，".join(parts) + "。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal(Report):
    """What is due for appraisal."""

    path: Path | None
    """The list to be filled in; ``None``: nothing is due."""
    rows: tuple[tuple[str, ...], ...]
    """序号, 档号, 题名, 日期, 页数, 保管期限, 期满年份, and three to be filled in."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        if not self.rows:
            return "没有保管期限届满的档案。"
        return f"保管期限届满 {len(self.rows)} 件，请两人逐件鉴定，在清单里填“销毁”或“续存”。"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalReport(Report):
    """Outcome of an appraisal list carried out."""

    uid: str
    """Of the certificate; empty when nothing was destroyed."""
    destroyed: int
    kept: int
    undecided: int
    held: int
    """Scans as received that stay because others' pages are in them."""
    folder: Path | None
    """Where the certificate lies, to be printed and signed."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        parts = [f"销毁 {self.destroyed} 件，续存 {self.kept} 件，未定 {self.undecided} 件"]
        if self.uid:
            parts.append(f"销毁清册编号 {self.uid}，请打印签字，签字件用 docgen archive certificate 存入")
        if self.held:
            parts.append(f"{self.held} 份原始扫描件里还有未到期的材料，暂时保留")
        return "；".join(parts) + "。"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferReport(Report):
    """A package that lies ready."""

    uid: str
    folder: Path
    form: Path
    """移交与接收登记表, to be signed by both sides."""
    items: int
    files: int
    size: int
    """Bytes."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        return (
            f"移交包 {self.uid}：{self.items} 件，{self.files} 个文件，{self.size / 1024**2:.1f} MB，四性检测合格，"
            "已经校验。对方签章后，用 docgen archive receipt 存入回执。"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PastView(Report):
    """Who stood around a child on a day."""

    child_uid: str
    headline: str
    people: tuple[str, ...]
    """One line a person; empty before the child was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptionReport(Report):
    """Outcome of a folder of old scans."""

    dry_run: bool
    files: int
    children: int
    """Placed with a child."""
    villages: int
    """Placed with a village: rosters."""
    unclear: int
    """On the desk, for a person to say whose they are."""
    known: int
    unreadable: int
    path: Path
    """One row a file, as CSV."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        word = "预查（没有收存）" if self.dry_run else "收存旧档"
        parts = [f"{word} {self.files} 个文件：归到儿童 {self.children} 个，归到村（居）{self.villages} 个"]
        parts.append(f"待认定 {self.unclear} 个")
        if self.known:
            parts.append(f"以前收过或重复 {self.known} 个")
        if self.unreadable:
            parts.append(f"读不出来 {self.unreadable} 个")
        return "，".join(parts) + "。"


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView(Report):
    """One child's dossier, ready to show."""

    child_uid: str
    headline: str
    people: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """序, 表, 文号, 形成日期, 版本, 状态, 页数, 扫描件."""
    missing: tuple[str, ...]
    due: tuple[str, ...]
    read: tuple[str, ...] = ()
    """What was read from the signed papers and typed in."""
    unread: tuple[str, ...] = ()
    """What the pen wrote on them and nobody has typed in yet."""
