"""Checks of this book's own theorems, one module or package per page of Parts III and IV.

Book pages: book/beyond/, book/scale/.
"""
