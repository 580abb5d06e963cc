"""Items that a page proves: each step of the proof names a claim that holds, and none is missing."""

from collections import defaultdict
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from numbered_proofs import faults, find_proof, markdown, steps_of

from gnnconv_lib import audit, ledger
from gnnconv_lib.claims import Claim, domain, integer
from gnnconv_lib.evidence import KINDS

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "book"
LEDGERS = [ledger.load(path) for path in sorted((BOOK / "ledger").glob("*.yml"))]
PROVED = [item for book in LEDGERS for item in book if item.proof]
CLAIMS = {name: audit.check(name) for name in audit.names()}

ITEM = {
    "id": "companion:lemma-planted",
    "kind": "lemma",
    "title": "Planted",
    "place": "A page",
    "statement": "One and two.",
    "page": "planted",
    "verdict": "holds",
    "proof": "planted#planted-lem",
    "steps": ["companion:lemma-planted/one", "companion:lemma-planted/two"],
}
PAGE = """\
:::{prf:lemma} Planted
:label: planted-lem

One and two.
:::

:::{prf:proof}
The first (`lemma-planted/one`). Hence

$$
1 \\le 2 ,
$$ (eq-planted)

where nothing was used.

The second (`lemma-planted/two`).
:::
"""


def planted(**changes):
    (item,) = ledger.parse({"paper": "companion", "items": [ITEM | changes]})
    return item


def found_in(page=PAGE, names=("one", "two"), verdict="holds", verdict_of_item="holds", **changes):
    over = domain(integer("n", "[1, inf)"), cases=lambda budget: {"n": [1, 9]})

    def sentence(n):
        """A sentence."""

    claims = {
        name: Claim(name, over, sentence)
        for name in (f"companion:lemma-planted/{clause}" for clause in names)
    }
    verdicts = dict.fromkeys(claims, "holds") | {"companion:lemma-planted/two": verdict}
    return faults(planted(verdict=verdict_of_item, **changes), page, claims, verdicts)


@pytest.fixture(scope="module")
def verdicts(stored_evidence):
    steps = {step for item in PROVED for step in item.steps if step in CLAIMS}
    with stored_evidence():
        return {name: audit.run(name).verdict for name in sorted(steps)}


def test_each_step_of_a_numbered_proof_names_a_claim_that_holds(verdicts):
    sharing = defaultdict(list)
    for item in PROVED:
        sharing[item.proof].append(item)
    wrong = []
    for item in PROVED:
        (path,) = BOOK.rglob(f"{item.proof.split('#')[0]}.ipynb")
        others = [other for other in sharing[item.proof] if other is not item]
        wrong += faults(item, markdown(path), CLAIMS, verdicts, others)
    assert wrong == []


def resting_on(books):
    """The ids of all items in an order in which each follows what it uses and what its proof names."""
    edges = {
        item.id: {*item.uses, *(step.split("/")[0] for step in item.steps)} - {item.id}
        for book in books
        for item in book
    }
    return list(TopologicalSorter(edges).static_order())


def test_no_proof_goes_round_in_a_circle():
    assert len(resting_on(LEDGERS)) == sum(len(book) for book in LEDGERS)
    first = ITEM | {"id": "companion:lemma-first", "steps": ["companion:lemma-second/a"]}
    second = ITEM | {"id": "companion:lemma-second", "steps": ["companion:lemma-first/b"]}
    with pytest.raises(CycleError):
        resting_on([ledger.parse({"paper": "companion", "items": [first, second]})])


def test_no_main_theorem_of_part_three_rests_on_search_alone(stored_evidence):
    beyond = {path.stem for path in (BOOK / "beyond").glob("*.ipynb")}
    (own,) = (book for book in LEDGERS if book.paper == "companion")
    theorems = [item for item in own if item.kind == "theorem" and item.page in beyond]
    with stored_evidence():
        weak = {
            item.id: strength
            for item in theorems
            if not item.proof
            for strength in [ledger.judge(item, ledger.evaluate(one(own, item))).strength]
            if KINDS.index(strength) > KINDS.index("proved")
        }
    assert len(theorems) > 15
    assert weak == {}


def one(book, item):
    """The ledger of one item alone."""
    return ledger.Ledger(book.paper, (replace(item, uses=()),))


def test_a_sound_proof_has_no_fault():
    assert found_in() == []


def test_formulas_and_what_continues_them_belong_to_their_step():
    first, second = find_proof(PAGE, "planted-lem").steps
    assert "eq-planted" in first
    assert "nothing was used" in first
    assert second.startswith("The second")
    assert len(steps_of("Intro.\n\n1. One\n   more.\n2. Two.\n")) == 3


def test_a_proof_of_another_statement_is_found_by_its_name():
    later = PAGE + "\n:::{prf:theorem} Later\n:label: later-thm\n\nThree.\n:::\n\n"
    later += ":::{prf:proof}\n(of {prf:ref}`planted-lem`) Again.\n:::\n"
    assert find_proof(later, "later-thm") is None
    assert len(find_proof(later, "planted-lem").steps) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"proof": "planted#elsewhere"}, "no statement with a proof"),
        ({"page": PAGE.replace(":label: planted-lem", ":label: other")}, "no statement with"),
        ({"page": PAGE.replace(":::{prf:proof}", ":::{prf:remark}")}, "no statement with a proof"),
        ({"page": PAGE.replace("The second (`lemma-planted/two`).", "The second.")}, "step 2"),
        ({"page": PAGE.replace("(`lemma-planted/two`)", "(`lemma-planted/three`)")}, "none of its"),
        ({"page": PAGE.replace("`lemma-planted/two`", "{prf:ref}`lemma-planted/two`")}, "step 2"),
        ({"steps": [*ITEM["steps"], "companion:lemma-x/y"]}, "does not name the step"),
        ({"names": ("one",)}, "two is no claim that holds"),
        ({"verdict": "false"}, "two is no claim that holds"),
        ({"verdict": "open"}, "two is no claim that holds"),
        ({"names": ("one", "two", "three")}, "about its clause 'three'"),
        ({"verdict_of_item": "false"}, "must hold as it stands"),
    ],
)
def test_a_planted_fault_is_found(changes, words):
    assert words in " ".join(found_in(**changes))
