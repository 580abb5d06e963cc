"""li2021, Lemmas 1 to 6."""

import numpy as np


def equation_18_left(W_gap_next, eta_W, alpha, rho):
    r"""Place: Useful Lemmas, Lemma 1, equation (18), left side; at most equation_18_right.

    Printed: \|W_{t+1}-W_*\|_2 - \frac{4\eta_W(1+\alpha\rho+\sqrt{1+\alpha\rho})}\rho
    """
    return W_gap_next - 4 * eta_W * (1 + alpha * rho + np.sqrt(1 + alpha * rho)) / rho


def equation_18_right(W_gap, eta_W, alpha, rho):
    r"""Place: Useful Lemmas, Lemma 1, equation (18), right side.

    Printed: \frac{1}{\sqrt{1+\alpha\rho}}[\|W_t-W_*\|_2
    - \frac{4\eta_W(1+\alpha\rho+\sqrt{1+\alpha\rho})}\rho]
    """
    shift = 4 * eta_W * (1 + alpha * rho + np.sqrt(1 + alpha * rho)) / rho
    return (W_gap - shift) / np.sqrt(1 + alpha * rho)


def equation_19(v_gap, W_gap, v_star_norm, alpha, sigma_m, sigma_M, L, eta_v):
    r"""Place: Useful Lemmas, Lemma 2, equations (19) and (20). Bound of \|v_{t+1}-v_*\|_2^2.

    Printed: (1 - \frac{\alpha\sigma_m}2 + 3\sigma_M^2\alpha^2)\|v_t-v_*\|_2^2
    + (\frac{\alpha L^2}{\sigma_m} + 3L^2\alpha^2)\|W_t-W_*\|_2^2\|v_*\|_2^2
    + (\frac{2\alpha}{\sigma_m} + 3\alpha^2)\eta_v^2
    """
    return (
        (1 - alpha * sigma_m / 2 + 3 * sigma_M**2 * alpha**2) * v_gap**2
        + (alpha * L**2 / sigma_m + 3 * L**2 * alpha**2) * W_gap**2 * v_star_norm**2
        + (2 * alpha / sigma_m + 3 * alpha**2) * eta_v**2
    )


def equation_21(G_draws):
    r"""Place: Useful Lemmas, equation (21). Draws of H on the first axis.

    Printed: \bar G^W(W,v) = E_H[G^W(W,v)]
    """
    return np.mean(G_draws, axis=0)


def equation_22(g_draws):
    r"""Place: Useful Lemmas, equation (22). Draws of H on the first axis.

    Printed: \bar g^v(W,v) = E_H[g^v(W,v)]
    """
    return np.mean(g_draws, axis=0)


def lemma_3_samples(delta, d, d_min):
    r"""Place: Analysis for NGNN, Lemma 3; Theorem 2.

    Printed: n \ge \frac{8\ln\frac2\delta}{dd_{min}}
    Reading: uncertain. The logarithm may end at 2 (b).
    """
    return 8 * np.log(2 / delta) / (d * d_min)


def lemma_3_samples_reading_b(delta, d, d_min):
    r"""Place: Analysis for NGNN, Lemma 3; Theorem 2.

    Printed: n \ge \frac{8\ln2}{\delta dd_{min}}
    Reading: uncertain. The logarithm ends at 2.
    """
    return 8 * np.log(2) / (delta * d * d_min)


def lemma_3_probability(delta):
    r"""Place: Analysis for NGNN, Lemmas 3 and 4; GGNN, Lemmas 5 and 6; Theorem 2. "At least".

    Printed: 1 - \delta
    """
    return 1 - delta


def equation_23(D_0, xi_inv_norm, d, d_bar):
    r"""Place: Lemma 3, equation (23). Bound of the quotient.

    Printed: \frac{\|G^W(W,v)-G^W(W',v)\|_2}{\|W-W'\|_2} \le D_0^2\|\Xi^{-1}\|_2(d+4d\bar d)
    """
    return D_0**2 * xi_inv_norm * (d + 4 * d * d_bar)


def equation_24(D_0, xi_inv_norm, d, d_bar, L_sigma):
    r"""Place: Lemma 3, equation (24). Bound of the quotient.

    Printed: \frac{\|G^W(W,v)-G^W(W,v')\|_2}{\|v-v'\|_2}
    \le 4D_0\|\Xi^{-1}\|_2(d+4d\bar d)L_\sigma
    """
    return 4 * D_0 * xi_inv_norm * (d + 4 * d * d_bar) * L_sigma


def equation_25(D_0, d, d_bar, L_sigma, nu):
    r"""Place: Lemma 3, equation (25). Bound of the quotient.

    Printed: \frac{\|g^v(W,v)-g^v(W',v)\|_2}{\|W-W'\|_2}
    \le 5(d+4d\bar d)D_0L_\sigma + \frac{d+4d\bar d}2 + \nu^2
    """
    return 5 * (d + 4 * d * d_bar) * D_0 * L_sigma + (d + 4 * d * d_bar) / 2 + nu**2


def equation_26(d, d_bar, L_sigma):
    r"""Place: Lemma 3, equation (26). Bound of the quotient.

    Printed: \frac{\|g^v(W,v)-g^v(W,v')\|_2}{\|v-v'\|_2} \le L_\sigma^2(d+4d\bar d)
    """
    return L_sigma**2 * (d + 4 * d * d_bar)


def lemma_4_condition_left(n):
    r"""Place: Lemmas 4 and 6; Theorem 2. Must be at least lemma_4_condition_right.

    Printed: \sqrt{n\log n} \ge \frac32\log\frac2\delta
    Reading: uncertain. The root may cover n only (b).
    """
    return np.sqrt(n * np.log(n))


def lemma_4_condition_left_reading_b(n):
    r"""Place: Lemmas 4 and 6; Theorem 2. Must be at least lemma_4_condition_right.

    Printed: \sqrt n\log n \ge \frac32\log\frac2\delta
    Reading: uncertain. The root covers n only.
    """
    return np.sqrt(n) * np.log(n)


def lemma_4_condition_right(delta):
    r"""Place: Lemmas 4 and 6; Theorem 2.

    Printed: \frac32\log\frac2\delta
    Reading: uncertain. The logarithm may stand in the denominator (b) or end at 2 (c).
    """
    return 1.5 * np.log(2 / delta)


def lemma_4_condition_right_reading_b(delta):
    r"""Place: Lemmas 4 and 6; Theorem 2.

    Printed: \frac{3}{2\log\frac2\delta}
    Reading: uncertain. The logarithm stands in the denominator.
    """
    return 3 / (2 * np.log(2 / delta))


def lemma_4_condition_right_reading_c(delta):
    r"""Place: Lemmas 4 and 6; Theorem 2.

    Printed: \frac32\frac{\log2}\delta
    Reading: uncertain. The logarithm ends at 2.
    """
    return 1.5 * np.log(2) / delta


def logarithmic_rate(n):
    r"""Place: equations (28), (30), (36), (38), (41), (42), (45) and (48), always in this form.

    Printed: \sqrt{\frac{\log n}n}
    Reading: uncertain. The root may cover the numerator only (b).
    """
    return np.sqrt(np.log(n) / n)


def logarithmic_rate_reading_b(n):
    r"""Place: equations (28), (30), (36), (38), (41), (42), (45) and (48), always in this form.

    Printed: \frac{\sqrt{\log n}}n
    Reading: uncertain. The root covers the numerator only.
    """
    return np.sqrt(np.log(n)) / n


def equation_28(c, n, xi_inv_norm, D_0, d, d_min, sigma_zero, nu):
    r"""Place: Lemma 4, equations (27) and (28). Bound of \|G^W - \bar G^W\|_2.

    Printed: \frac4c\sqrt{\frac{\log n}n}\|\Xi^{-1}\|_2D_0
    (D_0\frac d{d_{min}}(1+|\sigma(0)|) + \sqrt{\frac d{d_{min}}}\nu)
    Reading: uncertain. The last root may cover d only (b) or also \nu (c).
    """
    inner = D_0 * d / d_min * (1 + abs(sigma_zero)) + np.sqrt(d / d_min) * nu
    return 4 / c * logarithmic_rate(n) * xi_inv_norm * D_0 * inner


def equation_28_reading_b(c, n, xi_inv_norm, D_0, d, d_min, sigma_zero, nu):
    r"""Place: Lemma 4, equations (27) and (28). Bound of \|G^W - \bar G^W\|_2.

    Printed: \frac4c\sqrt{\frac{\log n}n}\|\Xi^{-1}\|_2D_0
    (D_0\frac d{d_{min}}(1+|\sigma(0)|) + \frac{\sqrt d}{d_{min}}\nu)
    Reading: uncertain. The last root covers d only.
    """
    inner = D_0 * d / d_min * (1 + abs(sigma_zero)) + np.sqrt(d) / d_min * nu
    return 4 / c * logarithmic_rate(n) * xi_inv_norm * D_0 * inner


def equation_28_reading_c(c, n, xi_inv_norm, D_0, d, d_min, sigma_zero, nu):
    r"""Place: Lemma 4, equations (27) and (28). Bound of \|G^W - \bar G^W\|_2.

    Printed: \frac4c\sqrt{\frac{\log n}n}\|\Xi^{-1}\|_2D_0
    (D_0\frac d{d_{min}}(1+|\sigma(0)|) + \sqrt{\frac d{d_{min}}\nu})
    Reading: uncertain. The last root covers \nu.
    """
    inner = D_0 * d / d_min * (1 + abs(sigma_zero)) + np.sqrt(d / d_min * nu)
    return 4 / c * logarithmic_rate(n) * xi_inv_norm * D_0 * inner


def equation_30(c, n, D_0, d, d_min, sigma_zero, nu):
    r"""Place: Lemma 4, equations (29) and (30). Bound of \|g^v - \bar g^v\|_2.

    Printed: \frac2c\sqrt{\frac{\log n}n}
    (D_0\frac d{d_{min}}(1+|\sigma(0)|)^2 + \sqrt{\frac d{d_{min}}}(1+|\sigma(0)|)\nu)
    Reading: uncertain. The last root may cover d only (b).
    """
    zero = 1 + abs(sigma_zero)
    inner = D_0 * d / d_min * zero**2 + np.sqrt(d / d_min) * zero * nu
    return 2 / c * logarithmic_rate(n) * inner


def equation_30_reading_b(c, n, D_0, d, d_min, sigma_zero, nu):
    r"""Place: Lemma 4, equations (29) and (30). Bound of \|g^v - \bar g^v\|_2.

    Printed: \frac2c\sqrt{\frac{\log n}n}
    (D_0\frac d{d_{min}}(1+|\sigma(0)|)^2 + \frac{\sqrt d}{d_{min}}(1+|\sigma(0)|)\nu)
    Reading: uncertain. The last root covers d only.
    """
    zero = 1 + abs(sigma_zero)
    inner = D_0 * d / d_min * zero**2 + np.sqrt(d) / d_min * zero * nu
    return 2 / c * logarithmic_rate(n) * inner


def lemma_5_samples(delta, d):
    r"""Place: Analysis for GGNN, Lemma 5; Theorem 2. The number 1, where Lemma 3 has 2.

    Printed: \sum_{j=1}^n n_j \ge \frac{8\ln\frac1\delta}d
    """
    return 8 * np.log(1 / delta) / d


def equation_31(d, D_0, xi_inv_norm, n_max):
    r"""Place: Lemma 5, equation (31). Bound of the quotient.

    Printed: \frac{\|G^W(W,v)-G^W(W',v)\|_2}{\|W-W'\|_2} \le 2dD_0^2\|\Xi^{-1}\|_2n_{max}^2
    """
    return 2 * d * D_0**2 * xi_inv_norm * n_max**2


def equation_32(d, D_0, xi_inv, n_max, L_sigma):
    r"""Place: Lemma 5, equation (32). A matrix: \Xi^{-1} is printed without a norm.

    Printed: \frac{\|G^W(W,v)-G^W(W,v')\|_2}{\|v-v'\|_2} \le 8D_0d\Xi^{-1}n_{max}^2L_\sigma
    """
    return 8 * D_0 * d * xi_inv * n_max**2 * L_sigma


def equation_33(d, D_0, L_sigma, n_max, nu):
    r"""Place: Lemma 5, equation (33). Bound of the quotient.

    Printed: \frac{\|g^v(W,v)-g^v(W',v)\|_2}{\|W-W'\|_2}
    \le 10dD_0L_\sigma n_{max}^2 + d\sqrt{n_{max}^3} + \sqrt{n_{max}}\nu^2
    Reading: uncertain. The second root may cover \nu^2 (b) or lie within the first (c).
    """
    return 10 * d * D_0 * L_sigma * n_max**2 + d * np.sqrt(n_max**3) + np.sqrt(n_max) * nu**2


def equation_33_reading_b(d, D_0, L_sigma, n_max, nu):
    r"""Place: Lemma 5, equation (33). Bound of the quotient.

    Printed: \le 10dD_0L_\sigma n_{max}^2 + d\sqrt{n_{max}^3} + \sqrt{n_{max}\nu^2}
    Reading: uncertain. The second root covers \nu^2.
    """
    return 10 * d * D_0 * L_sigma * n_max**2 + d * np.sqrt(n_max**3) + np.sqrt(n_max * nu**2)


def equation_33_reading_c(d, D_0, L_sigma, n_max, nu):
    r"""Place: Lemma 5, equation (33). Bound of the quotient.

    Printed: \le 10dD_0L_\sigma n_{max}^2 + d\sqrt{n_{max}^3 + \sqrt{n_{max}}\nu^2}
    Reading: uncertain. The second root lies within the first.
    """
    return 10 * d * D_0 * L_sigma * n_max**2 + d * np.sqrt(n_max**3 + np.sqrt(n_max) * nu**2)


def equation_34(d, L_sigma, n_max):
    r"""Place: Lemma 5, equation (34). Bound of the quotient.

    Printed: \frac{\|g^v(W,v)-g^v(W,v')\|_2}{\|v-v'\|_2} \le 2dL_\sigma^2n_{max}^2
    """
    return 2 * d * L_sigma**2 * n_max**2


def equation_36(c, n, xi_inv_norm, n_max, sigma_zero, D_0, nu):
    r"""Place: Lemma 6, equations (35) and (36). Bound of \|G^W - \bar G^W\|_2.

    Printed: \frac4c\sqrt{\frac{\log n}n}\|\Xi^{-1}\|_2\sqrt{n_{max}}
    (\sqrt{n_{max}}2(1+|\sigma(0)|)D_0 + \nu)
    """
    inner = np.sqrt(n_max) * 2 * (1 + abs(sigma_zero)) * D_0 + nu
    return 4 / c * logarithmic_rate(n) * xi_inv_norm * np.sqrt(n_max) * inner


def equation_38(c, n, n_max, sigma_zero, D_0, nu):
    r"""Place: Lemma 6, equations (37) and (38). Bound of \|g^v - \bar g^v\|_2.

    Printed: \frac4c\sqrt{\frac{\log n}n}\sqrt{n_{max}}(1+|\sigma(0)|)
    (\sqrt{n_{max}}2(1+|\sigma(0)|)D_0 + \nu)
    """
    zero = 1 + abs(sigma_zero)
    inner = np.sqrt(n_max) * 2 * zero * D_0 + nu
    return 4 / c * logarithmic_rate(n) * np.sqrt(n_max) * zero * inner
