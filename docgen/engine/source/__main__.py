"""``python -m docgen.engine.source [--check]``: build the packaged templates, or compare them with their sources."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from docgen.engine.source.build import build_all, check_all, packaged
from forms.errors import AppError


def main(arguments: list[str] | None = None) -> int:
    """Build or check; return 0, or 3 when a committed template differs from its source."""
    parser = argparse.ArgumentParser(prog="python -m docgen.engine.source")
    parser.add_argument("--check", action="store_true", help="只核对，不写文件")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            stale = check_all()
            for name in stale:
                sys.stderr.write(f"模板 {name} 与源文件不一致，请运行 make templates。\n")
            return 3 if stale else 0
        for path in build_all(Path(str(packaged()))):
            sys.stdout.write(f"{path.parent.name}/{path.name}\n")
    except AppError as error:
        sys.stderr.write(f"错误：{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
