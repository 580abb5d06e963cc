"""awasthi2021, Sections 3.2 to 3.5: quantities A, B, C, Lemmas 1 to 4, proof of Theorem 1."""

import numpy as np


def section_3_2_A(d, overlaps, dual):
    r"""Place: Section 3.2 and Appendix B, first display (identical).

    Printed: A = \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1})
    """
    return np.sum(dual(overlaps / (d + 1)))


def section_3_2_B(d, overlaps, alpha, ell, dual):
    r"""Place: Section 3.2 and Appendix B, first display (identical).

    Printed: B_t = \sum_{i,j=1}^n \hat\sigma(\frac{d_{i,j}}{d+1} \frac{\alpha_t}{\ell_t})
    """
    return np.sum(dual(overlaps / (d + 1) * alpha / ell))


def section_3_2_C(d, overlaps, alpha, ell, dual_step):
    r"""Place: Section 3.2 and Appendix B, first display (identical).

    Printed: C_t = \sum_{i,j=1}^n \frac{d_{i,j}}{d+1}
    \hat\sigma_{step}(\frac{d_{i,j}}{d+1} \frac{\alpha_t}{\ell_t})
    """
    return np.sum(overlaps / (d + 1) * dual_step(overlaps / (d + 1) * alpha / ell))


def section_3_2_length(alpha, beta):
    r"""Place: Section 3.2, below the definitions (the index stands outside the norm).

    Printed: \ell_t = \|w\|_t = \sqrt{\alpha_t^2 + \beta_t^2}
    """
    return np.sqrt(alpha**2 + beta**2)


def section_3_2_B_lower(n):
    r"""Place: Section 3.2, before Lemma 1. A lower bound of |B_t|.

    Printed: \frac{n^2}{4\pi} \le |B_t| \le A
    """
    return n**2 / (4 * np.pi)


def section_3_2_B_upper(A, B):
    r"""Place: Section 3.2, before Lemma 1. Returns (|B_t|, A), left at most right.

    Printed: \frac{n^2}{4\pi} \le |B_t| \le A
    """
    return abs(B), A


def section_3_2_C_ratio(A, C):
    r"""Place: Section 3.2, before Lemma 1; Lemma 5. The quotient that has to vanish.

    Printed: |C_t| = o(A)
    """
    return abs(C) / A


def lemma_1_eta_lower(d, A):
    r"""Place: Section 3.2, Lemma 1; the same in Lemmas 3, 6, 8 and in the proof of Lemma 6.

    Printed: \eta \in [\frac{1}{16\pi(d+1)A}, \frac{1}{6\pi(d+1)A}]
    """
    return 1 / (16 * np.pi * (d + 1) * A)


def lemma_1_eta_upper(d, A):
    r"""Place: Section 3.2, Lemma 1; the same in Lemmas 3, 6, 8 and in the proof of Lemma 6.

    Printed: \eta \in [\frac{1}{16\pi(d+1)A}, \frac{1}{6\pi(d+1)A}]
    """
    return 1 / (6 * np.pi * (d + 1) * A)


def lemma_1_probability(r, k):
    r"""Place: Section 3.2, Lemma 1; Lemma 6 and its proof. k is the constant of the O(.).

    Printed: 1 - e^{-O(r)}
    """
    return 1 - np.exp(-k * r)


def lemma_1_length_upper(sigma, r):
    r"""Place: Section 3.2, Lemma 1; Lemma 6. For all t >= 0.

    Printed: \ell_t \le 2\sigma\sqrt{r} + 4\pi + 1
    Reading: uncertain. The end of the root is lost: it may cover all three terms (b).
    """
    return 2 * sigma * np.sqrt(r) + 4 * np.pi + 1


def lemma_1_length_upper_reading_b(sigma, r):
    r"""Place: Section 3.2, Lemma 1; Lemma 6. For all t >= 0.

    Printed: \ell_t \le 2\sigma\sqrt{r + 4\pi + 1}
    Reading: uncertain. The root covers r + 4 pi + 1.
    """
    return 2 * sigma * np.sqrt(r + 4 * np.pi + 1)


def lemma_1_length_lower():
    r"""Place: Section 3.2, Lemma 1; Lemma 6 and its proof; before equation (36). For t >= 1.

    Printed: \ell_t \ge \frac{1}{36\pi^2}
    """
    return 1 / (36 * np.pi**2)


def lemma_2_segment(alpha, beta, alpha_next, beta_next, gamma):
    r"""Place: Section 3.3, Lemma 2; Lemma 7.

    Printed: (\alpha, \beta)
    = (1-\gamma)(\alpha_t, \beta_t) + \gamma(\alpha_{t+1}, \beta_{t+1}), \gamma \in [0, 1]
    """
    return (1 - gamma) * np.array([alpha, beta]) + gamma * np.array([alpha_next, beta_next])


def lemma_2_smoothness(d, A, sigma, r, o_one):
    r"""Place: Section 3.3, Lemma 2; Lemma 7.

    Printed: \lambda_{max}(\nabla^2 L(\alpha, \beta))
    \le 4(d+1)A (1 + \sqrt{2\sigma\sqrt{r} + 4\pi + 1} + o(1))
    Reading: uncertain. The outer root may cover o(1) (b) or end after \sqrt{r} (c).
    """
    return 4 * (d + 1) * A * (1 + np.sqrt(2 * sigma * np.sqrt(r) + 4 * np.pi + 1) + o_one)


def lemma_2_smoothness_reading_b(d, A, sigma, r, o_one):
    r"""Place: Section 3.3, Lemma 2; Lemma 7.

    Printed: \lambda_{max}(\nabla^2 L(\alpha, \beta))
    \le 4(d+1)A (1 + \sqrt{2\sigma\sqrt{r} + 4\pi + 1 + o(1)})
    Reading: uncertain. The outer root covers o(1).
    """
    return 4 * (d + 1) * A * (1 + np.sqrt(2 * sigma * np.sqrt(r) + 4 * np.pi + 1 + o_one))


def lemma_2_smoothness_reading_c(d, A, sigma, r, o_one):
    r"""Place: Section 3.3, Lemma 2; Lemma 7.

    Printed: \lambda_{max}(\nabla^2 L(\alpha, \beta))
    \le 4(d+1)A (1 + \sqrt{2\sigma\sqrt{r}} + 4\pi + 1 + o(1))
    Reading: uncertain. The outer root ends after the inner one.
    """
    return 4 * (d + 1) * A * (1 + np.sqrt(2 * sigma * np.sqrt(r)) + 4 * np.pi + 1 + o_one)


def lemma_3_probability(h):
    r"""Place: Section 3.3, Lemma 3 ("with at least", the noun is missing); Lemma 8 and its proof.

    Printed: 1 - 1/h^2
    """
    return 1 - 1 / h**2


def lemma_3_time(sigma, h, c):
    r"""Place: Section 3.3, Lemma 3; Lemmas 4, 8 and 9; proof of Lemma 8.

    Printed: t \ge c \log(\sigma \log h)
    """
    return c * np.log(sigma * np.log(h))


def lemma_3_alpha_lower():
    r"""Place: Section 3.3, Lemma 3; Lemma 5, property 2; Lemma 8 and its proof.

    Printed: \alpha_t \ge -\frac{1}{100}
    """
    return -1 / 100


def lemma_3_length_lower(o_one):
    r"""Place: Section 3.3, Lemma 3; Lemma 5, property 2; Lemma 8.

    Printed: \ell_t \ge 1 - o(1)
    """
    return 1 - o_one


def lemma_4_tolerance(epsilon, h, n):
    r"""Place: Section 3.4, Lemma 4; Lemma 9; proof of Theorem 1. Bound of |beta_t| and |ell_t - 1|.

    Printed: |\beta_t| \le \frac{\epsilon}{4hn} and \|\ell_t - 1\| \le \frac{\epsilon}{4hn}
    """
    return epsilon / (4 * h * n)


def lemma_4_inequality(grad_norm, mu_star, loss):
    r"""Place: Section 3.4, Lemma 4; Lemma 9. Returns (left, right), left at least right.

    Printed: \|\nabla L(\alpha_t, \beta_t)\|^2 \ge \mu^* L(\alpha_t, \beta_t)
    """
    return grad_norm**2, mu_star * loss


def lemma_4_mu_star(epsilon, d, h, n):
    r"""Place: Section 3.4, Lemma 4; Lemma 9. A lower bound of mu*.

    Printed: \mu^* \ge \frac{\epsilon^2}{380(d+1)h^2\pi n^2}
    """
    return epsilon**2 / (380 * (d + 1) * h**2 * np.pi * n**2)


def proof_of_theorem_1_sigma():
    r"""Place: Section 3.5, proof of Theorem 1.

    Printed: By setting \sigma = 1
    """
    return 1.0


def proof_of_theorem_1_smoothness(d, A, o_one):
    r"""Place: Section 3.5, proof of Theorem 1.

    Printed: L \le 4(d+1)A (1 + \sqrt{4\pi + 3} + o(1))
    Reading: uncertain. The root may cover o(1) (b) or only 4 pi (c).
    """
    return 4 * (d + 1) * A * (1 + np.sqrt(4 * np.pi + 3) + o_one)


def proof_of_theorem_1_smoothness_reading_b(d, A, o_one):
    r"""Place: Section 3.5, proof of Theorem 1.

    Printed: L \le 4(d+1)A (1 + \sqrt{4\pi + 3 + o(1)})
    Reading: uncertain. The root covers o(1).
    """
    return 4 * (d + 1) * A * (1 + np.sqrt(4 * np.pi + 3 + o_one))


def proof_of_theorem_1_smoothness_reading_c(d, A, o_one):
    r"""Place: Section 3.5, proof of Theorem 1.

    Printed: L \le 4(d+1)A (1 + \sqrt{4\pi} + 3 + o(1))
    Reading: uncertain. The root covers only 4 pi.
    """
    return 4 * (d + 1) * A * (1 + np.sqrt(4 * np.pi) + 3 + o_one)


def equation_16_line_1(loss, grad_w, step, smoothness):
    r"""Place: Section 3.5, equation (16), first bound; repeated as first line of (17).

    Printed: L_j(w_{j,t+1}) \le L_j(w_{j,t}) + \nabla L_j(w_{j,t})(w_{j,t+1} - w_{j,t})
    + \frac{L}{2} \|w_{j,t+1} - w_{j,t}\|^2
    """
    return loss + grad_w @ step + smoothness / 2 * (step @ step)


def equation_16_line_2(loss, grad_norm, eta, smoothness):
    r"""Place: Section 3.5, equation (16), second bound.

    Printed: \le L_j(w_{j,t}) - \eta \|\nabla L_j(w_{j,t})\|^2
    + \frac{\eta^2 L}{2} \|\nabla L_j(w_{j,t})\|^2
    """
    return loss - eta * grad_norm**2 + eta**2 * smoothness / 2 * grad_norm**2


def equation_16(loss, grad_norm, eta, smoothness):
    r"""Place: Section 3.5, equation (16), last line.

    Printed: = L_j(w_{j,t}) - \eta \|\nabla L_j(w_{j,t})\|^2 (1 - \frac{\eta L}{2})
    """
    return loss - eta * grad_norm**2 * (1 - eta * smoothness / 2)


def proof_of_theorem_1_step_condition(eta, smoothness):
    r"""Place: Section 3.5, below equation (16). Returns (left, right), left at most right.

    Printed: \eta L \le 1
    """
    return eta * smoothness, 1.0


def equation_17_line_2(loss, eta, mu_star):
    r"""Place: Section 3.5, equation (17), second bound.

    Printed: \le L_j(w_{j,t})(1 - \eta\mu^*)
    """
    return loss * (1 - eta * mu_star)


def equation_17(loss_0, eta, mu_star, t):
    r"""Place: Section 3.5, equation (17), last bound: of the loss at t + 1, with the power t.

    Printed: L_j(w_{j,t+1}) \le \ldots \le L_j(w_{j,0})(1 - \eta\mu^*)^t
    """
    return loss_0 * (1 - eta * mu_star) ** t


def proof_of_theorem_1_unit_loss(epsilon, h):
    r"""Place: Section 3.5, after equation (17), twice.

    Printed: L_j(w_{j,t}) \le \epsilon^2/h
    """
    return epsilon**2 / h


def proof_of_theorem_1_distance(epsilon, h, n):
    r"""Place: Section 3.5, after equation (17).

    Printed: \|w_{j,t} - w_j^*\|^2 \le \frac{\epsilon^2}{2hn^2}
    """
    return epsilon**2 / (2 * h * n**2)


def proof_of_theorem_1_loss_by_distance(n, distance):
    r"""Place: Section 3.5, last display. distance is \|w_{j,t} - w_j^*\|.

    Printed: L_j(w_{j,t}) \le n(n-1) \|w_{j,t} - w_j^*\|^2
    """
    return n * (n - 1) * distance**2
