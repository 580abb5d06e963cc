"""awasthi2021, abstract, Sections 2, 3 and 3.1: model, loss and gradients."""

import numpy as np


def abstract_iterations_relu(epsilon):
    r"""Place: Abstract; Section 1; first remark after Theorem 1. The argument of the O(.).

    Printed: O(\frac{1}{\epsilon^2} \log(\frac{1}{\epsilon}))
    """
    return np.log(1 / epsilon) / epsilon**2


def abstract_iterations_linear(epsilon):
    r"""Place: Abstract; Section 1. The argument of the O(.).

    Printed: O(\log(1/\epsilon))
    """
    return np.log(1 / epsilon)


def equation_3(rho, activation):
    r"""Place: Section 2, Definition 1, equation (3). A quadrature of the printed expectation.

    Printed: \hat\sigma(\rho) = E[\sigma(X) \sigma(Y)], with X, Y jointly Gaussian, mean zero,
    variance one, covariance \rho
    """
    nodes, weights = np.polynomial.laguerre.laggauss(12)
    radius = np.sqrt(2 * nodes)[:, None]
    angle = (np.arange(4000) + 0.5) * (2 * np.pi / 4000)

    def value(covariance):
        x = np.cos(angle)
        y = covariance * x + np.sqrt(max(0.0, 1 - covariance**2)) * np.sin(angle)
        return weights @ np.mean(activation(radius * x) * activation(radius * y), axis=1)

    return np.vectorize(value, otypes=[float])(rho)


def section_3_sigma(z):
    r"""Place: Section 3, below equation (4).

    Printed: \sigma(t) = \sqrt{2} \max(t, 0)
    """
    return np.sqrt(2) * np.maximum(z, 0)


def section_3_input_sums(x, adjacency):
    r"""Place: Section 3, below equation (4). Rows of x are the inputs of the nodes.

    Printed: \bar x_i = \sum_{j \in N(i)} x_j
    Reading: uncertain. Section 2 calls N(i) "the neighborhood of vertex i"; this reading leaves i
    out, reading b counts i (Section 3.1: the sum has d + 1 messages, "one involving the node i").
    """
    return adjacency @ x


def section_3_input_sums_reading_b(x, adjacency):
    r"""Place: Section 3, below equation (4).

    Printed: \bar x_i = \sum_{j \in N(i)} x_j
    Reading: uncertain. N(i) contains i.
    """
    return adjacency @ x + x


def equation_4(W_star, xbar):
    r"""Place: Section 3, equation (4). Rows of xbar are the \bar x_i.

    Printed: y = \sum_{i=1}^n \sigma(W^* \bar x_i)
    """
    return np.sum(section_3_sigma(xbar @ W_star.T), axis=0)


def equation_5(y_hat, y):
    r"""Place: Section 3, equation (5). Draws on the first axis.

    Printed: L(W) = \frac12 E[\|\hat y - y\|^2]
    """
    return 0.5 * np.mean(np.sum((y_hat - y) ** 2, axis=1))


def equation_6(W, W_star, xbar_draws):
    r"""Place: Section 3, equation (6). xbar_draws has shape (draws, n, r).

    Printed: \frac12 E[\|\sum_{i=1}^n \sigma(W \bar x_i) - \sum_{i=1}^n \sigma(W^* \bar x_i)\|^2]
    """
    gap = section_3_sigma(xbar_draws @ W.T) - section_3_sigma(xbar_draws @ W_star.T)
    return 0.5 * np.mean(np.sum(np.sum(gap, axis=1) ** 2, axis=1))


def equation_7_unit(pre, pre_star):
    r"""Place: Section 3, equation (7), one term. pre holds w_j^T \bar x_i, shape (draws, n).

    Printed: L_j(w_j) := \frac12 E[(\sum_{i=1}^n \sigma(w_j^\top \bar x_i)
    - \sum_{i=1}^n \sigma({w_j^*}^\top \bar x_i))^2]
    """
    gap = np.sum(section_3_sigma(pre), axis=1) - np.sum(section_3_sigma(pre_star), axis=1)
    return 0.5 * np.mean(gap**2)


def equation_7(W, W_star, xbar_draws):
    r"""Place: Section 3, equation (7).

    Printed: = \sum_{j=1}^h L_j(w_j)
    """
    return sum(
        equation_7_unit(xbar_draws @ w, xbar_draws @ v) for w, v in zip(W, W_star, strict=True)
    )


def equation_8(W, eta, grad_W):
    r"""Place: Section 3, equation (8).

    Printed: W_{t+1} = W_t - \eta \nabla L(W_t)
    """
    return W - eta * grad_W


def theorem_1_degree_ratio(d, n):
    r"""Place: Section 3, Theorem 1; Lemmas 2, 4 and 5. The quotient that has to vanish.

    Printed: the degree d of the graph is o(\sqrt{n})
    """
    return d / np.sqrt(n)


def theorem_1_teacher_norm():
    r"""Place: Section 3, Theorem 1.

    Printed: \|w_j^*\| = 1 for j \in [h]
    """
    return 1.0


def theorem_1_probability(h, r, c_prime):
    r"""Place: Section 3, Theorem 1. "At least" this.

    Printed: 1 - h \cdot e^{-c' r}
    """
    return 1 - h * np.exp(-c_prime * r)


def theorem_1_loss(epsilon):
    r"""Place: Section 3, Theorem 1; Section 3.5, last sentence.

    Printed: L(W_T) \le \epsilon^2
    """
    return epsilon**2


def theorem_1_iterations(n, h, d, epsilon, c):
    r"""Place: Section 3, Theorem 1; repeated in Section 3.5 after equation (17).

    Printed: T \ge c \cdot \frac{n^4 h^2 (d+1)}{\epsilon^2} \log(\frac{nh}{\epsilon})
    Reading: uncertain. Fractions are flattened: the last one may be a product (b), and the 4 may
    be a factor and not the power of n (c).
    """
    return c * n**4 * h**2 * (d + 1) / epsilon**2 * np.log(n * h / epsilon)


def theorem_1_iterations_reading_b(n, h, d, epsilon, c):
    r"""Place: Section 3, Theorem 1; repeated in Section 3.5 after equation (17).

    Printed: T \ge c \cdot \frac{n^4 h^2 (d+1)}{\epsilon^2} \log(n h \epsilon)
    Reading: uncertain. A product under the logarithm.
    """
    return c * n**4 * h**2 * (d + 1) / epsilon**2 * np.log(n * h * epsilon)


def theorem_1_iterations_reading_c(n, h, d, epsilon, c):
    r"""Place: Section 3, Theorem 1; repeated in Section 3.5 after equation (17).

    Printed: T \ge c \cdot n \frac{4 h^2 (d+1)}{\epsilon^2} \log(\frac{nh}{\epsilon})
    Reading: uncertain. The 4 is a factor (hardly likely next to an absolute constant).
    """
    return c * n * 4 * h**2 * (d + 1) / epsilon**2 * np.log(n * h / epsilon)


def section_3_1_loss_expansion(pre, pre_star):
    r"""Place: Section 3.1, first display. pre, pre_star have shape (draws, n).

    Printed: L_j(w_j) = \frac12 E[(\sum_{i=1}^n \sigma(w_j^\top \bar x_i))^2]
    + \frac12 E[(\sum_{i=1}^n \sigma({w_j^*}^\top \bar x_i))^2]
    - E[\sum_{i,j=1}^n \sigma(w_j^\top \bar x_i) \sigma({w_j^*}^\top \bar x_j)]
    """
    own, other = section_3_sigma(pre), section_3_sigma(pre_star)
    cross = np.mean(np.einsum("si,sj->s", own, other))
    return (
        0.5 * np.mean(np.sum(own, axis=1) ** 2) + 0.5 * np.mean(np.sum(other, axis=1) ** 2) - cross
    )


def section_3_1_messages(d):
    r"""Place: Section 3.1, degree of each node exactly d; also d_{i,i}.

    Printed: \bar x_i is a sum of d + 1 messages; d_{i,i} = d + 1
    """
    return d + 1


def section_3_1_covariance(d, r):
    r"""Place: Section 3.1, degree of each node exactly d.

    Printed: \bar x_i distributed as N(0, (d+1) I)
    """
    return (d + 1) * np.eye(r)


def equation_9_line_1(pre):
    r"""Place: Section 3.1, equation (9), first line (its parentheses do not balance in print).

    Printed: E[\sum_{i,j=1}^n \sigma(w_j^\top \bar x_i)) \sigma(w_j^\top \bar x_j))]
    """
    return np.mean(np.einsum("si,sj->s", section_3_sigma(pre), section_3_sigma(pre)))


def equation_9_line_2(pre, d, w_norm):
    r"""Place: Section 3.1, equation (9), second line.

    Printed: E[(d+1) \|w_j\|^2 \sum_{i,j=1}^n
    \sigma(\frac{w_j^\top \bar x_i}{\sqrt{(d+1)} \|w_j\|})
    \sigma(\frac{w_j^\top \bar x_j}{\sqrt{(d+1)} \|w_j\|})]
    Reading: uncertain. The root may reach over the norm (b).
    """
    unit = section_3_sigma(pre / (np.sqrt(d + 1) * w_norm))
    return np.mean((d + 1) * w_norm**2 * np.einsum("si,sj->s", unit, unit))


def equation_9_line_2_reading_b(pre, d, w_norm):
    r"""Place: Section 3.1, equation (9), second line.

    Printed: E[(d+1) \|w_j\|^2 \sum_{i,j=1}^n
    \sigma(\frac{w_j^\top \bar x_i}{\sqrt{(d+1) \|w_j\|}})
    \sigma(\frac{w_j^\top \bar x_j}{\sqrt{(d+1) \|w_j\|}})]
    Reading: uncertain. The root reaches over the norm.
    """
    unit = section_3_sigma(pre / np.sqrt((d + 1) * w_norm))
    return np.mean((d + 1) * w_norm**2 * np.einsum("si,sj->s", unit, unit))


def equation_9(d, w_norm, overlaps, dual):
    r"""Place: Section 3.1, equation (9), last line.

    Printed: (d+1) \|w_j\|^2 \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    """
    return (d + 1) * w_norm**2 * np.sum(dual(overlaps / (d + 1)))


def equation_10(d, w_star_norm, overlaps, dual):
    r"""Place: Section 3.1, equation (10).

    Printed: E[(\sum_{i=1}^n \sigma({w_j^*}^\top \bar x_i))^2]
    = (d+1) \|w_j^*\|^2 \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    """
    return (d + 1) * w_star_norm**2 * np.sum(dual(overlaps / (d + 1)))


def equation_11_line_1(pre, pre_star, d, w_norm, w_star_norm):
    r"""Place: Section 3.1, equation (11), first line.

    Printed: E[(d+1) \|w_j\| \|w_j^*\| \sum_{i,j=1}^n
    \sigma(\frac{w_j^\top \bar x_i}{\sqrt{(d+1)} \|w_j\|})
    \sigma(\frac{{w_j^*}^\top \bar x_j}{\sqrt{(d+1)} \|w_j^*\|})]
    Reading: uncertain. The roots may reach over the norms (b).
    """
    own = section_3_sigma(pre / (np.sqrt(d + 1) * w_norm))
    other = section_3_sigma(pre_star / (np.sqrt(d + 1) * w_star_norm))
    return np.mean((d + 1) * w_norm * w_star_norm * np.einsum("si,sj->s", own, other))


def equation_11_line_1_reading_b(pre, pre_star, d, w_norm, w_star_norm):
    r"""Place: Section 3.1, equation (11), first line.

    Printed: E[(d+1) \|w_j\| \|w_j^*\| \sum_{i,j=1}^n
    \sigma(\frac{w_j^\top \bar x_i}{\sqrt{(d+1) \|w_j\|}})
    \sigma(\frac{{w_j^*}^\top \bar x_j}{\sqrt{(d+1) \|w_j^*\|}})]
    Reading: uncertain. The roots reach over the norms.
    """
    own = section_3_sigma(pre / np.sqrt((d + 1) * w_norm))
    other = section_3_sigma(pre_star / np.sqrt((d + 1) * w_star_norm))
    return np.mean((d + 1) * w_norm * w_star_norm * np.einsum("si,sj->s", own, other))


def equation_11(d, w_norm, w_star_norm, inner, overlaps, dual):
    r"""Place: Section 3.1, equation (11), last line. inner is w_j^T w_j^*.

    Printed: (d+1) \|w_j\| \|w_j^*\| \sum_{i,j=1}^n
    \hat\sigma(\frac{d_{i,j}}{d+1} \frac{w_j^\top w_j^*}{\|w_j\| \|w_j^*\|})
    """
    cosine = inner / (w_norm * w_star_norm)
    return (d + 1) * w_norm * w_star_norm * np.sum(dual(overlaps / (d + 1) * cosine))


def equation_12(d, w_norm, w_star_norm, inner, overlaps, dual):
    r"""Place: Section 3.1, equation (12); the left side is printed L(w_j), without the index j.

    Printed: L(w_j) = \frac12 (d+1) \|w_j\|^2 \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    + \frac12 (d+1) \|w_j^*\|^2 \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    - (d+1) \|w_j\| \|w_j^*\| \sum_{i,j=1}^n
    \hat\sigma(\frac{d_{i,j}}{d+1} \frac{w_j^\top w_j^*}{\|w_j\| \|w_j^*\|})
    """
    total = np.sum(dual(overlaps / (d + 1)))
    cosine = inner / (w_norm * w_star_norm)
    return (
        0.5 * (d + 1) * w_norm**2 * total
        + 0.5 * (d + 1) * w_star_norm**2 * total
        - (d + 1) * w_norm * w_star_norm * np.sum(dual(overlaps / (d + 1) * cosine))
    )


def section_3_1_iterate(alpha, beta, w_star, w_perp):
    r"""Place: Section 3.1, below equation (12).

    Printed: w_j = \alpha w_j^* + \beta w_j^\perp
    """
    return alpha * w_star + beta * w_perp


def equation_13(alpha, beta, d, overlaps, dual):
    r"""Place: Section 3.1, equation (13).

    Printed: L(\alpha, \beta)
    = \frac12 (d+1)(\alpha^2 + \beta^2) \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    + \frac12 (d+1) \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    - (d+1) \sqrt{\alpha^2 + \beta^2} \sum_{i,j=1}^n
    \hat\sigma(\frac{d_{i,j}}{d+1} \frac{\alpha}{\sqrt{\alpha^2 + \beta^2}})
    """
    total = np.sum(dual(overlaps / (d + 1)))
    length = np.sqrt(alpha**2 + beta**2)
    return (
        0.5 * (d + 1) * (alpha**2 + beta**2) * total
        + 0.5 * (d + 1) * total
        - (d + 1) * length * np.sum(dual(overlaps / (d + 1) * alpha / length))
    )


def _equation_14(alpha, beta, d, overlaps, dual, slope):
    length = np.sqrt(alpha**2 + beta**2)
    share = overlaps / (d + 1)
    return (
        alpha * (d + 1) * np.sum(dual(share))
        - alpha / length * (d + 1) * np.sum(dual(share * alpha / length))
        - beta**2 / (alpha**2 + beta**2) * (d + 1) * np.sum(share * slope(share * alpha / length))
    )


def equation_14_line_1(alpha, beta, d, overlaps, dual, dual_prime):
    r"""Place: Section 3.1, equation (14), first line.

    Printed: \frac{\partial L(\alpha, \beta)}{\partial \alpha}
    = \alpha (d+1) \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    - \frac{\alpha}{\sqrt{\alpha^2+\beta^2}} (d+1) \sum_{i,j=1}^n
    \hat\sigma(\frac{d_{i,j}}{d+1} \frac{\alpha}{\sqrt{\alpha^2+\beta^2}})
    - \frac{\beta^2}{\alpha^2+\beta^2} (d+1) \sum_{i,j=1}^n \frac{d_{i,j}}{d+1}
    \hat\sigma'(\frac{d_{i,j}}{d+1} \frac{\alpha}{\sqrt{\alpha^2+\beta^2}})
    """
    return _equation_14(alpha, beta, d, overlaps, dual, dual_prime)


def equation_14(alpha, beta, d, overlaps, dual, dual_step):
    r"""Place: Section 3.1, equation (14), last line.

    Printed: \frac{\partial L(\alpha, \beta)}{\partial \alpha}
    = \alpha (d+1) \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    - \frac{\alpha}{\sqrt{\alpha^2+\beta^2}} (d+1) \sum_{i,j=1}^n
    \hat\sigma(\frac{d_{i,j}}{d+1} \frac{\alpha}{\sqrt{\alpha^2+\beta^2}})
    - \frac{\beta^2}{\alpha^2+\beta^2} (d+1) \sum_{i,j=1}^n \frac{d_{i,j}}{d+1}
    \hat\sigma_{step}(\frac{d_{i,j}}{d+1} \frac{\alpha}{\sqrt{\alpha^2+\beta^2}})
    """
    return _equation_14(alpha, beta, d, overlaps, dual, dual_step)


def section_3_1_sigma_step(z):
    r"""Place: Section 3.1, below equation (14).

    Printed: \sigma'(x) = \sqrt{2}\, 1(x \ge 0) = \sigma_{step}(x)
    """
    return np.sqrt(2) * (np.asarray(z) >= 0)


def equation_15(alpha, beta, d, overlaps, dual, dual_step):
    r"""Place: Section 3.1, equation (15).

    Printed: \frac{\partial L(\alpha, \beta)}{\partial \beta}
    = \beta (d+1) \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    - \frac{\beta}{\sqrt{\alpha^2+\beta^2}} (d+1) \sum_{i,j=1}^n
    \hat\sigma(\frac{d_{i,j}}{d+1} \frac{\alpha}{\sqrt{\alpha^2+\beta^2}})
    + \frac{\alpha\beta}{\alpha^2+\beta^2} (d+1) \sum_{i,j=1}^n \frac{d_{i,j}}{d+1}
    \hat\sigma_{step}(\frac{d_{i,j}}{d+1} \frac{\alpha}{\sqrt{\alpha^2+\beta^2}})
    """
    length = np.sqrt(alpha**2 + beta**2)
    share = overlaps / (d + 1)
    return (
        beta * (d + 1) * np.sum(dual(share))
        - beta / length * (d + 1) * np.sum(dual(share * alpha / length))
        + alpha
        * beta
        / (alpha**2 + beta**2)
        * (d + 1)
        * np.sum(share * dual_step(share * alpha / length))
    )
