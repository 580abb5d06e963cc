"""Checks of the end of appendix C: deep linear GNNs on graphs with unequal degrees.

Book page: book/awasthi2021/linear-unequal-degrees.
"""
