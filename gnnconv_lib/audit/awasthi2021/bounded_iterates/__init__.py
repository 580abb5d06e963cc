"""Checks of Lemmas 1-3 and 5-8: sizes of the sums, lengths, smoothness, the initial phase.

Book page: book/awasthi2021/bounded-iterates.
"""
