"""awasthi2021, Section 4 (deep linear GNNs), Section 5 and Appendix D (experiments)."""

import numpy as np


def equation_18(x, adjacency, W2_star):
    r"""Place: Section 4, equation (18). Rows of x are the x_i^{(\ell-1)}.

    Printed: a_i^{(\ell)} = AGGREGATE(\{x_j^{\ell-1} : j \in N(i)\})
    = W_2^* \sum_{j\in N(i)} x_j^{(\ell-1)}
    Reading: uncertain. Whether N(i) contains i (b); the proof of Lemma 10 has degree d and M =
    W_1 + d W_2.
    """
    return adjacency @ x @ W2_star.T


def equation_18_reading_b(x, adjacency, W2_star):
    r"""Place: Section 4, equation (18). Rows of x are the x_i^{(\ell-1)}.

    Printed: a_i^{(\ell)} = W_2^* \sum_{j\in N(i)} x_j^{(\ell-1)}
    Reading: uncertain. N(i) contains i.
    """
    return (adjacency @ x + x) @ W2_star.T


def equation_19(x, aggregate, W1_star):
    r"""Place: Section 4, equation (19). Rows of x and aggregate belong to the nodes.

    Printed: x_i^{(\ell)} = COMBINE(x_i^{(\ell-1)}, a_i^{\ell})
    = W_1^* x_i^{(\ell-1)} + a_i^{(\ell)}
    """
    return x @ W1_star.T + aggregate


def section_4_output(x):
    r"""Place: Section 4, below equation (19). Rows of x are the x_i^{(L)}.

    Printed: y = \sum_{i=1}^n x_i^{(L)}
    """
    return np.sum(x, axis=0)


def equation_20(y_hat, y):
    r"""Place: Section 4, equation (20). Draws on the first axis.

    Printed: L(W_1, W_2) = \frac12 E[\|(\hat y - y)\|^2]
    """
    return 0.5 * np.mean(np.sum((y_hat - y) ** 2, axis=1))


def equation_21(x_hat_draws, x_draws):
    r"""Place: Section 4, equation (21). Last-round embeddings of shape (draws, n, r).

    Printed: \frac12 E[\|(\sum_{i=1}^n \hat x_i^{(L)} - \sum_{i=1}^n x_i^{(L)})\|^2]
    """
    gap = np.sum(x_hat_draws, axis=1) - np.sum(x_draws, axis=1)
    return 0.5 * np.mean(np.sum(gap**2, axis=1))


def equation_22(W1, eta, grad):
    r"""Place: Section 4, equation (22); the same \nabla L as in (23), without an index.

    Printed: W_{1,t+1} = W_{1,t} - \eta \nabla L(W_{1,t}, W_{2,t})
    """
    return W1 - eta * grad


def equation_23(W2, eta, grad):
    r"""Place: Section 4, equation (23); the same \nabla L as in (22), without an index.

    Printed: W_{2,t+1} = W_{2,t} - \eta \nabla L(W_{1,t}, W_{2,t})
    """
    return W2 - eta * grad


def section_4_initialization(r):
    r"""Place: Section 4, before Theorem 2.

    Printed: W_{1,0}, W_{2,0} = I
    """
    return np.eye(r)


def theorem_2_loss(epsilon):
    r"""Place: Section 4, Theorem 2; Theorems 3 and 4.

    Printed: L(W_{1,T}, W_{2,T}) \le \epsilon^2
    """
    return epsilon**2


def equation_24(eta_0, L, d, r, epsilon, sigma_stars, us, ells):
    r"""Place: Section 4, Theorem 2, equation (24); Theorem 3 (there the maximum is over i, no set).

    Printed: T \ge \max_{i\in[n]} \frac{1}{\eta_0L^2(d^2+1)\ell_i^{2L-2}}
    \log(\frac{rLu_i((1-\sigma_i^*)^2)}{\epsilon})
    Reading: uncertain. L may be the power of r (b). The arrays hold all the i given.
    """
    scale = 1 / (eta_0 * L**2 * (d**2 + 1) * ells ** (2 * L - 2))
    return np.max(scale * np.log(r * L * us * (1 - sigma_stars) ** 2 / epsilon))


def equation_24_reading_b(eta_0, L, d, r, epsilon, sigma_stars, us, ells):
    r"""Place: Section 4, Theorem 2, equation (24); Theorem 3.

    Printed: T \ge \max_{i\in[n]} \frac{1}{\eta_0L^2(d^2+1)\ell_i^{2L-2}}
    \log(\frac{r^Lu_i((1-\sigma_i^*)^2)}{\epsilon})
    Reading: uncertain. L is the power of r.
    """
    scale = 1 / (eta_0 * L**2 * (d**2 + 1) * ells ** (2 * L - 2))
    return np.max(scale * np.log(r**L * us * (1 - sigma_stars) ** 2 / epsilon))


def equation_25(n, L, d, sigma_stars, us, ells, deltas):
    r"""Place: Section 4, Theorem 2, equation (25); Theorem 3.

    Printed: \eta := \eta_0 \le \min_i
    \frac{\ell_i^{2L-1}\min(1, \frac{1}{(\sigma_i^*)^{2L-2}})}
    {2nL^2(\delta_i)^2(d^2+1)u_i^{2L-3}(1+u_i)^{L-1}}
    """
    top = ells ** (2 * L - 1) * np.minimum(1, 1 / sigma_stars ** (2 * L - 2))
    bottom = 2 * n * L**2 * deltas**2 * (d**2 + 1) * us ** (2 * L - 3) * (1 + us) ** (L - 1)
    return np.min(top / bottom)


def theorem_2_sigma_stars(W1_star, W2_star, d):
    r"""Place: Section 4, Theorem 2.

    Printed: \sigma_i^* is the ith smallest singular value of W_1^* + dW_2^*
    """
    return np.sort(np.linalg.svd(W1_star + d * W2_star, compute_uv=False))


def section_4_sigmas(W1, W2, d):
    r"""Place: Section 4, after Theorem 2.

    Printed: the singular values \sigma_{i,t} of the matrix M_t = W_{1,t} + dW_{2,t}
    """
    return np.sort(np.linalg.svd(W1 + d * W2, compute_uv=False))


def section_5_nodes():
    r"""Place: Section 5.

    Printed: random d-regular graphs over n = 100 nodes
    """
    return 100.0


def section_5_embedding_size():
    r"""Place: Section 5, ReLU GNNs and deep linear GNNs.

    Printed: r = 10
    """
    return 10.0


def section_5_hidden_units():
    r"""Place: Section 5, one round GNNs with ReLU activations.

    Printed: h = 10
    """
    return 10.0


def section_5_degrees():
    r"""Place: Section 5, ReLU networks.

    Printed: d \in \{5, 10, 30, 80, 99\}
    """
    return np.array([5.0, 10.0, 30.0, 80.0, 99.0])


def section_5_depths():
    r"""Place: Section 5, linear networks.

    Printed: L in \{1, 2, 3\}
    """
    return np.array([1.0, 2.0, 3.0])


def section_5_teacher_column(v):
    r"""Place: Section 5, ReLU GNNs: "each column of W^*". v is any vector to be scaled.

    Printed: choosing each column of W^* to be a random unit length vector
    """
    return v / np.linalg.norm(v)


def section_5_identity_factor():
    r"""Place: Section 5, linear networks, added to matrices with Gaussian entries.

    Printed: a small multiplicative factor of 0.001 times the identity matrix
    """
    return 0.001


def section_5_linear_teacher(gaussian):
    r"""Place: Section 5, linear networks. gaussian is an r x r matrix of Gaussian entries.

    Printed: picking random Gaussian entries, and then adding a small multiplicative factor of
    0.001 times the identity matrix
    """
    return gaussian + 0.001 * np.eye(len(gaussian))


def section_5_relu_rate(epsilon):
    r"""Place: Section 5, first paragraph and remarks on the results.

    Printed: \sim \frac{1}{\epsilon^2}
    """
    return 1 / epsilon**2


def section_5_complete_graph_degree(n):
    r"""Place: Section 5, last paragraph.

    Printed: if d = n - 1, i.e., the graph is a complete graph
    """
    return n - 1


def appendix_d_learning_rate_relu_degree_5():
    r"""Place: Appendix D, one round ReLU GNNs, degree d = 5.

    Printed: 2 \times 10^{-5}
    """
    return 2e-5


def appendix_d_learning_rate_relu_other():
    r"""Place: Appendix D, one round ReLU GNNs, the remaining degrees.

    Printed: 1 \times 10^{-6}
    """
    return 1e-6


def appendix_d_learning_rate_linear_depth_1():
    r"""Place: Appendix D, multi round linear GNNs, depth L = 1.

    Printed: 0.1
    """
    return 0.1


def appendix_d_learning_rate_linear_depth_2_3():
    r"""Place: Appendix D, multi round linear GNNs, depths 2 and 3.

    Printed: 0.0075
    """
    return 0.0075
