"""The exact rate next to the teacher: Hessian, slopes, best step, condition number.

Book page: book/beyond/exact-local-rate.
"""
