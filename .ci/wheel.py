"""Prove the built wheel: an empty environment, away from the checkout, one paper and one search.

An editable install never notices a data file that is missing from the wheel; this does.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = """平山村留守儿童名单
姓名,公民身份号码,民族,现居住地,就学情况,父亲姓名,父亲务工地点,父亲电话,母亲姓名,母亲务工地点,母亲电话,照护人姓名,照护人身份证号,与儿童关系,照护人电话,照护人住址
测试甲,522730201503050015,汉族,平山村一组,小学,测试父,广东省深圳市,13800000001,测试母,广东省深圳市,13800000002,测试祖,522730195603050018,祖父,13800000003,平山村一组
"""
INIT = (
    *("--profile", "longli", "--unit", "某某镇人民政府", "--number-prefix", "某民"),
    *("--filler", "填表甲", "--reviewer", "复核乙", "--head", "负责丙"),
)
OPINION = {
    "can_express": "是",
    "can_express_reason": "能说清楚和谁住",
    "asked_by": "填表甲",
    "heard_alone": "是",
    "options_shown": "由祖父照护；无其他可选",
    "child_words": "愿意和爷爷住",
    "preference": "同意",
}


def checked(prefix: str) -> str:
    """Complete 17 digits with their check character, so that the sample needs no table."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return prefix + "10X98765432"[sum(int(d) * w for d, w in zip(prefix, weights, strict=True)) % 11]


def run(*command: str | Path, cwd: Path, ok: tuple[int, ...] = (0,)) -> str:
    """Run one command, show it, return what it printed."""
    print("+", *command, flush=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, capture_output=True, text=True, encoding="utf-8", env=env, check=False
    )
    sys.stdout.write(done.stdout[-2000:])
    if done.returncode not in ok:
        sys.stderr.write(done.stderr)
        raise SystemExit(f"exit {done.returncode}")
    return done.stdout


def main() -> None:
    """Build, install, make, search."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", work / "dist", cwd=ROOT)
        wheel = next((work / "dist").glob("*.whl"))
        run(sys.executable, "-m", "check_wheel_contents", wheel, cwd=ROOT)
        venv.create(work / "env", with_pip=True)
        scripts = work / "env" / ("Scripts" if os.name == "nt" else "bin")
        python = scripts / "python"
        run(python, "-m", "pip", "install", "-q", "--require-hashes", "-r", ROOT / "locks" / "runtime.txt", cwd=work)
        run(python, "-m", "pip", "install", "-q", "--no-deps", wheel, cwd=work)
        away = work / "away"
        away.mkdir()
        docgen = [shutil.which("docgen", path=str(scripts)) or "docgen", "--office", "office"]
        run(docgen[0], "office", "init", "office", *INIT, cwd=away)
        sheet = LIST.replace("522730201503050015", checked("52273020150305001"))
        sheet = sheet.replace("522730195603050018", checked("52273019560305001"))
        (away / "list.csv").write_text(sheet, "utf-8-sig")
        run(*docgen, "people", "import", "list.csv", "--village", "平山村", cwd=away)
        values = [part for name, text in OPINION.items() for part in ("--set", f"{name}={text}")]
        made = run(*docgen, "make", "A8", "--child", "测试甲", *values, "--json", cwd=away)
        paper = json.loads(made)["made"][0]
        found = run(*docgen, "search", "测试甲", "--json", cwd=away)
        assert any(hit["key"] == paper["uid"] for hit in json.loads(found)["hits"]), "the paper was not found"
        run(*docgen, "office", "check", cwd=away)
        print("the wheel works away from the checkout")


if __name__ == "__main__":
    main()
