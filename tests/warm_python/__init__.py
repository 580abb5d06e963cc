"""A Python that starts quickly: its processes are forked from one that has imported the libraries.

Every build of a book, every nbval and every kernel is a process of its own, and most of what a small
one does is to import Sphinx, IPython and the like. The program takes `-m module`, `-c program` and
arguments as Python does. The library of this project is imported by each process anew, from the
disk. What the program cannot do as Python would, Python does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["warm_python"]

HERE = Path(__file__).parent


@contextmanager
def warm_python() -> Iterator[str]:
    """The path of the program, inside the block; that of this Python where it cannot be had."""
    if sys.platform != "linux":
        yield sys.executable
        return
    # The name of a socket may have about a hundred bytes, and a `TMPDIR` alone can be longer.
    with tempfile.TemporaryDirectory(prefix="gnnconv-", dir="/tmp") as folder:
        address, program = Path(folder, "socket"), Path(folder, "python")
        head = f"#!{sys.executable} -ISE\nPYTHON, ADDRESS = {sys.executable!r}, {str(address)!r}\n"
        client = (HERE / "client.py").read_text(encoding="utf-8")
        program.write_text(head + client, encoding="utf-8")
        program.chmod(0o700)
        command = [sys.executable, str(HERE / "server.py"), str(address), str(program)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        # As kernels have it.
        environment |= {"PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        ) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
            try:
                yield str(program) if _answers(program) else sys.executable
            finally:
                # The server ends with its standard input.
                server.stdin.close()


def _answers(program: Path) -> bool:
    """Whether it can be started: a folder may be one that no program is started from."""
    try:
        return subprocess.run([program, "-c", ""], check=False).returncode == 0
    except OSError:
        return False
