"""A file is replaced in one step or not at all."""

import os
import threading

import pytest

from gnnconv_lib import files


def test_writers_at_once_leave_one_whole_file(tmp_path) -> None:
    target = tmp_path / "file"
    texts = [str(k) * 200_000 for k in range(4)]
    seen = set()

    def write(text: str) -> None:
        for _ in range(10):
            files.write(target, text)
            seen.add(target.read_text())

    threads = [threading.Thread(target=write, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(texts)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_is_written_is_what_is_read(tmp_path) -> None:
    target = tmp_path / "file"
    for content in ("über\r\n\n", b"\x00\r\n", ""):
        assert files.write(target, content)
        assert target.read_bytes() == (content.encode() if isinstance(content, str) else content)
    assert target.stat().st_mode & 0o777 == 0o644


def test_equal_content_is_left_alone(tmp_path) -> None:
    target = tmp_path / "file"
    assert files.write(target, "same")
    before = target.stat()
    assert not files.write(target, b"same")
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step) -> None:
    def fail(*arguments):
        raise OSError("planted")

    target = tmp_path / "file"
    files.write(target, "old")
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="planted"):
        files.write(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_content_is_on_the_disk_before_the_name(tmp_path, monkeypatch) -> None:
    steps = []
    for step in ("fsync", "replace"):
        real = getattr(os, step)
        monkeypatch.setattr(
            os, step, lambda *given, step=step, real=real: steps.append(step) or real(*given)
        )
    files.write(tmp_path / "file", "new")
    assert steps == ["fsync", "replace", "fsync"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        files.write(tmp_path / "gone" / "file", "new")
