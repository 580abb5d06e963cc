"""Checks of section 4 and appendix C, C.1 and C.2: deep linear GNNs on regular graphs.

Book page: book/awasthi2021/deep-linear.
"""
