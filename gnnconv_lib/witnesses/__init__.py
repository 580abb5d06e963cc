"""The papers' definitions written slowly, straight from the formulas, by nobody's shortcut.

| module | what it is |
|---|---|
| `algorithm_1` | Algorithm 1 of li2021 line by line, with loops over nodes and graphs |
| `averaging_network` | the networks of li2021, node by node |
| `dual_activation` | the dual of any activation, by quadrature of its Gaussian definition |
| `linear_network` | the deep linear network: embeddings, loss and gradient over the nodes |
| `relu_dual` | the textbook closed forms of the dual of the ReLU and of the step |
| `relu_expectation` | expectations of the ReLU of a Gaussian pair, by quadrature |
| `relu_network` | the one-round ReLU network, node by node |
| `relu_pairs` | its moments, loss and gradient as sums over all pairs of nodes |

Claims, tests, benchmarks and chapters compare the library with these. Nothing here imports more of
the package than `graphs` and `activations`; nothing in the library's models imports from here.

Book page: `book/setting`.
"""
