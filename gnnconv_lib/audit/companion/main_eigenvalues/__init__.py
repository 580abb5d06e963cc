"""This book's theorems on deep linear networks with unequal degrees.

One pair z = (alpha, beta) of commuting weights at a time: m_mu = alpha + mu beta, x = z - z*, over the
main eigenvalues mu with weights c_mu. The loss and its gradient are those of message passing over the
nodes (`witnesses.linear_network`) wherever a formula over main eigenvalues is what is tested.

Book page: book/beyond/main-eigenvalues.
"""
