"""A second transcription of the formulas printed in awasthi2021 and li2021.

It is written from the texts alone and imports nothing of the library. Every function prints what is
printed: a wrong power or a missing factor stands as it is in the paper. Expectations are means over
the first axis of the draws that the caller gives; `o(1)`, `o(A)` and the constants hidden by `O(.)`
are arguments. Inequalities return `(left, right)`.
"""
