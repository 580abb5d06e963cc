(* "A linear rate for every graph": the theorem of the page, for every finite graph, every space of
   features and every start that is not exactly opposite to the teacher. *)
Require Import Reals Lra Psatz List.
From Proofs Require Import Dual Sums Space Descent Escape LargeSteps Graph.
Open Scope R_scope.
Local Opaque s s'.

(* The sums of a graph: A, B(c), C(c), S, M, mu(c) and the step size x = eta A in natural units. *)
Definition A_of G := Sums.A (overlaps G).
Definition C_of G c := Sums.C (overlaps G) c.
Definition S_of G := Sums.S_ (overlaps G).
Definition M_of G := Sums.M_ (overlaps G).
Definition mu_of G c := (1 + c) * C_of G c ^ 2 / (2 * C_of G 1).

(* The population loss of a weight, its gradient, and the weight after t steps of gradient descent. *)
Definition loss {E : Space} G (teacher w : E) := Descent.L teacher (overlaps G) w.
Definition gradient {E : Space} G (teacher w : E) := Descent.gradient teacher (overlaps G) w.
Definition run {E : Space} G (teacher : E) eta w0 t := Descent.path teacher (overlaps G) eta w0 t.

Section Page.
Variable G : Graph.
Context {E : Space}.
Variable teacher : E.
Hypothesis unit_teacher : dot teacher teacher = 1.

Notation A := (A_of G). Notation S := (S_of G). Notation M := (M_of G). Notation mu := (mu_of G).
Notation cos0 w := (cosine w teacher).
Let good := overlaps_good G.
Let pos := mass_pos G 0 0 (node_0 G) (node_0 G).
Let self := overlaps_self G.

Lemma step_after eta w0 t : run G teacher eta w0 (Datatypes.S t) = Descent.step teacher (overlaps G) eta (run G teacher eta w0 t).
Proof. reflexivity. Qed.

Lemma angle_from_cosine (u v : E) : 0 < norm u -> 0 < norm v -> cos0 u <= cos0 v -> angle v teacher <= angle u teacher.
Proof.
  intros Hu Hv H. unfold angle. generalize (cosine_bound teacher unit_teacher u Hu) (cosine_bound teacher unit_teacher v Hv).
  intros. apply acos_falls; lra.
Qed.

Lemma opposite_or_not (w : E) : 0 < norm w -> angle w teacher < PI -> -1 < cos0 w.
Proof.
  intros Hw Ha. destruct (proj1 (cosine_bound teacher unit_teacher w Hw)) as [|Q]; [assumption | exfalso].
  unfold angle in Ha. rewrite <- Q, acos_m1 in Ha. lra.
Qed.

(** The loss of a step of any size: $L(w_+) \le L(w) - \eta (1 - \tfrac12 \eta A) |\nabla L(w)|^2$ at every $w \ne 0$.
    Supports: companion:lemma-descent
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem descent eta (w : E) : 0 < norm w ->
  loss G teacher (run G teacher eta w 1) <= loss G teacher w - eta * (1 - eta * A / 2) * dot (gradient G teacher w) (gradient G teacher w).
Proof. apply (Descent.descent teacher unit_teacher (overlaps G) good). Qed.

(** A gradient inequality without $\varepsilon$: $|\nabla L|^2 \ge 2 \mu(c) L$ at every $w \ne 0$.
    Supports: companion:lemma-gradient-inequality
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem gradient_inequality (w : E) : 0 < norm w ->
  2 * mu (cos0 w) * loss G teacher w <= dot (gradient G teacher w) (gradient G teacher w).
Proof.
  intros Hw. unfold gradient, loss. rewrite (gradient_norm teacher unit_teacher _ w Hw), L_is_loss.
  apply Sums.gradient_inequality; [exact good | exact (A_pos _ good _ pos self) | exact (C1_pos _ good _ pos self) |].
  apply cosine_bound; assumption.
Qed.

(** Item 1. Each weight is not zero, and the angle to the teacher falls, strictly unless it is zero.
    Supports: companion:theorem-linear-rate, companion:lemma-angle
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem angle_falls eta (w0 : E) t : 0 < norm w0 -> -1 < cos0 w0 -> 0 < eta -> eta * A <= 1 ->
  0 < norm (run G teacher eta w0 t) /\
  angle (run G teacher eta w0 (t + 1)) teacher <= angle (run G teacher eta w0 t) teacher /\
  (angle (run G teacher eta w0 t) teacher <> 0 ->
   angle (run G teacher eta w0 (t + 1)) teacher < angle (run G teacher eta w0 t) teacher).
Proof.
  intros Hw Hc He Hx. rewrite Nat.add_1_r, step_after.
  destruct (linear_rate teacher unit_teacher _ good _ pos self eta w0 t Hw Hc He Hx) as [N [K _]].
  fold (run G teacher eta w0 t) in *. set (w := run G teacher eta w0 t) in *.
  destruct (Descent.angle_falls teacher unit_teacher _ good _ pos self eta w N ltac:(lra) He Hx) as [P [Q R]].
  split; [exact N |]. split; [apply angle_from_cosine; assumption |]. intros Ha.
  generalize (cosine_bound teacher unit_teacher w N) (cosine_bound teacher unit_teacher _ P). intros B1 B2.
  assert (L1 : cos0 w < 1).
  { destruct (proj2 B1) as [|Eq]; [assumption | exfalso]. apply Ha. unfold angle. rewrite Eq, acos_1. reflexivity. }
  destruct (angle_from_cosine w _ N P Q) as [|Eq]; [assumption | exfalso].
  specialize (R L1). unfold angle in Eq. apply (f_equal Rtrigo_def.cos) in Eq. rewrite !cos_acos in Eq by assumption. lra.
Qed.

(** Item 2. The linear rate: $L_t \le (1 - \eta (2 - \eta A) \mu(c_0))^t L_0$, where the factor is at least 0 and below 1.
    Supports: companion:theorem-linear-rate
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem linear_rate eta (w0 : E) t : 0 < norm w0 -> -1 < cos0 w0 -> 0 < eta -> eta * A <= 1 ->
  loss G teacher (run G teacher eta w0 t) <= (1 - eta * (2 - eta * A) * mu (cos0 w0)) ^ t * loss G teacher w0 /\
  0 <= 1 - eta * (2 - eta * A) * mu (cos0 w0) < 1.
Proof.
  intros Hw Hc He Hx. split; [apply (Descent.linear_rate teacher unit_teacher _ good _ pos self eta w0 t Hw Hc He Hx) |].
  destruct (factor_bounds _ good _ pos self eta (cos0 w0) He Hx (cosine_bound teacher unit_teacher w0 Hw)) as [F0 _].
  split; [exact F0 |].
  assert (P : 0 < mu (cos0 w0)).
  { generalize (C1_pos _ good _ pos self) (C_pos _ good _ pos self (cos0 w0) ltac:(split; [lra | apply cosine_bound; assumption])).
    intros. unfold mu_of. apply Rdiv_lt_0_compat; [| unfold C_of; lra]. apply Rmult_lt_0_compat; [lra |].
    apply pow_lt. assumption. }
  assert (0 < eta * (2 - eta * A)) by (apply Rmult_lt_0_compat; lra).
  assert (0 < eta * (2 - eta * A) * mu (cos0 w0)) by (apply Rmult_lt_0_compat; assumption). lra.
Qed.

(** Item 2, one step. $L_{t+1} \le (1 - \eta (2 - \eta A) \mu(c_t)) L_t$, for every step up to $2/A$ and every weight that is not zero.
    Supports: companion:theorem-linear-rate
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem contraction eta (w : E) : 0 < norm w -> 0 <= eta -> eta * A <= 2 ->
  loss G teacher (run G teacher eta w 1) <= (1 - eta * (2 - eta * A) * mu (cos0 w)) * loss G teacher w.
Proof. apply (Descent.contraction teacher unit_teacher _ good _ pos self). Qed.

(** Item 3. From $c_0 \ge 0$ the loss is at most a target after $\tfrac{8}{x (2 - x)} \tfrac{A}{S} \log \tfrac{L_0}{\text{target}}$ steps, $x = \eta A$.
    Supports: companion:theorem-linear-rate
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem iterations eta (w0 : E) t target :
  0 < norm w0 -> 0 <= cos0 w0 -> 0 < eta -> eta * A <= 1 -> 0 < target -> 0 < loss G teacher w0 ->
  8 / (eta * A * (2 - eta * A)) * (A / S) * ln (loss G teacher w0 / target) <= INR t ->
  loss G teacher (run G teacher eta w0 t) <= target.
Proof.
  intros Hw Hc He Hx Ht HL H.
  apply (Descent.iterations teacher unit_teacher _ good _ pos self eta w0 t target); try assumption.
  apply Rle_trans with (2 := H). right. unfold loss. generalize (A_pos _ good _ pos self) (S_of_graph_pos G).
  fold (A_of G) (S_of G). intros. assert (0 < eta * A) by (apply Rmult_lt_0_compat; assumption). field. repeat split; nra.
Qed.

(** Item 3, the sizes. $\tfrac{A}{S} \le \tfrac{n}{\pi (\bar d + 1)} + 1 - \tfrac{1}{\pi}$ with the mean degree $\bar d$.
    Supports: companion:theorem-linear-rate, companion:definition-sizes
    Instance: hypotheses_can_be_met *)
Theorem sizes_from_degrees :
  S = sum G (fun i => size G i ^ 2) /\ M = sum G (fun i => sqrt (size G i)) ^ 2 /\
  M / S <= INR (n G) / (mean_degree G + 1) /\
  A / S <= INR (n G) / (PI * (mean_degree G + 1)) + 1 - 1 / PI.
Proof. exact (conj (S_from_degrees G) (conj (M_from_degrees G) (conj (M_over_S G) (A_over_S G)))). Qed.

(** Regular graphs. With $\eta = 1/A$, on a graph of $n$ nodes of degree $d$: the loss is at most a target after
    $8 (\tfrac{n}{\pi (d + 1)} + 1 - \tfrac1\pi) \log \tfrac{L_0}{\text{target}}$ steps, if $c_0 \ge 0$.
    Supports: companion:theorem-linear-rate
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem iterations_on_regular_graphs d (w0 : E) t target : regular G d ->
  0 < norm w0 -> 0 <= cos0 w0 -> 0 < target <= loss G teacher w0 ->
  8 * (INR (n G) / (PI * (d + 1)) + 1 - 1 / PI) * ln (loss G teacher w0 / target) <= INR t ->
  loss G teacher (run G teacher (1 / A) w0 t) <= target.
Proof.
  intros Hd Hw Hc [Ht HL] H. generalize (A_pos _ good _ pos self). fold (A_of G). intros HA.
  assert (X : 1 / A * A = 1) by (field; lra).
  apply iterations; try assumption; try lra; [apply Rdiv_lt_0_compat; lra |].
  rewrite X. apply Rle_trans with (2 := H).
  assert (0 <= ln (loss G teacher w0 / target)).
  { rewrite <- ln_1. assert (Q : 1 <= loss G teacher w0 / target).
    { apply (Rmult_le_reg_r target); [assumption |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
    destruct Q as [Q | Q]; [left; apply ln_increasing; lra | rewrite Q; lra]. }
  apply Rmult_le_compat_r; [assumption |].
  generalize (A_over_S G). rewrite (mean_of_regular G d Hd). fold (A_of G) (S_of G).
  replace (8 / (1 * (2 - 1))) with 8 by field. lra.
Qed.

(** One step of the escape: from $c \le 0$, with $\varphi = \pi - \theta$ and the $k$ of `escape_time`: $\varphi_+ \ge \varphi + \tfrac25 k \varphi^2$.
    Supports: companion:theorem-escape
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: escape_can_be_met *)
Theorem escape_in_one_step eta (w : E) : 0 < norm w -> -1 < cos0 w <= 0 -> 0 < eta -> eta * A <= 1 ->
  let x := eta * A in let g := M / (PI * A) in
  let k := S / M * (x * g / ((1 - x) * Rmax (norm w) 1 + x * g)) in
  let phi v := PI - angle v teacher in
  phi w + 2 / 5 * k * (phi w * phi w) <= phi (run G teacher eta w 1).
Proof.
  intros Hw Hc He Hx x g k phi.
  generalize (Escape.escape_step teacher unit_teacher _ good _ pos self eta w (Rmax (norm w) 1)
    (conj Hw (Rmax_l (norm w) 1)) Hc He Hx).
  replace (k_of (overlaps G) eta (Rmax (norm w) 1)) with k; [intros H; exact H |].
  generalize (A_pos _ good _ pos self) (M_positive _ good _ pos self) PI_pos (Rmax_r (norm w) 1). intros HA HM P HR.
  fold (A_of G) (M_of G) in HA, HM. unfold k, g, x, k_of.
  change (Sums.A (overlaps G)) with A. change (Sums.S_ (overlaps G)) with S. change (Sums.M_ (overlaps G)) with M.
  set (Q := (1 - eta * A) * Rmax (norm w) 1).
  assert (HQ : 0 <= Q) by (apply Rmult_le_pos; lra).
  assert (HeM : 0 < eta * M) by (apply Rmult_lt_0_compat; assumption).
  assert (HQP : 0 <= Q * PI) by (apply Rmult_le_pos; lra).
  replace (eta * A * (M / (PI * A))) with (eta * M / PI) by (field; lra).
  assert (0 < eta * M / PI) by (apply Rdiv_lt_0_compat; lra).
  field. repeat split; lra.
Qed.

(** Item 4. From $c_0 < 0$, with $\varphi_0 = \pi - \theta_0$: $c_t \ge 0$ from
    $(\tfrac1{\varphi_0} - \tfrac2\pi)(\tfrac{5}{2k} + \tfrac\pi2)$ steps on, where
    $k = \tfrac{S}{M} \cdot \tfrac{x g}{(1 - x) \max(\ell_0, 1) + x g}$, $g = \tfrac{M}{\pi A}$ and $x = \eta A$.
    Supports: companion:theorem-escape
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: escape_can_be_met *)
Theorem escape_time eta (w0 : E) t : 0 < norm w0 -> -1 < cos0 w0 -> 0 < eta -> eta * A <= 1 ->
  let x := eta * A in let g := M / (PI * A) in
  let k := S / M * (x * g / ((1 - x) * Rmax (norm w0) 1 + x * g)) in
  (1 / (PI - angle w0 teacher) - 2 / PI) * (5 / (2 * k) + PI / 2) <= INR t ->
  0 <= cos0 (run G teacher eta w0 t).
Proof.
  intros Hw Hc He Hx x g k H.
  apply (Escape.escape_time teacher unit_teacher _ good _ pos self eta w0 t Hw Hc He Hx).
  replace (k_of (overlaps G) eta (Rmax (norm w0) 1)) with k; [exact H |].
  generalize (A_pos _ good _ pos self) (M_positive _ good _ pos self) PI_pos (Rmax_r (norm w0) 1). intros HA HM P HR.
  fold (A_of G) (M_of G) in HA, HM. unfold k, g, x, k_of.
  change (Sums.A (overlaps G)) with A. change (Sums.S_ (overlaps G)) with S. change (Sums.M_ (overlaps G)) with M.
  set (Q := (1 - eta * A) * Rmax (norm w0) 1).
  assert (HQ : 0 <= Q) by (apply Rmult_le_pos; lra).
  assert (HeM : 0 < eta * M) by (apply Rmult_lt_0_compat; assumption).
  assert (HQP : 0 <= Q * PI) by (apply Rmult_le_pos; lra).
  replace (eta * A * (M / (PI * A))) with (eta * M / PI) by (field; lra).
  assert (0 < eta * M / PI) by (apply Rdiv_lt_0_compat; lra).
  field. repeat split; lra.
Qed.

(** Length. For $0 < x \le 1$: $\ell_+ \le (1 - x) \ell + x$.
    Supports: companion:lemma-length
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem length_bound eta (w : E) : 0 < norm w -> 0 <= eta -> eta * A <= 1 ->
  norm (run G teacher eta w 1) <= (1 - eta * A) * norm w + eta * A.
Proof. apply (Descent.length_bound teacher unit_teacher _ good _ pos self). Qed.

(** The best constant at each angle is $\tfrac{A C^2 \sin^2 \theta}{A^2 - B^2}$: the inequality holds with it, and is an equality at the length $B/A$.
    Supports: companion:lemma-best-constant
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem best_constant (w : E) : 0 < norm w ->
  let b := Sums.B (overlaps G) (cos0 w) in
  A * C_of G (cos0 w) ^ 2 * (1 - cos0 w * cos0 w) * (2 * loss G teacher w)
    <= (A ^ 2 - b ^ 2) * dot (gradient G teacher w) (gradient G teacher w) /\
  (norm w = b / A ->
   A * C_of G (cos0 w) ^ 2 * (1 - cos0 w * cos0 w) * (2 * loss G teacher w)
     = (A ^ 2 - b ^ 2) * dot (gradient G teacher w) (gradient G teacher w)).
Proof.
  intros Hw b. split; [apply (Descent.best_constant teacher unit_teacher _ good _ pos self w Hw) |].
  intros Hl. apply (best_constant_attained teacher unit_teacher _ good _ pos self w Hw).
  rewrite Hl. unfold b. generalize (A_pos _ good _ pos self). unfold A_of. intros. field. lra.
Qed.

(** Above $2/A$. With $x = \eta A > 2$ every start longer than $\tfrac{x}{x - 2}$ diverges: its excess over that length grows at least by the factor $x - 1$ per step.
    Supports: companion:lemma-divergence
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: divergence_can_be_met *)
Theorem divergence eta (w0 : E) t : 0 < eta -> 2 < eta * A -> eta * A / (eta * A - 2) < norm w0 ->
  let floor := eta * A / (eta * A - 2) in
  floor + (eta * A - 1) ^ t * (norm w0 - floor) <= norm (run G teacher eta w0 t).
Proof. apply (LargeSteps.divergence teacher unit_teacher _ good _ pos self). Qed.

(** The first loss. $\tfrac12 A (\ell - 1)^2 \le L \le \tfrac12 A\, |w - w^\star|^2$.
    Supports: companion:theorem-linear-rate
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem loss_between (w : E) : 0 < norm w ->
  A * (norm w - 1) ^ 2 / 2 <= loss G teacher w <= A * dot (minus w teacher) (minus w teacher) / 2.
Proof.
  intros Hw. split; [apply (loss_above_length teacher unit_teacher _ good w Hw) | apply (loss_from_distance teacher unit_teacher _ good w Hw)].
Qed.
(** Step 1: the sums. For every graph and $c \in [-1, 1]$: $0 \le C(c) \le C(1) \le \min(A, S)$, $\max(cA, cC, 0) \le B \le A$, $A - B \le C(1)(1 - c)$, $C \ge S\, s'(\min(c, 0))$,
    $B \le M/\pi$ for $c \le 0$, $S \le M$ and $\tfrac M\pi + \tfrac S2 \le A \le \tfrac M\pi + (1 - \tfrac1\pi) S$.
    Supports: companion:lemma-sums
    Instance: hypotheses_can_be_met *)
Theorem sums c : -1 <= c <= 1 -> let B := Sums.B (overlaps G) in let C := C_of G in
  (0 <= C c /\ C c <= C 1 /\ C 1 <= A /\ C 1 <= S) /\
  (c * A <= B c /\ c * C c <= B c /\ 0 <= B c /\ B c <= A) /\
  A - B c <= C 1 * (1 - c) /\ S * s' (Rmin c 0) <= C c /\ (c <= 0 -> B c <= M / PI) /\ S <= M /\
  M / PI + S / 2 <= A <= M / PI + (1 - 1 / PI) * S.
Proof.
  intros Hc B C. unfold B, C.
  generalize (C_nonneg _ good c) (C_increases _ good c 1 ltac:(lra) ltac:(lra) ltac:(lra)) (C1_le_A _ good) (C1_le_S _ good)
    (B_above_cA _ good c Hc) (excess _ good c) (B_nonneg _ good c Hc) (B_le_A _ good c Hc) (gap _ good c Hc)
    (S_le_M _ good) (A_at_least _ good) (A_at_most _ good).
  intros. unfold A_of, C_of, S_of, M_of in *. repeat split; try lra.
  - unfold Rmin. destruct (Rle_dec c 0) as [L0 | L0]; [apply C_above; [exact good | lra] |].
    apply Rle_trans with (Sums.C (overlaps G) 0); [apply C_above; [exact good | lra] | apply C_increases; [exact good | lra | lra | lra]].
  - intros Hn. apply B_below_0; [exact good | lra].
Qed.

(** Step 2: what is subtracted, $f(w) = |w| B(c)$, is convex on the whole space, and its gradient is at most $A$ long.
    Supports: companion:lemma-convexity
    Instance: hypotheses_can_be_met *)
Theorem convexity (u v : E) t : 0 <= t <= 1 ->
  let f := Descent.f teacher (overlaps G) in
  f (plus (scal (1 - t) u) (scal t v)) <= (1 - t) * f u + t * f v.
Proof.
  intros Ht f. set (z := plus (scal (1 - t) u) (scal t v)).
  assert (F0 : forall y, 0 <= f y).
  { intros y. unfold f, Descent.f. destruct (Rle_lt_or_eq_dec _ _ (norm_pos y)) as [P | Z]; [| rewrite <- Z; lra].
    apply Rmult_le_pos; [lra |]. apply B_nonneg; [exact good | apply cosine_bound; assumption]. }
  destruct (Rle_lt_or_eq_dec _ _ (norm_pos z)) as [P | Z].
  - generalize (f_tangent teacher unit_teacher _ good z u P) (f_tangent teacher unit_teacher _ good z v P) (f_here teacher unit_teacher (overlaps G) z P).
    fold f. set (k := _ / norm z). set (c := Sums.C _ _). intros Tu Tv Fz. rewrite Fz.
    assert (Ez : forall y, dot y z = (1 - t) * dot y u + t * dot y v) by (intros y; unfold z; rewrite dot_plus_r, !dot_scal_r; ring).
    rewrite !Ez.
    apply (Rmult_le_compat_l (1 - t)) in Tu; [| lra]. apply (Rmult_le_compat_l t) in Tv; [| lra]. lra.
  - unfold f at 1, Descent.f. rewrite <- Z, Rmult_0_l.
    assert (0 <= (1 - t) * f u) by (apply Rmult_le_pos; [lra | apply F0]). assert (0 <= t * f v) by (apply Rmult_le_pos; [lra | apply F0]). lra.
Qed.

(** After one step of size $1/A$ the weight is at most 1 long and the loss at most $A$, however long the start was.
    Supports: companion:lemma-length
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem length_forgotten (w : E) : 0 < norm w -> -1 < cos0 w ->
  norm (run G teacher (1 / A) w 1) <= 1 /\ loss G teacher (run G teacher (1 / A) w 1) <= A.
Proof.
  intros Hw Hc. generalize (A_pos _ good _ pos self). fold (A_of G). intros HA.
  assert (X : 1 / A * A = 1) by (field; lra). assert (E0 : 0 < 1 / A) by (apply Rdiv_lt_0_compat; lra).
  generalize (length_bound (1 / A) w Hw ltac:(lra) ltac:(lra)). rewrite X. intros Hl.
  destruct (Descent.angle_falls teacher unit_teacher _ good _ pos self (1 / A) w Hw Hc E0 ltac:(fold (A_of G); lra)) as [N _].
  fold (run G teacher (1 / A) w 1) in N. change (Descent.step teacher (overlaps G) (1 / A) w) with (run G teacher (1 / A) w 1) in N.
  split; [lra |]. unfold loss. rewrite L_is_loss. unfold Sums.loss. fold (A_of G).
  set (y := run G teacher (1 / A) w 1) in *.
  generalize (B_nonneg _ good _ (cosine_bound teacher unit_teacher y N)). intros HB.
  assert (0 <= norm y * Sums.B (overlaps G) (cos0 y)) by (apply Rmult_le_pos; lra).
  assert (norm y * norm y <= 1) by nra. nra.
Qed.
End Page.

(** Several units. The losses of $h$ units add up, each with its teacher of length 1 and its own start; the sum falls with the rate of the worst start.
    Supports: companion:theorem-linear-rate
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: hypotheses_can_be_met *)
Theorem several_units (G : Graph) (E : Space) (units : list (E * E)) eta c0 t :
  (forall w z, In (w, z) units -> dot z z = 1 /\ 0 < norm w /\ c0 <= cosine w z) ->
  -1 < c0 <= 1 -> 0 < eta -> eta * A_of G <= 1 ->
  let total g := fold_right (fun (u : E * E) acc => g (fst u) (snd u) + acc) 0 units in
  total (fun w z => loss G z (run G z eta w t)) <= (1 - eta * (2 - eta * A_of G) * mu_of G c0) ^ t * total (fun w z => loss G z w).
Proof.
  intros H Hc He Hx total. unfold total. clear total.
  set (good := overlaps_good G). set (pos := mass_pos G 0 0 (node_0 G) (node_0 G)). set (self := overlaps_self G).
  destruct (factor_bounds _ good _ pos self eta c0 He Hx ltac:(lra)) as [F0 _].
  induction units as [| [w z] us IH]; simpl; [lra |].
  specialize (IH (fun w' z' Hin => H w' z' (or_intror Hin))).
  destruct (H w z (or_introl eq_refl)) as [Hz [Hw Hcw]].
  destruct (linear_rate G z Hz eta w t Hw ltac:(lra) He Hx) as [R [R0 R1]].
  generalize (cosine_bound z Hz w Hw) (L_nonneg z Hz _ good _ pos self w Hw). intros Hb L0.
  assert (Mu : mu_of G c0 <= mu_of G (cosine w z)) by (apply (mu_increases _ good); try lra; apply (C1_pos _ good _ pos self)).
  assert (P : (1 - eta * (2 - eta * A_of G) * mu_of G (cosine w z)) ^ t <= (1 - eta * (2 - eta * A_of G) * mu_of G c0) ^ t).
  { apply pow_incr. split; [exact R0 |].
    assert (eta * (2 - eta * A_of G) * mu_of G c0 <= eta * (2 - eta * A_of G) * mu_of G (cosine w z)).
    { apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | exact Mu]. } lra. }
  apply (Rmult_le_compat_r (loss G z w)) in P; [| exact L0]. rewrite Rmult_plus_distr_l. lra.
Qed.

(* The hypotheses can be met: in the plane, on one edge, with the teacher (1, 0), the start (0, 1) and the step 1/A. *)
Example hypotheses_can_be_met :
  dot (s := plane) (1, 0) (1, 0) = 1 /\ 0 < norm (E := plane) (0, 1) /\ -1 < cosine (E := plane) (0, 1) (1, 0) /\
  0 <= cosine (E := plane) (0, 1) (1, 0) /\ 0 < 1 / A_of one_edge /\ 1 / A_of one_edge * A_of one_edge <= 1 /\
  regular one_edge 1.
Proof.
  assert (HA : 0 < A_of one_edge) by exact (A_pos _ (overlaps_good one_edge) _ (mass_pos one_edge 0 0 (node_0 _) (node_0 _)) (overlaps_self one_edge)).
  assert (C0 : cosine (E := plane) (0, 1) (1, 0) = 0).
  { unfold cosine. simpl. unfold Rdiv. replace (0 * 1 + 1 * 0) with 0 by ring. apply Rmult_0_l. }
  rewrite C0. split; [simpl; ring |]. split; [apply sqrt_lt_R0; simpl; lra |].
  split; [lra |]. split; [lra |]. split; [apply Rdiv_lt_0_compat; lra |].
  split; [right; field; lra |].
  intros i Hi. simpl in Hi. unfold degree, sum, nodes. simpl. destruct i as [| [| i]]; simpl; [ring | ring | lia].
Qed.

(* A start with c_0 < 0 that is not opposite: (-1, 1). *)
Example escape_can_be_met :
  0 < norm (E := plane) (-1, 1) /\ -1 < cosine (E := plane) (-1, 1) (1, 0) < 0.
Proof.
  assert (N : 1 < norm (E := plane) (-1, 1)).
  { unfold norm. simpl. rewrite <- sqrt_1 at 1. apply sqrt_lt_1; lra. }
  split; [lra |].
  assert (C0 : cosine (E := plane) (-1, 1) (1, 0) = - / norm (E := plane) (-1, 1)).
  { unfold cosine. rewrite (norm_of_unit (E := plane) (1, 0)) by (simpl; ring). simpl. field. lra. }
  rewrite C0. assert (0 < / norm (E := plane) (-1, 1) < / 1) by (split; [apply Rinv_0_lt_compat; lra | apply Rinv_lt_contravar; lra]).
  lra.
Qed.

(* A step above 2 / A and a start that is long enough: x = 3, and any length above 3. *)
Example divergence_can_be_met :
  2 < 3 / A_of one_edge * A_of one_edge /\
  3 / A_of one_edge * A_of one_edge / (3 / A_of one_edge * A_of one_edge - 2) < norm (E := line) 4.
Proof.
  assert (HA : 0 < A_of one_edge) by exact (A_pos _ (overlaps_good one_edge) _ (mass_pos one_edge 0 0 (node_0 _) (node_0 _)) (overlaps_self one_edge)).
  replace (3 / A_of one_edge * A_of one_edge) with 3 by (field; lra). split; [lra |].
  unfold norm. simpl. rewrite sqrt_square; lra.
Qed.
