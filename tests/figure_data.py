"""A pytest plugin: after the cells of a chapter, the data of its figures are compared.

nbval compares no pictures. With this plugin each notebook has one more test, which compares what its
figures hand over with the stored data, point by point. Where nbval executes the chapter itself
(`make test-chapters`), its kernel is told to put them into a passing folder; `executed_chapters`
has them from the build of the book.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbval.plugin
import pytest

from gnnconv_lib.chapters.figure_differences import figure_differences
from gnnconv_lib.chapters.figures import data_files, drawn_files
from gnnconv_lib.page.figure_data import VARIABLE


class FiguresDiffer(Exception):
    """The data of a figure are not the stored ones."""


class FigureData(pytest.Item):
    """The comparison for one notebook, whose `figure_data` are the files of the run, or their folder."""

    def runtest(self) -> None:
        chapter = self.parent
        run = chapter.figure_data
        executed = drawn_files(run) if isinstance(run, str) else run
        found = figure_differences(chapter.nb, data_files(chapter.path), executed)
        if found:
            raise FiguresDiffer("\n".join(map(str, found)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo, style: str | None = None) -> str:
        if excinfo.errisinstance(FiguresDiffer):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"{self.path.name}: figures"


def pytest_configure(config: pytest.Config) -> None:
    file = nbval.plugin.IPyNbFile
    collect, setup = file.collect, file.setup

    def collect_with_figures(self: nbval.plugin.IPyNbFile) -> Iterator[pytest.Item]:
        yield from collect(self)
        yield FigureData.from_parent(self, name="figures")

    def setup_with_folder(self: nbval.plugin.IPyNbFile) -> None:
        passing = tempfile.TemporaryDirectory(prefix="gnnconv-figures-")
        self.addfinalizer(passing.cleanup)
        self.figure_data = passing.name
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, passing.name)
            setup(self)

    patch = pytest.MonkeyPatch()
    patch.setattr(file, "collect", collect_with_figures)
    patch.setattr(file, "setup", setup_with_folder)
    config.add_cleanup(patch.undo)
