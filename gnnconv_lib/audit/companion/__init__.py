"""Checks of this book's own theorems, one module or package per page of Part III.

Book pages: book/beyond/.
"""
