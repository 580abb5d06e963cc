"""This book's own results on Algorithm 1 of li2021: rates, fixed points, efficiency, equal cost.

Book page: book/beyond/approximate-gradient.
"""
