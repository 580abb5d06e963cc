"""What other programs say about the machine does not enter a chapter.

JAX tells once per process that it found hardware which it cannot use, and XLA that a compilation is
slow. A chapter would store that among its outputs, and differ from one machine to the next.
"""

from __future__ import annotations

import logging
import os

__all__ = ["keep_out"]

_PLATFORMS = "jax._src.xla_bridge"


def keep_out() -> None:
    """Silence both in this process; a kernel calls it before JAX looks for its hardware."""
    logging.getLogger(_PLATFORMS).addFilter(_about_the_machine)
    # Fatal errors only; all others arrive as exceptions. XLA reads it when it is loaded.
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"


def _about_the_machine(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR
