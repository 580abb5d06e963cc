"""What JAX says about the machine does not enter a chapter, however the chapter is run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gnnconv_lib.chapters import notebooks

# As on a machine that has a GPU, with a JAX for processors only.
GPU = """\
import os.path
exists = os.path.exists
os.path.exists = lambda name: name == "/dev/dxg" or exists(name)
"""
CELLS = {
    True: "import gnnconv_lib as gc\nfrom gnnconv_lib.page import parameters",
    False: "import gnnconv_lib as gc",
}


@pytest.mark.parametrize("chapter", CELLS)
def test_the_notice_of_a_gpu(tmp_path: Path, chapter: bool) -> None:
    (tmp_path / "sitecustomize.py").write_text(GPU)
    cells = [
        new_markdown_cell("# A"),
        new_code_cell(CELLS[chapter]),
        new_code_cell("import jax.numpy as jnp\nprint(jnp.ones(2).sum())"),
    ]
    path = tmp_path / "a.ipynb"
    notebooks.write(path, new_notebook(cells=cells))
    environment = {k: v for k, v in os.environ.items() if k != "JAX_PLATFORMS"}
    known = os.pathsep.join([str(tmp_path), *(entry for entry in sys.path if entry)])
    subprocess.run(
        [
            sys.executable,
            "-m",
            "nbconvert",
            "--execute",
            "--to",
            "notebook",
            "--inplace",
            str(path),
        ],
        env=environment | {"PYTHONPATH": known},
        capture_output=True,
        check=True,
    )
    last = notebooks.read(path).cells[-1]
    # Outside of a chapter the notice stays: this shows that it would have come.
    names = {output.name for output in last.outputs}
    assert names == ({"stdout"} if chapter else {"stdout", "stderr"})
