"""click's own phrases in Chinese, compiled to the catalogue that gettext reads.

`python -m docgen.cli.messages` writes `locale/zh_CN/LC_MESSAGES/messages.mo`; a test builds it
again and compares.
"""

from __future__ import annotations

import struct
from pathlib import Path

PHRASES: dict[str, str] = {
    "Usage:": "用法：",
    "Options": "选项",
    "Positional arguments": "参数",
    "Commands": "命令",
    "Show this message and exit.": "显示这份说明。",
    "Show the version and exit.": "显示版本号。",
    "Aborted!": "已取消。",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "可以用“{command} {option}”查看说明。",
    "Invalid value: {message}": "填写的内容不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 填写的内容不对：{message}",
    "Missing command.": "还没有写要做什么（缺少命令）。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少{param_type}",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "No such option {name!r}.": "没有“{name}”这个选项。",
    "No such command {name!r}.": "没有“{name}”这个命令。",
    "unknown error": "未知错误",
    "Could not open file {filename!r}: {message}": "打不开文件“{filename}”：{message}",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
    "{value!r} is not a valid {number_type}.": "“{value}”不是正确的数。",
    "{value!r} is not in the range {range}.": "“{value}”不在 {range} 之内。",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "{name} {filename!r} does not exist.": "{name}“{filename}”不存在。",
    "{name} {filename!r} is a file.": "{name}“{filename}”是一个文件。",
    "{name} {filename!r} is a directory.": "{name}“{filename}”是一个文件夹。",
    "{name} {filename!r} is not readable.": "{name}“{filename}”读不出来。",
    "{name} {filename!r} is not writable.": "{name}“{filename}”不能写入。",
    "Option {name!r} does not take a value.": "选项“{name}”后面不需要内容。",
    "default: {default}": "默认：{default}",
    "required": "必填",
    "env var: {var}": "环境变量：{var}",
    "Do you want to continue?": "要继续吗？",
    "Error: invalid input": "错误：没有看懂，请再输入一次",
}
PLURALS: dict[tuple[str, str], str] = {
    (
        "Got unexpected extra argument ({args})",
        "Got unexpected extra arguments ({args})",
    ): "多写了内容（{args}）",
    (
        "Option {name!r} requires an argument.",
        "Option {name!r} requires {nargs} arguments.",
    ): "选项“{name}”后面缺少内容。",
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"): "您是不是想写 {possibilities}？",
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."): "“{value}”不在可选项里：{choices}。",
}
HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n"
TARGET = Path(__file__).parent / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.mo"


def compile_catalogue() -> bytes:
    """Return the phrases as a GNU .mo file (little-endian, no hash table)."""
    pairs = {"": HEADER} | PHRASES | {f"{one}\0{many}": text for (one, many), text in PLURALS.items()}
    entries = sorted((k.encode(), v.encode()) for k, v in pairs.items())
    start = 7 * 4 + 16 * len(entries)
    ids = b"".join(k + b"\0" for k, _ in entries)
    texts = b""
    position, tables = start, [b"", b""]
    for k, _ in entries:
        tables[0] += struct.pack("<II", len(k), position)
        position += len(k) + 1
    for _, v in entries:
        tables[1] += struct.pack("<II", len(v), position)
        position += len(v) + 1
        texts += v + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(entries), 28, 28 + 8 * len(entries), 0, start)
    return head + tables[0] + tables[1] + ids + texts


def main() -> None:
    """Write the catalogue."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(compile_catalogue())


if __name__ == "__main__":
    main()
