"""Building the book: execute every chapter, compare with what is stored, render the pages.

`python -m gnnconv_lib.site.build` is what `make book` runs. Chapters and pages whose
ingredients have not changed are used again (`reuse`); `--fresh` executes and renders all of them.
With `--stored` it renders the stored outputs without executing (`make render`). Warnings are
errors. The pages are in `_build/html`.

A page that differs from the stored chapter says so. Where pages are published that is a failure:
with `--strict`, with `CI` set, and with an address in `GNNCONV_REPOSITORY_URL`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from gnnconv_lib import files, provenance
from gnnconv_lib.chapters import figures, notebooks
from gnnconv_lib.chapters.differences import with_banner
from gnnconv_lib.chapters.executed import Executed, executed_chapters
from gnnconv_lib.page.finding import REPOSITORY_VARIABLE
from gnnconv_lib.site.staging import stage_book
from gnnconv_lib.site.status_page import status_text, write_record
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["BuildFailed", "build_book", "check_links", "main"]


def build_book(
    root: Path, execute: bool = True, jobs: int = 2, fresh: bool = False, strict: bool = False
) -> Path:
    """The first page of the built book.

    Args:
        root: the folder that holds `_config.yml`, `_toc.yml` and `book/`.
        execute: whether to show what every chapter gives with the library as it is; otherwise the
            stored outputs are shown, and the status page says so.
        jobs: how many chapters run at once.
        fresh: whether to execute chapters and to render pages that have not changed.
        strict: whether a page that differs from the stored chapter is a failure.

    Returns:
        The path of the page to open.

    Raises:
        InvalidInput: for bad settings.
        BuildFailed: if a chapter raises, rendering gives an error or a warning, or a page differs
            from the stored chapter under `strict`.
    """
    require_integer("jobs", jobs, minimum=1)
    build, pages = root / "_build", root / "_build" / "html"
    with _alone(build):
        stage = build / "stage"
        try:
            sources = stage_book(root, stage)
            if execute:
                wanted = [source for source in sources if source.suffix == ".ipynb"]
                _stage_executed(stage, executed_chapters(root, wanted, jobs, fresh), strict)
            if fresh or not _is_current(pages, _inputs(stage)):
                _render(stage, build / "render", len(sources))
                _replace(pages, build / "render" / "_build" / "html", _inputs(stage))
            else:
                print(f"Nothing to render: the {len(sources)} pages are as they were.", flush=True)
        except BaseException:
            # After a failure there must be no old page to mistake for a new one.
            shutil.rmtree(pages, ignore_errors=True)
            raise
        finally:
            shutil.rmtree(build / "render", ignore_errors=True)
    return pages / "index.html"


def check_links(root: Path) -> None:
    """Ask every external address in the pages whether it answers.

    Args:
        root: the folder that holds `_config.yml`, `_toc.yml` and `book/`.

    Raises:
        BuildFailed: if an address does not answer.
    """
    stage, output = root / "_build" / "stage", root / "_build" / "links"
    shutil.rmtree(output, ignore_errors=True)
    stage_book(root, stage)
    if _jupyter_book(stage, output, "--builder", "linkcheck").returncode != 0:
        raise BuildFailed("An address in the pages does not answer; see above.")


class BuildFailed(RuntimeError):
    """The book could not be built; the message is for the reader of a terminal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command that builds the book: 0, 1 (failed) or 2 (bad input)."""
    parser = argparse.ArgumentParser(prog="python -m gnnconv_lib.site.build")
    parser.add_argument("--root", type=Path, default=Path("."), help="the folder with _toc.yml")
    parser.add_argument("--jobs", type=int, default=2, help="chapters that run at once (2)")
    parser.add_argument("--stored", action="store_true", help="show the stored outputs")
    parser.add_argument("--fresh", action="store_true", help="use nothing of an earlier build")
    parser.add_argument("--strict", action="store_true", help="fail where a page differs")
    parser.add_argument("--links", action="store_true", help="check external links instead")
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    try:
        if options.links:
            check_links(root)
            return 0
        strict = options.strict or _publishes()
        page = build_book(root, not options.stored, options.jobs, options.fresh, strict)
    except InvalidInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BuildFailed as error:
        print(f"\nThe book was not built. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The chapters that have run are kept.", file=sys.stderr)
        return 130
    print(f"\nThe book is ready. Open {page}")
    return 0


def _publishes() -> bool:
    in_ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
    return in_ci or bool(os.environ.get(REPOSITORY_VARIABLE))


def _stage_executed(stage: Path, chapters: list[Executed], strict: bool) -> None:
    """Put the executed chapters into the staging copy, or say why they cannot be shown."""
    failures = [chapter for chapter in chapters if chapter.error]
    for chapter in failures:
        print(f"\n{chapter.error}", file=sys.stderr)
    if failures:
        names = ", ".join(chapter.source.stem for chapter in failures)
        raise BuildFailed(f"Chapters that raised an error: {names}.")
    for chapter in chapters:
        executed = with_banner(notebooks.read(chapter.path), list(chapter.differences))
        notebooks.write(stage / chapter.source, executed)
        figures.store(figures.data_files(chapter.path), stage / chapter.source)
        for entry in chapter.differences:
            print(f"chapter {chapter.source.stem}, {entry}", file=sys.stderr)
    write_record(
        stage,
        {chapter.source.stem: chapter.seconds for chapter in chapters},
        {chapter.source.stem: chapter.differences for chapter in chapters if chapter.differences},
    )
    different = [chapter.source.stem for chapter in chapters if chapter.differences]
    if different and strict:
        raise BuildFailed(
            f"Chapters whose pages would differ from what is stored and tested: "
            f"{', '.join(different)}. The first differing lines are above."
        )
    if different:
        print(
            f"{len(different)} pages differ from what is stored, and say so: "
            f"{', '.join(different)}.",
            file=sys.stderr,
        )


def _inputs(stage: Path) -> str:
    """The digest of all that the pages are made from."""
    state = hashlib.sha256()
    for path in sorted(path for path in stage.rglob("*") if path.is_file()):
        content = path.read_bytes()
        state.update(f"{path.relative_to(stage).as_posix()}\0{len(content)}\0".encode() + content)
    parts = [provenance.library_digest(), provenance.packages(), platform.python_version()]
    state.update("\0".join([*parts, status_text(stage)]).encode())
    return state.hexdigest()


def _is_current(pages: Path, inputs: str) -> bool:
    try:
        record = json.loads(_pages_record(pages).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(record == {"inputs": inputs, "pages": _content(pages)})


def _replace(pages: Path, rendered: Path, inputs: str) -> None:
    shutil.rmtree(pages, ignore_errors=True)
    os.replace(rendered, pages)
    record = json.dumps({"inputs": inputs, "pages": _content(pages)})
    files.write(_pages_record(pages), record)


def _pages_record(pages: Path) -> Path:
    return pages.with_name("html.json")


def _content(pages: Path) -> str:
    state = hashlib.sha256()
    for path in sorted(path for path in pages.rglob("*") if path.is_file()):
        content = path.read_bytes()
        state.update(f"{path.relative_to(pages).as_posix()}\0{len(content)}\0".encode() + content)
    return state.hexdigest()


def _render(stage: Path, output: Path, pages: int) -> None:
    print(f"Rendering {pages} pages ...", flush=True)
    shutil.rmtree(output, ignore_errors=True)
    finished = _jupyter_book(stage, output, "-n", "-W", "--keep-going", "-q", capture=True)
    if finished.returncode != 0:
        print(finished.stdout, file=sys.stderr)
        raise BuildFailed("Rendering gave the errors or warnings above; each counts as a failure.")
    index = output / "_build" / "html" / "index.html"
    if index.is_file():
        # A redirection alone, which is no page yet.
        start = (
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>The book</title>'
        )
        text = index.read_text(encoding="utf-8").strip()
        index.write_text(f"{start}{text}</head><body></body></html>\n", encoding="utf-8")


def _jupyter_book(
    stage: Path, output: Path, *options: str, capture: bool = False
) -> subprocess.CompletedProcess[str]:
    """Warnings go to standard error at once; what only names passing folders can be captured."""
    program = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", program, "build", str(stage), "--path-output", str(output)]
    return subprocess.run(
        [*command, *options],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else None,
        text=True,
    )


@contextmanager
def _alone(build: Path) -> Iterator[None]:
    """No other build of the same book runs inside the block, where the system has locks."""
    build.mkdir(parents=True, exist_ok=True)
    with (build / ".lock").open("w") as stream:
        with suppress(ImportError, OSError):
            import fcntl

            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                print("Waiting for another build of this book to end ...", flush=True)
                fcntl.flock(stream, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main())
