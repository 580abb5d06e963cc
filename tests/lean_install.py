"""What must hold where no extra is installed; a program for the Python of such an environment.

    python tests/lean_install.py

It needs nothing but the library itself, so it is no pytest file.
"""

import contextlib
import doctest
import importlib
import io
import pkgutil
import pydoc
import re
import sys

import gnnconv_lib as gc
from gnnconv_lib.cli import main
from gnnconv_lib.extras import has

# What a submodule may be without, and everything else may not.
EXTRA = {
    "IPython", "cycler", "distributed", "flint", "jupyter_client", "matplotlib", "mpmath", "nbformat",
    "numba", "sphinx", "sympy", "tqdm", "yaml",
}  # fmt: skip
NEEDS_EXTRA = ("plotting", "execute", "hygiene", "notebooks", "rerun")


def failures():
    """One sentence per thing that does not hold."""
    for package in (gc, *(getattr(gc, name) for name in dir(gc))):
        if hasattr(package, "__path__"):
            pydoc.render_doc(package)
    tested = 0
    for module in pkgutil.walk_packages(gc.__path__, "gnnconv_lib."):
        if module.name.endswith("__main__"):
            continue
        try:
            loaded = importlib.import_module(module.name)
        except ImportError as error:
            if (error.name or "").partition(".")[0] not in EXTRA:
                yield f"{module.name} needs {error.name}, which no extra brings."
            continue
        if module.name.startswith(("gnnconv_lib.audit", "gnnconv_lib.chapters")):
            continue
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            outcome = doctest.testmod(loaded, optionflags=doctest.ELLIPSIS)
        tested += outcome.attempted
        text = re.sub(r"^ +", "", said.getvalue(), flags=re.M)
        missing = re.findall(r"^ImportError: .* needs (\w+); install gnnconv-lib\[", text, re.M)
        # After the first sentence the rest of an example lacks its names.
        told = len(missing) + len(re.findall(r"^NameError: ", text, re.M)) if missing else 0
        if told < outcome.failed or not EXTRA.issuperset(missing):
            yield f"{module.name}: {outcome.failed} doctests failed.\n{text}"
    if tested < 100:
        yield f"only {tested} lines of doctests were found."
    for package in (gc, gc.chapters):
        for name in NEEDS_EXTRA:
            if hasattr_or_sentence(package, name) not in (None, "gnnconv-lib[book]."):
                yield f"{package.__name__}.{name} does not name its extra."
    for words in (["chapters"], ["check"], ["audit"], ["sweep", "figure-1", "-g", "degree=5"]):
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            status = main(words)
        text = said.getvalue()
        if status != 2 or text.count("\n") != 1 or "install gnnconv-lib[" not in text:
            yield f"gnnconv {' '.join(words)} must name the missing extra, got {text!r}."


def hasattr_or_sentence(package, name):
    """The last word of what the missing extra of a submodule is told by; None without it."""
    try:
        getattr(package, name)
    except AttributeError:
        return None
    except ImportError as error:
        return str(error).split()[-1]
    return "nothing: it loads"


if __name__ == "__main__":
    if any(map(has, EXTRA)):
        sys.exit(f"an extra is installed: {sorted(filter(has, EXTRA))}")
    found = list(failures())
    print(*found, f"lean installation: {len(found)} things do not hold", sep="\n")
    sys.exit(bool(found))
