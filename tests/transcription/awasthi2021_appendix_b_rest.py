"""awasthi2021, Appendix B, second part: proofs of Lemmas 3 (8), 4 (9) and 5, unequal degrees."""

import numpy as np


def proof_of_lemma_8_alpha_initial(sigma, h, c_prime):
    r"""Place: Appendix B, proof of Lemma 8. A lower bound of alpha_0.

    Printed: \alpha_0 \ge -c'\sigma\sqrt{\log h}
    """
    return -c_prime * sigma * np.sqrt(np.log(h))


def proof_of_lemma_8_length_update(beta, ell, eta, d, A, B, C):
    r"""Place: Appendix B, proof of Lemma 8.

    Printed: \ell_{t+1}^2 = (\ell_t(1 - \eta(d+1)A) + \eta(d+1)B_t)^2
    + \eta^2\frac{\beta_t^2}{\ell_t^2}(d+1)^2C_t^2
    """
    radial = ell * (1 - eta * (d + 1) * A) + eta * (d + 1) * B
    return radial**2 + eta**2 * beta**2 / ell**2 * (d + 1) ** 2 * C**2


def proof_of_lemma_8_alpha_update(alpha, beta, ell, eta, d, A, B, C):
    r"""Place: Appendix B, proof of Lemma 8.

    Printed: \alpha_{t+1} = \alpha_t(1 - \eta(d+1)A) + \eta\frac{\alpha_t}{\ell_t}(d+1)B_t
    + \eta\frac{\beta_t^2}{\ell_t^2}(d+1)C_t
    """
    return (
        alpha * (1 - eta * (d + 1) * A)
        + eta * alpha / ell * (d + 1) * B
        + eta * beta**2 / ell**2 * (d + 1) * C
    )


def proof_of_lemma_8_length_lower(ell, eta, d, A):
    r"""Place: Appendix B, proof of Lemma 8, if alpha_t < 0 and ell_t >= 2.

    Printed: \ell_{t+1} \ge \ell_t(1 - \eta(d+1)A)
    """
    return ell * (1 - eta * (d + 1) * A)


def proof_of_lemma_8_alpha_lower(alpha, eta, d, A, o_A):
    r"""Place: Appendix B, proof of Lemma 8, if alpha_t < 0 and ell_t >= 2.

    Printed: \alpha_{t+1} \ge \alpha_t(1 - \frac{\eta}{2}(d+1)A - \eta(d+1)o(A))
    """
    return alpha * (1 - eta / 2 * (d + 1) * A - eta * (d + 1) * o_A)


def proof_of_lemma_8_length_after_escape():
    r"""Place: Appendix B, proof of Lemma 8, after t >= c log(sigma log h) steps.

    Printed: \alpha_t \ge -\frac{1}{100} and \ell_t \ge 2
    """
    return 2.0


def proof_of_lemma_8_length_drift(ell, eta, d, A, Delta_t):
    r"""Place: Appendix B, proof of Lemma 8.

    Printed: \ell_{t+1} \ge \ell_t - \eta(d+1)A(\ell_t - 1) + \eta(d+1)\Delta_t
    """
    return ell - eta * (d + 1) * A * (ell - 1) + eta * (d + 1) * Delta_t


def proof_of_lemma_8_Delta_t(d, overlaps, alpha, ell, dual):
    r"""Place: Appendix B, proof of Lemma 8. Returns (B_t - A, the sum), printed as equal.

    Printed: \Delta_t := B_t - A = \sum_{i,j: d_{i,j} \ne 0}
    \hat\sigma(\frac{d_{i,j}}{d+1}\frac{\alpha_t}{\ell_t}) - \hat\sigma(\frac{d_{i,j}}{d+1})
    """
    share = overlaps / (d + 1)
    gap = dual(share * alpha / ell) - dual(share)
    difference = np.sum(dual(share * alpha / ell)) - np.sum(dual(share))
    return difference, np.sum(gap[overlaps != 0])


def proof_of_lemma_8_dual_gap(overlap, d, alpha, ell, dual):
    r"""Place: Appendix B, proof of Lemma 8, once alpha_t >= -1/100. (left, right), left at most.

    Printed: |\hat\sigma(\frac{d_{i,j}}{d+1}\frac{\alpha_t}{\ell_t})
    - \hat\sigma(\frac{d_{i,j}}{d+1})| \le 2\frac{d_{i,j}}{d+1}
    """
    share = overlap / (d + 1)
    return abs(dual(share * alpha / ell) - dual(share)), 2 * share


def proof_of_lemma_8_Delta(d, overlaps):
    r"""Place: Appendix B, proof of Lemma 8.

    Printed: \Delta = \sum_{i,j: d_{i,j} \ne 0} \frac{d_{i,j}}{d+1}
    """
    return np.sum(overlaps[overlaps != 0] / (d + 1))


def proof_of_lemma_8_length_limit(Delta, A, k):
    r"""Place: Appendix B, proof of Lemma 8, if alpha_t >= -1/100. k is the constant of the O(.).

    Printed: \ell_t \ge 1 - O(\frac{\Delta}{A}) = 1 - o(1)
    """
    return 1 - k * Delta / A


def proof_of_lemma_8_length_gap(Delta, A, k):
    r"""Place: Appendix B, proof of Lemma 8. k is the constant of the O(.).

    Printed: |\ell_t - 1| = O(\frac{\Delta}{A})
    """
    return k * Delta / A


def proof_of_lemma_8_C_lower(Delta):
    r"""Place: Appendix B, proof of Lemma 8, if alpha_t in [-1/100, 0).

    Printed: C_t is non negative and is at least \Delta/4
    """
    return Delta / 4


def proof_of_lemma_8_alpha_drift_1(alpha, beta, ell, eta, d, A, Delta_t, Delta):
    r"""Place: Appendix B, proof of Lemma 8, if alpha_t in [-1/100, 0).

    Printed: \alpha_{t+1} \ge \alpha_t - \eta(d+1)A\alpha_t(1 - \frac{1}{\ell_t})
    + \eta\frac{\alpha_t}{\ell_t}(d+1)\Delta_t
    + \eta\frac{\beta_t^2}{\ell_t^2}(d+1)\frac{\Delta}{4}
    """
    return (
        alpha
        - eta * (d + 1) * A * alpha * (1 - 1 / ell)
        + eta * alpha / ell * (d + 1) * Delta_t
        + eta * beta**2 / ell**2 * (d + 1) * Delta / 4
    )


def proof_of_lemma_8_angle(beta, ell):
    r"""Place: Appendix B, proof of Lemma 8. Returns (left, right), left at least right.

    Printed: |\frac{\beta_t}{\ell_t}| \ge \frac12
    """
    return abs(beta / ell), 0.5


def proof_of_lemma_8_alpha_drift_2(alpha, eta, d, Delta, c):
    r"""Place: Appendix B, proof of Lemma 8; printed to be at least alpha_t.

    Printed: \alpha_{t+1} \ge \alpha_t - c\eta(d+1)|\alpha_t|\Delta
    + \eta(d+1)\frac{\Delta}{16} \ge \alpha_t
    """
    return alpha - c * eta * (d + 1) * abs(alpha) * Delta + eta * (d + 1) * Delta / 16


def proof_of_lemma_9_gradient_1(alpha, beta, ell, d, A, B, C):
    r"""Place: Appendix B, proof of Lemma 9 (no (d+1) before C; some indices t are missing).

    Printed: \|\nabla L(\alpha_t,\beta_t)\|^2
    = (\alpha_t(d+1)A - \frac{\alpha_t}{\ell_t}(d+1)B_t - \frac{\beta^2}{\ell_t^2}C_t)^2
    + (\beta_t(d+1)A - \frac{\beta_t}{\ell_t}(d+1)B_t + \frac{\alpha\beta}{\ell_t^2}C_t)^2
    """
    first = alpha * (d + 1) * A - alpha / ell * (d + 1) * B - beta**2 / ell**2 * C
    second = beta * (d + 1) * A - beta / ell * (d + 1) * B + alpha * beta / ell**2 * C
    return first**2 + second**2


def proof_of_lemma_9_gradient_2(beta, ell, d, A, B, C):
    r"""Place: Appendix B, proof of Lemma 9.

    Printed: = (d+1)^2((\ell_tA - B_t)^2 + \frac{\beta_t^2}{\ell_t^2(d+1)^2}C_t^2)
    """
    return (d + 1) ** 2 * ((ell * A - B) ** 2 + beta**2 / (ell**2 * (d + 1) ** 2) * C**2)


def equation_26(ell, d, A, B):
    r"""Place: Appendix B, proof of Lemma 9, equation (26), the equality.

    Printed: L(\alpha_t,\beta_t) = \frac12(d+1)(\ell_t^2+1)A - (d+1)\ell_tB
    """
    return 0.5 * (d + 1) * (ell**2 + 1) * A - (d + 1) * ell * B


def equation_26_upper(ell, d, A):
    r"""Place: Appendix B, proof of Lemma 9, equation (26), the bound.

    Printed: \le \frac12(d+1)(\ell_t^2+1)A
    """
    return 0.5 * (d + 1) * (ell**2 + 1) * A


def proof_of_lemma_9_ratio(beta, ell, d, A, B, C):
    r"""Place: Appendix B, proof of Lemma 9, below equation (26). A lower bound of the ratio.

    Printed: \frac{\|\nabla L(\alpha_t,\beta_t)\|^2}{L(\alpha_t,\beta_t)} \ge
    (d+1)\frac{(\ell_tA - B_t)^2}{A} + 2\frac{(d+1)\beta_t^2C_t^2}{(\ell_t^2+1)A}
    """
    return (d + 1) * (ell * A - B) ** 2 / A + 2 * (d + 1) * beta**2 * C**2 / ((ell**2 + 1) * A)


def equation_27_line_1(d, A, epsilon, h, n):
    r"""Place: Appendix B, proof of Lemma 9, equation (27), if ell_t - 1 > epsilon/(4hn).

    Printed: \frac{\|\nabla L\|^2}{L} \ge (d+1)A\frac{\epsilon^2}{16h^2n^2}
    """
    return (d + 1) * A * epsilon**2 / (16 * h**2 * n**2)


def equation_27(d, epsilon, h):
    r"""Place: Appendix B, proof of Lemma 9, equation (27), last line.

    Printed: \ge (d+1)\frac{\epsilon^2}{16h^2\pi}
    """
    return (d + 1) * epsilon**2 / (16 * h**2 * np.pi)


def proof_of_lemma_9_tolerance_upper():
    r"""Place: Appendix B, proof of Lemma 9, before equation (28).

    Printed: |\ell_t - 1| \le \frac{\epsilon}{4hn} \le 2
    """
    return 2.0


def equation_28_line_1(beta, ell, d, h, A, C):
    r"""Place: Appendix B, proof of Lemma 9, equation (28), first bound.

    Printed: \frac{\|\nabla L\|^2}{L} \ge
    2\frac{(d+1)\beta_t^2C_t^2}{(\ell_t^2+1)h^2(d+1)^2A}
    """
    return 2 * (d + 1) * beta**2 * C**2 / ((ell**2 + 1) * h**2 * (d + 1) ** 2 * A)


def equation_28(d, A, C, epsilon, h, n):
    r"""Place: Appendix B, proof of Lemma 9, equation (28), second bound.

    Printed: \ge 5\frac{C_t^2}{A(d+1)}\frac{\epsilon^2}{16h^2n^2}
    Reading: uncertain. The 5 stands alone on its line: it may be the denominator of a fraction
    whose numerator is lost (b: 1/5) or stands elsewhere (c: 2/5).
    """
    return 5 * C**2 / (A * (d + 1)) * epsilon**2 / (16 * h**2 * n**2)


def equation_28_reading_b(d, A, C, epsilon, h, n):
    r"""Place: Appendix B, proof of Lemma 9, equation (28), second bound.

    Printed: \ge \frac15\frac{C_t^2}{A(d+1)}\frac{\epsilon^2}{16h^2n^2}
    Reading: uncertain. The 5 is a denominator under 1.
    """
    return C**2 / (5 * A * (d + 1)) * epsilon**2 / (16 * h**2 * n**2)


def equation_28_reading_c(d, A, C, epsilon, h, n):
    r"""Place: Appendix B, proof of Lemma 9, equation (28), second bound.

    Printed: \ge \frac25\frac{C_t^2}{A(d+1)}\frac{\epsilon^2}{16h^2n^2}
    Reading: uncertain. The 5 is a denominator under 2.
    """
    return 2 * C**2 / (5 * A * (d + 1)) * epsilon**2 / (16 * h**2 * n**2)


def equation_29(d, epsilon, h, n):
    r"""Place: Appendix B, proof of Lemma 9, equation (29).

    Printed: \frac{\|\nabla L\|^2}{L} \ge \frac{\epsilon^2}{380\pi h^2n^2(d+1)}
    """
    return epsilon**2 / (380 * np.pi * h**2 * n**2 * (d + 1))


def proof_of_lemma_9_B_gap(A, epsilon, h, n):
    r"""Place: Appendix B, proof of Lemma 9, after equation (29), case ell_t < 1 - epsilon/(4hn).

    Printed: |B_t - \ell_tA| \le \frac{\epsilon}{8hn}A
    Reading: uncertain. A may belong to the denominator (b).
    """
    return epsilon / (8 * h * n) * A


def proof_of_lemma_9_B_gap_reading_b(A, epsilon, h, n):
    r"""Place: Appendix B, proof of Lemma 9, after equation (29), case ell_t < 1 - epsilon/(4hn).

    Printed: |B_t - \ell_tA| \le \frac{\epsilon}{8hnA}
    Reading: uncertain. A is in the denominator.
    """
    return epsilon / (8 * h * n * A)


def equation_30(overlap, d, alpha, ell, dual, dual_step):
    r"""Place: Appendix B, proof of Lemma 9, equation (30). (left, right), left at least right.

    Printed: \hat\sigma(\frac{d_{i,j}}{d+1}\frac{\alpha_t}{\ell_t}) - \hat\sigma(\frac{d_{i,j}}{d+1})
    \ge \frac{d_{i,j}}{d+1}\frac{\alpha_t-\ell_t}{\ell_t}\hat\sigma_{step}(\frac{d_{i,j}}{d+1})
    """
    share = overlap / (d + 1)
    return dual(share * alpha / ell) - dual(share), share * (alpha - ell) / ell * dual_step(share)


def equation_31(A, B, alpha, ell, d, overlaps, dual_step):
    r"""Place: Appendix B, proof of Lemma 9, equation (31). (left, right), left at least right.

    Printed: B_t - A \ge \frac{\alpha_t-\ell_t}{\ell_t}\sum_{i,j}\frac{d_{i,j}}{d+1}
    \hat\sigma_{step}(\frac{d_{i,j}}{d+1})
    """
    share = overlaps / (d + 1)
    return B - A, (alpha - ell) / ell * np.sum(share * dual_step(share))


def proof_of_lemma_9_B_substitution(A, ell, epsilon, h, n):
    r"""Place: Appendix B, proof of Lemma 9, before equation (32). Both signs: (plus, minus).

    Printed: B_t = \ell_tA \pm \frac{\epsilon A}{8hn}
    """
    return ell * A + epsilon * A / (8 * h * n), ell * A - epsilon * A / (8 * h * n)


def equation_32_plus(A, alpha, ell, epsilon, n, d, overlaps, dual_step):
    r"""Place: Appendix B, proof of Lemma 9, equation (32), upper sign (8n, without the h).

    Printed: (\ell_t - 1)A \pm \frac{\epsilon A}{8n} \ge \frac{\alpha_t-\ell_t}{\ell_t}
    \sum_{i,j}\frac{d_{i,j}}{d+1}\hat\sigma_{step}(\frac{d_{i,j}}{d+1})
    """
    share = overlaps / (d + 1)
    right = (alpha - ell) / ell * np.sum(share * dual_step(share))
    return (ell - 1) * A + epsilon * A / (8 * n), right


def equation_32_minus(A, alpha, ell, epsilon, n, d, overlaps, dual_step):
    r"""Place: Appendix B, proof of Lemma 9, equation (32), lower sign (8n, without the h).

    Printed: (\ell_t - 1)A \pm \frac{\epsilon A}{8n} \ge \frac{\alpha_t-\ell_t}{\ell_t}
    \sum_{i,j}\frac{d_{i,j}}{d+1}\hat\sigma_{step}(\frac{d_{i,j}}{d+1})
    """
    share = overlaps / (d + 1)
    right = (alpha - ell) / ell * np.sum(share * dual_step(share))
    return (ell - 1) * A - epsilon * A / (8 * n), right


def equation_33(A, alpha, ell, epsilon, h, n, d, overlaps, dual_step):
    r"""Place: Appendix B, proof of Lemma 9, equation (33). (left, right), left at most right.

    Printed: \frac{\epsilon A}{8hn} \le \frac{\ell_t-\alpha_t}{\ell_t}
    \sum_{i,j}\frac{d_{i,j}}{d+1}\hat\sigma_{step}(\frac{d_{i,j}}{d+1})
    """
    share = overlaps / (d + 1)
    return epsilon * A / (8 * h * n), (ell - alpha) / ell * np.sum(share * dual_step(share))


def equation_34(alpha, ell, n, d):
    r"""Place: Appendix B, proof of Lemma 9, equation (34). An upper bound of (33).

    Printed: \le \frac{\ell_t-\alpha_t}{\ell_t}nd^2
    """
    return (ell - alpha) / ell * n * d**2


def equation_35(epsilon, h, d):
    r"""Place: Appendix B, proof of Lemma 9, equation (35).

    Printed: \frac{\ell_t-\alpha_t}{\ell_t} \ge \frac{\epsilon}{8\pi hd^2}
    """
    return epsilon / (8 * np.pi * h * d**2)


def equation_36_line_1(alpha, beta, ell):
    r"""Place: Appendix B, proof of Lemma 9, equation (36). (left, right), left at least right.

    Printed: \beta_t \ge \ell_t - \alpha_t
    """
    return beta, ell - alpha


def equation_36_line_2(epsilon, h, d):
    r"""Place: Appendix B, proof of Lemma 9, equation (36).

    Printed: \ge \frac{\epsilon}{8\cdot36\cdot h\pi^3d^2}
    """
    return epsilon / (8 * 36 * h * np.pi**3 * d**2)


def equation_36(epsilon, h, n):
    r"""Place: Appendix B, proof of Lemma 9, equation (36), last bound.

    Printed: \ge \frac{\epsilon}{4hn}
    """
    return epsilon / (4 * h * n)


def proof_of_lemma_5_dual_lower():
    r"""Place: Appendix B, proof of Lemma 5, property 1.

    Printed: \hat\sigma(x) \ge \frac1\pi whenever x \ge 0; \hat\sigma(0) = \frac1\pi
    """
    return 1 / np.pi


def proof_of_lemma_5_dual_even(rho, dual):
    r"""Place: Appendix B, proof of Lemma 5, property 1. (left, right), left at most right.

    Printed: |\hat\sigma(x)| \le \hat\sigma(|x|)
    """
    return abs(dual(rho)), dual(abs(rho))


def proof_of_lemma_5_nonzero_terms(n, d):
    r"""Place: Appendix B, proof of Lemma 5: "at most" this many terms with d_{i,j} nonzero.

    Printed: nd^2
    """
    return n * d**2


def proof_of_lemma_5_overlap_upper(d):
    r"""Place: Appendix B, proof of Lemma 5, upper bound of C_t.

    Printed: d_{i,j} \le d + 1
    """
    return d + 1


def proof_of_lemma_5_term_upper():
    r"""Place: Appendix B, proof of Lemma 5, upper bound of C_t (no index step in print).

    Printed: |\hat\sigma(x)| \le 1
    """
    return 1.0


def proof_of_lemma_5_least_term():
    r"""Place: Appendix B, proof of Lemma 5: the remaining terms of B_t.

    Printed: can contribute at most -1 each
    """
    return -1.0


def proof_of_lemma_5_B_lower(n, d):
    r"""Place: Appendix B, proof of Lemma 5, property 1; printed to be at least n^2/(4 pi).

    Printed: B_t \ge (n^2 - nd^2)\frac1\pi - nd^2 \ge \frac{n^2}{4\pi}
    """
    return (n**2 - n * d**2) / np.pi - n * d**2


def proof_of_lemma_5_step_lower():
    r"""Place: Appendix B, proof of Lemma 5, property 2.

    Printed: \hat\sigma_{step}(x) \ge \frac12 whenever |x| \le \frac1{50}
    """
    return 0.5


def proof_of_lemma_5_step_range():
    r"""Place: Appendix B, proof of Lemma 5, property 2.

    Printed: \hat\sigma_{step}(x) \ge \frac12 whenever |x| \le \frac1{50}
    """
    return 1 / 50


def proof_of_lemma_5_diagonal_term():
    r"""Place: Appendix B, proof of Lemma 5, property 2, the n terms with i = j.

    Printed: each of the n terms in the summation contributes at least \frac1{200}
    """
    return 1 / 200


def proof_of_lemma_5_C_lower(n):
    r"""Place: Appendix B, proof of Lemma 5, property 2; printed to be at least A/(2n).

    Printed: C_t \ge \frac n2 \ge \frac{A}{2n}
    """
    return n / 2


def proof_of_lemma_5_A_upper(n):
    r"""Place: Appendix B, last line of the proof of Lemma 5.

    Printed: A \le n^2
    """
    return n**2


def appendix_b_A_prime(degrees, overlaps, dual):
    r"""Place: Appendix B, unequal degrees.

    Printed: A' = \sum_{i,j=1}^n \sqrt{(d_i+1)(d_j+1)}
    \hat\sigma(\frac{d_{i,j}}{\sqrt{(d_i+1)(d_j+1)}})
    """
    scale = np.sqrt(np.outer(degrees + 1, degrees + 1))
    return np.sum(scale * dual(overlaps / scale))


def appendix_b_B_prime(degrees, overlaps, alpha, ell, dual):
    r"""Place: Appendix B, unequal degrees.

    Printed: B_t' = \sum_{i,j=1}^n \sqrt{(d_i+1)(d_j+1)}
    \hat\sigma(\frac{d_{i,j}}{\sqrt{(d_i+1)(d_j+1)}}\frac{\alpha_t}{\ell_t})
    """
    scale = np.sqrt(np.outer(degrees + 1, degrees + 1))
    return np.sum(scale * dual(overlaps / scale * alpha / ell))


def appendix_b_C_prime(degrees, overlaps, alpha, ell, dual_step):
    r"""Place: Appendix B, unequal degrees.

    Printed: C_t' = \sum_{i,j=1}^n d_{i,j}
    \hat\sigma_{step}(\frac{d_{i,j}}{\sqrt{(d_i+1)(d_j+1)}}\frac{\alpha_t}{\ell_t})
    """
    scale = np.sqrt(np.outer(degrees + 1, degrees + 1))
    return np.sum(overlaps * dual_step(overlaps / scale * alpha / ell))
