"""Parameters of a chapter: what may be declared, what is accepted, what stops with a sentence."""

import pytest

from gnnconv_lib import InvalidInput
from gnnconv_lib.page import parameters
from gnnconv_lib.page.parameters import InvalidParameter

SOURCE = """\
# What to draw
nodes: int = 100  # number of nodes [1, 1000]
rate: float = 1e-1  # step size (0, inf)
family: str = "star"  # kind of graph {star, path}
label: str = 'a b'  # any text
bands: bool = True  # draw the spread
"""


def declared() -> dict[str, parameters.Parameter]:
    return {entry.name: entry for entry in parameters.parse(SOURCE)}


def test_declaration_is_read_without_executing_it() -> None:
    entries = declared()
    assert list(entries) == ["nodes", "rate", "family", "label", "bands"]
    assert entries["nodes"] == parameters.Parameter(
        "nodes", "int", 100, "number of nodes", "[1, 1000]"
    )
    assert entries["rate"].range == "(0, inf)"
    assert entries["family"].choices == ("star", "path")
    assert entries["label"].default == "a b"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("n: int = 3  # at least >= 1", "exactly one '='"),
        ("n: int = 3; m = 4  # two", "exactly one '='"),
        ("n = 3  # untyped", "name: type = value"),
        ("n: int = 3", "name: type = value"),
        ("n: list = [1]  # a list", "type among"),
        ("n: int = 1 + 1  # sum", "literal default"),
        ("n: int = 2.5  # no integer", "n must be an integer"),
        ("n: int = 0  # below [1, 9]", "n must be an integer in"),
        ("n: int = 2  # range [low, 9]", "range must read like"),
        ('kind: str = "tree"  # outside {star, path}', "kind must be one of"),
        ("n: int = 1  # once\nn: int = 2  # twice", "declared once"),
        ("import os", "name: type = value|exactly one"),
    ],
)
def test_declarations_out_of_form_are_refused(line: str, words: str) -> None:
    with pytest.raises(InvalidParameter, match=words):
        parameters.parse(line)


def test_every_declaration_is_one_that_papermill_sees() -> None:
    """papermill drops a parameter whose line it cannot read; ours must be among those it reads."""
    import nbformat
    from papermill.translators import PythonTranslator

    seen = PythonTranslator.inspect(nbformat.v4.new_code_cell(SOURCE))
    assert [entry.name for entry in seen] == list(declared())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nodes", 0),
        ("nodes", 1001),
        ("nodes", 5.0),
        ("nodes", True),
        ("nodes", "5"),
        ("nodes", None),
        ("rate", 0.0),
        ("rate", float("inf")),
        ("rate", float("nan")),
        ("rate", "fast"),
        ("family", "sart"),
        ("family", 1),
        ("bands", 1),
    ],
)
def test_values_of_the_wrong_type_or_out_of_range_are_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidParameter, match=f"^{name} must be .*[.]$"):
        declared()[name].accept(value)


def test_ends_of_an_interval_are_as_written() -> None:
    half_open = parameters.parse("p: float = 0.5  # share (0, 1]")[0]
    assert half_open.accept(1) == 1.0
    with pytest.raises(InvalidParameter):
        half_open.accept(0)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("nodes", "7", 7),
        ("rate", "1e-3", 1e-3),
        ("rate", "2", 2.0),
        ("family", "path", "path"),
        ("bands", "False", False),
        ("label", "x=y", "x=y"),
    ],
)
def test_text_of_a_command_line_becomes_a_value(name: str, text: str, value: object) -> None:
    result = parameters.from_text(declared()[name], text)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [("nodes", "7.0"), ("nodes", ""), ("nodes", "9" * 5000), ("rate", "nan"), ("bands", "maybe")],
)
def test_text_of_the_wrong_type_is_one_short_sentence(name: str, text: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        parameters.from_text(declared()[name], text)
    assert len(str(caught.value)) < 120
    assert "\n" not in str(caught.value)


def namespace(*cells: str, **values: object) -> dict[str, object]:
    known = {entry.name: entry.default for entry in parameters.parse(SOURCE)}
    return {**known, **values, "In": ["", "import numpy", SOURCE, *cells, "parameters.check(...)"]}


def test_check_reads_the_executed_declaration() -> None:
    variables = namespace(rate=2)
    parameters.check(variables)
    assert variables["rate"] == 2.0
    assert isinstance(variables["rate"], float)


def test_check_refuses_a_value_out_of_range() -> None:
    with pytest.raises(InvalidParameter, match="nodes must be an integer in"):
        parameters.check(namespace(nodes=0))


def test_check_refuses_a_name_that_papermill_injected_but_nobody_declared() -> None:
    with pytest.raises(InvalidParameter, match="did you mean 'nodes'"):
        parameters.check(namespace("# Parameters\nnode = 5\n"))


def test_check_needs_the_parameters_cell() -> None:
    with pytest.raises(InvalidParameter, match="must be executed before"):
        parameters.check({"In": ["", "import numpy", "parameters.check(globals())"]})


def test_rules_turn_bad_input_of_the_library_into_a_sentence() -> None:
    with pytest.raises(InvalidParameter, match="odd"), parameters.check(namespace()):
        raise InvalidInput("nodes times degree must not be odd.")
    with pytest.raises(ZeroDivisionError), parameters.check(namespace()):
        print(1 / 0)


def test_a_notebook_shows_the_sentence_and_no_traceback() -> None:
    assert InvalidParameter("n must be 1.")._render_traceback_() == [
        "InvalidParameter: n must be 1."
    ]
