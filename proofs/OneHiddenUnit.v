(* "The convergence theorem": li2021 with one hidden unit (q = 1), averaged over infinitely many samples.
   What a step needs of the data is a function M(c); that it is nonnegative, increasing and of slope at
   most K on [0, 1] comes from Mehler's formula and is a hypothesis here. *)
Require Import Reals Lra Psatz.
From Proofs Require Import Space.
Open Scope R_scope.

Section Weights.
Context {E : Space}.
Implicit Types W U : E.
Variable Wstar : E.
Hypothesis unit_teacher : dot Wstar Wstar = 1.

(* A step of W along the mean direction (W v - Wstar vstar) v, scaled back to length 1. *)
Definition pulled alpha v vstar W : E := plus (scal (1 - alpha * v ^ 2) W) (scal (alpha * (v * vstar)) Wstar).
Definition next_W alpha v vstar W : E := scal (/ norm (pulled alpha v vstar W)) (pulled alpha v vstar W).

Lemma distance_squared W : dot W W = 1 -> distance W Wstar * distance W Wstar = 2 - 2 * dot W Wstar.
Proof.
  intros H. unfold distance. rewrite norm_sq, dot_minus, !dot_minus_r, unit_teacher, H, (dot_sym Wstar W). ring.
Qed.

Lemma next_W_facts alpha v vstar W : dot W W = 1 -> 0 <= dot W Wstar -> 0 <= alpha -> alpha * v ^ 2 <= 1 -> 0 <= v * vstar ->
  0 < (1 - alpha * v ^ 2) + alpha * (v * vstar) ->
  let b := alpha * (v * vstar) in
  dot (next_W alpha v vstar W) (next_W alpha v vstar W) = 1 /\
  (dot W Wstar + b) / (1 + b) <= dot (next_W alpha v vstar W) Wstar.
Proof.
  intros HW Hc Ha Hx Hv Hm b. set (a := 1 - alpha * v ^ 2). set (c := dot W Wstar) in *.
  assert (Ha1 : 0 <= a <= 1) by (unfold a; generalize (pow2_ge_0 v); intros; split; [lra | nra]).
  assert (Hb : 0 <= b) by (apply Rmult_le_pos; assumption).
  assert (Hc1 : c <= 1).
  { generalize (dot_le_norms W Wstar). rewrite (norm_of_unit W HW), (norm_of_unit Wstar unit_teacher). fold c. lra. }
  set (U := pulled alpha v vstar W).
  assert (UU : dot U U = a * a + b * b + 2 * a * b * c).
  { unfold U, pulled. fold a b. rewrite dot_plus, !dot_plus_r, !dot_scal, !dot_scal_r, HW, unit_teacher, (dot_sym Wstar W). fold c. ring. }
  assert (US : dot U Wstar = a * c + b).
  { unfold U, pulled. fold a b. rewrite dot_plus, !dot_scal, unit_teacher. fold c. ring. }
  assert (Pos : 0 < dot U U).
  { rewrite UU. assert (0 <= a * b * c) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
    fold a b in Hm. destruct (Rle_lt_or_eq_dec 0 a (proj1 Ha1)) as [Q | Q]; [nra |]. rewrite <- Q in *. nra. }
  assert (N : 0 < norm U) by (apply norm_pos_iff, Pos). generalize (norm_sq U). rewrite UU. intros NN.
  unfold next_W. fold U. rewrite !dot_scal, !dot_scal_r, US, UU. split.
  - rewrite <- NN. field. lra.
  - apply (Rmult_le_reg_l (norm U)); [assumption |]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
    set (q := (c + b) / (1 + b)). assert (Hq : q * (1 + b) = c + b) by (unfold q; field; lra).
    assert (Hq0 : 0 <= q) by (apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]).
    assert (S0 : 0 <= a * c + b) by (assert (0 <= a * c) by (apply Rmult_le_pos; lra); lra).
    (* the cosine after the step falls with a, and at a = 1 the length is at most 1 + b *)
    enough (Key : (norm U * q) * (norm U * q) <= (a * c + b) * (a * c + b)).
    { assert (0 <= norm U * q) by (apply Rmult_le_pos; lra). nra. }
    replace (norm U * q * (norm U * q)) with (norm U * norm U * (q * q)) by ring. rewrite NN.
    apply (Rmult_le_reg_r ((1 + b) * (1 + b))); [apply Rmult_lt_0_compat; lra |].
    replace ((a * a + b * b + 2 * a * b * c) * (q * q) * ((1 + b) * (1 + b)))
      with ((a * a + b * b + 2 * a * b * c) * ((q * (1 + b)) * (q * (1 + b)))) by ring.
    rewrite Hq.
    (* (a^2 + b^2 + 2abc)(c + b)^2 <= (ac + b)^2 (1 + b)^2 *)
    assert (G1 : 0 <= (1 - c) * (a * c + b)) by (apply Rmult_le_pos; lra).
    assert (G2 : a * a + b * b + 2 * a * b * c <= (a + b) * (a + b)).
    { assert (0 <= a * b * (1 - c)) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra). lra. }
    assert (G3 : 0 <= (a * c + b) * (1 + b) - (a + b) * (c + b)).
    { replace ((a * c + b) * (1 + b) - (a + b) * (c + b)) with (b * (1 - a) * (1 - c)) by ring.
      apply Rmult_le_pos; [apply Rmult_le_pos |]; lra. }
    assert (G4 : 0 <= (a + b) * (c + b)) by (apply Rmult_le_pos; lra).
    apply Rle_trans with ((a + b) * (a + b) * ((c + b) * (c + b))).
    + apply Rmult_le_compat_r; [apply Rle_0_sqr | exact G2].
    + nra.
Qed.

(** One step brings $W$ closer: $\lVert W_+ - W_\star \rVert \le \lVert W - W_\star \rVert / \sqrt{1 + \alpha v v_\star}$ if $W_\star^\top W \ge 0$, $\alpha v^2 \le 1$ and $v v_\star > 0$.
    Supports: li2021:eq-18, li2021:lemma-1
    Outside: the mean direction of $W$ is $(W v - W_\star v_\star) v$ (Stein's identity)
    Instance: one_step_can_be_met *)
Theorem weights_contract alpha v vstar W : dot W W = 1 -> 0 <= dot W Wstar -> 0 < alpha -> alpha * v ^ 2 <= 1 -> 0 < v * vstar ->
  distance (next_W alpha v vstar W) Wstar <= distance W Wstar / sqrt (1 + alpha * (v * vstar)) /\
  dot (next_W alpha v vstar W) (next_W alpha v vstar W) = 1 /\
  dot W Wstar <= dot (next_W alpha v vstar W) Wstar.
Proof.
  intros HW Hc Ha Hx Hv. set (b := alpha * (v * vstar)).
  assert (Hb : 0 < b) by (apply Rmult_lt_0_compat; assumption).
  destruct (next_W_facts alpha v vstar W HW Hc ltac:(lra) Hx ltac:(lra) ltac:(fold b; lra)) as [N1 N2]. fold b in N2.
  assert (Hc1 : dot W Wstar <= 1).
  { generalize (dot_le_norms W Wstar). rewrite (norm_of_unit W HW), (norm_of_unit Wstar unit_teacher). lra. }
  assert (Q : (dot W Wstar + b) / (1 + b) * (1 + b) = dot W Wstar + b) by (field; lra).
  split; [| split; [exact N1 |]].
  - assert (R0 : 0 < sqrt (1 + b)) by (apply sqrt_lt_R0; lra).
    apply (Rmult_le_reg_r (sqrt (1 + b))); [assumption |].
    unfold Rdiv. rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra.
    assert (D0 : 0 <= distance (next_W alpha v vstar W) Wstar) by apply norm_pos.
    assert (D1 : 0 <= distance W Wstar) by apply norm_pos.
    generalize (distance_squared W HW) (distance_squared _ N1) (sqrt_sqrt (1 + b) ltac:(lra)). intros E1 E2 E3.
    set (x := distance (next_W alpha v vstar W) Wstar) in *. set (y := distance W Wstar) in *. set (z := sqrt (1 + b)) in *.
    assert (x * z * (x * z) <= y * y).
    { replace (x * z * (x * z)) with (x * x * (z * z)) by ring. rewrite E1, E2, E3. nra. }
    assert (0 <= x * z) by (apply Rmult_le_pos; lra). nra.
  - apply Rle_trans with (2 := N2). nra.
Qed.

(* The whole run. M(c) is the mean product of the data; v follows its mean gradient. *)
Section Run.
Variable M : R -> R.
Variable K alpha vstar : R.
Hypothesis M_increases : forall c y, 0 <= c -> c <= y -> y <= 1 -> M c <= M y.
Hypothesis M_nonnegative : 0 <= M 0.
Hypothesis M_positive : 0 < M 1.
Hypothesis M_slope : forall c, 0 <= c <= 1 -> M 1 - M c <= K * (1 - c).

Definition next_v v W := v - alpha * (M 1 * v - M (dot W Wstar) * vstar).
Fixpoint state (v0 : R) (W0 : E) t : R * E :=
  match t with
  | O => (v0, W0)
  | S k => let (v, W) := state v0 W0 k in (next_v v W, next_W alpha v vstar W)
  end.
Definition v_at v0 W0 t := fst (state v0 W0 t).
Definition W_at v0 W0 t := snd (state v0 W0 t).
Definition rho v0 W0 := Rmin (v0 * vstar) (vstar ^ 2 * M (dot W0 Wstar) / M 1).

Lemma unit_cosine W : dot W W = 1 -> dot W Wstar <= 1.
Proof.
  intros H. generalize (dot_le_norms W Wstar). rewrite (norm_of_unit W H), (norm_of_unit Wstar unit_teacher). lra.
Qed.

(** The corrected theorem for one hidden unit: with $c_0 > 0$, $v_0 v_\star > 0$, $\alpha M(1) \le 1$, $\alpha \max(v_0^2, v_\star^2) \le 1$ and $M(c_0) > 0$, and with $\rho = \min\{v_0 v_\star, v_\star^2 M(c_0) / M(1)\}$, for all $t$:
    $\lVert W_t - W_\star \rVert \le \lVert W_0 - W_\star \rVert / \sqrt{1 + \alpha \rho}^{\,t}$, $v_t v_\star \ge \rho > 0$ and $|v_t| \le \max(|v_0|, |v_\star|)$.
    Supports: li2021:theorem-2, li2021:eq-43
    Outside: the mean directions (Stein's identity); $M$ is nonnegative and increasing (Mehler's formula)
    Instance: run_can_be_met *)
Theorem run_converges v0 W0 t : dot W0 W0 = 1 -> 0 < dot W0 Wstar -> 0 < v0 * vstar -> 0 < M (dot W0 Wstar) ->
  0 < alpha -> alpha * M 1 <= 1 -> alpha * v0 ^ 2 <= 1 -> alpha * vstar ^ 2 <= 1 ->
  distance (W_at v0 W0 t) Wstar <= distance W0 Wstar / sqrt (1 + alpha * rho v0 W0) ^ t /\
  0 < rho v0 W0 <= v_at v0 W0 t * vstar /\
  v_at v0 W0 t ^ 2 <= Rmax (v0 ^ 2) (vstar ^ 2) /\
  dot (W_at v0 W0 t) (W_at v0 W0 t) = 1 /\ dot W0 Wstar <= dot (W_at v0 W0 t) Wstar.
Proof.
  intros HW Hc Hv HM Ha HaM Hv0 Hvs. set (r := rho v0 W0).
  assert (S2 : 0 < vstar ^ 2) by (assert (vstar <> 0) by nra; rewrite <- Rsqr_pow2; apply Rsqr_pos_lt; assumption).
  assert (R0 : 0 < r).
  { unfold r, rho. apply Rmin_glb_lt; [assumption |]. apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; assumption. }
  assert (R1 : r <= v0 * vstar) by apply Rmin_l.
  assert (R2 : r * M 1 <= vstar ^ 2 * M (dot W0 Wstar)).
  { assert (Q : r <= vstar ^ 2 * M (dot W0 Wstar) / M 1) by apply Rmin_r.
    apply (Rmult_le_compat_r (M 1)) in Q; [| lra]. replace (vstar ^ 2 * M (dot W0 Wstar) / M 1 * M 1) with (vstar ^ 2 * M (dot W0 Wstar)) in Q by (field; lra). exact Q. }
  set (top := Rmax (v0 ^ 2) (vstar ^ 2)).
  assert (T1 : v0 ^ 2 <= top) by apply Rmax_l. assert (T2 : vstar ^ 2 <= top) by apply Rmax_r.
  assert (T3 : alpha * top <= 1) by (unfold top, Rmax; destruct (Rle_dec _ _); assumption).
  assert (Z : 0 < sqrt (1 + alpha * r)) by (apply sqrt_lt_R0; assert (0 < alpha * r) by (apply Rmult_lt_0_compat; assumption); lra).
  unfold W_at, v_at. induction t as [| t IH]; simpl state.
  { simpl. split; [right; field |]. repeat split; try lra. }
  destruct (state v0 W0 t) as [v W]. simpl fst in *. simpl snd in *. destruct IH as [D [[_ V] [V2 [U C]]]].
  assert (X : alpha * v ^ 2 <= 1).
  { apply Rle_trans with (2 := T3). apply Rmult_le_compat_l; lra. }
  destruct (weights_contract alpha v vstar W U ltac:(lra) Ha X ltac:(lra)) as [D' [U' C']].
  generalize (unit_cosine W U). intros Hc1.
  split; [| split; [split; [exact R0 |] | split; [| split; [exact U' | lra]]]].
  - apply Rle_trans with (1 := D').
    assert (S1 : sqrt (1 + alpha * r) <= sqrt (1 + alpha * (v * vstar))).
    { apply sqrt_le_1_alt. assert (alpha * r <= alpha * (v * vstar)) by (apply Rmult_le_compat_l; lra). lra. }
    apply Rle_trans with (distance W Wstar / sqrt (1 + alpha * r)).
    + apply Rmult_le_compat_l; [apply norm_pos |]. apply Rinv_le_contravar; assumption.
    + simpl. unfold Rdiv. rewrite Rinv_mult, (Rmult_comm (/ _)), <- Rmult_assoc.
      apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; assumption | exact D].
  - (* v+ is a convex combination of v and M(c)/M(1) vstar *)
    unfold next_v. generalize (M_increases (dot W0 Wstar) (dot W Wstar) ltac:(lra) C Hc1). intros Mc.
    replace ((v - alpha * (M 1 * v - M (dot W Wstar) * vstar)) * vstar)
      with ((1 - alpha * M 1) * (v * vstar) + alpha * (vstar ^ 2 * M (dot W Wstar))) by ring.
    assert (vstar ^ 2 * M (dot W0 Wstar) <= vstar ^ 2 * M (dot W Wstar)) by (apply Rmult_le_compat_l; lra).
    assert ((1 - alpha * M 1) * r <= (1 - alpha * M 1) * (v * vstar)) by (apply Rmult_le_compat_l; lra).
    assert (alpha * (r * M 1) <= alpha * (vstar ^ 2 * M (dot W Wstar))) by (apply Rmult_le_compat_l; lra). lra.
  - unfold next_v. set (mc := M (dot W Wstar)).
    assert (M0 : 0 <= mc <= M 1).
    { unfold mc. split; [apply Rle_trans with (M 0); [assumption | apply M_increases; lra] | apply M_increases; lra]. }
    set (y := mc / M 1). assert (Hy : mc = y * M 1) by (unfold y; field; lra).
    assert (Hy1 : 0 <= y <= 1) by (split; apply (Rmult_le_reg_r (M 1)); lra).
    set (x := alpha * M 1). assert (Hx0 : 0 <= x <= 1) by (unfold x; split; [apply Rmult_le_pos; lra | lra]).
    replace (v - alpha * (M 1 * v - mc * vstar)) with ((1 - x) * v + x * (y * vstar)) by (unfold x; rewrite Hy; ring).
    assert (Y2 : (y * vstar) ^ 2 <= top).
    { replace ((y * vstar) ^ 2) with (y * y * vstar ^ 2) by ring. assert (y * y <= 1) by nra. nra. }
    assert (Cv : ((1 - x) * v + x * (y * vstar)) ^ 2 <= (1 - x) * v ^ 2 + x * (y * vstar) ^ 2).
    { assert (0 <= x * (1 - x) * (v - y * vstar) ^ 2) by (apply Rmult_le_pos; [apply Rmult_le_pos; lra | apply pow2_ge_0]). nra. }
    fold top in V2. nra.
Qed.

(** A step of $v$: with $\alpha M(1) \le 1$ and $c \ge 0$, $|v_+ - v_\star| \le (1 - \alpha M(1)) |v - v_\star| + \tfrac12 \alpha |v_\star| K\, \lVert W - W_\star \rVert^2$.
    Supports: li2021:lemma-2, li2021:eq-19
    Outside: the mean gradient of $v$; $M$ has slope at most $K$ (Mehler's formula)
    Instance: run_can_be_met *)
Theorem readout_contracts v W : dot W W = 1 -> 0 <= dot W Wstar -> 0 <= alpha -> alpha * M 1 <= 1 ->
  Rabs (next_v v W - vstar) <= (1 - alpha * M 1) * Rabs (v - vstar) + alpha * Rabs vstar * K * distance W Wstar ^ 2 / 2.
Proof.
  intros HW Hc Ha Hx. generalize (unit_cosine W HW) (distance_squared W HW). intros Hc1 D.
  generalize (M_slope (dot W Wstar) ltac:(lra)) (M_increases (dot W Wstar) 1 Hc Hc1 ltac:(lra)). intros S I.
  unfold next_v. set (mc := M (dot W Wstar)) in *.
  replace (v - alpha * (M 1 * v - mc * vstar) - vstar) with ((1 - alpha * M 1) * (v - vstar) + - (alpha * (M 1 - mc)) * vstar) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _).
  assert (P : 0 <= alpha * (M 1 - mc)) by (apply Rmult_le_pos; lra).
  rewrite !Rabs_mult, Rabs_Ropp, (Rabs_right (1 - alpha * M 1)), (Rabs_mult alpha), (Rabs_right alpha), (Rabs_right (M 1 - mc)) by lra.
  apply Rplus_le_compat_l.
  replace (alpha * Rabs vstar * K * distance W Wstar ^ 2 / 2) with (alpha * (K * (1 - dot W Wstar)) * Rabs vstar)
    by (simpl; rewrite Rmult_1_r, D; field).
  apply Rmult_le_compat_r; [apply Rabs_pos |]. apply Rmult_le_compat_l; assumption.
Qed.

(** Lemma 2 for one hidden unit with its true constants, the deviation $\eta$ of the gradient included: with $x = \alpha M(1) \le 1$,
    $(v_+ - v_\star)^2 \le (1 - \tfrac x2 + 3 x^2) (v - v_\star)^2 + (\tfrac{\alpha}{M(1)} + 3 \alpha^2) K^2 v_\star^2 \lVert W - W_\star \rVert^2 + (\tfrac{2\alpha}{M(1)} + 3\alpha^2) \eta^2$.
    Supports: li2021:eq-19, li2021:eq-20, li2021:lemma-2
    Outside: the mean gradient of $v$; $M$ has slope at most $K$ (Mehler's formula)
    Instance: run_can_be_met *)
Theorem readout_contracts_with_deviation v W eta : dot W W = 1 -> 0 <= dot W Wstar -> 0 < alpha -> alpha * M 1 <= 1 ->
  (next_v v W - alpha * eta - vstar) ^ 2 <=
    (1 - alpha * M 1 / 2 + 3 * (alpha * M 1) ^ 2) * (v - vstar) ^ 2
    + (alpha / M 1 + 3 * alpha ^ 2) * K ^ 2 * vstar ^ 2 * distance W Wstar ^ 2
    + (2 * alpha / M 1 + 3 * alpha ^ 2) * eta ^ 2.
Proof.
  intros HW Hc Ha Hx. generalize (unit_cosine W HW) (distance_squared W HW). intros Hc1 D.
  generalize (M_slope (dot W Wstar) ltac:(lra)) (M_increases (dot W Wstar) 1 Hc Hc1 ltac:(lra)). intros S I.
  unfold next_v. set (mc := M (dot W Wstar)) in *. set (x := alpha * M 1) in *. set (e := v - vstar).
  assert (X : 0 < x) by (apply Rmult_lt_0_compat; assumption).
  set (p := alpha * (M 1 - mc) * vstar). set (q := alpha * eta).
  replace (v - alpha * (M 1 * v - mc * vstar) - q - vstar) with ((1 - x) * e - p - q) by (unfold x, e, p, q; ring).
  (* p^2 <= alpha^2 K^2 vstar^2 (1 - c) *)
  assert (P : p ^ 2 <= alpha ^ 2 * K ^ 2 * vstar ^ 2 * (distance W Wstar ^ 2 / 2)).
  { replace (distance W Wstar ^ 2 / 2) with (1 - dot W Wstar) by (simpl; rewrite Rmult_1_r, D; field).
    set (g := 1 - dot W Wstar) in *. assert (G : 0 <= g <= 1) by (unfold g; lra).
    assert (DM : (M 1 - mc) ^ 2 <= K ^ 2 * g).
    { assert ((M 1 - mc) ^ 2 <= (K * g) ^ 2) by (apply pow_incr; lra).
      assert (0 <= K ^ 2) by apply pow2_ge_0. assert (g * g <= g) by nra.
      replace ((K * g) ^ 2) with (K ^ 2 * (g * g)) in H by ring. nra. }
    unfold p. replace ((alpha * (M 1 - mc) * vstar) ^ 2) with (alpha ^ 2 * vstar ^ 2 * (M 1 - mc) ^ 2) by ring.
    replace (alpha ^ 2 * K ^ 2 * vstar ^ 2 * g) with (alpha ^ 2 * vstar ^ 2 * (K ^ 2 * g)) by ring.
    apply Rmult_le_compat_l; [apply Rmult_le_pos; apply pow2_ge_0 | exact DM]. }
  (* Young's inequality: x (r - z)^2 <= ... *)
  assert (Y : x * ((1 - x) * e - p - q) ^ 2 <= x * ((1 - x / 2 + 3 * x ^ 2) * e ^ 2) + (2 + 6 * x) * p ^ 2 + (2 + 3 * x) * q ^ 2).
  { set (y := (1 - x) * e). 
    assert (Y1 : x * (y - p - q) ^ 2 <= x * (1 + x) * y ^ 2 + (x + 1) * (p + q) ^ 2).
    { generalize (pow2_ge_0 (x * y + (p + q))). intros. lra. }
    assert (Y2 : (p + q) ^ 2 <= 2 * p ^ 2 + 2 * q ^ 2) by (generalize (pow2_ge_0 (p - q)); intros; lra).
    assert (Y3 : x * (1 + x) * y ^ 2 <= x * ((1 - x / 2 + 3 * x ^ 2) * e ^ 2)).
    { unfold y. replace (x * (1 + x) * ((1 - x) * e) ^ 2) with (x * (((1 + x) * (1 - x) ^ 2) * e ^ 2)) by ring.
      apply Rmult_le_compat_l; [lra |]. apply Rmult_le_compat_r; [apply pow2_ge_0 |].
      assert (x * (x * x) <= 1 * (x * x)) by (apply Rmult_le_compat_r; nra). nra. }
    assert (0 <= x * p ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
    assert (0 <= x * q ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
    assert ((x + 1) * (p + q) ^ 2 <= (x + 1) * (2 * p ^ 2 + 2 * q ^ 2)) by (apply Rmult_le_compat_l; lra). lra. }
  apply (Rmult_le_reg_l x); [exact X |]. apply Rle_trans with (1 := Y). fold e.
  replace (x * ((1 - x / 2 + 3 * x ^ 2) * e ^ 2 + (alpha / M 1 + 3 * alpha ^ 2) * K ^ 2 * vstar ^ 2 * distance W Wstar ^ 2 + (2 * alpha / M 1 + 3 * alpha ^ 2) * eta ^ 2))
    with (x * ((1 - x / 2 + 3 * x ^ 2) * e ^ 2) + (2 + 6 * x) * (alpha ^ 2 * K ^ 2 * vstar ^ 2 * (distance W Wstar ^ 2 / 2)) + (2 + 3 * x) * q ^ 2)
    by (unfold x, q; field; lra).
  apply Rplus_le_compat_r, Rplus_le_compat_l, Rmult_le_compat_l; [lra | exact P].
Qed.

End Run.
End Weights.

(* The hypotheses can be met: in the plane, W at a right-angled triangle's cosine 3/5, alpha = 1/2, v = 1, vstar = 1, and the identity as activation, where M(c) = c. *)
Example one_step_can_be_met :
  dot (s := plane) (3 / 5, 4 / 5) (3 / 5, 4 / 5) = 1 /\ dot (s := plane) (1, 0) (1, 0) = 1 /\
  0 <= dot (s := plane) (3 / 5, 4 / 5) (1, 0) /\ 1 / 2 * 1 ^ 2 <= 1 /\ 0 < 1 * 1.
Proof. simpl. repeat split; lra. Qed.

Example run_can_be_met : let M := fun c : R => c in
  (forall c y, 0 <= c -> c <= y -> y <= 1 -> M c <= M y) /\ 0 <= M 0 /\ 0 < M 1 /\
  (forall c, 0 <= c <= 1 -> M 1 - M c <= 1 * (1 - c)) /\
  0 < M (dot (s := plane) (3 / 5, 4 / 5) (1, 0)) /\ 1 / 2 * M 1 <= 1 /\
  dot (s := plane) (3 / 5, 4 / 5) (3 / 5, 4 / 5) = 1 /\ 0 < dot (s := plane) (3 / 5, 4 / 5) (1, 0) /\ 0 < 1 * 1.
Proof. simpl. repeat split; intros; lra. Qed.
