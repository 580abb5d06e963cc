"""Building the book: execute every chapter in a staging copy, then render with warnings as errors.

`python -m gnnconv_lib.chapters.build` is what `make book` runs; with `--stored` it renders the
stored outputs without executing (`make render`). The pages are in `_build/html`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from gnnconv_lib.chapters.status_page import write_record
from gnnconv_lib.validation import InvalidInput, require_integer

__all__ = ["BuildFailed", "build_book", "check_links", "main", "page_sources", "stage_book"]

REPOSITORY_VARIABLE = "GNNCONV_REPOSITORY_URL"


def page_sources(root: Path) -> list[Path]:
    """The files that `_toc.yml` names, in the order of the book.

    Args:
        root: the folder that holds `_toc.yml`.

    Returns:
        Paths relative to `root`; notebooks and Markdown files.

    Raises:
        InvalidInput: if there is no `_toc.yml`, or it names a page that does not exist, or one twice.
    """
    contents = root / "_toc.yml"
    if not contents.is_file():
        raise InvalidInput(f"root must be a folder with a _toc.yml, got {str(root)!r}.")
    sources = []
    for name in _page_names(yaml.safe_load(contents.read_text(encoding="utf-8"))):
        found = [
            Path(name + suffix)
            for suffix in (".ipynb", ".md")
            if (root / (name + suffix)).is_file()
        ]
        if not found:
            raise InvalidInput(f"_toc.yml must name existing pages, got {name!r}.")
        if found[0] in sources:
            raise InvalidInput(f"_toc.yml must name each page once, got {name!r} twice.")
        sources.append(found[0])
    return sources


def stage_book(root: Path, stage: Path) -> list[Path]:
    """A copy of the book's sources whose settings leave execution to `build_book`.

    The published address, if `GNNCONV_REPOSITORY_URL` names one, enters the settings here.

    Args:
        root: the folder that holds `_config.yml`, `_toc.yml` and `book/`.
        stage: the folder to fill; what it held is removed.

    Returns:
        The pages, as paths relative to both folders.

    Raises:
        InvalidInput: for a missing page, or an address that is no https URL of a repository.
    """
    sources = page_sources(root)
    settings = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    settings.setdefault("execute", {})["execute_notebooks"] = "off"
    _add_repository(settings, os.environ.get(REPOSITORY_VARIABLE, ""))
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    for folder in sorted({source.parts[0] for source in sources if len(source.parts) > 1}):
        ignore = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
        shutil.copytree(root / folder, stage / folder, ignore=ignore)
    for source in sources:
        if len(source.parts) == 1:
            shutil.copyfile(root / source, stage / source)
    shutil.copyfile(root / "_toc.yml", stage / "_toc.yml")
    text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
    (stage / "_config.yml").write_text(text, encoding="utf-8")
    return sources


def build_book(root: Path, execute: bool = True, jobs: int = 2) -> Path:
    """The first page of the freshly built book.

    Args:
        root: the folder that holds `_config.yml`, `_toc.yml` and `book/`.
        execute: whether to run every chapter with the library as it is; otherwise the stored
            outputs are shown, and the status page says so.
        jobs: how many chapters run at once.

    Returns:
        The path of the page to open.

    Raises:
        InvalidInput: for bad settings.
        BuildFailed: if a chapter raises, or rendering gives an error or a warning.
    """
    require_integer("jobs", jobs, minimum=1)
    build = root / "_build"
    stage = build / "stage"
    pages = build / "html"
    # Removed first: after a failure there must be no old page to mistake for a new one.
    for folder in (pages, build / "render"):
        shutil.rmtree(folder, ignore_errors=True)
    sources = stage_book(root, stage)
    if execute:
        notebooks = [source for source in sources if source.suffix == ".ipynb"]
        write_record(stage, _execute(stage, notebooks, jobs))
    _render(stage, build / "render", len(sources))
    os.replace(build / "render" / "_build" / "html", pages)
    shutil.rmtree(build / "render")
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
    parser = argparse.ArgumentParser(prog="python -m gnnconv_lib.chapters.build")
    parser.add_argument("--root", type=Path, default=Path("."), help="the folder with _toc.yml")
    parser.add_argument("--jobs", type=int, default=2, help="chapters that run at once (2)")
    parser.add_argument("--stored", action="store_true", help="show the stored outputs")
    parser.add_argument("--links", action="store_true", help="check external links instead")
    options = parser.parse_args(arguments)
    try:
        if options.links:
            check_links(options.root.resolve())
            return 0
        page = build_book(options.root.resolve(), not options.stored, options.jobs)
    except InvalidInput as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BuildFailed as error:
        print(f"\nThe book was not built. {error}", file=sys.stderr)
        return 1
    print(f"\nThe book is ready. Open {page}")
    return 0


def _page_names(contents: Any) -> Iterator[str]:
    if isinstance(contents, dict):
        for key in ("root", "file"):
            if key in contents:
                yield str(contents[key])
        for value in contents.values():
            yield from _page_names(value)
    elif isinstance(contents, list):
        for value in contents:
            yield from _page_names(value)


def _add_repository(settings: dict[str, Any], url: str) -> None:
    if not url:
        return
    if not re.fullmatch(r"https://(github|gitlab)\.com/[\w.-]+/[\w.-]+", url):
        raise InvalidInput(
            f"{REPOSITORY_VARIABLE} must be like https://github.com/owner/name, got {url!r}."
        )
    settings.setdefault("repository", {})["url"] = url
    html = settings.setdefault("html", {})
    html["use_repository_button"] = True
    html["use_issues_button"] = True
    settings["launch_buttons"] = {
        "notebook_interface": "jupyterlab",
        "binderhub_url": "https://mybinder.org",
    }


def _execute(stage: Path, notebooks: list[Path], jobs: int) -> dict[str, float]:
    # Imported here: showing stored outputs needs no kernels.
    from tqdm import tqdm

    from gnnconv_lib.chapters.execute import ChapterRun, execute_all

    def tell(run: ChapterRun) -> None:
        name = run.path.relative_to(stage.resolve())
        outcome = "FAILED" if run.error else "differs from what is stored" if run.changed else "ok"
        # Stays above the progress bar on a terminal; a plain line elsewhere.
        tqdm.write(f"  {name}: {run.seconds:.1f} s, {outcome}")
        sys.stdout.flush()

    print(f"Executing {len(notebooks)} chapters, {jobs} at a time ...", flush=True)
    paths = [stage / path for path in notebooks]
    runs = execute_all(paths, root=stage, jobs=jobs, finished=tell)
    failures = [run for run in runs if run.error]
    for run in failures:
        print(f"\n{run.error}", file=sys.stderr)
    if failures:
        names = ", ".join(run.path.stem for run in failures)
        raise BuildFailed(f"Chapters that raised an error: {names}.")
    return {run.path.stem: run.seconds for run in runs}


def _render(stage: Path, output: Path, pages: int) -> None:
    print(f"Rendering {pages} pages ...", flush=True)
    finished = _jupyter_book(stage, output, "-n", "-W", "--keep-going", "-q", capture=True)
    if finished.returncode != 0:
        print(finished.stdout, file=sys.stderr)
        raise BuildFailed("Rendering gave the errors or warnings above; each counts as a failure.")


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


if __name__ == "__main__":
    sys.exit(main())
