"""`gnnconv report FILE --output report.html`: a page on the graph in a file."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from gnnconv_lib import files, graphs
from gnnconv_lib.cli.graph_file import IN_PYTHON, done
from gnnconv_lib.graphs.path_options import NAMES
from gnnconv_lib.page.finding import repository_address
from gnnconv_lib.validation import InvalidInput

__all__ = ["report_command"]


def report_command(options: Namespace) -> int:
    """The exit status of `gnnconv report`; the output is checked before the file is read."""
    as_json = options.json or Path(options.output).suffix == ".json"
    wanted = (".json",) if options.json else (".html", ".json")
    if Path(options.output).suffix not in wanted and not Path(options.output).is_dir():
        raise InvalidInput(f"output must end in {' or '.join(wanted)}, got {options.output}.")
    target, repository = files.output_file(options.output, options.force), repository_address()
    given = {name: getattr(options, name) for name in NAMES}
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        settled = graphs.read_settled(options.file, **chosen)
    except InvalidInput as error:
        raise InvalidInput(IN_PYTHON.sub(r"--\1 \2", str(error))) from None
    from gnnconv_lib import graph_report

    found, dropped = graph_report.report(settled.graph), done(settled)
    name = Path(options.file).name
    if as_json:
        about = {"file": name, "listed": settled.listed, "done": dropped, "notes": settled.notes}
        about |= asdict(found)
        text = json.dumps(about, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    else:
        text = graph_report.page(found, settled.graph, name, repository, (*dropped, *settled.notes))
    files.write(target, text)
    print(f"{target} written")
    return 0
