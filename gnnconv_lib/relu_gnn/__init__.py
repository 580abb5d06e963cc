"""The one-round ReLU GNN on Gaussian features: its exact population loss, gradient and Hessian.

| module | what it does |
|---|---|
| `sums` | the three sums A, B(c), C(c) through which the graph enters |
| `population` | loss, gradient and Hessian in the weights W |
| `reduced` | the same in the two coordinates (u, beta) of each unit |
| `polar` | the same in length and angle |
| `models` | one step of gradient descent, for `descent.run` |
| `two_slopes` | other positively homogeneous activations in the ReLU's place |
| `forward` | outputs on given node features |
| `pair_terms`, `geometry` | what these are made of |

Reference: awasthi2021, section 3 and Appendix B. Book page: book/awasthi2021/population-loss.
"""

from gnnconv_lib.relu_gnn.forward import forward
from gnnconv_lib.relu_gnn.models import (
    FullModel,
    ReducedModel,
    TwoSlopeModel,
    full_model,
    reduced_model,
)
from gnnconv_lib.relu_gnn.polar import Polar, from_polar, polar_step, to_polar
from gnnconv_lib.relu_gnn.population import gradient, hessian, loss
from gnnconv_lib.relu_gnn.reduced import (
    Reduced,
    expand,
    reduce,
    reduced_gradient,
    reduced_hessian,
    reduced_loss,
)
from gnnconv_lib.relu_gnn.sums import sums
from gnnconv_lib.relu_gnn.two_slopes import TwoSlopes, two_slopes

__all__ = [
    "FullModel",
    "Polar",
    "Reduced",
    "ReducedModel",
    "TwoSlopeModel",
    "TwoSlopes",
    "expand",
    "forward",
    "from_polar",
    "full_model",
    "gradient",
    "hessian",
    "loss",
    "polar_step",
    "reduce",
    "reduced_gradient",
    "reduced_hessian",
    "reduced_loss",
    "reduced_model",
    "sums",
    "to_polar",
    "two_slopes",
]
