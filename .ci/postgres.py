"""The registry's tests on PostgreSQL: a server of our own in a temporary folder, stopped by its own process id.

Needs Debian's package `postgresql` (13 or newer), which is installed here when it is absent and this runs as
root. The server listens on a socket in the temporary folder only, and forgets everything when it stops.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "postgresql"
DEADLINE_S = 60


def programs() -> Path | None:
    """Return the folder with `initdb` and `postgres`, the newest where there are several."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: [int(n) for n in p.parts[4].split(".")]
    )
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


def install() -> Path:
    """Install the package, or say which one is missing."""
    tool = shutil.which("apt-get")
    if os.geteuid() == 0 and tool:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([tool, "update", "-qq"], check=False, env=quiet)
        subprocess.run([tool, "install", "-y", "-qq", PACKAGE], check=False, env=quiet)
    found = programs()
    if found is None:
        sys.exit(f"PostgreSQL is missing: install the Debian package “{PACKAGE}” (apt-get install {PACKAGE}).")
    return found


def owner() -> str | None:
    """Return whom the server runs as: it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def main() -> int:
    """Start the server, run the tests, stop the server."""
    binaries = programs() or install()
    user = owner()
    with tempfile.TemporaryDirectory(prefix="docgen-postgres-") as name:
        folder = Path(name)
        folder.chmod(0o700)
        if user is not None:
            shutil.chown(folder, user)
        data = folder / "data"
        options = ["-D", str(data), "-U", "docgen", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([binaries / "initdb", *options], check=True, user=user, stdout=subprocess.DEVNULL)
        settings = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "full_page_writes=off"]
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, *(word for text in settings for word in ("-c", text))],
            user=user,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait(binaries, folder, server)
            url = f"postgresql+psycopg://docgen@/postgres?host={folder}"
            tests = [sys.executable, "-m", "pytest", "-q", "tests/archive", "-k", "postgresql", *sys.argv[1:]]
            return subprocess.run(
                tests, cwd=ROOT, env={**os.environ, "DOCGEN_TEST_POSTGRES": url}, check=False
            ).returncode
        finally:
            server.send_signal(signal.SIGINT)  # a fast shutdown: nobody is waited for
            server.wait(DEADLINE_S)


def wait(binaries: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + DEADLINE_S
    while subprocess.run([binaries / "pg_isready", "-q", "-h", folder], check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > until:
            sys.exit("PostgreSQL did not start.")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
