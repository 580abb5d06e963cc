"""What the papers' numbers are on one graph, and a page that shows them.

Book pages: book/beyond/global-linear-rate, book/beyond/exact-local-rate.
"""

from gnnconv_lib.graph_report.numbers import SHORT, Report, report
from gnnconv_lib.graph_report.page import page

__all__ = ["SHORT", "Report", "page", "report"]
