"""The population loss of the one-round ReLU GNN, its gradient and its local minima.

Formulas are compared with sums over all n² pairs of nodes (`witnesses.relu_pairs`) and with samples
of the network (`witnesses.relu_network`).

Reference: awasthi2021, Eqs. (5)-(15) and Appendix B. Book page: book/awasthi2021/population-loss.
"""
