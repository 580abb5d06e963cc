(* The dual of the ReLU, scaled to s(1) = 1, and what the proof of the linear rate needs of it.
   All of it follows from one fact: s lies above its tangents (Theorem tangent). *)
Require Import Reals Lra Psatz Machin.
Open Scope R_scope.

(* The dual and its slope; derivative_of_s below shows that s' is the derivative of s. *)
Definition s (x : R) : R := (sqrt (1 - x * x) + x * (PI - acos x)) / PI.
Definition s' (x : R) : R := (PI - acos x) / PI.

Lemma PI_pos : 0 < PI. Proof. exact PI_RGT_0. Qed.

(* sin lies below its tangents on [0, pi]. *)
Lemma sin_below_tangent a b :
  0 <= a <= PI -> 0 <= b <= PI -> sin a <= sin b + cos b * (a - b).
Proof.
  intros Ha Hb.
  destruct (Rtotal_order a b) as [H | [H | H]].
  - destruct (MVT_cor2 sin cos a b H) as [c [Hc Hr]].
    { intros; apply derivable_pt_lim_sin. }
    assert (cos b <= cos c) by (apply cos_decr_1; lra). nra.
  - subst; lra.
  - destruct (MVT_cor2 sin cos b a H) as [c [Hc Hr]].
    { intros; apply derivable_pt_lim_sin. }
    assert (cos c <= cos b) by (apply cos_decr_1; lra). nra.
Qed.

Lemma s_cos x : -1 <= x <= 1 ->
  PI * s x = sin (acos x) + (PI - acos x) * cos (acos x).
Proof.
  intros H. unfold s. rewrite sin_acos, cos_acos by lra.
  unfold Rsqr. field. generalize PI_pos; lra.
Qed.

(** $s$ lies above its tangents on $[-1, 1]$, ends included: it is convex there.
    Supports: companion:lemma-dual-facts
    Instance: dual_at_zero *)
Theorem tangent x y : -1 <= x <= 1 -> -1 <= y <= 1 -> s x + s' x * (y - x) <= s y.
Proof.
  intros Hx Hy. generalize PI_pos; intro P.
  apply (Rmult_le_reg_l PI); [lra |]. rewrite Rmult_plus_distr_l.
  rewrite !s_cos by lra.
  replace (PI * (s' x * (y - x))) with ((PI - acos x) * (y - x))
    by (unfold s'; field; lra).
  generalize (sin_below_tangent (acos x) (acos y) (acos_bound x) (acos_bound y)).
  rewrite !cos_acos by lra. nra.
Qed.

Lemma slope_bounds x : 0 <= s' x <= 1.
Proof.
  generalize PI_pos (acos_bound x); intros P H. unfold s'. split.
  - apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
  - apply (Rmult_le_reg_r PI); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Lemma slope_increases x y : -1 <= x -> x <= y -> y <= 1 -> s' x <= s' y.
Proof.
  intros H1 H2 H3. generalize PI_pos; intro P.
  assert (acos y <= acos x).
  { destruct (Rle_lt_dec (acos y) (acos x)) as [|H]; [assumption |].
    assert (cos (acos y) < cos (acos x)).
    { apply cos_decreasing_1; try apply acos_bound; assumption. }
    rewrite !cos_acos in H0 by lra. lra. }
  unfold s', Rdiv. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra | lra].
Qed.

(* s(x) - x s'(x) >= 0, the inequality that the book calls "above x times its slope". *)
Theorem above_x_times_slope x : s x - x * s' x = sqrt (1 - x * x) / PI.
Proof. unfold s, s'. field. generalize PI_pos; lra. Qed.

Corollary excess_nonnegative x : 0 <= s x - x * s' x.
Proof.
  rewrite above_x_times_slope.
  apply Rmult_le_pos; [apply sqrt_pos | left; apply Rinv_0_lt_compat, PI_pos].
Qed.

Lemma s_at_1 : s 1 = 1.
Proof. unfold s. rewrite acos_1. replace (1 - 1 * 1) with 0 by ring. rewrite sqrt_0.
  field. generalize PI_pos; lra. Qed.

Lemma s_at_0 : s 0 = 1 / PI.
Proof. unfold s. replace (1 - 0 * 0) with 1 by ring. rewrite sqrt_1.
  field. generalize PI_pos; lra. Qed.

Lemma acos_m1 : acos (-1) = PI.
Proof. replace (-1) with (- (1)) by ring. rewrite acos_opp, acos_1. ring. Qed.

Lemma s_at_m1 : s (-1) = 0.
Proof. unfold s. rewrite acos_m1. replace (1 - -1 * -1) with 0 by ring. rewrite sqrt_0.
  field. generalize PI_pos; lra. Qed.

Lemma slope_at_m1 : s' (-1) = 0.
Proof. unfold s'. rewrite acos_m1. field. generalize PI_pos; lra. Qed.

Lemma slope_at_1 : s' 1 = 1.
Proof. unfold s'. rewrite acos_1. field. generalize PI_pos; lra. Qed.

Lemma slope_at_0 : s' 0 = 1 / 2.
Proof. unfold s'. rewrite acos_0. field. generalize PI_pos; lra. Qed.

(* Larger cosines belong to smaller angles. *)
Lemma acos_falls x y : -1 <= x -> x <= y -> y <= 1 -> acos y <= acos x.
Proof.
  intros. generalize (slope_increases x y H H0 H1) PI_pos. unfold s'. intros Q P.
  apply (Rmult_le_compat_r PI) in Q; [| lra]. unfold Rdiv in Q. rewrite !Rmult_assoc, Rinv_l in Q by lra. lra.
Qed.

Lemma slope_positive x : -1 < x <= 1 -> 0 < s' x.
Proof.
  intros H. generalize PI_pos; intro P.
  assert (acos x < PI).
  { destruct (Rle_lt_or_eq_dec _ _ (proj2 (acos_bound x))) as [|E]; [assumption |].
    assert (cos (acos x) = cos PI) by (rewrite E; reflexivity).
    rewrite cos_acos, cos_PI in H0 by lra. lra. }
  unfold s'. apply Rdiv_lt_0_compat; lra.
Qed.

Lemma s_nonnegative x : -1 <= x <= 1 -> 0 <= s x.
Proof.
  intros H. generalize (tangent (-1) x ltac:(lra) H). rewrite s_at_m1, slope_at_m1. lra.
Qed.

Lemma s_at_least_x x : -1 <= x <= 1 -> x <= s x.
Proof.
  intros H. generalize (tangent 1 x ltac:(lra) H). rewrite s_at_1, slope_at_1. lra.
Qed.

Lemma slope_half x : 0 <= x <= 1 -> 1 / 2 <= s' x.
Proof. intros H. rewrite <- slope_at_0. apply slope_increases; lra. Qed.

(* The chord above s and the tangent below it on [0, 1]. *)
Lemma chord x : 0 <= x <= 1 -> s x <= 1 / PI + (1 - 1 / PI) * x.
Proof.
  intros H.
  generalize (tangent x 0 ltac:(lra) ltac:(lra)) (tangent x 1 ltac:(lra) ltac:(lra)).
  rewrite s_at_0, s_at_1. intros. nra.
Qed.

Lemma tangent_at_0 x : -1 <= x <= 1 -> 1 / PI + x / 2 <= s x.
Proof. intros H. generalize (tangent 0 x ltac:(lra) H). rewrite s_at_0, slope_at_0. lra. Qed.

(* s' is the derivative of s. *)
Lemma derivative_of_s x : -1 < x < 1 -> derivable_pt_lim s x (s' x).
Proof.
  intros H. generalize PI_pos; intro P.
  assert (Q : 0 < 1 - x * x) by nra. assert (0 < sqrt (1 - x * x)) by (apply sqrt_lt_R0; exact Q).
  assert (D : derivable_pt_lim acos x (-1 / sqrt (1 - x * x))).
  { replace (-1 / sqrt (1 - x * x)) with (derive_pt acos x (derivable_pt_acos x H)).
    - exact (proj2_sig (derivable_pt_acos x H)).
    - rewrite derive_pt_acos. unfold Rsqr. reflexivity. }
  assert (D1 : derivable_pt_lim (comp sqrt (fun y => 1 - y * y)) x (/ (2 * sqrt (1 - x * x)) * (0 - (1 * x + x * 1)))).
  { apply derivable_pt_lim_comp; [| apply derivable_pt_lim_sqrt; exact Q].
    apply derivable_pt_lim_minus; [apply derivable_pt_lim_const |].
    apply (derivable_pt_lim_mult id id); apply derivable_pt_lim_id. }
  assert (D2 : derivable_pt_lim (fun y => y * (PI - acos y)) x (1 * (PI - acos x) + x * (0 - -1 / sqrt (1 - x * x)))).
  { apply (derivable_pt_lim_mult id (fun y => PI - acos y)); [apply derivable_pt_lim_id |].
    apply derivable_pt_lim_minus; [apply derivable_pt_lim_const | exact D]. }
  generalize (derivable_pt_lim_scal _ (/ PI) x _ (derivable_pt_lim_plus _ _ _ _ _ D1 D2)).
  replace (/ PI * _) with (s' x) by (unfold s'; field; lra).
  intros F e He. destruct (F e He) as [d Hd]. exists d. intros h Hh Hs.
  specialize (Hd h Hh Hs). unfold mult_real_fct, plus_fct, comp in Hd. unfold s, Rdiv at 2 3.
  rewrite !(Rmult_comm _ (/ PI)). exact Hd.
Qed.

(** Everything that the proof of the linear rate needs of $s$.
    Supports: companion:lemma-dual-facts, awasthi2021:remark-c-upper
    Instance: dual_at_zero *)
Theorem dual_facts :
  (forall x, -1 < x < 1 -> derivable_pt_lim s x (s' x)) /\
  (forall x, -1 <= x <= 1 -> 0 <= s x /\ 0 <= s' x <= 1 /\ x * s' x <= s x /\ x <= s x) /\
  (forall x y, -1 <= x -> x <= y -> y <= 1 -> s' x <= s' y) /\
  (forall x, 0 <= x <= 1 -> 1 / PI + x / 2 <= s x <= 1 / PI + (1 - 1 / PI) * x /\ 1 / 2 <= s' x).
Proof.
  split; [exact derivative_of_s |]. split; [| split; [exact slope_increases |]].
  - intros x H. generalize (s_nonnegative x H) (slope_bounds x) (excess_nonnegative x) (s_at_least_x x H).
    intros. repeat split; lra.
  - intros x H. generalize (chord x H) (tangent_at_0 x ltac:(lra)) (slope_half x H). intros. lra.
Qed.

(* pi to three digits, from Machin's formula. *)
Lemma PI_bounds : 3.141 <= PI <= 3.1425.
Proof.
  generalize (PI_2_3_7_ineq 1). unfold PI_2_3_7_tg, tg_alt, Ratan_seq. simpl. intros. lra.
Qed.

(* The tangent of a small angle is not far above its chord; used in step 8. *)
Lemma sin_below y : 0 <= y <= 0.988 -> sin y <= 5 / PI * y * cos y.
Proof.
  intros H. generalize PI_bounds. intros P.
  destruct (pre_sin_bound y 0 ltac:(lra) ltac:(lra)) as [_ S].
  destruct (cos_bound y 1 ltac:(lra) ltac:(lra)) as [C _].
  unfold sin_approx, sin_term in S. unfold cos_approx, cos_term in C. simpl in S, C.
  assert (K : 1.591 <= 5 / PI).
  { apply (Rmult_le_reg_r PI); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  set (z := y * y). assert (Hz : 0 <= z <= 0.977) by (unfold z; nra).
  assert (S' : sin y <= y * (1 - z / 6 + z * z / 120)) by (unfold z; lra).
  assert (C' : 1 - z / 2 + z * z / 24 - z * z * z / 720 <= cos y) by (unfold z; lra).
  clear S C.
  assert (G : 1 - z / 6 + z * z / 120 <= 1.591 * (1 - z / 2 + z * z / 24 - z * z * z / 720)).
  { assert (0 <= z * z <= 0.955) by nra. assert (z * z * z <= 0.955) by nra. nra. }
  assert (0 <= 1 - z / 2 + z * z / 24 - z * z * z / 720) by (assert (0 <= z * z) by nra; assert (z * z * z <= z * z) by nra; lra).
  apply Rle_trans with (1 := S').
  replace (5 / PI * y * cos y) with (y * (5 / PI * cos y)) by ring.
  apply Rmult_le_compat_l; [lra |].
  apply Rle_trans with (1 := G). apply Rmult_le_compat; lra.
Qed.

(* The chord of the sine: sin x >= 2 x / pi up to pi / 2. *)
Lemma sin_above_chord x : 0 <= x <= PI / 2 -> 2 / PI * x <= sin x.
Proof.
  intros H. generalize PI_pos. intros P.
  generalize (sin_below_tangent 0 x ltac:(lra) ltac:(lra)) (sin_below_tangent (PI / 2) x ltac:(lra) ltac:(lra)).
  rewrite sin_0, sin_PI2. intros H0 H1.
  assert (T : 0 <= 2 / PI * x <= 1).
  { split; [apply Rmult_le_pos; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra] | lra] |].
    apply (Rmult_le_reg_r PI); [lra |]. replace (2 / PI * x * PI) with (2 * x) by (field; lra). lra. }
  apply (Rmult_le_compat_l (2 / PI * x)) in H1; [| lra].
  apply (Rmult_le_compat_l (1 - 2 / PI * x)) in H0; [| lra].
  replace (2 / PI * x * (sin x + cos x * (PI / 2 - x))) with (2 / PI * x * sin x + cos x * (x - 2 / PI * x * x)) in H1 by (field; lra).
  lra.
Qed.

(* s lies above a parabola (in x = sin t). *)
Lemma above_a_parabola t : 0 <= t <= PI / 2 -> 0 <= cos t + t * sin t - 1 - sin t * sin t / 2.
Proof.
  intros [H0 H1]. destruct H0 as [H0 | H0]; [| subst; rewrite sin_0, cos_0; lra].
  destruct (MVT_cor2 (fun t => cos t + t * sin t - 1 - sin t * sin t / 2)
    (fun t => cos t * (t - sin t)) 0 t H0) as [c [E Hc]].
  - intros c Hc.
    replace (cos c * (c - sin c)) with (- sin c + (1 * sin c + c * cos c) - 0 - ((cos c * sin c + sin c * cos c) * / 2 + sin c * sin c * 0)) by field.
    apply derivable_pt_lim_minus; [apply derivable_pt_lim_minus; [apply derivable_pt_lim_plus |] |].
    + apply derivable_pt_lim_cos.
    + apply (derivable_pt_lim_mult id sin); [apply derivable_pt_lim_id | apply derivable_pt_lim_sin].
    + apply derivable_pt_lim_const.
    + apply (derivable_pt_lim_mult (fun t => sin t * sin t) (fun _ => / 2)).
      * apply (derivable_pt_lim_mult sin sin); apply derivable_pt_lim_sin.
      * apply derivable_pt_lim_const.
  - cbv beta in E. rewrite sin_0, cos_0 in E.
    assert (0 <= cos c) by (apply cos_ge_0; lra).
    generalize (sin_lt_x c ltac:(lra)). intros.
    assert (0 <= cos c * (c - sin c) * (t - 0)) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
    lra.
Qed.

(* The points that the facts on s speak of exist: for instance 0, where s = 1 / pi and s' = 1 / 2. *)
Example dual_at_zero : -1 < 0 < 1 /\ 0 <= 0 <= 1 /\ s 0 = 1 / PI /\ s' 0 = 1 / 2.
Proof. split; [lra |]. split; [lra |]. split; [exact s_at_0 | exact slope_at_0]. Qed.
