"""What a population model needs of a graph: small exact summaries (floor 1).

`overlap` for one-round ReLU GNNs (awasthi2021, Section 3), `walks` for deep linear ones
(awasthi2021, Section 4), `degrees` for averaging GNNs (li2021). Only this code touches all n
nodes. Book: `book/setting.ipynb`.
"""

from __future__ import annotations

from gnnconv_lib.summaries.degrees import DegreeMeasure, degrees
from gnnconv_lib.summaries.overlap import overlap
from gnnconv_lib.summaries.overlap_measure import OverlapMeasure, stack
from gnnconv_lib.summaries.overlap_sampled import Interval, SampledOverlap, sampled_overlap
from gnnconv_lib.summaries.walks import WalkMoments, walks
from gnnconv_lib.summaries.walks_out_of_core import walk_counts_by_blocks

__all__ = [
    "DegreeMeasure",
    "Interval",
    "OverlapMeasure",
    "SampledOverlap",
    "WalkMoments",
    "degrees",
    "overlap",
    "sampled_overlap",
    "stack",
    "walk_counts_by_blocks",
    "walks",
]
