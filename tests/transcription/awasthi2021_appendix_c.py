"""awasthi2021, Appendix C, equal degrees: Lemmas 10 to 13 and Theorem 3."""

import numpy as np

_power = np.linalg.matrix_power


def appendix_c_M(W1, W2, d):
    r"""Place: Appendix C.1, Lemma 10 (and the same with stars); Appendix C.2, M_t.

    Printed: M = W_1 + d \cdot W_2
    """
    return W1 + d * W2


def equation_37(M, M_star, n, L):
    r"""Place: Appendix C.1, Lemma 10, equation (37); proof of Lemma 10, last line; Theorem 3.

    Printed: L(W_1, W_2) = \frac n2 \|M^L - (M^*)^L\|_F^2
    """
    return n / 2 * np.sum((_power(M, L) - _power(M_star, L)) ** 2)


def proof_of_lemma_10_mu(x):
    r"""Place: Appendix C.1, proof of Lemma 10. Rows of x are the x_i.

    Printed: \mu_{\vec x} = \sum_{i=1}^n x_i
    """
    return np.sum(x, axis=0)


def proof_of_lemma_10_round_1(x, adjacency, W1, W2):
    r"""Place: Appendix C.1, proof of Lemma 10, case L = 1 (h for the embeddings, x in Section 4).

    Printed: \sum_{i=1}^n h_i^{(1)} = \sum_{i=1}^n W_1x_i + \sum_{i=1}^n W_2\sum_{j\in N(i)} x_j
    """
    return np.sum(x @ W1.T, axis=0) + np.sum(adjacency @ x @ W2.T, axis=0)


def proof_of_lemma_10_step(M, embedding_sum):
    r"""Place: Appendix C.1, proof of Lemma 10, induction step for k > 1 (hats on the right only).

    Printed: \sum_{i=1}^n h_i^{(k)} = (W_1 + d \cdot W_2)\sum_{i=1}^n \hat h_i^{(k-1)}
    """
    return M @ embedding_sum


def proof_of_lemma_10_output(M, mu, L):
    r"""Place: Appendix C.1, proof of Lemma 10, claim and induction step (k for L).

    Printed: \sum_{i=1}^n h_i^{(L)} = M^L\mu_{\vec x}
    """
    return _power(M, L) @ mu


def proof_of_lemma_10_loss_1(M, M_star, mu_draws, L):
    r"""Place: Appendix C.1, proof of Lemma 10, first line of the last display: norm, no square.

    Printed: L(W_1, W_2) = \frac12 E[\|M^L\mu_{\vec x} - (M^*)^L\mu_{\vec x}\|]
    """
    gap = mu_draws @ (_power(M, L) - _power(M_star, L)).T
    return 0.5 * np.mean(np.linalg.norm(gap, axis=1))


def proof_of_lemma_10_loss_2(M, M_star, mu_draws, L):
    r"""Place: Appendix C.1, proof of Lemma 10, second line of the last display.

    Printed: \frac12 E[\langle (M^L - (M^*)^L)\mu_{\vec x}, (M^L - (M^*)^L)\mu_{\vec x} \rangle]
    """
    gap = mu_draws @ (_power(M, L) - _power(M_star, L)).T
    return 0.5 * np.mean(np.sum(gap * gap, axis=1))


def proof_of_lemma_10_loss_3(M, M_star, mu_draws, L):
    r"""Place: Appendix C.1, proof of Lemma 10, third line of the last display.

    Printed: \frac12 E[\langle (M^L - (M^*)^L), (M^L - (M^*)^L)\mu_{\vec x}\mu_{\vec x}^\top \rangle]
    """
    gap = _power(M, L) - _power(M_star, L)
    return 0.5 * np.mean([np.sum(gap * (gap @ np.outer(mu, mu))) for mu in mu_draws])


def lemma_11_E(M, M_star, L):
    r"""Place: Appendix C.1, Lemma 11.

    Printed: E = M^L - (M^*)^L
    """
    return _power(M, L) - _power(M_star, L)


def equation_38(M, E, n, L):
    r"""Place: Appendix C.1, Lemma 11, equation (38); last display of its proof.

    Printed: \frac{\partial L(W_1,W_2)}{\partial W_1} = \frac n2 \sum_{k=0}^{L-1} M^kEM^{L-k-1}
    """
    return n / 2 * sum(_power(M, k) @ E @ _power(M, L - k - 1) for k in range(L))


def equation_39(M, E, n, d, L):
    r"""Place: Appendix C.1, Lemma 11, equation (39).

    Printed: \frac{\partial L(W_1,W_2)}{\partial W_2} = \frac{nd}2 \sum_{k=0}^{L-1} M^kEM^{L-k-1}
    """
    return n * d / 2 * sum(_power(M, k) @ E @ _power(M, L - k - 1) for k in range(L))


def proof_of_lemma_11_chain(E, derivative, n):
    r"""Place: Appendix C.1, proof of Lemma 11. derivative is \partial M^L/\partial W_1^{i,j}.

    Printed: \frac{\partial L(W_1,W_2)}{\partial W_1^{i,j}}
    = \frac n2 \langle vec(E), vec(\frac{\partial M^L}{\partial W_1^{i,j}}) \rangle
    """
    return n / 2 * np.sum(E * derivative)


def proof_of_lemma_11_power_derivative(M, i, j, L):
    r"""Place: Appendix C.1, proof of Lemma 11. R_{i,j} has 1 in entry (i, j), 0 elsewhere.

    Printed: \frac{\partial M^L}{\partial W_1^{i,j}} = \sum_{k=0}^{L-1} M^kR_{i,j}M^{L-k-1}
    """
    unit = np.zeros_like(M)
    unit[i, j] = 1
    return sum(_power(M, k) @ unit @ _power(M, L - k - 1) for k in range(L))


def proof_of_lemma_11_columns(M, i, j, L):
    r"""Place: Appendix C.1, proof of Lemma 11; A_i is "the ith column of a matrix".

    Printed: \frac{\partial M^L}{\partial W_1^{i,j}}
    = \sum_{k=0}^{L-1} (M^k)_i \otimes (M^{L-k-1})_j
    """
    return sum(np.outer(_power(M, k)[:, i], _power(M, L - k - 1)[:, j]) for k in range(L))


def proof_of_lemma_11_bilinear(M, E, i, j, n, L, K):
    r"""Place: Appendix C.1, proof of Lemma 11. K occurs only here.

    Printed: \frac n2 \sum_{k=0}^{L-1} (M_i^k)^\top E(M_j)^{K-k-1}
    Reading: uncertain. The power K-k-1 of a column is read as the column of the power; b reads it
    entry by entry.
    """
    terms = (_power(M, k)[:, i] @ E @ _power(M, K - k - 1)[:, j] for k in range(L))
    return n / 2 * sum(terms)


def proof_of_lemma_11_bilinear_reading_b(M, E, i, j, n, L, K):
    r"""Place: Appendix C.1, proof of Lemma 11. K occurs only here.

    Printed: \frac n2 \sum_{k=0}^{L-1} (M_i^k)^\top E(M_j)^{K-k-1}
    Reading: uncertain. The power is applied to the entries of the column.
    """
    terms = (_power(M, k)[:, i] @ E @ M[:, j] ** (K - k - 1) for k in range(L))
    return n / 2 * sum(terms)


def equation_40(M, E, eta, n, d, L):
    r"""Place: Appendix C.2, equation (40).

    Printed: M_{t+1} = M_t - \eta\frac n2(d^2+1)\sum_{k=0}^{L-1} M_t^kE_tM_t^{L-k-1}
    """
    total = sum(_power(M, k) @ E @ _power(M, L - k - 1) for k in range(L))
    return M - eta * n / 2 * (d**2 + 1) * total


def appendix_c_2_decomposition(sigma_stars, basis):
    r"""Place: Appendix C.2, above the display before (41): printed \sigma_i, without a star.

    Printed: M^* = \sum_{i=1}^r \sigma_iv_iv_i^\top; M_t = \sum_{i=1}^r \sigma_{i,t}v_iv_i^\top
    """
    return (basis * sigma_stars) @ basis.T


def appendix_c_2_display_line_1(sigmas, sigma_stars, basis, eta, n, d, L):
    r"""Place: Appendix C.2, display after (40), first line; one parenthesis is never closed.

    Printed: \sum_{i=1}^r \sigma_{i,t+1}v_iv_i^\top = \sum_{i=1}^r \sigma_{i,t}v_iv_i^\top
    - \eta\frac n2(d^2+1)\sum_{k=0}^{L-1}(\sum_{i=1}^r \sigma_{i,t}^kv_iv_i^\top)
    (\sum_{i=1}^r (\sigma_{i,t}^L - (\sigma_i^*)^Lv_iv_i^\top)
    (\sum_{i=1}^r \sigma_{i,t}^{L-k-1}v_iv_i^\top)
    Reading: uncertain. The parenthesis is closed before v_iv_i^\top; b closes it after.
    """
    middle = (basis * (sigmas**L - sigma_stars**L)) @ basis.T
    total = sum(
        (basis * sigmas**k) @ basis.T @ middle @ (basis * sigmas ** (L - k - 1)) @ basis.T
        for k in range(L)
    )
    return (basis * sigmas) @ basis.T - eta * n / 2 * (d**2 + 1) * total


def appendix_c_2_display_line_1_reading_b(sigmas, sigma_stars, basis, eta, n, d, L):
    r"""Place: Appendix C.2, display after (40), first line; one parenthesis is never closed.

    Printed: (\sum_{i=1}^r (\sigma_{i,t}^L - (\sigma_i^*)^Lv_iv_i^\top)
    Reading: uncertain. Closed after v_iv_i^\top: a number less a matrix, the number entry by entry.
    """
    middle = np.sum(sigmas**L) - (basis * sigma_stars**L) @ basis.T
    total = sum(
        (basis * sigmas**k) @ basis.T @ middle @ (basis * sigmas ** (L - k - 1)) @ basis.T
        for k in range(L)
    )
    return (basis * sigmas) @ basis.T - eta * n / 2 * (d**2 + 1) * total


def appendix_c_2_display_line_2(sigmas, sigma_stars, basis, eta, n, d, L):
    r"""Place: Appendix C.2, display after (40), second line: no v_iv_i^\top in the second sum.

    Printed: = \sum_{i=1}^r \sigma_{i,t}v_iv_i^\top
    - \eta\frac n2(d^2+1)\sum_{k=0}^{L-1}\sum_{i=1}^r
    \sigma_{i,t}^{L-1}(\sigma_{i,t}^L - (\sigma_i^*)^L)
    """
    number = L * np.sum(sigmas ** (L - 1) * (sigmas**L - sigma_stars**L))
    return (basis * sigmas) @ basis.T - eta * n / 2 * (d**2 + 1) * number


def appendix_c_2_display_line_3(sigmas, sigma_stars, basis, eta, n, d, L):
    r"""Place: Appendix C.2, display after (40), third line.

    Printed: = \sum_{i=1}^r (\sigma_{i,t}
    - \eta\frac n2L(d^2+1)\sigma_{i,t}^{L-1}(\sigma_{i,t}^L - (\sigma_i^*)^L))v_iv_i^\top
    """
    return (basis * equation_42(sigmas, sigma_stars, eta, n, d, L)) @ basis.T


def equation_41(sigma_t, eta, n, g):
    r"""Place: Appendix C.2, equation (41).

    Printed: \sigma_{i,t+1} := \sigma_{i,t} - \eta\frac n2g_t
    """
    return sigma_t - eta * n / 2 * g


def equation_42(sigma_t, sigma_star, eta, n, d, L):
    r"""Place: Appendix C.2, equation (42); proof of Lemma 12, four times.

    Printed: = \sigma_{i,t} - \eta\frac n2L(d^2+1)\sigma_{i,t}^{L-1}(\sigma_{i,t}^L
    - (\sigma_i^*)^L)
    """
    gap = sigma_t**L - sigma_star**L
    return sigma_t - eta * n / 2 * L * (d**2 + 1) * sigma_t ** (L - 1) * gap


def lemma_12_upper(sigma_star, sigma_0):
    r"""Place: Appendix C.2, Lemma 12.

    Printed: u_i = \sigma_i^*(1 + \max(1, \frac{\sigma_{i,0}}{\sigma_i^*} - 1))
    """
    return sigma_star * (1 + max(1, sigma_0 / sigma_star - 1))


def lemma_12_lower(sigma_star, sigma_0):
    r"""Place: Appendix C.2, Lemma 12.

    Printed: \ell_i = \sigma_i^*(1 - \max(\frac12, 1 - \frac{\sigma_{i,0}}{\sigma_i^*}))
    """
    return sigma_star * (1 - max(1 / 2, 1 - sigma_0 / sigma_star))


def lemma_12_eta(n, L, d, u, sigma_star, sigma_0):
    r"""Place: Appendix C.2, Lemma 12; last display of its proof.

    Printed: \eta \le \eta_i := \frac{\max(1, \frac{\sigma_{i,0}}{\sigma_i^*} - 1)}
    {2nL^2u_i^L(d^2+1)(\sigma_i^*)^{2L-2}(1+u_i)^{L-1}}
    """
    bottom = 2 * n * L**2 * u**L * (d**2 + 1) * sigma_star ** (2 * L - 2) * (1 + u) ** (L - 1)
    return max(1, sigma_0 / sigma_star - 1) / bottom


def proof_of_lemma_12_above(sigma_star, delta):
    r"""Place: Appendix C.2, proof of Lemma 12, first case (t printed as an upper index).

    Printed: \sigma_i^t = \sigma_i^*(1+\delta) where \delta > 0
    """
    return sigma_star * (1 + delta)


def proof_of_lemma_12_above_update(sigma_star, delta, eta, n, d, L):
    r"""Place: Appendix C.2, proof of Lemma 12, first case.

    Printed: \sigma_{i,t+1} = \sigma_i^*(1 + \delta
    - \frac{\eta n}2L(d^2+1)(\sigma_i^*)^{2L-2}(1+\delta)^{L-1}((1+\delta)^L - 1))
    """
    factor = eta * n / 2 * L * (d**2 + 1) * sigma_star ** (2 * L - 2) * (1 + delta) ** (L - 1)
    return sigma_star * (1 + delta - factor * ((1 + delta) ** L - 1))


def proof_of_lemma_12_above_lower(sigma_star, u, eta, n, d, L):
    r"""Place: Appendix C.2, proof of Lemma 12, first case; printed at least \frac12\sigma_i^*.

    Printed: \ge \sigma_i^*(1 - \frac{\eta n}2L(d^2+1)(\sigma_i^*)^{2L-2}(1+u_i)^{L-1}
    \cdot Lu_i^L)
    """
    factor = eta * n / 2 * L * (d**2 + 1) * sigma_star ** (2 * L - 2) * (1 + u) ** (L - 1)
    return sigma_star * (1 - factor * L * u**L)


def proof_of_lemma_12_half(sigma_star):
    r"""Place: Appendix C.2, proof of Lemma 12, first case.

    Printed: \ge \frac12\sigma_i^*
    """
    return sigma_star / 2


def proof_of_lemma_12_eta_above(n, L, d, u, sigma_star):
    r"""Place: Appendix C.2, proof of Lemma 12, first case.

    Printed: \eta \le \frac{1}{2nL^2u_i^L(d^2+1)(\sigma_i^*)^{2L-2}(1+u_i)^{L-1}}
    """
    return 1 / (2 * n * L**2 * u**L * (d**2 + 1) * sigma_star ** (2 * L - 2) * (1 + u) ** (L - 1))


def proof_of_lemma_12_below(sigma_star, delta):
    r"""Place: Appendix C.2, proof of Lemma 12, second case.

    Printed: \sigma_{i,t} = \sigma_i^*(1-\delta) for \delta > 0
    """
    return sigma_star * (1 - delta)


def proof_of_lemma_12_below_update(sigma_star, delta, eta, n, d, L):
    r"""Place: Appendix C.2, proof of Lemma 12, second case (a 1+\delta stands in it).

    Printed: \sigma_{i,t+1} = \sigma_i^*(1 - \delta
    + \eta\frac n2L(d^2+1)(\sigma_i^*)^{2L-2}(1+\delta)^{L-1}(1 - (1-\delta)^L))
    """
    factor = eta * n / 2 * L * (d**2 + 1) * sigma_star ** (2 * L - 2) * (1 + delta) ** (L - 1)
    return sigma_star * (1 - delta + factor * (1 - (1 - delta) ** L))


def proof_of_lemma_12_below_upper(sigma_star, u, eta, n, d, L):
    r"""Place: Appendix C.2, proof of Lemma 12, second case; printed at most u_i.

    Printed: \le \sigma_i^*(1 + \eta\frac n2L(d^2+1)(\sigma_i^*)^{2L-2}(1+u_i)^{L-1}\cdot Lu_i^L)
    """
    factor = eta * n / 2 * L * (d**2 + 1) * sigma_star ** (2 * L - 2) * (1 + u) ** (L - 1)
    return sigma_star * (1 + factor * L * u**L)


def lemma_13_g_squared_upper(sigma_t, sigma_star, u, delta_i, d, L):
    r"""Place: Appendix C.2, Lemma 13; third line of its proof.

    Printed: g_t^2 \le L^2(d^2+1)^2u_i^{2L-3}(L\delta_i)^2(\sigma_{i,t}-\sigma_i^*)^2
    """
    factor = L**2 * (d**2 + 1) ** 2 * u ** (2 * L - 3) * (L * delta_i) ** 2
    return factor * (sigma_t - sigma_star) ** 2


def lemma_13_product_lower(sigma_t, sigma_star, ell_i, d, L):
    r"""Place: Appendix C.2, Lemma 13; equation (45) of its proof.

    Printed: g_t(\sigma_{i,t}-\sigma_i^*) \ge L^2(d^2+1)\ell_i^{2L-2}(\sigma_{i,t}-\sigma_i^*)^2
    """
    return L**2 * (d**2 + 1) * ell_i ** (2 * L - 2) * (sigma_t - sigma_star) ** 2


def lemma_13_delta(u, ell_i, sigma_star):
    r"""Place: Appendix C.2, Lemma 13.

    Printed: \delta_i := \max(\frac{u_i}{\sigma_i^*}, \frac{\sigma_i^*}{\ell_i})
    """
    return max(u / sigma_star, sigma_star / ell_i)


def proof_of_lemma_13_g_squared(sigma_t, sigma_star, d, L):
    r"""Place: Appendix C.2, proof of Lemma 13, first line.

    Printed: g_t^2 = L^2(d^2+1)^2\sigma_{i,t}^{2L-2}(\sigma_{i,t}^L-(\sigma_i^*)^L)^2
    """
    gap = sigma_t**L - sigma_star**L
    return L**2 * (d**2 + 1) ** 2 * sigma_t ** (2 * L - 2) * gap**2


def proof_of_lemma_13_g_squared_upper(sigma_t, sigma_star, u, d, L):
    r"""Place: Appendix C.2, proof of Lemma 13, second line.

    Printed: \le L^2(d^2+1)^2u_i^{2L-2}(\sigma_{i,t}^L-(\sigma_i^*)^L)^2
    """
    return L**2 * (d**2 + 1) ** 2 * u ** (2 * L - 2) * (sigma_t**L - sigma_star**L) ** 2


def equation_43(sigma_t, sigma_star, d, L):
    r"""Place: Appendix C.2, proof of Lemma 13, equation (43).

    Printed: g_t(\sigma_{i,t}-\sigma_i^*)
    = L(d^2+1)\sigma_{i,t}^{L-1}(\sigma_{i,t}^L-(\sigma_i^*)^L)(\sigma_{i,t}-\sigma_i^*)
    """
    gap = (sigma_t**L - sigma_star**L) * (sigma_t - sigma_star)
    return L * (d**2 + 1) * sigma_t ** (L - 1) * gap


def equation_44(sigma_t, sigma_star, ell_i, d, L):
    r"""Place: Appendix C.2, proof of Lemma 13, equation (44).

    Printed: \ge L(d^2+1)\ell_i^{L-1}(\sigma_{i,t}^L-(\sigma_i^*)^L)(\sigma_{i,t}-\sigma_i^*)
    """
    gap = (sigma_t**L - sigma_star**L) * (sigma_t - sigma_star)
    return L * (d**2 + 1) * ell_i ** (L - 1) * gap


def equation_45(sigma_t, sigma_star, ell_i, d, L):
    r"""Place: Appendix C.2, proof of Lemma 13, equation (45).

    Printed: \ge L^2(d^2+1)\ell_i^{2L-2}(\sigma_{i,t}-\sigma_i^*)^2
    """
    return L**2 * (d**2 + 1) * ell_i ** (2 * L - 2) * (sigma_t - sigma_star) ** 2


def proof_of_lemma_13_power_gap(a, b, L):
    r"""Place: Appendix C.2, proof of Lemma 13, last line. (left, right), left at least right.

    Printed: (a^L-b^L)(a-b) \ge L\min(a,b)^{L-1}(a-b)^2
    """
    return (a**L - b**L) * (a - b), L * min(a, b) ** (L - 1) * (a - b) ** 2


def proof_of_theorem_3_line_1(sigma_t, sigma_star, eta, n, g):
    r"""Place: Appendix C.2, proof of Theorem 3, first line.

    Printed: (\sigma_{i,t+1}-\sigma_i^*)^2 = (\sigma_{i,t}-\eta\frac n2g_t-\sigma_i^*)^2
    """
    return (sigma_t - eta * n / 2 * g - sigma_star) ** 2


def proof_of_theorem_3_line_2(sigma_t, sigma_star, eta_0, n, g):
    r"""Place: Appendix C.2, proof of Theorem 3, second line.

    Printed: = (\sigma_{i,t}-\sigma_i^*)^2 + \eta_0^2\frac{n^2}4g_t^2
    - \eta_0ng_t(\sigma_{i,t}-\sigma_i^*)
    """
    gap = sigma_t - sigma_star
    return gap**2 + eta_0**2 * n**2 / 4 * g**2 - eta_0 * n * g * gap


def proof_of_theorem_3_line_3(sigma_t, sigma_star, eta_0, n, u, ell_i, delta_i, d, L):
    r"""Place: Appendix C.2, proof of Theorem 3, third line (\delta_i^* is printed, not \delta_i).

    Printed: \le (\sigma_{i,t}-\sigma_i^*)^2
    + \eta_0^2\frac{n^2}4(\delta_i^*)^2L^4(d^2+1)^2u_i^{2L-3}(\sigma_{i,t}-\sigma_i^*)^2
    - \eta_0nL^2(d^2+1)\ell_i^{2L-2}(\sigma_{i,t}-\sigma_i^*)^2
    """
    gap = (sigma_t - sigma_star) ** 2
    growth = eta_0**2 * n**2 / 4 * delta_i**2 * L**4 * (d**2 + 1) ** 2 * u ** (2 * L - 3)
    return gap + growth * gap - eta_0 * n * L**2 * (d**2 + 1) * ell_i ** (2 * L - 2) * gap


def proof_of_theorem_3_line_4(sigma_t, sigma_star, eta_0, n, ell_i, d, L):
    r"""Place: Appendix C.2, proof of Theorem 3, fourth line.

    Printed: \le (\sigma_{i,t}-\sigma_i^*)^2(1 - \eta_0nL^2(d^2+1)\ell_i^{2L-2})
    """
    factor = 1 - eta_0 * n * L**2 * (d**2 + 1) * ell_i ** (2 * L - 2)
    return (sigma_t - sigma_star) ** 2 * factor


def proof_of_theorem_3_line_5(sigma_star, eta_0, n, ell_i, d, L, t):
    r"""Place: Appendix C.2, proof of Theorem 3, fifth line: of the index t + 1, with the power t.

    Printed: \le (1-\sigma_i^*)^2(1 - \eta_0nL^2(d^2+1)\ell_i^{2L-2})^t
    """
    factor = 1 - eta_0 * n * L**2 * (d**2 + 1) * ell_i ** (2 * L - 2)
    return (1 - sigma_star) ** 2 * factor**t


def proof_of_theorem_3_iterations(eta_0, n, L, d, r, epsilon, sigma_stars, us, ells):
    r"""Place: Appendix C.2, proof of Theorem 3: an n under the logarithm, absent from (24).

    Printed: T \ge \max_i \frac{1}{\eta_0L^2(d^2+1)\ell_i^{2L-2}}
    \log(\frac{nrLu_i((1-\sigma_i^*)^2)}{\epsilon})
    Reading: uncertain. L may be the power of r (b).
    """
    scale = 1 / (eta_0 * L**2 * (d**2 + 1) * ells ** (2 * L - 2))
    return np.max(scale * np.log(n * r * L * us * (1 - sigma_stars) ** 2 / epsilon))


def proof_of_theorem_3_iterations_reading_b(eta_0, n, L, d, r, epsilon, sigma_stars, us, ells):
    r"""Place: Appendix C.2, proof of Theorem 3: an n under the logarithm, absent from (24).

    Printed: T \ge \max_i \frac{1}{\eta_0L^2(d^2+1)\ell_i^{2L-2}}
    \log(\frac{nr^Lu_i((1-\sigma_i^*)^2)}{\epsilon})
    Reading: uncertain. L is the power of r.
    """
    scale = 1 / (eta_0 * L**2 * (d**2 + 1) * ells ** (2 * L - 2))
    return np.max(scale * np.log(n * r**L * us * (1 - sigma_stars) ** 2 / epsilon))


def proof_of_theorem_3_accuracy(epsilon, n, r):
    r"""Place: Appendix C.2, proof of Theorem 3.

    Printed: |\sigma_{i,T}^L - (\sigma_i^*)^L| \le \epsilon/(\sqrt{nr}) for all i
    Reading: uncertain. The root may cover n only (b).
    """
    return epsilon / np.sqrt(n * r)


def proof_of_theorem_3_accuracy_reading_b(epsilon, n, r):
    r"""Place: Appendix C.2, proof of Theorem 3.

    Printed: |\sigma_{i,T}^L - (\sigma_i^*)^L| \le \epsilon/(\sqrt nr) for all i
    Reading: uncertain. The root covers n only.
    """
    return epsilon / (np.sqrt(n) * r)


def proof_of_theorem_3_loss_upper(sigmas, sigma_stars, n, r, L):
    r"""Place: Appendix C.2, proof of Theorem 3, last display; printed at most \epsilon^2.

    Printed: L(W_{1,T}, W_{2,T}) \le nr\max_i(\sigma_{i,T}^L - (\sigma_i^*)^L)^2
    """
    return n * r * np.max((sigmas**L - sigma_stars**L) ** 2)
