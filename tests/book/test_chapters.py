"""The stored chapters are in order: form, execution, parameters, figures (nbval compares outputs)."""

from pathlib import Path

import pytest

from gnnconv_lib.chapters.build import page_sources
from gnnconv_lib.chapters.hygiene import hygiene

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = [source for source in page_sources(ROOT) if source.suffix == ".ipynb"]


@pytest.mark.parametrize("source", CHAPTERS, ids=str)
def test_chapter_is_in_order(source):
    assert hygiene(ROOT / source) == []
