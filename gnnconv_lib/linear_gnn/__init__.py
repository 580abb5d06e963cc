"""The deep linear GNN of awasthi2021, section 4: exact population loss and gradient on any graph.

Book pages `book/awasthi2021/deep-linear` and `book/awasthi2021/linear-unequal-degrees`.

`loss`, `gradient`: any graph, any matrices, by walk moments. `loss_by_recursion`, `forward`: the
definition, node by node. `loss_from_moments`: from walk counts alone. `pair_loss`,
`pair_gradient`: commuting weights. Modules `regular` and `one_round`: the cases with a closed
answer; `iterations_needed`: how many steps a regular graph takes. `full_model`,
`deviation_model`, `pair_model`: gradient descent with `descent.run`.
"""

from __future__ import annotations

from gnnconv_lib.linear_gnn import one_round, regular
from gnnconv_lib.linear_gnn.commuting import (
    pair_gradient,
    pair_hessian_at_teacher,
    pair_loss,
    power_sum,
)
from gnnconv_lib.linear_gnn.expansion import loss_from_moments, word_sums
from gnnconv_lib.linear_gnn.iterations import iterations_needed
from gnnconv_lib.linear_gnn.models import (
    deviation_model,
    full_model,
    identity_start,
    pair_model,
)
from gnnconv_lib.linear_gnn.population import (
    deviation_gradient,
    deviation_loss,
    gradient,
    loss,
)
from gnnconv_lib.linear_gnn.recursion import forward, loss_by_recursion, node_blocks

__all__ = [
    "deviation_gradient",
    "deviation_loss",
    "deviation_model",
    "forward",
    "full_model",
    "gradient",
    "identity_start",
    "iterations_needed",
    "loss",
    "loss_by_recursion",
    "loss_from_moments",
    "node_blocks",
    "one_round",
    "pair_gradient",
    "pair_hessian_at_teacher",
    "pair_loss",
    "pair_model",
    "power_sum",
    "regular",
    "word_sums",
]
