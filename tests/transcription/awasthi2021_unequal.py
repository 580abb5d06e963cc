"""awasthi2021, Appendix C, unequal degrees: equations (46) to (59), Lemma 14 and Theorem 4."""

from math import comb

import numpy as np

_power = np.linalg.matrix_power


def appendix_c_M_i(W1, W2, d_i):
    r"""Place: Appendix C, below equation (46) (and the same with stars).

    Printed: M_i = W_1 + d_iW_2
    """
    return W1 + d_i * W2


def equation_46(W1, W2, W1_star, W2_star, degrees, L):
    r"""Place: Appendix C, equation (46).

    Printed: L(W_1, W_2) = \frac12\sum_{i=1}^n \|M_i^L - (M^*)_i^L\|_F^2
    """
    gaps = (_power(W1 + d * W2, L) - _power(W1_star + d * W2_star, L) for d in degrees)
    return 0.5 * sum(np.sum(gap**2) for gap in gaps)


def _gradient_46(W1, W2, W1_star, W2_star, degree, L):
    M = W1 + degree * W2
    E = _power(M, L) - _power(W1_star + degree * W2_star, L)
    return sum(_power(M, k) @ E @ _power(M, L - k - 1) for k in range(L))


def equation_47(W1, W2, W1_star, W2_star, degrees, L):
    r"""Place: Appendix C, equation (47), with E_i = M_i^L - (M^*)_i^L.

    Printed: \frac{\partial L(W_1,W_2)}{\partial W_1}
    = \frac12\sum_{i=1}^n\sum_{k=0}^{L-1} M_i^kE_iM_i^{L-k-1}
    """
    return 0.5 * sum(_gradient_46(W1, W2, W1_star, W2_star, d, L) for d in degrees)


def equation_48(W1, W2, W1_star, W2_star, degrees, L):
    r"""Place: Appendix C, equation (48), with E_i = M_i^L - (M^*)_i^L.

    Printed: \frac{\partial L(W_1,W_2)}{\partial W_2}
    = \frac12\sum_{i=1}^n d_i\sum_{k=0}^{L-1} M_i^kE_iM_i^{L-k-1}
    """
    return 0.5 * sum(d * _gradient_46(W1, W2, W1_star, W2_star, d, L) for d in degrees)


def equation_49(alpha_p, eta, g_values):
    r"""Place: Appendix C, equation (49).

    Printed: \alpha_{p,t+1} = \alpha_{p,t} - \eta\sum_{i=1}^n g_{i,p,t}
    """
    return alpha_p - eta * np.sum(g_values)


def equation_50(beta_p, eta, degrees, g_values):
    r"""Place: Appendix C, equation (50).

    Printed: \beta_{p,t+1} = \beta_{p,t} - \eta\sum_{i=1}^n d_ig_{i,p,t}
    """
    return beta_p - eta * np.sum(degrees * g_values)


def equation_51(alpha_p, beta_p, alpha_p_star, beta_p_star, d_i, L):
    r"""Place: Appendix C, equation (51); the starred values carry an index t here. No factor L.

    Printed: g_{i,p,t} = (\alpha_{p,t}+d_i\beta_{p,t})^{L-1}
    ((\alpha_{p,t}+d_i\beta_{p,t})^L - (\alpha_{p,t}^*+d_i\beta_{p,t}^*)^L)
    """
    own = alpha_p + d_i * beta_p
    return own ** (L - 1) * (own**L - (alpha_p_star + d_i * beta_p_star) ** L)


def equation_52(alpha_p, beta_p, alpha_p_star, beta_p_star, eta, degrees, r_values):
    r"""Place: Appendix C, equation (52). A value of \alpha_{p,t+1} - \alpha_p^*.

    Printed: (\alpha_{p,t}-\alpha_p^*)(1 - \eta\sum_{i=1}^n r_i)
    - \eta(\beta_{p,t}-\beta_p^*)\sum_{i=1}^n d_ir_i
    """
    return (alpha_p - alpha_p_star) * (1 - eta * np.sum(r_values)) - eta * (
        beta_p - beta_p_star
    ) * np.sum(degrees * r_values)


def equation_53(alpha_p, beta_p, alpha_p_star, beta_p_star, eta, degrees, r_values):
    r"""Place: Appendix C, equation (53). A value of \beta_{p,t+1} - \beta_p^*.

    Printed: (\beta_{p,t}-\beta_p^*)(1 - \eta\sum_{i=1}^n d_i^2r_i)
    - \eta(\alpha_{p,t}-\alpha_p^*)\sum_{i=1}^n d_ir_i
    """
    return (beta_p - beta_p_star) * (1 - eta * np.sum(degrees**2 * r_values)) - eta * (
        alpha_p - alpha_p_star
    ) * np.sum(degrees * r_values)


def equation_54(alpha_p, beta_p, alpha_p_star, beta_p_star, d_i, L, gamma_i):
    r"""Place: Appendix C, equation (54).

    Printed: r_i = (\alpha_{p,t}+d_i\beta_{p,t})^{L-1}\cdot(\alpha_p^*+d_i\beta_p^*)^{L-1}\gamma_i
    """
    own, other = alpha_p + d_i * beta_p, alpha_p_star + d_i * beta_p_star
    return own ** (L - 1) * other ** (L - 1) * gamma_i


def equation_55(L, s_i, t):
    r"""Place: Appendix C, equation (55); the lower entry of the binomial is printed t, not j.

    Printed: \gamma_i = \sum_{j=0}^{L-1}\binom Lt s_i^j
    """
    return sum(comb(L, t) * s_i**j for j in range(L))


def equation_56(alpha_p, beta_p, alpha_p_star, beta_p_star, d_i):
    r"""Place: Appendix C, equation (56), announced as "\delta equals".

    Printed: s_i = \frac{\alpha_{p,t}+d_i\beta_{p,t}}{\alpha_p^*+d_i\beta_p^*} - 1
    """
    return (alpha_p + d_i * beta_p) / (alpha_p_star + d_i * beta_p_star) - 1


def _lemma_14_term(n, L, d, sigma_star, u, ell, delta_max):
    top = ell ** (2 * L - 1) * min(1, 1 / sigma_star ** (2 * L - 2))
    bottom = 2 * n * L**2 * u ** (2 * L - 3) * (1 + u) ** (L - 1) * delta_max**2 * (d**2 + 1)
    return top / bottom


def lemma_14_eta(
    n, L, d, sigma_star, u_alpha, ell_alpha, u_beta, ell_beta, delta_alpha_max, delta_beta_max
):
    r"""Place: Appendix C, Lemma 14; \sigma_i^* keeps a free index i.

    Printed: \eta := \eta_0 \le \min(
    \frac{\ell_\alpha^{2L-1}\min(1,\frac{1}{(\sigma_i^*)^{2L-2}})}
    {2nL^2u_\alpha^{2L-3}(1+u_\alpha)^{L-1}(\max_i\delta_{i,\alpha})^2(d^2+1)},
    \frac{\ell_\beta^{2L-1}\min(1,\frac{1}{(\sigma_i^*)^{2L-2}})}
    {2nL^2u_\beta^{2L-3}(1+u_\beta)^{L-1}(\max_i\delta_{i,\beta})^2(d^2+1)})
    """
    return min(
        _lemma_14_term(n, L, d, sigma_star, u_alpha, ell_alpha, delta_alpha_max),
        _lemma_14_term(n, L, d, sigma_star, u_beta, ell_beta, delta_beta_max),
    )


def lemma_14_delta_alpha(u_alpha, ell_alpha, alpha_star):
    r"""Place: Appendix C, Lemma 14.

    Printed: \delta_{i,\alpha} := \max(\frac{u_\alpha}{\alpha_i^*}, \frac{\alpha_i^*}{\ell_\alpha})
    """
    return max(u_alpha / alpha_star, alpha_star / ell_alpha)


def lemma_14_delta_beta(u_beta, ell_beta, beta_star):
    r"""Place: Appendix C, Lemma 14.

    Printed: \delta_{i,\beta} := \max(\frac{u_\beta}{\beta_i^*}, \frac{\beta_i^*}{\ell_\beta})
    """
    return max(u_beta / beta_star, beta_star / ell_beta)


def proof_of_lemma_14_signs():
    r"""Place: Appendix C, proof of Lemma 14, first line of each of the five cases.

    Printed: \beta_t \ge \beta^*, \alpha_t \ge \alpha^*, \sum_{i=1}^n g_{i,t} \ge 0 and
    \sum_{i=1}^n d_ig_{i,t} \ge 0 in case 1, and so on. Columns: the signs of \alpha_t-\alpha^*,
    \beta_t-\beta^*, \sum g_{i,t} and \sum d_ig_{i,t}.
    """
    return np.array([[1, 1, 1, 1], [-1, -1, -1, -1], [1, -1, 1, 1], [-1, 1, 1, 1], [-1, 1, -1, -1]])


def proof_of_lemma_14_case_5_implied(alpha_p, beta_p, alpha_star, beta_star):
    r"""Place: Appendix C, proof of Lemma 14, case 5. (left, right), left at least right.

    Printed: \alpha_t - \alpha^* \ge \beta_t - \beta^*
    """
    return alpha_p - alpha_star, beta_p - beta_star


def proof_of_lemma_14_case_1_alpha(alpha_star, eta, n, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 1; case 3 prints the same line.

    Printed: \alpha_{t+1} \ge \alpha^* - \eta nG_u
    """
    return alpha_star - eta * n * G_u


def proof_of_lemma_14_case_1_second(beta_star, eta, n, d, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 1; the left side is printed \alpha_{t+1} again.

    Printed: \alpha_{t+1} \ge \beta^* - \eta ndG_u
    """
    return beta_star - eta * n * d * G_u


def proof_of_lemma_14_case_1_eta_alpha(alpha_star, ell_alpha, n, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 1.

    Printed: \eta \le \frac{\alpha^*-\ell_\alpha}{nG_u}
    """
    return (alpha_star - ell_alpha) / (n * G_u)


def proof_of_lemma_14_case_1_eta_beta(beta_star, ell_beta, n, d, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 1.

    Printed: \eta \le \frac{\beta^*-\ell_\beta}{ndG_u}
    """
    return (beta_star - ell_beta) / (n * d * G_u)


def proof_of_lemma_14_case_2_alpha(alpha_star, eta, n, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 2; case 5 prints the same line.

    Printed: \alpha_{t+1} \le \alpha^* + \eta nG_u
    """
    return alpha_star + eta * n * G_u


def proof_of_lemma_14_case_2_beta(beta_star, eta, n, d, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 2.

    Printed: \beta_{t+1} \le \beta^* + \eta ndG_u
    """
    return beta_star + eta * n * d * G_u


def proof_of_lemma_14_case_2_eta_alpha(alpha_star, u_alpha, n, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 2.

    Printed: \eta \le \frac{u_\alpha-\alpha^*}{nG_u}
    """
    return (u_alpha - alpha_star) / (n * G_u)


def proof_of_lemma_14_case_2_eta_beta(beta_star, u_beta, n, d, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 2.

    Printed: \eta \le \frac{u_\beta-\beta^*}{ndG_u}
    """
    return (u_beta - beta_star) / (n * d * G_u)


def proof_of_lemma_14_case_3_beta_1(beta_p, eta, n, d, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 3.

    Printed: \beta_{t+1} \ge \beta_t - \eta ndG_u
    """
    return beta_p - eta * n * d * G_u


def proof_of_lemma_14_case_3_beta_2(alpha_star, beta_star, u_alpha, eta, n, d, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 3.

    Printed: \ge \beta^* + \alpha^* - u_\alpha - \eta ndG_u
    """
    return beta_star + alpha_star - u_alpha - eta * n * d * G_u


def proof_of_lemma_14_case_3_eta(alpha_star, beta_star, u_alpha, ell_beta, n, d, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 3.

    Printed: \eta \le \frac{\beta^*+\alpha^*-u_\alpha-\ell_\beta}{ndG_u}
    """
    return (beta_star + alpha_star - u_alpha - ell_beta) / (n * d * G_u)


def proof_of_lemma_14_case_4_beta(beta_star, eta, n, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 4 (no d next to n).

    Printed: \beta_{t+1} \ge \beta^* - \eta nG_u
    """
    return beta_star - eta * n * G_u


def proof_of_lemma_14_case_4_alpha_1(alpha_p, eta, n, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 4.

    Printed: \alpha_{t+1} \ge \alpha_t - \eta nG_u
    """
    return alpha_p - eta * n * G_u


def proof_of_lemma_14_case_4_alpha_2(alpha_star, beta_star, u_beta, eta, n, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 4.

    Printed: \ge \beta^* + \alpha^* - u_\beta - \eta nG_u
    """
    return beta_star + alpha_star - u_beta - eta * n * G_u


def proof_of_lemma_14_case_4_eta(alpha_star, beta_star, u_beta, ell_alpha, n, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 4.

    Printed: \eta \le \frac{\beta^*+\alpha^*-u_\beta-\ell_\alpha}{nG_u}
    """
    return (beta_star + alpha_star - u_beta - ell_alpha) / (n * G_u)


def proof_of_lemma_14_case_5_beta(alpha_star, beta_star, ell_alpha, eta, n, d, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 5.

    Printed: \beta_{t+1} \le \beta^* + \alpha^* - \ell_\alpha + \eta ndG_u
    """
    return beta_star + alpha_star - ell_alpha + eta * n * d * G_u


def proof_of_lemma_14_case_5_eta(alpha_star, beta_star, u_beta, n, d, G_u):
    r"""Place: Appendix C, proof of Lemma 14, case 5.

    Printed: \eta \le \frac{\beta^*+\alpha^*-u_\beta}{ndG_u}
    """
    return (beta_star + alpha_star - u_beta) / (n * d * G_u)


def equation_57(
    eta_0, L, d, r, epsilon, alpha_stars, beta_stars, u_alpha, ell_alpha, u_beta, ell_beta
):
    r"""Place: Appendix C, Theorem 4, equation (57).

    Printed: T \ge \max(\max_i\frac{1}{\eta_0L^2(d^2+1)\ell_\alpha^{2L-2}}
    \log(\frac{rLu_\alpha((1-\alpha_i^*)^2)}{\epsilon}),
    \max_i\frac{1}{\eta_0L^2(d^2+1)\ell_\beta^{2L-2}}
    \log(\frac{rLu_\beta((1-\beta_i^*)^2)}{\epsilon}))
    Reading: uncertain. L may be the power of r (b).
    """
    base = 1 / (eta_0 * L**2 * (d**2 + 1))
    first = np.log(r * L * u_alpha * (1 - alpha_stars) ** 2 / epsilon) / ell_alpha ** (2 * L - 2)
    second = np.log(r * L * u_beta * (1 - beta_stars) ** 2 / epsilon) / ell_beta ** (2 * L - 2)
    return base * max(np.max(first), np.max(second))


def equation_57_reading_b(
    eta_0, L, d, r, epsilon, alpha_stars, beta_stars, u_alpha, ell_alpha, u_beta, ell_beta
):
    r"""Place: Appendix C, Theorem 4, equation (57).

    Printed: as in the first reading, with r^Lu_\alpha and r^Lu_\beta
    Reading: uncertain. L is the power of r.
    """
    base = 1 / (eta_0 * L**2 * (d**2 + 1))
    first = np.log(r**L * u_alpha * (1 - alpha_stars) ** 2 / epsilon) / ell_alpha ** (2 * L - 2)
    second = np.log(r**L * u_beta * (1 - beta_stars) ** 2 / epsilon) / ell_beta ** (2 * L - 2)
    return base * max(np.max(first), np.max(second))


def proof_of_theorem_4_P(eta, r_values):
    r"""Place: Appendix C, proof of Theorem 4.

    Printed: P = 1 - \eta\sum_{i=1}^n r_i
    """
    return 1 - eta * np.sum(r_values)


def proof_of_theorem_4_Q(degrees, r_values):
    r"""Place: Appendix C, proof of Theorem 4 (no \eta).

    Printed: Q = \sum_{i=1}^n d_ir_i
    """
    return np.sum(degrees * r_values)


def proof_of_theorem_4_R(eta, degrees, r_values):
    r"""Place: Appendix C, proof of Theorem 4.

    Printed: R = 1 - \eta\sum_{i=1}^n d_i^2r_i
    """
    return 1 - eta * np.sum(degrees**2 * r_values)


def proof_of_theorem_4_sum(alpha_gap, beta_gap, P, Q, R):
    r"""Place: Appendix C, proof of Theorem 4, the equality before (58). Gaps at time t.

    Printed: (\alpha_{p,t+1}-\alpha_p^*)^2 + (\beta_{p,t+1}-\beta_p^*)^2
    = (\alpha_{p,t}-\alpha_p^*)^2(P^2+Q^2) + (\beta_{p,t}-\beta_p^*)^2(R^2+Q^2)
    - 2(\alpha_{p,t}-\alpha_p^*)(\beta_{p,t}-\beta_p^*)(PQ+RQ)
    """
    return (
        alpha_gap**2 * (P**2 + Q**2)
        + beta_gap**2 * (R**2 + Q**2)
        - 2 * alpha_gap * beta_gap * (P * Q + R * Q)
    )


def equation_58(alpha_gap, beta_gap, P, Q, R):
    r"""Place: Appendix C, proof of Theorem 4, equation (58) (P^2+R^2 in the second bracket).

    Printed: \le (\alpha_{p,t}-\alpha_p^*)^2(P^2+Q^2+Q(P+R))
    + (\beta_{p,t}-\beta_p^*)^2(P^2+R^2+Q(P+R))
    """
    return alpha_gap**2 * (P**2 + Q**2 + Q * (P + R)) + beta_gap**2 * (P**2 + R**2 + Q * (P + R))


def equation_59(alpha_gap, beta_gap, P, Q, R):
    r"""Place: Appendix C, proof of Theorem 4, equation (59).

    Printed: \le (P^2+R^2+Q^2+Q(P+R))((\alpha_{p,t}-\alpha_p^*)^2+(\beta_{p,t}-\beta_p^*)^2)
    """
    return (P**2 + R**2 + Q**2 + Q * (P + R)) * (alpha_gap**2 + beta_gap**2)
