(* "Deep linear GNNs and singular-value dynamics": the corrected Theorem 2 of awasthi2021, one eigenvalue
   at a time. On a d-regular graph with n nodes, gradient descent from W1 = W2 = I moves each eigenvalue
   sigma of W1 + d W2 on its own, towards an eigenvalue of the teacher's matrix. *)
Require Import Reals Lra Psatz List Arith.
Import ListNotations.
Open Scope R_scope.

(* The sum a^(L-1) + a^(L-2) b + ... + b^(L-1), so that a^L - b^L = (a - b) * powers a b L. *)
Fixpoint powers (a b : R) (L : nat) : R :=
  match L with O => 0 | Datatypes.S k => a * powers a b k + b ^ k end.

Lemma power_difference a b L : a ^ L - b ^ L = (a - b) * powers a b L.
Proof. induction L as [| k IH]; simpl; [ring |]. transitivity (a * (a ^ k - b ^ k) + (a - b) * b ^ k); [ring | rewrite IH; ring]. Qed.

(* One step of gradient descent for one eigenvalue, with n nodes, degree d and L rounds. *)
Definition sigma_step (n d eta star : R) (L : nat) (sigma : R) : R :=
  sigma - eta * n * INR L * (d ^ 2 + 1) * sigma ^ (L - 1) * (sigma ^ L - star ^ L).

Fixpoint sigma_after (n d eta star : R) (L : nat) (start : R) (t : nat) : R :=
  match t with O => start | Datatypes.S k => sigma_step n d eta star L (sigma_after n d eta star L start k) end.

Lemma powers_between a b lo hi L : 0 <= lo -> lo <= a <= hi -> lo <= b <= hi ->
  INR L * lo ^ (L - 1) <= powers a b L <= INR L * hi ^ (L - 1).
Proof.
  intros H0 Ha Hb. induction L as [| k IH]; [simpl; lra |].
  rewrite S_INR. replace (Datatypes.S k - 1)%nat with k by lia. simpl powers.
  assert (Hbk : lo ^ k <= b ^ k <= hi ^ k) by (split; apply pow_incr; lra).
  destruct k as [| k]; [simpl in *; lra |].
  replace (Datatypes.S k - 1)%nat with k in IH by lia.
  assert (P0 : 0 <= lo ^ k) by (apply pow_le; lra). assert (P1 : 0 <= hi ^ k) by (apply pow_le; lra).
  assert (N : 0 <= INR (Datatypes.S k)) by apply pos_INR.
  assert (Q : lo * (INR (Datatypes.S k) * lo ^ k) <= a * powers a b (Datatypes.S k) <= hi * (INR (Datatypes.S k) * hi ^ k)).
  { assert (0 <= INR (Datatypes.S k) * lo ^ k) by (apply Rmult_le_pos; assumption).
    split; apply Rmult_le_compat; lra. }
  change (lo ^ Datatypes.S k) with (lo * lo ^ k) in *. change (hi ^ Datatypes.S k) with (hi * hi ^ k) in *. lra.
Qed.

Lemma exp_beats_power q t : 0 <= q <= 1 -> (1 - q) ^ t <= exp (- q * INR t).
Proof.
  intros H. induction t as [| t IH]; [simpl; rewrite Rmult_0_r, exp_0; lra |].
  rewrite S_INR. replace (- q * (INR t + 1)) with (- q + - q * INR t) by ring. rewrite exp_plus. simpl.
  apply Rmult_le_compat; try lra; [apply pow_le; lra | generalize (exp_ineq1_le (- q)); lra].
Qed.

(** Powers on an interval $[l, u]$ with $l \ge 0$ that holds $a$ and $b$: $L\, l^{L - 1} (a - b)^2 \le (a^L - b^L)(a - b) \le L\, u^{L - 1} (a - b)^2$.
    Supports: awasthi2021:remark-power-difference, awasthi2021:lemma-13
    Outside: nothing
    Instance: one_and_two_cubed *)
Theorem powers_apart a b lo hi L : 0 <= lo -> lo <= a <= hi -> lo <= b <= hi ->
  INR L * lo ^ (L - 1) * (a - b) ^ 2 <= (a ^ L - b ^ L) * (a - b) <= INR L * hi ^ (L - 1) * (a - b) ^ 2.
Proof.
  intros H0 Ha Hb. destruct (powers_between a b lo hi L H0 Ha Hb) as [P1 P2].
  rewrite power_difference. replace ((a - b) * powers a b L * (a - b)) with (powers a b L * (a - b) ^ 2) by ring.
  split; apply Rmult_le_compat_r; try assumption; apply pow2_ge_0.
Qed.

Example one_and_two_cubed : 0 <= 1 /\ 1 <= 1 <= 2 /\ 1 <= 2 <= 2.
Proof. lra. Qed.

Section OneEigenvalue.
Variables (n d eta star start top : R) (L : nat).
Hypothesis nodes : 1 <= n.
Hypothesis rounds : (1 <= L)%nat.
Hypothesis star_pos : 0 < star.
Hypothesis start_pos : 0 < start.
Hypothesis top_start : start <= top.
Hypothesis top_star : star <= top.
Hypothesis eta_pos : 0 < eta.
Hypothesis small : eta * (n * INR L ^ 2 * (d ^ 2 + 1) * top ^ (2 * L - 2)) <= 1.

Let lo := Rmin start star.
Let hi := Rmax start star.
Let kappa := eta * n * INR L ^ 2 * (d ^ 2 + 1) * lo ^ (2 * L - 2).
Notation sigma t := (sigma_after n d eta star L start t).

Lemma lo_hi : 0 < lo /\ lo <= start <= hi /\ lo <= star <= hi /\ hi <= top.
Proof.
  unfold lo, hi. generalize (Rmin_l start star) (Rmin_r start star) (Rmax_l start star) (Rmax_r start star).
  intros. repeat split; try lra; [apply Rmin_glb_lt; assumption | apply Rmax_lub; assumption].
Qed.

Lemma even_power x : x ^ (2 * L - 2) = x ^ (L - 1) * x ^ (L - 1).
Proof. rewrite <- pow_add. f_equal. lia. Qed.

Lemma INR_L : 1 <= INR L.
Proof. change 1 with (INR 1). apply le_INR. exact rounds. Qed.

Lemma step_contracts x : lo <= x <= hi ->
  exists q, kappa <= q <= 1 /\ sigma_step n d eta star L x - star = (1 - q) * (x - star).
Proof.
  intros Hx. destruct lo_hi as [H0 [Hs [Hst Ht]]].
  exists (eta * n * INR L * (d ^ 2 + 1) * (x ^ (L - 1) * powers x star L)).
  generalize (powers_between x star lo hi L ltac:(lra) Hx Hst) INR_L. intros [P1 P2] HL.
  assert (X1 : lo ^ (L - 1) <= x ^ (L - 1) <= hi ^ (L - 1)) by (split; apply pow_incr; lra).
  assert (T : hi ^ (L - 1) <= top ^ (L - 1)) by (apply pow_incr; lra).
  assert (L0 : 0 < lo ^ (L - 1)) by (apply pow_lt; assumption).
  assert (D : 0 < d ^ 2 + 1) by (generalize (pow2_ge_0 d); lra).
  assert (K : 0 < eta * n * INR L * (d ^ 2 + 1)) by (repeat apply Rmult_lt_0_compat; lra).
  split; [split |].
  - unfold kappa. rewrite even_power.
    replace (eta * n * INR L ^ 2 * (d ^ 2 + 1) * (lo ^ (L - 1) * lo ^ (L - 1)))
      with (eta * n * INR L * (d ^ 2 + 1) * (lo ^ (L - 1) * (INR L * lo ^ (L - 1)))) by ring.
    apply Rmult_le_compat_l; [lra |]. apply Rmult_le_compat; try lra. apply Rmult_le_pos; lra.
  - apply Rle_trans with (2 := small). rewrite even_power.
    replace (eta * (n * INR L ^ 2 * (d ^ 2 + 1) * (top ^ (L - 1) * top ^ (L - 1))))
      with (eta * n * INR L * (d ^ 2 + 1) * (top ^ (L - 1) * (INR L * top ^ (L - 1)))) by ring.
    apply Rmult_le_compat_l; [lra |]. apply Rmult_le_compat; try lra.
    + apply Rle_trans with (2 := P1). apply Rmult_le_pos; lra.
    + apply Rle_trans with (1 := P2). apply Rmult_le_compat_l; lra.
  - unfold sigma_step. rewrite power_difference. ring.
Qed.

Lemma kappa_pos : 0 < kappa.
Proof.
  destruct lo_hi as [H0 _]. unfold kappa. generalize INR_L. intros HL.
  assert (0 < d ^ 2 + 1) by (generalize (pow2_ge_0 d); lra).
  assert (0 < lo ^ (2 * L - 2)) by (apply pow_lt; assumption).
  assert (0 < INR L ^ 2) by (apply pow_lt; lra).
  repeat apply Rmult_lt_0_compat; lra.
Qed.

(** One step from any value between start and target: the error is $1 - q$ times the one before, with $\kappa \le q \le 1$ and the $\kappa$ of `eigenvalue_moves_monotonically`.
    Supports: awasthi2021:remark-theorem-3-contraction, awasthi2021:remark-theorem-3-bound, awasthi2021:remark-above-stays
    Outside: each eigenvalue moves on its own (spectral theorem for the teacher's matrix)
    Instance: one_edge_three_rounds *)
Theorem one_step_contracts x : Rmin start star <= x <= Rmax start star ->
  exists q, eta * n * INR L ^ 2 * (d ^ 2 + 1) * Rmin start star ^ (2 * L - 2) <= q <= 1 /\
    sigma_step n d eta star L x - star = (1 - q) * (x - star).
Proof. exact (step_contracts x). Qed.

(** An eigenvalue moves monotonically to its target and never passes it: each error is $1 - q_t$ times the one before, with $\kappa \le q_t \le 1$,
    where $\kappa = \eta n L^2 (d^2 + 1) m^{2L - 2}$ and $m$ is the smaller of start and target. The step must obey $\eta \le \tfrac{1}{n L^2 (d^2 + 1) \bar M^{2L - 2}}$ with $\bar M$ at least start and target.
    Supports: awasthi2021:theorem-2, awasthi2021:eq-25, awasthi2021:lemma-12
    Outside: each eigenvalue moves on its own (spectral theorem for the teacher's matrix)
    Instance: one_edge_three_rounds *)
Theorem eigenvalue_moves_monotonically t :
  Rmin start star <= sigma t <= Rmax start star /\
  exists q, eta * n * INR L ^ 2 * (d ^ 2 + 1) * Rmin start star ^ (2 * L - 2) <= q <= 1 /\
    sigma (t + 1) - star = (1 - q) * (sigma t - star).
Proof.
  rewrite Nat.add_1_r. fold lo hi kappa. simpl. destruct lo_hi as [H0 [Hs [Hst Ht]]].
  assert (In : lo <= sigma t <= hi); [| split; [exact In | apply step_contracts, In]].
  induction t as [| k IH]; simpl; [lra |].
  destruct (step_contracts _ IH) as [q [Hq Eq]]. generalize kappa_pos. intros.
  set (x := sigma k) in *. set (y := sigma_step n d eta star L x) in *. nra.
Qed.

(** The rate of the corrected theorem: $|\sigma_t - \sigma^\star| \le (1 - \kappa)^t\, |\sigma_0 - \sigma^\star|$.
    Supports: awasthi2021:theorem-2, awasthi2021:remark-singular-values-suffice
    Outside: each eigenvalue moves on its own (spectral theorem for the teacher's matrix)
    Instance: one_edge_three_rounds *)
Theorem eigenvalue_converges_linearly t :
  Rabs (sigma t - star) <= (1 - eta * n * INR L ^ 2 * (d ^ 2 + 1) * Rmin start star ^ (2 * L - 2)) ^ t * Rabs (start - star).
Proof.
  fold lo kappa. induction t as [| k IH]; [simpl; lra |].
  destruct (eigenvalue_moves_monotonically k) as [_ [q [Hq Eq]]]. fold lo kappa in Hq. rewrite Nat.add_1_r in Eq.
  rewrite Eq, Rabs_mult, (Rabs_right (1 - q)) by lra. simpl.
  rewrite Rmult_assoc. apply Rmult_le_compat; try lra. apply Rabs_pos.
Qed.

Lemma powers_gap t : Rabs (sigma t ^ L - star ^ L) <= INR L * hi ^ (L - 1) * ((1 - kappa) ^ t * Rabs (start - star)).
Proof.
  destruct lo_hi as [H0 [Hs [Hst Ht]]]. destruct (eigenvalue_moves_monotonically t) as [Hx [q [Hq _]]].
  fold lo hi kappa in Hx, Hq. rewrite power_difference, Rabs_mult, Rmult_comm.
  generalize (powers_between (sigma t) star lo hi L ltac:(lra) Hx Hst) INR_L. intros [P1 P2] HL.
  assert (0 < lo ^ (L - 1)) by (apply pow_lt; assumption).
  assert (0 <= INR L * lo ^ (L - 1)) by (apply Rmult_le_pos; lra).
  rewrite Rabs_right by lra.
  apply Rmult_le_compat; [lra | apply Rabs_pos | assumption | apply eigenvalue_converges_linearly].
Qed.
(** The number of steps for one eigenvalue: $|\sigma_t^L - \sigma^{\star L}| \le \varepsilon$ for $t \ge \ln(L \bar M^{L - 1} |\sigma_0 - \sigma^\star| / \varepsilon) / \kappa$, where $\bar M$ is the larger of start and target.
    Supports: awasthi2021:remark-theorem-3-iterations
    Outside: each eigenvalue moves on its own (spectral theorem for the teacher's matrix)
    Instance: one_edge_three_rounds *)
Theorem iterations_for_a_power eps t : 0 < eps -> start <> star ->
  ln (INR L * Rmax start star ^ (L - 1) * Rabs (start - star) / eps)
    / (eta * n * INR L ^ 2 * (d ^ 2 + 1) * Rmin start star ^ (2 * L - 2)) <= INR t ->
  Rabs (sigma t ^ L - star ^ L) <= eps.
Proof.
  intros He Hne Ht. fold lo hi kappa in Ht. generalize kappa_pos INR_L. intros K HL.
  destruct lo_hi as [H0 [Hs [Hst _]]].
  destruct (step_contracts start Hs) as [q [Hq _]].
  assert (G : 0 < INR L * hi ^ (L - 1) * Rabs (start - star)).
  { apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [lra | apply pow_lt; lra] |].
    apply Rabs_pos_lt. lra. }
  set (g := INR L * hi ^ (L - 1) * Rabs (start - star)) in *.
  apply Rle_trans with (1 := powers_gap t).
  replace (INR L * hi ^ (L - 1) * ((1 - kappa) ^ t * Rabs (start - star))) with (g * (1 - kappa) ^ t) by (unfold g; ring).
  apply Rle_trans with (g * exp (- kappa * INR t)).
  { apply Rmult_le_compat_l; [lra |]. apply exp_beats_power. lra. }
  assert (B : ln (g / eps) <= kappa * INR t).
  { apply Rmult_le_reg_r with (/ kappa); [apply Rinv_0_lt_compat; assumption |].
    replace (kappa * INR t * / kappa) with (INR t) by (field; lra). exact Ht. }
  assert (E : g / eps <= exp (kappa * INR t)).
  { rewrite <- (exp_ln (g / eps)) by (apply Rdiv_lt_0_compat; assumption).
    destruct B as [B | B]; [left; apply exp_increasing, B | right; rewrite B; reflexivity]. }
  replace (- kappa * INR t) with (- (kappa * INR t)) by ring. rewrite exp_Ropp.
  generalize (exp_pos (kappa * INR t)). intros P.
  apply Rmult_le_reg_r with (exp (kappa * INR t)); [assumption |].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
  replace g with (g / eps * eps) by (field; lra). rewrite (Rmult_comm eps). apply Rmult_le_compat_r; lra.
Qed.

End OneEigenvalue.

(* The loss of a list of r pairs (target, start) after t steps: (n / 2) times the sum of (sigma^L - star^L)^2. *)
Definition loss_after n d eta L start (stars : list R) t : R :=
  n / 2 * fold_right (fun star acc => (sigma_after n d eta star L start t ^ L - star ^ L) ^ 2 + acc) 0 stars.

(** The corrected Theorem 2: with $r$ targets $\sigma_i^\star > 0$, the start $1 + d$ and the step size above, the loss is at most $\varepsilon^2$ after $T$ steps if
    $T \ge \tfrac{1}{2 \kappa_i} \log \tfrac{n r L^2 M_i^{2L - 2} (1 + d - \sigma_i^\star)^2}{2 \varepsilon^2}$ for all $i$ with $\sigma_i^\star \ne 1 + d$, where $m_i$ and $M_i$ are the smaller and the larger of $1 + d$ and $\sigma_i^\star$ and $\kappa_i = \eta n L^2 (d^2 + 1) m_i^{2L - 2}$.
    Supports: awasthi2021:theorem-2, awasthi2021:eq-24
    Outside: each eigenvalue moves on its own (spectral theorem for the teacher's matrix); the loss is $\tfrac n2$ times the sum over eigenvalues (Gaussian features, Lemma 10)
    Instance: one_edge_three_rounds *)
Theorem corrected_theorem_2 n d eta top eps (L : nat) (stars : list R) (T : nat) :
  1 <= n -> 0 <= d -> (1 <= L)%nat -> 0 < eps -> 0 < eta -> 1 + d <= top ->
  (forall star, In star stars -> 0 < star <= top) ->
  eta * (n * INR L ^ 2 * (d ^ 2 + 1) * top ^ (2 * L - 2)) <= 1 ->
  (forall star, In star stars -> star <> 1 + d ->
    let kappa := eta * n * INR L ^ 2 * (d ^ 2 + 1) * Rmin (1 + d) star ^ (2 * L - 2) in
    1 / (2 * kappa) * ln (n * INR (length stars) * INR L ^ 2 * Rmax (1 + d) star ^ (2 * L - 2) * (1 + d - star) ^ 2 / (2 * eps ^ 2))
      <= INR T) ->
  loss_after n d eta L (1 + d) stars T <= eps ^ 2.
Proof.
  intros Hn Hd HL He Heta Htop Hstars Hsmall HT.
  assert (E2 : 0 < eps ^ 2) by (apply pow_lt; assumption).
  destruct stars as [| s0 rest]; [unfold loss_after; simpl; lra |].
  set (stars := s0 :: rest) in *. set (r := INR (length stars)) in *.
  assert (Hr : 0 < r) by (apply lt_0_INR; simpl; lia).
  assert (One : forall star, In star stars -> n * r / 2 * (sigma_after n d eta star L (1 + d) T ^ L - star ^ L) ^ 2 <= eps ^ 2).
  { intros star Hin. destruct (Hstars star Hin) as [S0 S1].
    generalize (powers_gap n d eta star (1 + d) top L Hn HL S0 ltac:(lra) Htop S1 Heta Hsmall T).
    generalize (kappa_pos n d eta star (1 + d) top L Hn HL S0 ltac:(lra) Htop S1 Heta).
    destruct (eigenvalue_moves_monotonically n d eta star (1 + d) top L Hn HL S0 ltac:(lra) Htop S1 Heta Hsmall T) as [_ [q [Hq _]]].
    specialize (HT star Hin). cbv zeta in HT.
    set (kappa := eta * n * INR L ^ 2 * (d ^ 2 + 1) * Rmin (1 + d) star ^ (2 * L - 2)) in *.
    intros K Gap. set (hi := Rmax (1 + d) star) in *.
    assert (H2 : (sigma_after n d eta star L (1 + d) T ^ L - star ^ L) ^ 2
      <= (INR L * hi ^ (L - 1)) ^ 2 * exp (- (2 * kappa) * INR T) * (1 + d - star) ^ 2).
    { rewrite <- (pow2_abs (_ - _)). rewrite <- (pow2_abs (1 + d - star)).
      apply Rle_trans with ((INR L * hi ^ (L - 1) * ((1 - kappa) ^ T * Rabs (1 + d - star))) ^ 2).
      - apply pow_incr. split; [apply Rabs_pos | exact Gap].
      - replace ((INR L * hi ^ (L - 1) * ((1 - kappa) ^ T * Rabs (1 + d - star))) ^ 2)
          with ((INR L * hi ^ (L - 1)) ^ 2 * (((1 - kappa) ^ T) ^ 2) * Rabs (1 + d - star) ^ 2) by ring.
        apply Rmult_le_compat_r; [apply pow2_ge_0 |]. apply Rmult_le_compat_l; [apply pow2_ge_0 |].
        replace (- (2 * kappa) * INR T) with (- kappa * INR T + - kappa * INR T) by ring. rewrite exp_plus. simpl. rewrite Rmult_1_r.
        assert (0 <= (1 - kappa) ^ T) by (apply pow_le; lra).
        generalize (exp_beats_power kappa T ltac:(lra)). intros. apply Rmult_le_compat; assumption. }
    destruct (Req_dec star (1 + d)) as [Eq | Ne].
    { assert (Z : (1 + d - star) ^ 2 = 0) by (rewrite Eq; ring). rewrite Z, Rmult_0_r in H2.
      generalize (pow2_ge_0 (sigma_after n d eta star L (1 + d) T ^ L - star ^ L)). intros.
      replace ((sigma_after n d eta star L (1 + d) T ^ L - star ^ L) ^ 2) with 0 by lra. lra. }
    specialize (HT Ne).
    assert (Hhi : 0 < hi) by (unfold hi; generalize (Rmax_l (1 + d) star); lra).
    rewrite (even_power L HL) in HT.
    set (X := n * r * INR L ^ 2 * (hi ^ (L - 1) * hi ^ (L - 1)) * (1 + d - star) ^ 2 / (2 * eps ^ 2)) in *.
    assert (XP : 0 < X).
    { unfold X. generalize (INR_L L HL). intros.
      assert (0 < hi ^ (L - 1)) by (apply pow_lt; assumption). assert (0 < INR L ^ 2) by (apply pow_lt; lra).
      assert (0 < (1 + d - star) ^ 2).
      { rewrite <- Rsqr_pow2. apply Rsqr_pos_lt. lra. }
      apply Rdiv_lt_0_compat; [| lra]. apply Rmult_lt_0_compat; [| assumption]. repeat apply Rmult_lt_0_compat; lra. }
    assert (Y : ln X <= 2 * kappa * INR T).
    { apply (Rmult_le_compat_l (2 * kappa)) in HT; [| lra].
      replace (2 * kappa * (1 / (2 * kappa) * ln X)) with (ln X) in HT by (field; lra). exact HT. }
    assert (Z : X <= exp (2 * kappa * INR T)).
    { rewrite <- (exp_ln X XP). destruct Y as [Y | Y]; [left; apply exp_increasing; assumption | right; rewrite Y; reflexivity]. }
    apply Rle_trans with (n * r / 2 * ((INR L * hi ^ (L - 1)) ^ 2 * exp (- (2 * kappa) * INR T) * (1 + d - star) ^ 2)).
    { apply Rmult_le_compat_l; [| exact H2]. assert (0 < n * r) by (apply Rmult_lt_0_compat; lra). lra. }
    replace (n * r / 2 * ((INR L * hi ^ (L - 1)) ^ 2 * exp (- (2 * kappa) * INR T) * (1 + d - star) ^ 2))
      with (X * exp (- (2 * kappa) * INR T) * eps ^ 2) by (unfold X; field; lra).
    replace (- (2 * kappa) * INR T) with (- (2 * kappa * INR T)) by ring. rewrite exp_Ropp.
    generalize (exp_pos (2 * kappa * INR T)). intros.
    apply Rle_trans with (1 * eps ^ 2); [| lra]. apply Rmult_le_compat_r; [lra |].
    apply (Rmult_le_reg_r (exp (2 * kappa * INR T))); [assumption |]. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  assert (Sum : forall l, (forall star, In star l -> In star stars) ->
    n * r / 2 * fold_right (fun star acc => (sigma_after n d eta star L (1 + d) T ^ L - star ^ L) ^ 2 + acc) 0 l <= INR (length l) * eps ^ 2).
  { induction l as [| star l IH]; intros Hl; [simpl; lra |].
    change (length (star :: l)) with (Datatypes.S (length l)). rewrite S_INR. cbn [fold_right].
    generalize (One star (Hl star (or_introl eq_refl))) (IH (fun x Hx => Hl x (or_intror Hx))).
    generalize ((sigma_after n d eta star L (1 + d) T ^ L - star ^ L) ^ 2) (INR (length l)) (n * r / 2) (eps ^ 2).
    match goal with |- context [fold_right ?f 0 l] => generalize (fold_right f 0 l) end. intros. lra. }
  specialize (Sum stars (fun x Hx => Hx)). fold r in Sum. unfold loss_after.
  apply (Rmult_le_reg_l r); [assumption |]. revert Sum.
  match goal with |- context [fold_right ?f 0 stars] => generalize (fold_right f 0 stars) end.
  generalize (eps ^ 2). intros. lra.
Qed.

(* The hypotheses can be met: one edge (n = 2, d = 1), three rounds, the targets 1 and 4, the largest step, some T. *)
Example one_edge_three_rounds :
  let top := 4 in let eta := 1 / (2 * INR 3 ^ 2 * (1 ^ 2 + 1) * top ^ (2 * 3 - 2)) in
  0 < eta /\ eta * (2 * INR 3 ^ 2 * (1 ^ 2 + 1) * top ^ (2 * 3 - 2)) <= 1 /\
  (forall star, In star [1; 4] -> 0 < star <= top) /\
  exists T, forall star, In star [1; 4] -> star <> 1 + 1 ->
    let kappa := eta * 2 * INR 3 ^ 2 * (1 ^ 2 + 1) * Rmin (1 + 1) star ^ (2 * 3 - 2) in
    1 / (2 * kappa) * ln (2 * INR (length [1; 4]) * INR 3 ^ 2 * Rmax (1 + 1) star ^ (2 * 3 - 2) * (1 + 1 - star) ^ 2 / (2 * 1 ^ 2)) <= INR T.
Proof.
  intros top eta. assert (H3 : INR 3 = 3) by (simpl; lra).
  assert (Hd : 0 < 2 * INR 3 ^ 2 * (1 ^ 2 + 1) * top ^ (2 * 3 - 2)) by (rewrite H3; unfold top; simpl; lra).
  split; [apply Rdiv_lt_0_compat; lra |]. split; [right; unfold eta; field; split; [| rewrite H3; lra]; unfold top; simpl; lra |].
  split; [unfold top; simpl; intros star [H | [H | []]]; subst; lra |].
  assert (Any : forall f : R -> R, exists T, forall star, In star [1; 4] -> f star <= INR T).
  { intros f. set (most := Rmax (f 1) (f 4)). exists (Z.to_nat (up (Rabs most))).
    destruct (archimed (Rabs most)) as [U _]. generalize (Rabs_pos most) (Rle_abs most). intros A0 A1.
    rewrite INR_IZR_INZ, Z2Nat.id by (apply le_IZR; lra). unfold most in *.
    generalize (Rmax_l (f 1) (f 4)) (Rmax_r (f 1) (f 4)). intros ? ? star [H | [H | []]]; subst; lra. }
  destruct (Any (fun star => let kappa := eta * 2 * INR 3 ^ 2 * (1 ^ 2 + 1) * Rmin (1 + 1) star ^ (2 * 3 - 2) in
    1 / (2 * kappa) * ln (2 * INR (length [1; 4]) * INR 3 ^ 2 * Rmax (1 + 1) star ^ (2 * 3 - 2) * (1 + 1 - star) ^ 2 / (2 * 1 ^ 2)))) as [T HT].
  exists T. intros star Hin _. exact (HT star Hin).
Qed.
