"""What stops the press."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from forms.errors import DataError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class MissingGlyphError(DataError):
    """A character that no font here can draw: the paper is not made."""

    code = "glyph.missing"

    def __init__(self, name: str, *, missing: Mapping[str, str]) -> None:
        self.name = name
        self.missing = dict(missing)
        """Characters with the text around each; never logged, it may hold a name."""
        told = "；".join(f"{_spell(char)}，在“{around.strip()}”处" for char, around in list(self.missing.items())[:5])
        more = f"等 {len(self.missing)} 个字符" if len(self.missing) > 5 else ""
        super().__init__(
            f"“{name}”里有现有字体都没有的字：{told}{more}，没有生成文书。"
            "请核对这个字是否录入有误；确是生僻字的，请安装收有该字的字体（如宋体-ExtB），"
            "在设置里允许使用本机字体后再试。"
        )


class UnsupportedLayoutError(TemplateError):
    """A template holds content that the press cannot draw."""

    code = "layout.unsupported"

    def __init__(self, name: str, *, what: Sequence[str]) -> None:
        self.name = name
        self.what = tuple(what)
        super().__init__(
            f"“{name}”里有打印时会丢失的内容：{'、'.join(self.what)}，没有生成文书。"
            "请在模板里改用普通段落、表格或嵌入式图片后再试。"
        )


def _spell(char: str) -> str:
    shown = (
        f"“{char}”"
        if unicodedata.category(char)[0] not in "CZM" and not 0xD800 <= ord(char) <= 0xDFFF
        else "看不见的字符"
    )
    return f"{shown}（U+{ord(char):04X}）"
