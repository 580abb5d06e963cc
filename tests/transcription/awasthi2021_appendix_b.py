"""awasthi2021, Appendix B, first part: Lemma 5, proofs of Lemmas 1 (6) and 2 (7)."""

import numpy as np


def lemma_5_A_lower(n):
    r"""Place: Appendix B, Lemma 5, property 1; after equation (34).

    Printed: A \ge \frac{n^2}{\pi}
    """
    return n**2 / np.pi


def lemma_5_B_lower(n):
    r"""Place: Appendix B, Lemma 5, property 1 (without the absolute value of Section 3.2).

    Printed: \frac{n^2}{4\pi} \le B_t \le A
    """
    return n**2 / (4 * np.pi)


def lemma_5_C_lower(A, n):
    r"""Place: Appendix B, Lemma 5, property 2; its proof; before equation (29).

    Printed: C_t \ge \frac{A}{2n}
    """
    return A / (2 * n)


def proof_of_lemma_6_line_1(alpha, beta, eta, grad_alpha, grad_beta):
    r"""Place: Appendix B, proof of Lemma 6; the quotients are printed without the second \partial.

    Printed: \ell_{t+1}^2 := \|w_{t+1}\|^2 = \alpha_{t+1}^2 + \beta_{t+1}^2
    = (\alpha_t - \eta \frac{\partial L(\alpha,\beta)}{\alpha}|_{\alpha_t,\beta_t})^2
    + (\beta_t - \eta \frac{\partial L(\alpha,\beta)}{\beta}|_{\alpha_t,\beta_t})^2
    """
    return (alpha - eta * grad_alpha) ** 2 + (beta - eta * grad_beta) ** 2


def proof_of_lemma_6_line_2(alpha, beta, ell, eta, d, A, B, C):
    r"""Place: Appendix B, proof of Lemma 6.

    Printed: = (\alpha_t - \eta\alpha_t(d+1)A + \eta\frac{\alpha_t}{\ell_t}(d+1)B_t
    + \eta\frac{\beta_t^2}{\ell_t^2}(d+1)C_t)^2
    + (\beta_t - \eta\beta_t(d+1)A + \eta\frac{\beta_t}{\ell_t}(d+1)B_t
    - \eta\frac{\alpha_t\beta_t}{\ell_t^2}(d+1)C_t)^2
    """
    first = (
        alpha
        - eta * alpha * (d + 1) * A
        + eta * alpha / ell * (d + 1) * B
        + eta * beta**2 / ell**2 * (d + 1) * C
    )
    second = (
        beta
        - eta * beta * (d + 1) * A
        + eta * beta / ell * (d + 1) * B
        - eta * alpha * beta / ell**2 * (d + 1) * C
    )
    return first**2 + second**2


def proof_of_lemma_6_line_3(beta, ell, eta, d, A, B, C):
    r"""Place: Appendix B, proof of Lemma 6.

    Printed: = \ell_t^2 + \eta^2(d+1)^2A^2\ell_t^2 + \eta^2(d+1)^2B_t^2
    + \eta^2\frac{\beta_t^2}{\ell_t^2}(d+1)^2C_t^2
    - 2\eta(d+1)A\ell_t^2 + 2\eta(d+1)\ell_tB_t - 2\eta^2(d+1)^2AB_t\ell_t
    """
    return (
        ell**2
        + eta**2 * (d + 1) ** 2 * A**2 * ell**2
        + eta**2 * (d + 1) ** 2 * B**2
        + eta**2 * beta**2 / ell**2 * (d + 1) ** 2 * C**2
        - 2 * eta * (d + 1) * A * ell**2
        + 2 * eta * (d + 1) * ell * B
        - 2 * eta**2 * (d + 1) ** 2 * A * B * ell
    )


def proof_of_lemma_6_recurrence(ell):
    r"""Place: Appendix B, proof of Lemma 6, for eta in the printed interval.

    Printed: \ell_{t+1}^2 \le (\ell_t(1 - \frac{1}{16\pi}))^2 + \frac{1}{16}
    """
    return (ell * (1 - 1 / (16 * np.pi))) ** 2 + 1 / 16


def proof_of_lemma_6_length_upper(ell_0):
    r"""Place: Appendix B, proof of Lemma 6. For all t >= 1.

    Printed: \ell_t \le \ell_0 + 4\pi + 1
    """
    return ell_0 + 4 * np.pi + 1


def proof_of_lemma_6_lower_1(ell, eta, d, A, B):
    r"""Place: Appendix B, proof of Lemma 6, if B_t >= 0.

    Printed: \ell_{t+1}^2 \ge \ell_t^2(1 - \eta(d+1)A)^2
    + 2\eta(d+1)B_t\ell_t(1 - \eta(d+1)A) + \eta^2(d+1)^2B_t^2
    """
    keep = 1 - eta * (d + 1) * A
    return ell**2 * keep**2 + 2 * eta * (d + 1) * B * ell * keep + eta**2 * (d + 1) ** 2 * B**2


def proof_of_lemma_6_lower_2(eta, d, B):
    r"""Place: Appendix B, proof of Lemma 6, if B_t >= 0.

    Printed: \ge \eta^2(d+1)^2B_t^2
    """
    return eta**2 * (d + 1) ** 2 * B**2


def proof_of_lemma_6_initial_length(sigma, r, k):
    r"""Place: Appendix B, proof of Lemma 6; proof of Lemma 8 prints \theta(.). k is the constant.

    Printed: \ell_0 = O(\sigma\sqrt{r})
    """
    return k * sigma * np.sqrt(r)


def proof_of_lemma_7_upper(sigma, r):
    r"""Place: Appendix B, proof of Lemma 7 (the square of the length on the left side).

    Printed: \alpha^2 + \beta^2 \le 2\sigma\sqrt{r} + 4\pi + 1
    Reading: uncertain. The root may cover all three terms (b).
    """
    return 2 * sigma * np.sqrt(r) + 4 * np.pi + 1


def proof_of_lemma_7_upper_reading_b(sigma, r):
    r"""Place: Appendix B, proof of Lemma 7 (the square of the length on the left side).

    Printed: \alpha^2 + \beta^2 \le 2\sigma\sqrt{r + 4\pi + 1}
    Reading: uncertain. The root covers all three terms.
    """
    return 2 * sigma * np.sqrt(r + 4 * np.pi + 1)


def proof_of_lemma_7_length_1(alpha, beta, alpha_next, beta_next, lam):
    r"""Place: Appendix B, proof of Lemma 7 (\lambda here, \gamma in the lemma).

    Printed: \ell^2 = ((1-\lambda)\alpha_t + \lambda\alpha_{t+1})^2
    + ((1-\lambda)\beta_t + \lambda\beta_{t+1})^2
    """
    return ((1 - lam) * alpha + lam * alpha_next) ** 2 + ((1 - lam) * beta + lam * beta_next) ** 2


def proof_of_lemma_7_length_2(alpha, beta, eta, lam, grad_alpha, grad_beta):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: = (\alpha_t - \eta\lambda\frac{\partial L}{\partial\alpha})^2
    + (\beta_t - \eta\lambda\frac{\partial L}{\partial\beta})^2
    """
    return (alpha - eta * lam * grad_alpha) ** 2 + (beta - eta * lam * grad_beta) ** 2


def proof_of_lemma_7_lower_1(ell, eta, lam, d, A, B):
    r"""Place: Appendix B, proof of Lemma 7 (no \lambda in the last term).

    Printed: \ell^2 \ge \ell_t^2(1 - \lambda\eta(d+1)A)^2
    + 2\lambda\eta(d+1)B_t\ell_t(1 - \lambda\eta(d+1)A) + \eta^2(d+1)^2B_t^2
    """
    keep = 1 - lam * eta * (d + 1) * A
    cross = 2 * lam * eta * (d + 1) * B * ell * keep
    return ell**2 * keep**2 + cross + eta**2 * (d + 1) ** 2 * B**2


def proof_of_lemma_7_lower_2(ell, eta, lam, d, A):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: \ge \ell_t^2(1 - \lambda\eta(d+1)A)^2
    """
    return ell**2 * (1 - lam * eta * (d + 1) * A) ** 2


def proof_of_lemma_7_lower_3(ell):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: \ge \ell_t^2(1 - \frac{1}{6\pi})^2
    """
    return ell**2 * (1 - 1 / (6 * np.pi)) ** 2


def proof_of_lemma_7_length_lower():
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: \ell \ge \frac{1}{36\pi^2}(1 - \frac{1}{6\pi})
    """
    return 1 / (36 * np.pi**2) * (1 - 1 / (6 * np.pi))


def proof_of_lemma_7_eigenvalue(hess_aa, hess_bb, hess_ab, hess_ba):
    r"""Place: Appendix B, proof of Lemma 7; the left side is printed without the L.

    Printed: \lambda_{max}(\nabla^2(\alpha,\beta)) \le
    |\frac{\partial^2 L(\alpha,\beta)}{\partial\alpha^2}|
    + |\frac{\partial^2 L(\alpha,\beta)}{\partial\beta^2}|
    + |\frac{\partial^2 L(\alpha,\beta)}{\partial\alpha\partial\beta}|
    + |\frac{\partial^2 L(\alpha,\beta)}{\partial\beta\partial\alpha}|
    """
    return abs(hess_aa) + abs(hess_bb) + abs(hess_ab) + abs(hess_ba)


def proof_of_lemma_7_hessian_aa(alpha, beta, ell, d, A, B, C, B_alpha, C_alpha):
    r"""Place: Appendix B, proof of Lemma 7. B_alpha stands for dB/d alpha, and so on.

    Printed: \frac{\partial^2 L(\alpha,\beta)}{\partial\alpha^2} = (d+1)A
    - \frac{\alpha}{\ell}(d+1)\frac{\partial B}{\partial\alpha}
    - \frac{\beta^2}{\ell^{3/2}}(d+1)B
    - \frac{\beta^2}{\ell^2}(d+1)\frac{\partial C}{\partial\alpha}
    + \frac{2\alpha\beta^2}{\ell^4}(d+1)C
    """
    return (
        (d + 1) * A
        - alpha / ell * (d + 1) * B_alpha
        - beta**2 / ell**1.5 * (d + 1) * B
        - beta**2 / ell**2 * (d + 1) * C_alpha
        + 2 * alpha * beta**2 / ell**4 * (d + 1) * C
    )


def proof_of_lemma_7_hessian_bb(alpha, beta, ell, d, A, B, C, B_beta, C_alpha):
    r"""Place: Appendix B, proof of Lemma 7 (the derivative of C is printed with \alpha).

    Printed: \frac{\partial^2 L(\alpha,\beta)}{\partial\beta^2} = (d+1)A
    - \frac{\beta}{\ell}(d+1)\frac{\partial B}{\partial\beta}
    + \frac{\alpha\beta}{\ell^{3/2}}(d+1)B
    + \frac{\alpha\beta}{\ell^2}(d+1)\frac{\partial C}{\partial\alpha}
    + \frac{\alpha(\alpha^2-\beta^2)}{\ell^4}(d+1)C
    """
    return (
        (d + 1) * A
        - beta / ell * (d + 1) * B_beta
        + alpha * beta / ell**1.5 * (d + 1) * B
        + alpha * beta / ell**2 * (d + 1) * C_alpha
        + alpha * (alpha**2 - beta**2) / ell**4 * (d + 1) * C
    )


def proof_of_lemma_7_hessian_ab(alpha, beta, ell, d, B, C, B_alpha, C_alpha):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: \frac{\partial^2 L(\alpha,\beta)}{\partial\alpha\partial\beta} =
    -\frac{\beta}{\ell}(d+1)\frac{\partial B}{\partial\alpha}
    + \frac{\alpha\beta}{\ell^{3/2}}(d+1)B
    + \frac{\alpha\beta}{\ell^2}(d+1)\frac{\partial C}{\partial\alpha}
    + \frac{\beta(\beta^2-\alpha^2)}{\ell^4}(d+1)C
    """
    return (
        -beta / ell * (d + 1) * B_alpha
        + alpha * beta / ell**1.5 * (d + 1) * B
        + alpha * beta / ell**2 * (d + 1) * C_alpha
        + beta * (beta**2 - alpha**2) / ell**4 * (d + 1) * C
    )


def proof_of_lemma_7_hessian_ba(alpha, beta, ell, d, B, C, B_beta, C_beta):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: \frac{\partial^2 L(\alpha,\beta)}{\partial\beta\partial\alpha} =
    -\frac{\alpha}{\ell}(d+1)\frac{\partial B}{\partial\beta}
    + \frac{\alpha\beta}{\ell^{3/2}}(d+1)B
    - \frac{\beta^2}{\ell^2}(d+1)\frac{\partial C}{\partial\beta}
    - 2\frac{\alpha\beta^2}{\ell^4}(d+1)C
    """
    return (
        -alpha / ell * (d + 1) * B_beta
        + alpha * beta / ell**1.5 * (d + 1) * B
        - beta**2 / ell**2 * (d + 1) * C_beta
        - 2 * alpha * beta**2 / ell**4 * (d + 1) * C
    )


def proof_of_lemma_7_B_alpha(alpha, beta, ell, d, overlaps, dual_step):
    r"""Place: Appendix B, proof of Lemma 7. ell is an argument of its own, as in print.

    Printed: |\frac{\partial B}{\partial\alpha}| = |\sum_{i,j=1}^n \frac{d_{i,j}}{d+1}
    \hat\sigma_{step}(\frac{d_{i,j}}{d+1}\frac{\alpha}{\sqrt{\alpha^2+\beta^2}})
    \cdot \frac{\beta^2}{\ell^{3/2}}|
    """
    share = overlaps / (d + 1)
    slopes = dual_step(share * alpha / np.sqrt(alpha**2 + beta**2))
    return abs(np.sum(share * slopes * beta**2 / ell**1.5))


def proof_of_lemma_7_B_beta(alpha, beta, ell, d, overlaps, dual_step):
    r"""Place: Appendix B, proof of Lemma 7. ell is an argument of its own, as in print.

    Printed: |\frac{\partial B}{\partial\beta}| = |\sum_{i,j=1}^n \frac{d_{i,j}}{d+1}
    \hat\sigma_{step}(\frac{d_{i,j}}{d+1}\frac{\alpha}{\sqrt{\alpha^2+\beta^2}})
    \cdot \frac{\alpha\beta}{\ell^{3/2}}|
    """
    share = overlaps / (d + 1)
    slopes = dual_step(share * alpha / np.sqrt(alpha**2 + beta**2))
    return abs(np.sum(share * slopes * alpha * beta / ell**1.5))


def proof_of_lemma_7_B_derivative_bound(ell, C):
    r"""Place: Appendix B, proof of Lemma 7, for both derivatives of B.

    Printed: \le \sqrt{\ell}|C| = o(A)
    Reading: uncertain. The root may cover |C| (b).
    """
    return np.sqrt(ell) * abs(C)


def proof_of_lemma_7_B_derivative_bound_reading_b(ell, C):
    r"""Place: Appendix B, proof of Lemma 7, for both derivatives of B.

    Printed: \le \sqrt{\ell|C|} = o(A)
    Reading: uncertain. The root covers |C|.
    """
    return np.sqrt(ell * abs(C))


def proof_of_lemma_7_C_upper(n, d):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: |C| \le nd^2 = o(A)
    """
    return n * d**2


def proof_of_lemma_7_dual_step(rho):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: \hat\sigma_{step}(\rho) = 1 - \frac{\arccos(\rho)}{\pi}
    """
    return 1 - np.arccos(rho) / np.pi


def proof_of_lemma_7_arccos_prime(rho):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: \arccos'(\rho) = -\frac{1}{\sqrt{1-\rho^2}}
    """
    return -1 / np.sqrt(1 - rho**2)


def proof_of_lemma_7_C_alpha(beta, ell, d, overlaps):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: |\frac{\partial C}{\partial\alpha}| = |\sum_{i,j=1}^n \frac{d_{i,j}^2}{(d+1)^2}
    \frac{\ell}{\beta}\frac{\beta^2}{\ell^{3/2}}|
    """
    return abs(np.sum(overlaps**2 / (d + 1) ** 2 * ell / beta * beta**2 / ell**1.5))


def proof_of_lemma_7_C_beta(alpha, beta, ell, d, overlaps):
    r"""Place: Appendix B, proof of Lemma 7.

    Printed: |\frac{\partial C}{\partial\beta}| = |\sum_{i,j=1}^n \frac{d_{i,j}^2}{(d+1)^2}
    \frac{\ell}{\beta}\frac{\alpha\beta}{\ell^{3/2}}|
    """
    return abs(np.sum(overlaps**2 / (d + 1) ** 2 * ell / beta * alpha * beta / ell**1.5))


def proof_of_lemma_7_C_derivative_bound(ell, d, overlaps):
    r"""Place: Appendix B, proof of Lemma 7, for both derivatives of C.

    Printed: \le \sqrt{\ell}\sum_{i,j}\frac{d_{i,j}^2}{(d+1)^2} = o(A)
    Reading: uncertain. The root may cover the sum (b).
    """
    return np.sqrt(ell) * np.sum(overlaps**2 / (d + 1) ** 2)


def proof_of_lemma_7_C_derivative_bound_reading_b(ell, d, overlaps):
    r"""Place: Appendix B, proof of Lemma 7, for both derivatives of C.

    Printed: \le \sqrt{\ell\sum_{i,j}\frac{d_{i,j}^2}{(d+1)^2}} = o(A)
    Reading: uncertain. The root covers the sum.
    """
    return np.sqrt(ell * np.sum(overlaps**2 / (d + 1) ** 2))


def proof_of_lemma_7_pure_1(ell, d, A, o_A):
    r"""Place: Appendix B, proof of Lemma 7, second derivatives in alpha twice and in beta twice.

    Printed: \le (d+1)A + \sqrt{\ell}(d+1)A + o(A)
    Reading: uncertain. The root may cover (d+1)A (b).
    """
    return (d + 1) * A + np.sqrt(ell) * (d + 1) * A + o_A


def proof_of_lemma_7_pure_1_reading_b(ell, d, A, o_A):
    r"""Place: Appendix B, proof of Lemma 7, second derivatives in alpha twice and in beta twice.

    Printed: \le (d+1)A + \sqrt{\ell(d+1)A} + o(A)
    Reading: uncertain. The root covers (d+1)A.
    """
    return (d + 1) * A + np.sqrt(ell * (d + 1) * A) + o_A


def proof_of_lemma_7_pure_2(d, A, sigma, r, o_one):
    r"""Place: Appendix B, proof of Lemma 7, second derivatives in alpha twice and in beta twice.

    Printed: \le (d+1)A (1 + \sqrt{2\sigma\sqrt{r} + 4\pi + 1} + o(1))
    Reading: uncertain. The outer root may cover o(1) (b) or end after \sqrt{r} (c).
    """
    return (d + 1) * A * (1 + np.sqrt(2 * sigma * np.sqrt(r) + 4 * np.pi + 1) + o_one)


def proof_of_lemma_7_pure_2_reading_b(d, A, sigma, r, o_one):
    r"""Place: Appendix B, proof of Lemma 7, second derivatives in alpha twice and in beta twice.

    Printed: \le (d+1)A (1 + \sqrt{2\sigma\sqrt{r} + 4\pi + 1 + o(1)})
    Reading: uncertain. The outer root covers o(1).
    """
    return (d + 1) * A * (1 + np.sqrt(2 * sigma * np.sqrt(r) + 4 * np.pi + 1 + o_one))


def proof_of_lemma_7_pure_2_reading_c(d, A, sigma, r, o_one):
    r"""Place: Appendix B, proof of Lemma 7, second derivatives in alpha twice and in beta twice.

    Printed: \le (d+1)A (1 + \sqrt{2\sigma\sqrt{r}} + 4\pi + 1 + o(1))
    Reading: uncertain. The outer root ends after the inner one.
    """
    return (d + 1) * A * (1 + np.sqrt(2 * sigma * np.sqrt(r)) + 4 * np.pi + 1 + o_one)


def proof_of_lemma_7_mixed_1(ell, d, A, o_A):
    r"""Place: Appendix B, proof of Lemma 7; the denominators are printed \partial\alpha\beta.

    Printed: \le \sqrt{\ell}(d+1)A + o(A)
    Reading: uncertain. The root may cover (d+1)A (b).
    """
    return np.sqrt(ell) * (d + 1) * A + o_A


def proof_of_lemma_7_mixed_1_reading_b(ell, d, A, o_A):
    r"""Place: Appendix B, proof of Lemma 7, both mixed second derivatives.

    Printed: \le \sqrt{\ell(d+1)A} + o(A)
    Reading: uncertain. The root covers (d+1)A.
    """
    return np.sqrt(ell * (d + 1) * A) + o_A


def proof_of_lemma_7_mixed_2(d, A, sigma, r, o_one):
    r"""Place: Appendix B, proof of Lemma 7, both mixed second derivatives.

    Printed: \le (d+1)A (\sqrt{2\sigma\sqrt{r} + 4\pi + 1} + o(1))
    Reading: uncertain. The outer root may cover o(1) (b) or end after \sqrt{r} (c).
    """
    return (d + 1) * A * (np.sqrt(2 * sigma * np.sqrt(r) + 4 * np.pi + 1) + o_one)


def proof_of_lemma_7_mixed_2_reading_b(d, A, sigma, r, o_one):
    r"""Place: Appendix B, proof of Lemma 7, both mixed second derivatives.

    Printed: \le (d+1)A \sqrt{2\sigma\sqrt{r} + 4\pi + 1 + o(1)}
    Reading: uncertain. The outer root covers o(1).
    """
    return (d + 1) * A * np.sqrt(2 * sigma * np.sqrt(r) + 4 * np.pi + 1 + o_one)


def proof_of_lemma_7_mixed_2_reading_c(d, A, sigma, r, o_one):
    r"""Place: Appendix B, proof of Lemma 7, both mixed second derivatives.

    Printed: \le (d+1)A (\sqrt{2\sigma\sqrt{r}} + 4\pi + 1 + o(1))
    Reading: uncertain. The outer root ends after the inner one.
    """
    return (d + 1) * A * (np.sqrt(2 * sigma * np.sqrt(r)) + 4 * np.pi + 1 + o_one)
