"""The cache of compiled code: used, silent, the same bits, one per kind of machine, bounded."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from gnnconv_lib.chapters import compilation_cache as caching, notebooks
from gnnconv_lib.chapters.execute import execute

COMPILES = """\
import jax
hits = []
jax.monitoring.register_event_listener(
    lambda name, **_: hits.append(name) if name.endswith("cache_hits") else None
)
import jax.numpy as jnp
value = jax.jit(lambda x: jnp.sin(x) @ jnp.cos(x))(jnp.arange(7.0)); print(value.item().hex())"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of one chapter that compiles something and counts how often that was found."""
    for name in ("JAX_COMPILATION_CACHE_DIR", "JAX_ENABLE_COMPILATION_CACHE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/line\n")
    (tmp_path / "book").mkdir()
    write(tmp_path, COMPILES, "print(len(hits))")
    return tmp_path


def write(root: Path, *sources: str) -> None:
    cells = [new_markdown_cell("# A line"), *map(new_code_cell, sources)]
    notebooks.write(root / "book" / "line.ipynb", new_notebook(cells=cells))


def run(root: Path) -> tuple[str, int]:
    """What the chapter computed, and how many compilations it found in the cache."""
    outcome = execute(root / "book" / "line.ipynb", root / "out.ipynb")
    assert outcome.error == ""
    outputs = [o for c in notebooks.read(root / "out.ipynb").cells[1:] for o in c.outputs]
    assert [output.name for output in outputs] == ["stdout", "stdout"]
    return outputs[0].text, int(outputs[1].text)


def written(path: Path, number: int) -> Path:
    path.write_bytes(bytes([number]) * 100)
    return path


def entries(root: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in (root / "_build" / "jax-cache").rglob("*-cache")}


def test_a_second_run_compiles_nothing_and_gives_the_same_bits(book, monkeypatch) -> None:
    value, found = run(book)
    assert found == 0
    kept = entries(book)
    assert kept
    assert {Path(name).parent.name for name in kept} == {caching.machine()}
    again, found = run(book)
    assert again == value
    assert found == len(kept)
    assert entries(book) == kept
    # No private folder is left.
    assert [p.name for p in (book / "_build" / "jax-cache").iterdir()] == [caching.machine()]
    # Code for this processor is not loaded when XLA is asked for an older one.
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_max_isa=SSE4_2")
    assert run(book)[1] == 0
    assert len({Path(name).parent for name in entries(book)}) == 2


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize("damage", [half, flipped, lambda _: b"", lambda _: b"no entry"])
def test_a_damaged_entry_is_compiled_again_in_silence(book, damage) -> None:
    value, _ = run(book)
    kept = entries(book)
    for name, content in kept.items():
        Path(name).write_bytes(damage(content))
    assert run(book) == (value, 0)
    assert run(book) == (value, len(kept))


def test_a_failed_run_leaves_nothing(book) -> None:
    write(book, COMPILES, "raise ValueError")
    assert execute(book / "book" / "line.ipynb", book / "out.ipynb").error
    assert entries(book) == {}
    assert list((book / "_build" / "jax-cache" / caching.machine()).iterdir()) == []


def test_the_user_decides(book, monkeypatch) -> None:
    for name in ("JAX_COMPILATION_CACHE_DIR", "JAX_ENABLE_COMPILATION_CACHE"):
        with monkeypatch.context() as patch:
            patch.setenv(name, "0")
            with caching.compilation_cache(book / "book") as variables:
                assert variables == {}
    assert not (book / "_build").exists()


def test_a_notebook_outside_of_a_book_has_no_cache(tmp_path) -> None:
    with caching.compilation_cache(tmp_path) as variables:
        assert variables == {}
    assert list(tmp_path.iterdir()) == []


def test_a_staged_copy_shares_the_cache_of_its_book(book) -> None:
    stage = book / "_build" / "stage"
    (stage / "book").mkdir(parents=True)
    (stage / "_toc.yml").write_text("root: book/line\n")
    assert caching.cache_folder(stage / "book") == caching.cache_folder(book / "book")


def test_a_folder_that_cannot_be_written_means_no_cache(book) -> None:
    (book / "_build").write_text("a file")
    with caching.compilation_cache(book) as variables:
        assert variables == {}


def test_runs_at_once_see_whole_entries_only(book) -> None:
    shared = caching.cache_folder(book)
    assert shared is not None
    content = {f"{k}-cache": bytes([k]) * 100_000 for k in range(4)}

    def compile_all(_: int) -> None:
        with caching.compilation_cache(book) as variables:
            private = Path(variables["JAX_COMPILATION_CACHE_DIR"])
            for name, value in content.items():
                path = private / name
                if path.exists():
                    assert path.read_bytes() == value
                else:
                    # As JAX writes, in place; another run must not see the first half.
                    with path.open("wb") as stream:
                        stream.write(value[:50_000])
                        stream.flush()
                        time.sleep(0.001)
                        stream.write(value[50_000:])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(compile_all, range(40)))
    assert {p.name.partition("-")[2]: p.read_bytes() for p in shared.iterdir()} == content


def test_the_size_is_bounded_and_the_oldest_go_first(book) -> None:
    shared = caching.cache_folder(book)
    assert shared is not None
    older = shared.parent / "another-machine"
    for folder in (shared, older):
        folder.mkdir(parents=True)
        for k in range(3):
            entry = folder / f"{caching._digest(written(folder / 'x', k))}-{k}-cache"
            os.replace(folder / "x", entry)
            os.utime(entry, (1000.0 + k, 1000.0 + k + (folder == shared) * 10))
    abandoned = shared.parent / "running-old"
    abandoned.mkdir()
    os.utime(abandoned, (1000.0, 1000.0))
    with caching.compilation_cache(book, largest=250) as variables:
        (Path(variables["JAX_COMPILATION_CACHE_DIR"]) / "new-cache").write_bytes(b"x" * 100)
    names = sorted(path.name.partition("-")[2] for path in shared.iterdir())
    assert names == ["2-cache", "new-cache"]
    assert list(older.iterdir()) == []
    assert not abandoned.exists()
