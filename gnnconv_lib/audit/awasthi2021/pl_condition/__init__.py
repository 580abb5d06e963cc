"""Checks of Lemmas 4 and 9, Eqs. (16), (17), (26)-(36) and Theorem 1.

Book page: book/awasthi2021/pl-condition.
"""
