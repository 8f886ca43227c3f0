"""LibreOffice as it is used beside a program: a server kept warm by unoserver, and one call for many files.

The fonts are those the press has, by the names documents use, so that both set the same type.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_zh_cn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SERIF = (
    "宋体|SimSun|新宋体|NSimSun|仿宋|FangSong|仿宋_GB2312|FangSong_GB2312|楷体|KaiTi|楷体_GB2312|KaiTi_GB2312|华文中宋|"
    "华文宋体|华文仿宋|华文楷体|方正小标宋简体|方正小标宋_GBK|方正仿宋_GBK|Times New Roman|Times|Cambria|Georgia|"
    "Liberation Serif|Noto Serif CJK SC|MS Mincho|ＭＳ 明朝|MS 明朝|Symbol"
)
_SANS = (
    "黑体|SimHei|微软雅黑|Microsoft YaHei|等线|DengXian|等线 Light|Arial|Helvetica|Calibri|Verdana|Tahoma|"
    "Liberation Sans|"
    "Segoe UI|Aptos|Trebuchet MS|DejaVu Sans|Noto Sans CJK SC|MS Gothic|ＭＳ ゴシック|Calibri Light|Open Sans"
)


class NoOfficeError(Exception):
    """LibreOffice or what is needed to talk to it is not on this machine; the text says what."""


def program() -> str:
    """Return the path of LibreOffice.

    Raises:
        NoOfficeError: There is none.
    """
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        raise NoOfficeError("soffice is not on the PATH (make oracle)")
    return found


def fonts_environment(folder: Path, families: Mapping[str, str] | None = None) -> dict[str, str]:
    """Write a font configuration with the press's own faces; return the environment that uses it.

    Args:
        folder: Where it is written.
        families: Families by the face that stands for them, beside those every document uses.
    """
    known = dict.fromkeys(_SERIF.split("|"), "Noto Serif SC") | dict.fromkeys(_SANS.split("|"), "Noto Sans SC")
    rules = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test><edit name="family" mode="assign"'
        f' binding="strong"><string>{face}</string></edit></match>'
        for name, face in (known | dict(families or {})).items()
    )
    fonts = Path(pylopdf_fonts_zh_cn.serif_path()).parent
    path = folder / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
        f"<fontconfig><dir>{fonts}</dir><cachedir>{folder / 'cache'}</cachedir>{rules}</fontconfig>",
        encoding="utf-8",
    )
    return os.environ | {"FONTCONFIG_FILE": str(path)}


def convert_files(
    files: Mapping[str, bytes], folder: Path, *, families: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """Convert docx files to PDF in one call; a file that LibreOffice cannot read is not in the result."""
    office = program()
    for name, data in files.items():
        (folder / f"{name}.docx").write_bytes(data)
    subprocess.run(
        [
            office,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", "pdf", "--outdir", str(folder)),
            *(str(folder / f"{name}.docx") for name in files),
        ],
        check=False,
        capture_output=True,
        timeout=60 + 20 * len(files),
        env=fonts_environment(folder, families),
    )
    made = {name: folder / f"{name}.pdf" for name in files}
    return {name: path.read_bytes() for name, path in made.items() if path.exists()}


def _python_with_uno() -> str:
    own = str(Path(program()).resolve().parent / "python")
    for candidate in (sys.executable, "/usr/bin/python3", own, shutil.which("python3") or ""):
        if candidate and Path(candidate).exists():
            asked = subprocess.run([candidate, "-c", "import uno"], check=False, capture_output=True, timeout=60)
            if asked.returncode == 0:
                return candidate
    raise NoOfficeError("no Python here can import uno (make oracle)")


@contextmanager
def warm_server(folder: Path, *, own_fonts: bool = True) -> Iterator[Any]:
    """Keep a server running; gives a client whose ``convert(indata=…, convert_to="pdf")`` returns the file.

    Args:
        folder: For its profile.
        own_fonts: Give it the press's faces; else the machine's.

    Raises:
        NoOfficeError: Something is missing, or it does not start.
    """
    if find_spec("unoserver") is None:
        raise NoOfficeError("unoserver is not installed (make oracle)")
    client = import_module("unoserver.client")
    package = Path(str(client.__file__)).parent.parent
    ports = _free_ports(2)
    environment = fonts_environment(folder) if own_fonts else dict(os.environ)
    process = subprocess.Popen(
        [
            _python_with_uno(),
            *("-m", "unoserver.server", "--executable", program()),
            *("--port", str(ports[0]), "--uno-port", str(ports[1])),
            *("--user-installation", str(folder / "server")),
        ],
        env=environment | {"PYTHONPATH": str(package)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(ports[0], process)
        yield client.UnoClient(server="127.0.0.1", port=str(ports[0]))
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    found = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return found


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise NoOfficeError("unoserver does not start")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NoOfficeError("unoserver does not answer")
