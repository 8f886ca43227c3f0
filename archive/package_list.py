"""移交目录 in XML: every item with its description, its files and what was done with it.

Source: DA/T 46—2009 (names of the elements, as far as they have one), forms.md §12.3 (metadata set).
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003  dataclass fields are read at run time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from archive.reference_code import RETENTION_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.four_properties import CheckedItem
    from archive.registry.audit import AuditRow

FORMAT = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageHead:
    """What the list says about the package."""

    uid: str
    unit_name: str
    fonds_number: str
    receiver: str
    made_at: str
    """ISO 8601 with zone."""
    made_by: str


def write_list(head: PackageHead, items: Sequence[CheckedItem], history: Mapping[str, Sequence[AuditRow]]) -> bytes:
    """Return the list.

    Args:
        head: About the package.
        items: In the order of their codes.
        history: Acts by the item's uid.
    """
    root = etree.Element("移交目录", 版本=FORMAT)
    about = etree.SubElement(root, "移交包")
    for name, text in (
        ("编号", head.uid),
        ("移交单位", head.unit_name),
        ("全宗号", head.fonds_number),
        ("接收单位", head.receiver),
        ("生成时间", head.made_at),
        ("经办人", head.made_by),
        ("件数", str(len(items))),
    ):
        _add(about, name, text)
    for one in items:
        _item(root, one, history.get(one.item.uid, ()))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read_list(data: bytes) -> tuple[int, int]:
    """Read a list back: how many items, and how many bytes their files have together."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(data, parser)
    sizes = [int(element.text or 0) for element in root.iter("计算机文件大小")]
    return len(root.findall("件")), sum(sizes)


def _item(root: etree._Element, one: CheckedItem, history: Sequence[AuditRow]) -> None:
    item = one.item
    element = etree.SubElement(root, "件")
    scheme = item.code.item_class if item.code else None
    for name, text in (
        ("聚合层次", "件"),
        ("唯一标识", item.uid),
        ("档号", str(item.code or "")),
        ("全宗号", scheme.fonds_number if scheme else ""),
        ("年度", str(item.year)),
        ("保管期限", RETENTION_WORDS.get(item.retention, item.retention)),
        ("机构或问题", scheme.office_code if scheme else ""),
        ("件号", f"{item.code.item:04}" if item.code else ""),
        ("题名", item.title),
        ("文件编号", item.number),
        ("责任者", item.responsible),
        ("日期", item.day_digits),
        ("密级", ""),
        ("页数", str(item.pages)),
        ("文种", item.form_code),
        ("利用限制", "限制利用" if item.restricted else ""),
        ("语种", "汉语"),
        ("存储位置", str(item.code or "")),
    ):
        _add(element, name, text)
    files = etree.SubElement(element, "计算机文件")
    for file in one.files:
        entry = etree.SubElement(files, "文件")
        _add(entry, "计算机文件名", file.path)
        _add(entry, "格式信息", file.path.rpartition(".")[2])
        _add(entry, "计算机文件大小", str(file.size))
        _add(entry, "校验值", file.sha512, 算法="SHA-512")
    acts = etree.SubElement(element, "业务行为")
    for row in history:
        _add(acts, "行为", row.action, 时间=row.at.isoformat(timespec="seconds"), 机构人员=row.actor)


def _add(parent: etree._Element, name: str, text: str, **attributes: str) -> None:
    element = etree.SubElement(parent, name, attributes)
    element.text = text
