"""What stands for Python: it hands its arguments to the server and ends as the process there ends.

The program that `warm_python` writes is this file after a line that sets `PYTHON` and `ADDRESS`. It
runs without site-packages: without them Python starts in a hundredth of a second.
"""

import marshal
import os
import signal
import socket
import sys

# The server does as Python does for these; other settings of Python itself are left to Python.
UNDERSTOOD = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}


def is_understood(arguments, environment):
    settings = {name for name in environment if name.startswith("PYTHON")} - UNDERSTOOD
    # The server has hash seed 0, which is as good as any other.
    fits = environment.get("PYTHONHASHSEED", "0") in ("0", "random")
    return arguments[:1] in (["-m"], ["-c"]) and fits and settings <= {"PYTHONHASHSEED"}


def main():
    arguments, environment = sys.argv[1:], dict(os.environ)
    if not is_understood(arguments, environment):
        os.execv(PYTHON, [PYTHON, *arguments])  # noqa: F821
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(ADDRESS)  # noqa: F821
        message = marshal.dumps((arguments, os.getcwd(), environment))
        socket.send_fds(connection, [len(message).to_bytes(8, "big")], [0, 1, 2])
        connection.sendall(message)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda received, _: connection.send(bytes([received])))
        status = int.from_bytes(connection.recv(8), "big", signed=True)
    if status < 0:
        if -status != signal.SIGKILL:
            signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    return status


if __name__ == "__main__":
    sys.exit(main())
