"""li2021, models, assumptions, auxiliary matrices, constants and Algorithm 1."""

import numpy as np


def section_notations_minimum(z_1, z_2):
    r"""Place: Notations.

    Printed: x \wedge y \triangleq \min\{x, y\}
    """
    return min(z_1, z_2)


def equation_1(H, members, W, activation):
    r"""Place: Node-level GNN, equation (1), one node i. members lists N_i: i and its neighbours.

    Printed: \hat H_i = \sigma(\frac{1}{|N_i|}\sum_{j\in N_i} H_jW)
    """
    return activation(np.sum(H[members] @ W, axis=0) / len(members))


def equation_2(H, A, degree_matrix, W, activation):
    r"""Place: Node-level GNN, equation (2).

    Printed: \hat H = \sigma(D^{-1}AHW)
    """
    return activation(np.linalg.inv(degree_matrix) @ A @ H @ W)


def equation_3(H, A, degree_matrix, W, v, activation):
    r"""Place: Node-level GNN, equation (3).

    Printed: \hat y = \sigma(D^{-1}AHW)v \in R^n
    """
    return activation(np.linalg.inv(degree_matrix) @ A @ H @ W) @ v


def equation_4(H, A, degree_matrix, W_star, v_star, noise, activation):
    r"""Place: Node-level GNN, equation (4).

    Printed: y = \sigma(D^{-1}AHW_*)v_* + \epsilon
    """
    return activation(np.linalg.inv(degree_matrix) @ A @ H @ W_star) @ v_star + noise


def section_gnn_teacher_norm():
    r"""Place: Node-level GNN, below equation (4); Graph-level GNN, below equation (10).

    Printed: \|W_*\|_2 = 1
    """
    return 1.0


def section_notations_matrix_norm(W):
    r"""Place: Notations; used in Algorithm 1, line 7, and for every \|W\|_2.

    Printed: \|\cdot\|_2 denotes the Euclidean norm of a finite-dimensional vector or a matrix
    Reading: uncertain. "Euclidean norm of a matrix": the root of the sum of squares here, the
    operator norm in b.
    """
    return np.sqrt(np.sum(W**2))


def section_notations_matrix_norm_reading_b(W):
    r"""Place: Notations; used in Algorithm 1, line 7, and for every \|W\|_2.

    Printed: \|\cdot\|_2 denotes the Euclidean norm of a finite-dimensional vector or a matrix
    Reading: uncertain. The operator norm of the Euclidean vector norm.
    """
    return np.linalg.norm(W, 2)


def equation_5(H, A, degree_matrix, W, activation):
    r"""Place: Graph-level GNN, equation (5), one graph j.

    Printed: \hat H_j = \sigma(D_j^{-1}A_jH_jW)
    """
    return activation(np.linalg.inv(degree_matrix) @ A @ H @ W)


def equation_6_length(d):
    r"""Place: Graph-level GNN, above equation (6): the length of the embedding of a graph.

    Printed: g_j \in \mathbb{R}^d
    """
    return d


def equation_6_row(n_j, i):
    r"""Place: Graph-level GNN, below equation (6).

    Printed: a_j is a row vector with "1" as its i-th element and otherwise "0"
    """
    return np.eye(n_j)[[i]]


def equation_6(H, A, degree_matrix, W, a, activation):
    r"""Place: Graph-level GNN, equations (6) and (7), printed alike; they differ in a_j.

    Printed: g_j^T = a_j\sigma(D_j^{-1}A_jH_jW)
    """
    return a @ activation(np.linalg.inv(degree_matrix) @ A @ H @ W)


def equation_8(H, A, degree_matrix, W, activation):
    r"""Place: Graph-level GNN, equation (8).

    Printed: g_j^T = \frac{1}{n_j}1_{n_j}\sigma(D_j^{-1}A_jH_jW)
    """
    ones = np.ones((1, len(H)))
    return ones @ activation(np.linalg.inv(degree_matrix) @ A @ H @ W) / len(H)


def equation_9_length(d):
    r"""Place: Graph-level GNN, above equation (9): the length of v.

    Printed: v \in \mathbb{R}^d
    """
    return d


def equation_9(H, A, degree_matrix, W, v, a, activation):
    r"""Place: Graph-level GNN, equation (9).

    Printed: \hat y_j = a_j\sigma(D_j^{-1}A_jH_jW)v \in R
    """
    return (a @ activation(np.linalg.inv(degree_matrix) @ A @ H @ W) @ v).item()


def equation_10(H, A, degree_matrix, W_star, v_star, a, noise_j, activation):
    r"""Place: Graph-level GNN, equation (10).

    Printed: y_j = a_j\sigma(D_j^{-1}A_jH_jW_*)v_* + \epsilon_j
    """
    hidden = activation(np.linalg.inv(degree_matrix) @ A @ H @ W_star)
    return (a @ hidden @ v_star).item() + noise_j


def assumption_1(z_1, z_2, activation):
    r"""Place: Assumption 1, for all x_1, x_2 in R. (left, right), left at most right.

    Printed: |\sigma(x_1) - \sigma(x_2)| \le |x_1 - x_2|
    """
    return abs(activation(z_1) - activation(z_2)), abs(z_1 - z_2)


def assumption_2(z, L_sigma, activation):
    r"""Place: Assumption 2, for all x in R^n. (left, right), left at most right.

    Printed: \|\sigma(x)\|_2 \le L_\sigma\|x\|_2
    """
    return np.linalg.norm(activation(z)), L_sigma * np.linalg.norm(z)


def equation_11(H_draws, A, degree_matrix, activation):
    r"""Place: Algorithm Design, equation (11). H_draws has shape (draws, n, d).

    Printed: \Xi_N = E[H^\top A^\top(D^{-1})^\top\sigma(D^{-1}AH)]
    """
    inverse = np.linalg.inv(degree_matrix)
    return np.mean([H.T @ A.T @ inverse.T @ activation(inverse @ A @ H) for H in H_draws], axis=0)


def equation_12(H_graphs, A_graphs, degree_graphs, a_graphs, activation):
    r"""Place: Algorithm Design, equation (12). The first axis is the graph; H_graphs (n, draws, ..).

    Printed: \Xi_G = \frac1n\sum_{j=1}^n
    E[H_j^\top A_j^\top(D_j^{-1})^\top a_j^\top a_j\sigma(D_j^{-1}A_jH_j)]
    """
    total = 0.0
    for draws, A, degree_matrix, a in zip(H_graphs, A_graphs, degree_graphs, a_graphs, strict=True):
        inverse = np.linalg.inv(degree_matrix)
        terms = [H.T @ A.T @ inverse.T @ a.T @ a @ activation(inverse @ A @ H) for H in draws]
        total = total + np.mean(terms, axis=0)
    return total / len(A_graphs)


def section_algorithm_square_loss(y, H, A, degree_matrix, W, v, activation):
    r"""Place: Algorithm Design, below equation (12).

    Printed: \frac1n\|y - \sigma(D^{-1}AHW)v\|_2^2
    """
    gap = y - activation(np.linalg.inv(degree_matrix) @ A @ H @ W) @ v
    return gap @ gap / len(y)


def equation_13_ngnn(alpha, L_sigma, d_out, d, d_bar):
    r"""Place: Convergence Analysis, equation (13), NGNN.

    Printed: \gamma_1 = \sqrt{\frac{\alpha L_\sigma^2d_{out}}2 - 3\alpha^2(d+4d\bar d)^2L_\sigma^4}
    Reading: uncertain. The root may cover the fraction only (b).
    """
    tail = 3 * alpha**2 * (d + 4 * d * d_bar) ** 2 * L_sigma**4
    return np.sqrt(alpha * L_sigma**2 * d_out / 2 - tail)


def equation_13_ngnn_reading_b(alpha, L_sigma, d_out, d, d_bar):
    r"""Place: Convergence Analysis, equation (13), NGNN.

    Printed: \gamma_1 = \sqrt{\frac{\alpha L_\sigma^2d_{out}}2} - 3\alpha^2(d+4d\bar d)^2L_\sigma^4
    Reading: uncertain. The root covers the fraction only.
    """
    tail = 3 * alpha**2 * (d + 4 * d * d_bar) ** 2 * L_sigma**4
    return np.sqrt(alpha * L_sigma**2 * d_out / 2) - tail


def equation_13_ggnn(alpha, L_sigma, d_out, d, n_max):
    r"""Place: Convergence Analysis, equation (13), GGNN.

    Printed: \gamma_1 = \sqrt{\frac{\alpha L_\sigma^2d_{out}}2 - 12\alpha^2d^2L_\sigma^4n_{max}^4}
    Reading: uncertain. The root may cover the fraction only (b).
    """
    return np.sqrt(alpha * L_sigma**2 * d_out / 2 - 12 * alpha**2 * d**2 * L_sigma**4 * n_max**4)


def equation_13_ggnn_reading_b(alpha, L_sigma, d_out, d, n_max):
    r"""Place: Convergence Analysis, equation (13), GGNN.

    Printed: \gamma_1 = \sqrt{\frac{\alpha L_\sigma^2d_{out}}2} - 12\alpha^2d^2L_\sigma^4n_{max}^4
    Reading: uncertain. The root covers the fraction only.
    """
    tail = 12 * alpha**2 * d**2 * L_sigma**4 * n_max**4
    return np.sqrt(alpha * L_sigma**2 * d_out / 2) - tail


def equation_14_ngnn(alpha, L_sigma, d_out, d, d_bar):
    r"""Place: Convergence Analysis, equation (14), NGNN.

    Printed: \gamma_2 = \sqrt{\frac{2\alpha(d+4d\bar d)^2}{d_{out}}
    + 6\alpha^2(d+4d\bar d)^2L_\sigma^2}
    Reading: uncertain. The root may cover the fraction only (b).
    """
    width = (d + 4 * d * d_bar) ** 2
    return np.sqrt(2 * alpha * width / d_out + 6 * alpha**2 * width * L_sigma**2)


def equation_14_ngnn_reading_b(alpha, L_sigma, d_out, d, d_bar):
    r"""Place: Convergence Analysis, equation (14), NGNN.

    Printed: \gamma_2 = \sqrt{\frac{2\alpha(d+4d\bar d)^2}{d_{out}}}
    + 6\alpha^2(d+4d\bar d)^2L_\sigma^2
    Reading: uncertain. The root covers the fraction only.
    """
    width = (d + 4 * d * d_bar) ** 2
    return np.sqrt(2 * alpha * width / d_out) + 6 * alpha**2 * width * L_sigma**2


def equation_14_ggnn(alpha, L_sigma, d_out, d, n_max):
    r"""Place: Convergence Analysis, equation (14), GGNN.

    Printed: \gamma_2 = \sqrt{\frac{8\alpha d^2n_{max}^4}{d_{out}}
    + 24\alpha^2d^2L_\sigma^4n_{max}^2}
    Reading: uncertain. The root may cover the fraction only (b).
    """
    tail = 24 * alpha**2 * d**2 * L_sigma**4 * n_max**2
    return np.sqrt(8 * alpha * d**2 * n_max**4 / d_out + tail)


def equation_14_ggnn_reading_b(alpha, L_sigma, d_out, d, n_max):
    r"""Place: Convergence Analysis, equation (14), GGNN.

    Printed: \gamma_2 = \sqrt{\frac{8\alpha d^2n_{max}^4}{d_{out}}}
    + 24\alpha^2d^2L_\sigma^4n_{max}^2
    Reading: uncertain. The root covers the fraction only.
    """
    tail = 24 * alpha**2 * d**2 * L_sigma**4 * n_max**2
    return np.sqrt(8 * alpha * d**2 * n_max**4 / d_out) + tail


def equation_15(alpha, L_sigma, d_out, gamma_1):
    r"""Place: Convergence Analysis, equation (15).

    Printed: \gamma_3 = \sqrt{\frac{2\alpha + 3\alpha^2L_\sigma^2d_{out}}
    {\gamma_1^2L_\sigma^2d_{out}}}
    Reading: uncertain. The root may cover the numerator only (b).
    """
    top = 2 * alpha + 3 * alpha**2 * L_sigma**2 * d_out
    return np.sqrt(top / (gamma_1**2 * L_sigma**2 * d_out))


def equation_15_reading_b(alpha, L_sigma, d_out, gamma_1):
    r"""Place: Convergence Analysis, equation (15).

    Printed: \gamma_3 = \frac{\sqrt{2\alpha + 3\alpha^2L_\sigma^2d_{out}}}
    {\gamma_1^2L_\sigma^2d_{out}}
    Reading: uncertain. The root covers the numerator only.
    """
    top = 2 * alpha + 3 * alpha**2 * L_sigma**2 * d_out
    return np.sqrt(top) / (gamma_1**2 * L_sigma**2 * d_out)


def algorithm_1_start():
    r"""Place: Algorithm 1, Input. The loop runs while t < T; no line adds to t.

    Printed: t = 1
    """
    return 1.0


def algorithm_1_line_2(H, A, degree_matrix):
    r"""Place: Algorithm 1, line 2, NGNN; GGNN prints the same with indices j.

    Printed: \bar c = D^{-1}AH, NGNN; D_j^{-1}A_jH_j, GGNN
    """
    return np.linalg.inv(degree_matrix) @ A @ H


def algorithm_1_line_3_ngnn(c_matrix, W, v, activation):
    r"""Place: Algorithm 1, line 3, NGNN; line 2 names the matrix \bar c, this line c'.

    Printed: \bar y = \sigma(c'W_t)v_t
    """
    return activation(c_matrix @ W) @ v


def algorithm_1_line_3_ggnn(c_matrix, W, v, a, activation):
    r"""Place: Algorithm 1, line 3, GGNN (no index j on \bar y and c').

    Printed: \bar y = a_j\sigma(c'W_t)v_t
    """
    return (a @ activation(c_matrix @ W) @ v).item()


def algorithm_1_line_4_ngnn(xi_inv, c_matrix, y, y_bar, v):
    r"""Place: Algorithm 1, line 4, NGNN.

    Printed: G_t^W = -\frac1n\Xi_N^{-1}\bar c^\top(y-\bar y)v_t^\top
    """
    return -xi_inv @ np.outer(c_matrix.T @ (y - y_bar), v) / len(y)


def algorithm_1_line_4_ggnn(xi_inv, c_graphs, a_graphs, y, y_bar, v):
    r"""Place: Algorithm 1, line 4, GGNN (no index j on \bar c and \bar y).

    Printed: G_t^W = -\frac1n\Xi_G^{-1}\sum_{j=1}^n \bar c^\top a_j^\top(y_j-\bar y)v_t^\top
    """
    total = sum(
        np.outer(c.T @ a.T * gap, v)
        for c, a, gap in zip(c_graphs, a_graphs, y - y_bar, strict=True)
    )
    return -xi_inv @ total / len(y)


def algorithm_1_line_5_ngnn(c_matrix, y, y_bar, W, activation):
    r"""Place: Algorithm 1, line 5, NGNN.

    Printed: g_t^v = -\frac1n\sigma(W_t^\top\bar c^\top)(y-\bar y)
    """
    return -activation(W.T @ c_matrix.T) @ (y - y_bar) / len(y)


def algorithm_1_line_5_ggnn(c_graphs, a_graphs, y, y_bar, W, activation):
    r"""Place: Algorithm 1, line 5, GGNN (no index j on \bar c and \bar y).

    Printed: g_t^v = -\frac1n\sum_{j=1}^n \sigma(W_t^\top\bar c^\top)a_j^\top(y_j-\bar y)
    """
    total = sum(
        (activation(W.T @ c.T) @ a.T)[:, 0] * gap
        for c, a, gap in zip(c_graphs, a_graphs, y - y_bar, strict=True)
    )
    return -total / len(y)


def algorithm_1_line_6(W, alpha, G_W):
    r"""Place: Algorithm 1, line 6.

    Printed: U_{t+1} = W_t - \alpha G_t^W
    """
    return W - alpha * G_W


def algorithm_1_line_7(U):
    r"""Place: Algorithm 1, line 7.

    Printed: W_{t+1} = U_{t+1}/\|U_{t+1}\|_2
    Reading: uncertain. The norm of a matrix, see section_notations_matrix_norm; b: operator norm.
    """
    return U / np.sqrt(np.sum(U**2))


def algorithm_1_line_7_reading_b(U):
    r"""Place: Algorithm 1, line 7.

    Printed: W_{t+1} = U_{t+1}/\|U_{t+1}\|_2
    Reading: uncertain. The operator norm.
    """
    return U / np.linalg.norm(U, 2)


def algorithm_1_line_8(v, alpha, g_v):
    r"""Place: Algorithm 1, line 8.

    Printed: v_{t+1} = v_t - \alpha g_t^v
    """
    return v - alpha * g_v


def section_convergence_average_degree(degrees):
    r"""Place: Convergence Analysis, below Algorithm 1, NGNN.

    Printed: \bar d = \frac1n\sum_i d_i
    """
    return np.mean(degrees)


def section_convergence_n_max(node_counts):
    r"""Place: Convergence Analysis, below Algorithm 1, GGNN.

    Printed: n_{max} = \max_j n_j
    """
    return float(np.max(node_counts))


def equation_16(v_gap, v_star_norm, gamma_1, gamma_2, gamma_3):
    r"""Place: Convergence Analysis, equation (16). v_gap is \|v_0 - v_*\|_2.

    Printed: D = \max\{\|v_0-v_*\|_2, \sqrt{\frac{2\gamma_2\|v_*\|_2^2}{\gamma_1} + \gamma_3}\}
    Reading: uncertain. The root may cover the fraction only (b) or its numerator only (c).
    """
    return max(v_gap, np.sqrt(2 * gamma_2 * v_star_norm**2 / gamma_1 + gamma_3))


def equation_16_reading_b(v_gap, v_star_norm, gamma_1, gamma_2, gamma_3):
    r"""Place: Convergence Analysis, equation (16). v_gap is \|v_0 - v_*\|_2.

    Printed: D = \max\{\|v_0-v_*\|_2, \sqrt{\frac{2\gamma_2\|v_*\|_2^2}{\gamma_1}} + \gamma_3\}
    Reading: uncertain. The root covers the fraction only.
    """
    return max(v_gap, np.sqrt(2 * gamma_2 * v_star_norm**2 / gamma_1) + gamma_3)


def equation_16_reading_c(v_gap, v_star_norm, gamma_1, gamma_2, gamma_3):
    r"""Place: Convergence Analysis, equation (16). v_gap is \|v_0 - v_*\|_2.

    Printed: D = \max\{\|v_0-v_*\|_2, \frac{\sqrt{2\gamma_2\|v_*\|_2^2}}{\gamma_1} + \gamma_3\}
    Reading: uncertain. The root covers the numerator only.
    """
    return max(v_gap, np.sqrt(2 * gamma_2 * v_star_norm**2) / gamma_1 + gamma_3)


def equation_17_ngnn(v_inner, v_star_norm, L_sigma, d_out, d, d_bar):
    r"""Place: Convergence Analysis, equation (17), NGNN. v_inner is v_0^T v_*.

    Printed: \rho = \min\{v_0^\top v_*,
    \frac{L_\sigma^2d_{out}\|v_*\|_2^2}{(d+4d\bar d)L_\sigma^2+1}\}
    """
    bottom = (d + 4 * d * d_bar) * L_sigma**2 + 1
    return min(v_inner, L_sigma**2 * d_out * v_star_norm**2 / bottom)


def equation_17_ggnn(v_inner, v_star_norm, L_sigma, d_out, d, n_max):
    r"""Place: Convergence Analysis, equation (17), GGNN. v_inner is v_0^T v_*.

    Printed: \rho = \min\{v_0^\top v_*,
    \frac{L_\sigma^2d_{out}\|v_*\|_2^2}{2dL_\sigma^2n_{max}^2+1}\}
    """
    bottom = 2 * d * L_sigma**2 * n_max**2 + 1
    return min(v_inner, L_sigma**2 * d_out * v_star_norm**2 / bottom)


def section_convergence_D_0(D, v_star_norm):
    r"""Place: Convergence Analysis, below equation (17).

    Printed: D_0 = D + \|v_*\|_2
    """
    return D + v_star_norm
