"""Checks of the linear rate on every graph: each step of its proof, and the whole along trajectories.

Book page: book/beyond/global-linear-rate.
"""
