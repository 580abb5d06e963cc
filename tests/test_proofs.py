"""The Coq proofs: their record, and what must turn `make proofs` red."""

import json
import shutil

import pytest

from gnnconv_lib import proofs
from gnnconv_lib.proofs import compilation
from gnnconv_lib.proofs.__main__ import main, write
from gnnconv_lib.proofs.page import STALE, theorems_text
from gnnconv_lib.proofs.quotes import wrong_quotes
from gnnconv_lib.proofs.sources import find_proofs, forbidden, main_theorems, statement_of
from gnnconv_lib.validation import InvalidInput

needs_coq = pytest.mark.skipif(not compilation.have_coq(), reason=compilation.HOW_TO_INSTALL)

SMALL = """Require Import Reals Lra Psatz.
Open Scope R_scope.

(** Squares are not negative.
    Supports: companion:lemma-dual-facts
    Instance: a_number *)
Theorem squares x : 0 <= x * x.
Proof. nra. Qed.

Example a_number : 0 <= 1 * 1.
Proof. lra. Qed.
"""


@pytest.fixture
def small(tmp_path):
    """A folder with one file, one theorem and the axioms of the real one."""
    folder = tmp_path / "proofs"
    folder.mkdir()
    shutil.copyfile(find_proofs() / "axioms.txt", folder / "axioms.txt")
    (folder / "_CoqProject").write_text("-Q . Proofs\nSmall.v\n")
    (folder / "Small.v").write_text(SMALL)
    (tmp_path / "book").mkdir()
    return folder


def plant(folder, old, new):
    text = (folder / "Small.v").read_text()
    assert old in text
    (folder / "Small.v").write_text(text.replace(old, new))


def test_the_record_belongs_to_the_sources():
    assert proofs.theorems(), "run `make proofs`"
    assert list(proofs.theorems()) == list(main_theorems(find_proofs()))


def test_a_theorem_says_everything():
    found = proofs.theorem("LinearRate.escape_time")
    assert found.file == "LinearRate.v"
    assert found.statement.startswith("Theorem escape_time eta (w0 : E) t : 0 < norm w0 ->")
    assert "companion:theorem-escape" in found.supports
    assert len(found.axioms) == 4
    assert proofs.theorem("LinearRate.unknown") is None


def test_every_supported_item_is_in_the_ledger():
    book = find_proofs().parent / "book" / "ledger"
    text = "".join(path.read_text(encoding="utf-8") for path in book.glob("*.yml"))
    for source in main_theorems(find_proofs()).values():
        for item in source.supports:
            assert f"- id: {item}\n" in text, f"{source.name} supports {item}"


def test_the_page_lists_every_theorem_or_says_that_there_is_none(tmp_path):
    text = theorems_text()
    assert all(f"`{name}` in `proofs/" in text for name in proofs.theorems())
    folder = tmp_path / "proofs"
    shutil.copytree(find_proofs(), folder, ignore=shutil.ignore_patterns("*.vo*", "*.glob"))
    assert theorems_text(tmp_path) == text
    (folder / "record.json").write_text(
        (folder / "record.json").read_text().replace('"digest": "', '"digest": "0')
    )
    assert theorems_text(tmp_path) == STALE


def test_the_sources_leave_nothing_open():
    assert forbidden(find_proofs()) == []


def test_the_pages_quote_what_is_there():
    assert wrong_quotes(find_proofs(), find_proofs().parent / "book") == []


def test_a_changed_source_is_no_longer_checked(tmp_path):
    folder = tmp_path / "proofs"
    shutil.copytree(find_proofs(), folder, ignore=shutil.ignore_patterns("*.vo*", "*.glob"))
    assert proofs.theorem("LinearRate.linear_rate", folder)
    (folder / "Dual.v").write_text((folder / "Dual.v").read_text() + "\n")
    assert proofs.theorem("LinearRate.linear_rate", folder) is None


def test_without_a_clone_there_is_no_theorem(tmp_path):
    assert find_proofs(tmp_path) is None
    (tmp_path / "_CoqProject").write_text("-Q . Proofs\n")
    assert proofs.record(tmp_path) is None


@pytest.mark.parametrize(
    "line",
    [
        "Lemma open : 0 = 1.\nProof. Admitted.",
        "Lemma open : 0 = 1.\nProof. admit. Admitted.",
        "Axiom open : 0 = 1.",
        "Parameter number : R.",
        "Unset Guard Checking.",
    ],
)
def test_what_leaves_something_open_is_found(small, line):
    assert forbidden(small) == []
    plant(small, "Example", line + "\nExample")
    assert forbidden(small)


def test_a_comment_may_speak_of_axioms(small):
    plant(small, "Example", "(* No Axiom and nothing Admitted (* here *). *)\nExample")
    assert forbidden(small) == []


def test_a_statement_quoted_otherwise_is_found(small):
    page = small.parent / "book" / "page.md"
    page.write_text("```coq\nTheorem squares x :\n  0 <= x * x.\n```\n")
    assert wrong_quotes(small, page.parent) == []
    page.write_text("```coq\nTheorem squares x : 0 < x * x.\n```\n")
    assert len(wrong_quotes(small, page.parent)) == 1


def test_statements_are_read_without_comments():
    text = "Theorem a x (* of any sign *) :\n  0 <= x * x.\nProof. nra. Qed."
    assert statement_of(text, "a") == "Theorem a x : 0 <= x * x."


def test_a_theorem_must_say_what_it_supports(small):
    plant(small, "Supports:", "About")
    with pytest.raises(InvalidInput, match=r"Small.squares must say"):
        main_theorems(small)


def test_without_coq_one_sentence_says_what_to_install(monkeypatch, capsys, small):
    monkeypatch.setattr(compilation, "have_coq", lambda: False)
    assert main(["--folder", str(small)]) == 1
    assert capsys.readouterr().err == compilation.HOW_TO_INSTALL + "\n"


@needs_coq
def test_the_record_is_that_of_a_fresh_compilation():
    fresh, kept = compilation.compile_proofs(find_proofs()), proofs.record()
    assert fresh.digest == kept.digest
    if fresh.coq == kept.coq:
        assert fresh == kept
    else:
        assert list(fresh.theorems) == list(kept.theorems)


@needs_coq
def test_a_sound_file_is_accepted_and_recorded(small, capsys):
    assert main(["--folder", str(small)]) == 0
    assert "was written anew" in capsys.readouterr().out
    assert proofs.theorem("Small.squares", small).type == "forall x : R, 0 <= x * x"
    assert main(["--folder", str(small)]) == 0
    assert "is as before" in capsys.readouterr().out


@needs_coq
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0 <= x * x.", "0 < x * x.", "coqc must accept Small.v"),
        ("Proof. nra. Qed.", "Proof. Admitted.", "contains 'Admitted'"),
        ("(** Squares", "Variable secret : 0 = 1.\n(** Squares", None),
        ("Instance: a_number", "", "Instance must name"),
        ("Instance: a_number", "Instance: another", "not in Small.v: another"),
    ],
)
def test_what_is_planted_turns_it_red(small, capsys, old, new, said):
    plant(small, old, new)
    if said is None:  # a variable outside of a section is an axiom under another name
        plant(small, "Proof. nra. Qed.", "Proof. generalize secret. nra. Qed.")
        said = "must use only the axioms of axioms.txt"
    assert main(["--folder", str(small)]) == 1
    assert said in capsys.readouterr().err
    assert not (small / "record.json").exists()


@needs_coq
def test_an_axiom_that_is_not_listed_turns_it_red(small, capsys):
    listed = (
        (small / "axioms.txt").read_text().replace("ClassicalDedekindReals.sig_forall_dec\n", "")
    )
    (small / "axioms.txt").write_text(listed)
    assert main(["--folder", str(small)]) == 1
    assert "ClassicalDedekindReals.sig_forall_dec" in capsys.readouterr().err


@needs_coq
def test_a_changed_statement_changes_the_record(small):
    first = compilation.compile_proofs(small)
    write(first, small)
    plant(small, "0 <= x * x.\nProof", "0 <= 2 * (x * x).\nProof")
    assert proofs.theorem("Small.squares", small) is None
    second = compilation.compile_proofs(small)
    assert second.theorems["Small.squares"].statement != first.theorems["Small.squares"].statement
    assert json.loads((small / "record.json").read_text())["digest"] == first.digest
