"""The tests beside strangers: LibreOffice for lines, pages and sums, PDFBox Preflight for files for keeping.

Needs Debian's packages below, which are installed here when they are absent and this runs as root.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = (
    *("libreoffice-writer-nogui", "libreoffice-calc-nogui", "default-jre-headless"),
    *("libpdfbox2-java", "libactivation-java", "libjaxb-api-java", "python3-uno"),
)
PREFLIGHT = Path("/usr/share/java/preflight.jar")
CALC = Path("/usr/lib/libreoffice/program/libsclo.so")
TESTS = ("tests/docgen/engine/press", "tests/docgen/engine/test_table_book.py")


def is_ready() -> bool:
    """Whether everything is here."""
    return all(shutil.which(name) for name in ("soffice", "java")) and PREFLIGHT.exists() and CALC.exists()


def main() -> int:
    """Install what is missing, run the tests."""
    tool = shutil.which("apt-get")
    if not is_ready() and os.geteuid() == 0 and tool:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([tool, "update", "-qq"], check=False, env=quiet)
        subprocess.run([tool, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES], check=False, env=quiet)
    if not is_ready():
        sys.exit(f"The oracles are missing: apt-get install {' '.join(PACKAGES)}")
    tests = [sys.executable, "-m", "pytest", "-q", "-m", "oracle", "-n", "0", *TESTS, *sys.argv[1:]]
    return subprocess.run(tests, cwd=ROOT, env={**os.environ, "DOCGEN_ORACLES": "1"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
