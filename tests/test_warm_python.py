"""The Python that starts quickly does as Python does."""

import os
import signal
import subprocess
import sys

import pytest

PROGRAMS = {
    "arguments": "import sys; print(sys.argv, __name__)",
    "a status": "import sys; sys.exit(3)",
    "a sentence as the status": "import sys; sys.exit('A sentence.')",
    "what is left to be done at the end": "import atexit; atexit.register(print, 'the end')",
    "a thread that is not waited for": (
        "import threading, time; threading.Thread(target=lambda: time.sleep(0.1) or print('late')).start()"
    ),
    "its input": "print(input(), input())",
    "the folder and a variable": "import os; print(os.getcwd(), os.environ['PLANTED'])",
    "the end by a signal": "import os; os.kill(os.getpid(), 15)",
    "another process": "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(2)'])",
}


def run(python, *arguments, **options):
    environment = os.environ | {"PLANTED": "1", **options.pop("variables", {})}
    return subprocess.run(
        [python, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        input="one\ntwo\n",
        **options,
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_ends_and_says_as_with_python(quick_python, tmp_path, name):
    quick, python = (
        run(program, "-c", PROGRAMS[name], "x", cwd=tmp_path)
        for program in (quick_python, sys.executable)
    )
    assert (quick.returncode, quick.stdout) == (python.returncode, python.stdout)
    assert quick.stderr == python.stderr


def test_an_error_is_shown_with_its_line(quick_python, tmp_path):
    (tmp_path / "planted.py").write_text("\nraise ArithmeticError('planted')\n")
    finished = run(quick_python, "-m", "planted", cwd=tmp_path)
    assert finished.returncode == 1
    assert f'File "{tmp_path / "planted.py"}", line 2' in finished.stderr
    assert finished.stderr.endswith("ArithmeticError: planted\n")


def test_modules_are_those_that_are_on_the_disk(quick_python, tmp_path):
    for answer in (41, 42):
        (tmp_path / "planted.py").write_text(f"answer = {answer}")
        variables = {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
        finished = run(
            quick_python, "-c", "import planted; print(planted.answer)", variables=variables
        )
        assert finished.stdout == f"{answer}\n"


def test_the_library_is_not_imported_beforehand(quick_python):
    program = "import sys; print([n for n in sys.modules if n.partition('.')[0] in {'gnnconv_lib', 'jax'}])"
    assert run(quick_python, "-c", program).stdout == "[]\n"


def test_what_it_does_not_understand_is_done_by_python(quick_python):
    program = "import sys; print(sys.executable, sys.flags.optimize)"
    assert run(quick_python, "-O", "-c", program).stdout == f"{sys.executable} 1\n"
    finished = run(quick_python, "-c", program, variables={"PYTHONOPTIMIZE": "1"})
    assert finished.stdout == f"{sys.executable} 1\n"


@pytest.mark.skipif(sys.platform != "linux", reason="Only on Linux are processes forked.")
def test_a_process_ends_with_the_one_that_asked_for_it(quick_python):
    program = "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    for number in (signal.SIGKILL, signal.SIGTERM):
        with subprocess.Popen([quick_python, "-c", program], stdout=subprocess.PIPE) as asked:
            forked = int(asked.stdout.readline())
            assert forked != asked.pid
            asked.send_signal(number)
            # Its end of the pipe is the last one.
            assert asked.stdout.read() == b""
        assert asked.returncode == -number
