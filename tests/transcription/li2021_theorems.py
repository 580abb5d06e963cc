"""li2021, Theorems 2 and 3, Remark 2."""

import numpy as np

from .li2021_lemmas import logarithmic_rate


def equation_39(W_star, W_0, v_star, v_0):
    r"""Place: Theorem 2, equation (39). The two numbers that must be at least 0.

    Printed: Tr(W_*^\top W_0) \ge 0, v_*^\top v_0 \ge 0
    """
    return np.trace(W_star.T @ W_0), v_star @ v_0


def equation_40_ngnn(v_gap, v_star_norm, d_out, d, d_bar, L_sigma):
    r"""Place: Theorem 2, equation (40), NGNN. v_gap is \|v_0-v_*\|_2.

    Printed: \alpha \le \frac{1}{2(\|v_0-v_*\|_2^2+\|v_*\|_2^2)}
    \wedge \frac{d_{out}}{6(d+4d\bar d)^2L_\sigma^2}
    """
    second = d_out / (6 * (d + 4 * d * d_bar) ** 2 * L_sigma**2)
    return min(1 / (2 * (v_gap**2 + v_star_norm**2)), second)


def equation_40_ggnn(v_gap, v_star_norm, d_out, d, n_max, L_sigma):
    r"""Place: Theorem 2, equation (40), GGNN. v_gap is \|v_0-v_*\|_2.

    Printed: \alpha \le \frac{1}{2(\|v_0-v_*\|_2^2+\|v_*\|_2^2)}
    \wedge \frac{d_{out}}{24d^2L_\sigma^2n_{max}^4}
    """
    second = d_out / (24 * d**2 * L_sigma**2 * n_max**4)
    return min(1 / (2 * (v_gap**2 + v_star_norm**2)), second)


def _margin(trace, rho, alpha, xi_inv_norm, D_0, v_star_norm, sigma_zero):
    first = rho * trace / (16 * (1 + alpha * rho) * xi_inv_norm * D_0)
    return min(first, rho / (v_star_norm * (1 + abs(sigma_zero))))


def equation_41(c, n, trace, rho, alpha, xi_inv_norm, D_0, v_star_norm, sigma_zero, d, d_min, nu):
    r"""Place: Theorem 2, equation (41), NGNN. (left, right). trace is Tr(W_*^T W_0).

    Printed: \frac2c\sqrt{\frac{\log n}n} \le
    \frac{\frac{\rho Tr(W_*^\top W_0)}{16(1+\alpha\rho)\|\Xi^{-1}\|_2D_0}
    \wedge \frac{\rho}{\|v_*\|_2(1+|\sigma(0)|)}}
    {D_0\frac{d}{d_{min}^2}(1+|\sigma(0)|) + \frac d{d_{min}}\nu}
    """
    bottom = D_0 * d / d_min**2 * (1 + abs(sigma_zero)) + d / d_min * nu
    top = _margin(trace, rho, alpha, xi_inv_norm, D_0, v_star_norm, sigma_zero)
    return 2 / c * logarithmic_rate(n), top / bottom


def equation_42(c, n, trace, rho, alpha, xi_inv_norm, D_0, v_star_norm, sigma_zero, n_max, nu):
    r"""Place: Theorem 2, equation (42), GGNN. (left, right). trace is Tr(W_*^T W_0).

    Printed: \frac2c\sqrt{\frac{\log n}n} \le
    \frac{\frac{\rho Tr(W_*^\top W_0)}{16(1+\alpha\rho)\|\Xi^{-1}\|_2D_0}
    \wedge \frac{\rho}{\|v_*\|_2(1+|\sigma(0)|)}}
    {n_{max}(1+|\sigma(0)|)D_0 + \sqrt{n_{max}}\nu}
    Reading: uncertain. The root may cover \nu (b).
    """
    bottom = n_max * (1 + abs(sigma_zero)) * D_0 + np.sqrt(n_max) * nu
    top = _margin(trace, rho, alpha, xi_inv_norm, D_0, v_star_norm, sigma_zero)
    return 2 / c * logarithmic_rate(n), top / bottom


def equation_42_reading_b(
    c, n, trace, rho, alpha, xi_inv_norm, D_0, v_star_norm, sigma_zero, n_max, nu
):
    r"""Place: Theorem 2, equation (42), GGNN. (left, right). trace is Tr(W_*^T W_0).

    Printed: as in the first reading, with the denominator
    n_{max}(1+|\sigma(0)|)D_0 + \sqrt{n_{max}\nu}
    Reading: uncertain. The root covers \nu.
    """
    bottom = n_max * (1 + abs(sigma_zero)) * D_0 + np.sqrt(n_max * nu)
    top = _margin(trace, rho, alpha, xi_inv_norm, D_0, v_star_norm, sigma_zero)
    return 2 / c * logarithmic_rate(n), top / bottom


def equation_43_rate(alpha, rho):
    r"""Place: Theorem 2, equation (43), the base of the power t.

    Printed: \frac{1}{\sqrt{1+\alpha\rho}}
    """
    return 1 / np.sqrt(1 + alpha * rho)


def equation_44(alpha, rho, t, W_gap_0, eta_W):
    r"""Place: Theorem 2, equations (43) and (44). Bound of \|W_t-W_*\|_2.

    Printed: (\frac{1}{\sqrt{1+\alpha\rho}})^t\|W_0-W_*\|_2 + \eta_W(6\alpha+\frac8\rho)
    """
    return equation_43_rate(alpha, rho) ** t * W_gap_0 + eta_W * (6 * alpha + 8 / rho)


def equation_45(c, n, xi_inv_norm, D_0):
    r"""Place: Theorem 2, equation (45).

    Printed: \bar a_W = \frac4c\sqrt{\frac{\log n}n}\|\Xi^{-1}\|_2D_0
    """
    return 4 / c * logarithmic_rate(n) * xi_inv_norm * D_0


def equation_46_ngnn(a_W, D_0, d, d_min, sigma_zero, nu):
    r"""Place: Theorem 2, equation (46), NGNN.

    Printed: \eta_W = \bar a_W(D_0\frac d{d_{min}}(1+|\sigma(0)|) + \sqrt{\frac d{d_{min}}}\nu)
    Reading: uncertain. The root may cover d only (b).
    """
    return a_W * (D_0 * d / d_min * (1 + abs(sigma_zero)) + np.sqrt(d / d_min) * nu)


def equation_46_ngnn_reading_b(a_W, D_0, d, d_min, sigma_zero, nu):
    r"""Place: Theorem 2, equation (46), NGNN.

    Printed: \eta_W = \bar a_W(D_0\frac d{d_{min}}(1+|\sigma(0)|) + \frac{\sqrt d}{d_{min}}\nu)
    Reading: uncertain. The root covers d only.
    """
    return a_W * (D_0 * d / d_min * (1 + abs(sigma_zero)) + np.sqrt(d) / d_min * nu)


def equation_46_ggnn(a_W, D_0, n_max, sigma_zero, nu):
    r"""Place: Theorem 2, equation (46), GGNN (no factor 2 as in (36)).

    Printed: \eta_W = \bar a_W\sqrt{n_{max}}(\sqrt{n_{max}}(1+|\sigma(0)|)D_0 + \nu)
    """
    return a_W * np.sqrt(n_max) * (np.sqrt(n_max) * (1 + abs(sigma_zero)) * D_0 + nu)


def equation_47(
    gamma_1, gamma_2, gamma_3, alpha, rho, t, v_gap_0, W_gap_0, v_star_norm, eta_v, eta_W
):
    r"""Place: Theorem 2, equation (47). Bound of \|v_t-v_*\|_2; \vee is nowhere defined: maximum.

    Printed: (\sqrt{1-\gamma_1^2})^t\|v_0-v_*\|_2 + \gamma_2\|W_0-W_*\|_2\|v_*\|_2\sqrt t
    (\sqrt{1-\gamma_1^2} \vee \sqrt{\frac{1}{1+\alpha\rho}})^{t-1}
    + \gamma_3\eta_v + \frac{\gamma_2}{\gamma_1}(6\alpha+\frac8\rho)\|v_*\|_2\eta_W
    Reading: uncertain. The root of the bracket may cover the whole maximum (b).
    """
    slow = max(np.sqrt(1 - gamma_1**2), np.sqrt(1 / (1 + alpha * rho)))
    return (
        np.sqrt(1 - gamma_1**2) ** t * v_gap_0
        + gamma_2 * W_gap_0 * v_star_norm * np.sqrt(t) * slow ** (t - 1)
        + gamma_3 * eta_v
        + gamma_2 / gamma_1 * (6 * alpha + 8 / rho) * v_star_norm * eta_W
    )


def equation_47_reading_b(
    gamma_1, gamma_2, gamma_3, alpha, rho, t, v_gap_0, W_gap_0, v_star_norm, eta_v, eta_W
):
    r"""Place: Theorem 2, equation (47). Bound of \|v_t-v_*\|_2.

    Printed: as in the first reading, with
    (\sqrt{1-\gamma_1^2 \vee \sqrt{\frac{1}{1+\alpha\rho}}})^{t-1}
    Reading: uncertain. The root covers the whole maximum.
    """
    slow = np.sqrt(max(1 - gamma_1**2, np.sqrt(1 / (1 + alpha * rho))))
    return (
        np.sqrt(1 - gamma_1**2) ** t * v_gap_0
        + gamma_2 * W_gap_0 * v_star_norm * np.sqrt(t) * slow ** (t - 1)
        + gamma_3 * eta_v
        + gamma_2 / gamma_1 * (6 * alpha + 8 / rho) * v_star_norm * eta_W
    )


def equation_48(c, n):
    r"""Place: Theorem 2, equation (48).

    Printed: \bar a_v = \frac2c\sqrt{\frac{\log n}n}
    """
    return 2 / c * logarithmic_rate(n)


def equation_49_ngnn(a_v, D_0, d, d_min, sigma_zero, nu):
    r"""Place: Theorem 2, equation (49), NGNN.

    Printed: \eta_v = \bar a_v(D_0\frac d{d_{min}}(1+|\sigma(0)|)^2
    + \sqrt{\frac d{d_{min}}}(1+|\sigma(0)|)\nu)
    Reading: uncertain. The root may cover d only (b).
    """
    zero = 1 + abs(sigma_zero)
    return a_v * (D_0 * d / d_min * zero**2 + np.sqrt(d / d_min) * zero * nu)


def equation_49_ngnn_reading_b(a_v, D_0, d, d_min, sigma_zero, nu):
    r"""Place: Theorem 2, equation (49), NGNN.

    Printed: \eta_v = \bar a_v(D_0\frac d{d_{min}}(1+|\sigma(0)|)^2
    + \frac{\sqrt d}{d_{min}}(1+|\sigma(0)|)\nu)
    Reading: uncertain. The root covers d only.
    """
    zero = 1 + abs(sigma_zero)
    return a_v * (D_0 * d / d_min * zero**2 + np.sqrt(d) / d_min * zero * nu)


def equation_49_ggnn(a_v, D_0, n_max, sigma_zero, nu):
    r"""Place: Theorem 2, equation (49), GGNN (no factors 2 as in (38)).

    Printed: \eta_v = \bar a_v\sqrt{n_{max}}(1+|\sigma(0)|)
    (\sqrt{n_{max}}(1+|\sigma(0)|)D_0 + \nu)
    """
    zero = 1 + abs(sigma_zero)
    return a_v * np.sqrt(n_max) * zero * (np.sqrt(n_max) * zero * D_0 + nu)


def remark_2_signs(W, v):
    r"""Place: Remark 2. The four candidates, each flattened to (W, v).

    Printed: (W_0,v_0) \in \{(W,v), (-W,v), (W,-v), (-W,-v)\}
    """
    signs = ((1, 1), (-1, 1), (1, -1), (-1, -1))
    return np.array([np.concatenate([p * W.ravel(), q * v]) for p, q in signs])


def equation_50_norm(W):
    r"""Place: Training Dynamics, equation (50), first condition (equality). (left, right).

    Printed: \|W\|_2 = 1
    Reading: uncertain. The norm of a matrix, see section_notations_matrix_norm; b: operator norm.
    """
    return np.sqrt(np.sum(W**2)), 1.0


def equation_50_norm_reading_b(W):
    r"""Place: Training Dynamics, equation (50), first condition (equality). (left, right).

    Printed: \|W\|_2 = 1
    Reading: uncertain. The operator norm.
    """
    return np.linalg.norm(W, 2), 1.0


def equation_50_trace(W, W_star, W_0):
    r"""Place: Training Dynamics, equation (50), second condition. (left, right), left at least.

    Printed: Tr(W_*^\top W) \ge Tr(W_*^\top W_0)/2
    """
    return np.trace(W_star.T @ W), np.trace(W_star.T @ W_0) / 2


def equation_51_distance(v, v_star, D):
    r"""Place: Training Dynamics, equation (51), first condition. (left, right), left at most.

    Printed: \|v-v_*\|_2 \le D
    """
    return np.linalg.norm(v - v_star), D


def equation_51_inner(v, v_star, rho):
    r"""Place: Training Dynamics, equation (51), second condition. (left, right), left at least.

    Printed: v_*^\top v \ge \rho
    """
    return v_star @ v, rho
