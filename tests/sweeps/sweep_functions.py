"""Functions that tests sweep; in a module of their own, since workers import them."""

import csv
import os
import signal
import time
from pathlib import Path


def total(a: int, b: float = 0.5, *, log: str = "") -> dict:
    """a + b; fails at a = 3; every call leaves a mark in the folder `log`."""
    if log:
        (Path(log) / f"{a}-{b!r}-{os.getpid()}-{len(os.listdir(log))}").touch()
    if a == 3:
        raise ZeroDivisionError("on request\nand more")
    return {"sum": a + b, "even": a % 2 == 0}


def mortal(run: str, log: str) -> dict:
    """Kills its own process, at the first or at every attempt; or sends it an interrupt."""
    attempts = Path(log) / run
    with attempts.open("a") as stream:
        stream.write("x")
    attempt = attempts.stat().st_size
    if run == "always" or (run == "once" and attempt == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    if run == "interrupted":
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)
    return {"attempt": attempt}


def killed(run: int) -> dict:
    """Kills its own process."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def leaves(how: str) -> dict:
    """Raises what is no `Exception`, or an exception that cannot be printed."""
    raise {"exit": SystemExit(3), "interrupt": KeyboardInterrupt(), "mute": Mute()}[how]


class Mute(ValueError):
    """An exception without a text."""

    def __str__(self) -> str:
        raise RuntimeError("no text")


def computes(n: int) -> dict:
    """A number that JAX computes."""
    import gnnconv_lib as gc

    overlap = gc.summaries.overlap(gc.graphs.cycle(n))
    return {"A": float(gc.relu_gnn.sums(overlap, 1.0)[0])}


def nested(depth: int) -> dict:
    """Not flat."""
    return {"inner": {"depth": depth}}


def odd_numbers(x: float) -> dict:
    """Numbers that a table could spoil."""
    return {"x": x, "inf": float("inf"), "nan": float("nan"), "third": x / 3, "status": 'a,"b"'}


def rows(table: Path) -> list[dict[str, str]]:
    """What the table of a sweep holds."""
    with table.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))
