"""A pytest plugin: files that take long begin first, so that no worker is left alone with one at the end.

The ledger and the errata come last: they read what the checks of the chapters have found.

Goes with `--dist loadscope --no-loadscope-reorder`. The order changes nothing that a test finds.
"""

# From the longest to the shortest, as `make test` and `make test-chapters` list them.
LONGEST = (
    "tests/book/test_pages.py",
    "tests/mutants/test_mutants.py",
    "tests/test_proofs.py",
    "tests/test_ledger.py",
    "tests/audit/test_li2021_figures_1_and_2.py",
    "tests/sweeps/test_sweeps_workers.py",
    "tests/sweeps/test_sweeps_chapters.py",
    "tests/test_reruns.py",
    "tests/test_static.py",
    "tests/book/test_reader.py",
    "tests/test_scripts.py",
    "tests/test_graph_report.py",
    "book/li2021/figures-1-and-2.ipynb",
    "book/awasthi2021/figure-1.ipynb",
    "book/scale/kernels-against-monte-carlo.ipynb",
    "book/beyond/open-questions.ipynb",
)

BACK = "book/back/"


def pytest_collection_modifyitems(items):
    """Files of the list come first, the back of the book last, everything else stays in its order."""
    place = {name: number for number, name in enumerate(LONGEST)}

    def rank(item):
        return place.get(item.nodeid.split("::")[0], len(LONGEST) + item.nodeid.startswith(BACK))

    items.sort(key=rank)
