"""Jinja's complaints about a tag, said in Chinese."""

from __future__ import annotations

import re
from typing import Final

_CLOSERS: Final = (
    r"Jinja was looking for the following tags: (?P<tags>.*?)\. "
    r"The innermost block that needs to be closed is '(?P<open>\w+)'"
)

_SAYINGS: Final = (
    (rf"Unexpected end of template\. {_CLOSERS}", "“{open}”没有结束，少了 {tags}"),
    (
        rf"Encountered unknown tag '(?P<tag>[^']*)'\. {_CLOSERS}",
        "“{tag}”出现得不是地方，“{open}”还没有结束，这里应当是 {tags}",
    ),
    (r"Encountered unknown tag '(?P<tag>[^']*)'", "没有“{tag}”这种标记，或者前面缺少与它成对的标记"),
    (r"Unexpected end of template", "文件结束了，标记还没有写完"),
    (r"Missing end of (?:comment|raw) (?:tag|directive)", "注释没有结束，少了 #}}"),
    (r"unexpected char '(?P<char>.+)' at \d+", "不能有“{char}”这个符号"),
    (r"expected token '(?P<wanted>[^']*)', got '(?P<got>.*)'", "“{got}”前面少了符号或多了文字"),
    (r"unexpected '(?P<got>.*)'", "“{got}”是多余的"),
    (
        r"[Ee]xpected an expression|unexpected end of",
        "标记里面是空的，或者没有写完",
    ),
    (r"No (?P<kind>filter|test) named '(?P<got>[^']*)'", "没有“{got}”这种处理方法"),
)
_COMPILED: Final = tuple((re.compile(pattern), saying) for pattern, saying in _SAYINGS)


def in_chinese(message: str | None) -> str:
    """Return the complaint as a Chinese clause; the names in it stay as they are written in the template."""
    for pattern, saying in _COMPILED:
        found = pattern.match(message or "")
        if found:
            words = {key: _plain(value) for key, value in found.groupdict().items()}
            return saying.format(**words)
    return "写法不完整"


def _plain(words: str | None) -> str:
    return (words or "").replace("'", "").replace(" or ", " 或 ")
