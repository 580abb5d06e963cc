"""What a type checker sees of a user's script."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_mypy_sees_through_the_lazy_modules(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        'import gnnconv_lib as gc\ngc.graphs.star(3)\ngc.graphs.star("three")\n', encoding="utf-8"
    )
    finished = subprocess.run(
        [sys.executable, "-m", "mypy", "--follow-imports=silent", f"{script}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in finished.stdout.splitlines() if ": error:" in line]
    assert len(errors) == 1, finished.stdout + finished.stderr
    assert ":3: error:" in errors[0]
    assert '"star" has incompatible type "str"; expected "int"' in errors[0]
