"""The process that has imported the libraries; every program asked for is a fork of it.

`python server.py SOCKET PROGRAM` says `ready` and serves until its standard input ends.
"""

import atexit
import gc
import importlib
import marshal
import os
import selectors
import signal
import socket
import sys
import threading
import types
from contextlib import suppress

# What builds, kernels and nbval import, without plugins of pytest (it rewrites them when they are
# imported), and without Matplotlib and JAX (they read their settings when they are imported).
LIBRARIES = """
jupyter_book.cli.main jupyter_book.sphinx sphinx.builders.html sphinx.builders.latex
sphinx.ext.autodoc sphinx.ext.autosummary sphinx.ext.napoleon sphinx.ext.mathjax
sphinx.domains.cpp sphinx.domains.c sphinx_book_theme
pydata_sphinx_theme sphinx_proof sphinx_design.extension sphinx_togglebutton sphinx_copybutton
sphinx_comments sphinx_external_toc sphinxcontrib.bibtex sphinxcontrib.bibtex.plugin myst_nb.sphinx_ext
myst_parser.sphinx_ext.main docutils.parsers.rst.directives.images docutils.writers.html5_polyglot
pybtex.database.input.bibtex pybtex.style.template sphinx.search.en pygments.lexers.python
pygments.formatters.html ipykernel.kernelapp ipykernel.ipkernel ipykernel.debugger nbclient nbformat
jupyter_client.manager jsonschema papermill.cli papermill.execute numpy.ma
numpy.random numpy.linalg pyparsing PIL.Image PIL.PngImagePlugin kiwisolver
dateutil.rrule cycler fontTools.ttLib packaging.version yaml tqdm bs4 pytest
"""


def main(address, program):
    """Serve; in a forked process, the work that it is there for."""
    for name in LIBRARIES.split():
        # Other versions may lack one: then it is imported later.
        with suppress(ImportError):
            importlib.import_module(name)
    assert not any(name.startswith("gnnconv_lib") for name in sys.modules)
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()
    ended, wake = socket.socketpair()
    ended.setblocking(False)
    wake.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno())
    running = {}
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    with selectors.DefaultSelector() as selector:
        for source in (listener, ended, sys.stdin):
            selector.register(source, selectors.EVENT_READ)
        print("ready", flush=True)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    for pid in running:
                        os.kill(pid, signal.SIGKILL)
                    return None
                if key.fileobj is ended:
                    ended.recv(4096)
                    reap(running, selector)
                elif key.fileobj is listener:
                    connection, _ = listener.accept()
                    request, streams = received(connection)
                    pid = os.fork()
                    if pid == 0:
                        signal.set_wakeup_fd(-1)
                        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                        for other in (listener, ended, wake, connection, *running.values()):
                            other.close()
                        return lambda: start(program, streams, *request)
                    for stream in streams:
                        os.close(stream)
                    running[pid] = connection
                    selector.register(connection, selectors.EVENT_READ, pid)
                elif key.data in running:
                    numbers = key.fileobj.recv(64)
                    if not numbers:
                        # Whoever asked for the process is gone.
                        selector.unregister(key.fileobj)
                    for number in numbers or [signal.SIGKILL]:
                        os.kill(key.data, number)


def received(connection):
    """What a client asks for, and its three streams."""
    size, streams, _, _ = socket.recv_fds(connection, 8, 3)
    with connection.makefile("rb") as stream:
        return marshal.loads(stream.read(int.from_bytes(size, "big"))), streams


def reap(running, selector):
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with running.pop(pid) as connection:
            if connection in [key.fileobj for key in selector.get_map().values()]:
                selector.unregister(connection)
            code = os.waitstatus_to_exitcode(status)
            with suppress(OSError):
                connection.sendall(code.to_bytes(8, "big", signed=True))


def start(program, streams, arguments, folder, environment):
    """Do in this process what Python does with the arguments, in that folder and environment."""
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    sys.stdin = open(0, encoding=sys.stdin.encoding, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    kind, name, *rest = arguments
    extra = [part for part in environment.get("PYTHONPATH", "").split(os.pathsep) if part]
    first = folder if kind == "-m" else ""
    # In place of the folder of this file.
    sys.path[:1] = [first, *extra]
    sys.path_importer_cache.clear()
    importlib.invalidate_caches()
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    sys.executable = program
    sys.argv = [kind, *rest]
    if kind == "-m":
        import runpy

        runpy.run_module(name, run_name="__main__", alter_sys=True)
    else:
        module = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(name, "<string>", "exec"), module.__dict__)


def end(work):
    """Do the work and end as Python does, but without taking the libraries to pieces."""
    status = 1
    try:
        work()
        status = 0
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            status = error.code or 0
        else:
            print(error.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status & 0xFF)


if __name__ == "__main__":
    work = main(*sys.argv[1:])
    if work is not None:
        end(work)
