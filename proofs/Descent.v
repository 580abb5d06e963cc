(* Steps 2, 3, 5 and 6: gradient descent for one unit, in a space of any dimension. *)
Require Import Reals Lra Psatz List.
From Proofs Require Import Dual Sums Space.
Open Scope R_scope.
Local Opaque s s'.

(* The angle between two vectors, from 0 to pi. *)
Definition angle {E : Space} (v z : E) : R := acos (cosine v z).

Section Descent.
Context {E : Space}.
Variable teacher : E.
Hypothesis unit_teacher : dot teacher teacher = 1.

Variable atoms : list (R * R).
Hypothesis good : forall p, In p atoms -> 0 <= fst p /\ 0 <= snd p <= 1.
Variable m : R.
Hypothesis m_pos : 0 < m.
Hypothesis self : In (m, 1) atoms.          (* pairs i = j have overlap 1 *)

Notation A := (A atoms).  Notation B := (B atoms).  Notation C := (C atoms).
Notation mu := (mu atoms). Notation S_ := (S_ atoms). Notation M_ := (M_ atoms).


(* The population loss of one unit w: A (|w|^2 + 1) / 2 - |w| B(cos). Population.v derives it from the
   dual activation. *)
Definition f (v : E) := norm v * B (cosine v teacher).
Definition L (v : E) := A * (dot v v + 1) / 2 - f v.

(* Its gradient, and a step of gradient descent. *)
Definition gradient (w : E) : E :=
  plus (scal (A - (B (cosine w teacher) - cosine w teacher * C (cosine w teacher)) / norm w) w) (scal (- C (cosine w teacher)) teacher).
Definition step eta (w : E) : E := plus w (scal (- eta) (gradient w)).

(* The iterate after t steps. *)
Fixpoint path eta w t := match t with O => w | S t => step eta (path eta w t) end.

Lemma cos_is v : cosine v teacher = dot v teacher / norm v.
Proof. unfold cosine. rewrite (norm_of_unit teacher unit_teacher), Rmult_1_r. reflexivity. Qed.

Lemma cosine_bound v : 0 < norm v -> -1 <= cosine v teacher <= 1.
Proof.
  intros Hv. generalize (dot_le_norms v teacher) (dot_ge_minus_norms v teacher).
  rewrite (norm_of_unit teacher unit_teacher), cos_is. intros.
  split; (apply (Rmult_le_reg_r (norm v)); [assumption |]); unfold Rdiv;
    rewrite Rmult_assoc, Rinv_l by lra; lra.
Qed.

Lemma dot_teacher v : 0 < norm v -> dot v teacher = norm v * cosine v teacher.
Proof. intros. rewrite cos_is. field. lra. Qed.

Lemma C_pos c : -1 < c <= 1 -> 0 < C c.
Proof.
  intros Hc. apply Rlt_le_trans with (m * 1 * s' (1 * c)).
  - rewrite Rmult_1_r, Rmult_1_l. apply Rmult_lt_0_compat; [assumption | apply slope_positive; lra].
  - assert (G : forall l, (forall p, In p l -> 0 <= fst p /\ 0 <= snd p <= 1) ->
      0 <= total l (fun p => fst p * snd p * s' (snd p * c)) /\
      (In (m, 1) l -> m * 1 * s' (1 * c) <= total l (fun p => fst p * snd p * s' (snd p * c)))).
    { unfold total. induction l as [| q l IH]; intros Hg; simpl; [split; [lra | tauto] |].
      destruct IH as [I1 I2]; [intros p Hp; apply Hg; right; exact Hp |].
      destruct (Hg q (or_introl eq_refl)) as [Hm [Hr _]]. destruct (slope_bounds (snd q * c)).
      assert (0 <= fst q * snd q * s' (snd q * c))
        by (apply Rmult_le_pos; [apply Rmult_le_pos |]; assumption).
      split; [lra |]. intros [Eq | Hin]; [subst q; simpl in *; lra |]. specialize (I2 Hin). lra. }
    apply G; assumption.
Qed.

Lemma C1_pos : 0 < C 1. Proof. apply C_pos. lra. Qed.
Lemma A_pos : 0 < A. Proof. generalize C1_pos (C1_le_A atoms good). lra. Qed.

(* Step 2: what is subtracted lies above its tangents; the segment may pass through 0. *)
Lemma f_tangent w v : 0 < norm w ->
  (B (cosine w teacher) - cosine w teacher * C (cosine w teacher)) / norm w * dot w v + C (cosine w teacher) * dot teacher v <= f v.
Proof.
  intros Hw. set (c := cosine w teacher). set (e := B c - c * C c).
  assert (He : 0 <= e) by (apply excess; assumption).
  assert (Hc : -1 <= c <= 1) by (apply cosine_bound; assumption).
  generalize (dot_le_norms w v) (norm_pos v). intros Hd Hv.
  assert (K : e / norm w * dot w v <= e * norm v).
  { apply Rle_trans with (e / norm w * (norm w * norm v)).
    - apply Rmult_le_compat_l; [| assumption].
      apply Rmult_le_pos; [assumption | left; apply Rinv_0_lt_compat; assumption].
    - right. field. lra. }
  destruct (Rle_lt_or_eq_dec _ _ Hv) as [P | Z].
  - assert (Hcv : -1 <= cosine v teacher <= 1) by (apply cosine_bound; assumption).
    generalize (B_tangent atoms good c (cosine v teacher) Hc Hcv). intros T.
    rewrite (dot_sym teacher v), (dot_teacher v P). unfold f.
    apply (Rmult_le_compat_l (norm v)) in T; [| assumption]. unfold e in *. nra.
  - unfold f. rewrite <- Z in *. rewrite Rmult_0_l. rewrite Rmult_0_r in K.
    assert (dot teacher v = 0).
    { generalize (cauchy_schwarz teacher v). rewrite <- (norm_sq v), <- Z. nra. }
    rewrite H. lra.
Qed.

Lemma f_here w : 0 < norm w ->
  f w = (B (cosine w teacher) - cosine w teacher * C (cosine w teacher)) / norm w * dot w w + C (cosine w teacher) * dot teacher w.
Proof.
  intros Hw. rewrite (dot_sym teacher w), (dot_teacher w Hw), <- norm_sq. unfold f. field. lra.
Qed.

Theorem descent eta w : 0 < norm w ->
  L (step eta w) <= L w - eta * (1 - eta * A / 2) * dot (gradient w) (gradient w).
Proof.
  intros Hw. unfold L. generalize (f_tangent w (step eta w) Hw). rewrite (f_here w Hw).
  set (k := (B (cosine w teacher) - cosine w teacher * C (cosine w teacher)) / norm w). set (g := gradient w).
  assert (E1 : forall z, dot g z = (A - k) * dot w z - C (cosine w teacher) * dot teacher z).
  { intros z. unfold g, gradient. rewrite dot_plus, !dot_scal. fold k. ring. }
  unfold step. fold g. rewrite !dot_plus, !dot_plus_r, !dot_scal, !dot_scal_r.
  rewrite (dot_sym w g), !E1, (dot_sym w g), (dot_sym teacher g), !E1.
  rewrite (dot_sym teacher w). intros. nra.
Qed.

Lemma gradient_norm w : 0 < norm w ->
  dot (gradient w) (gradient w) = gradient2 atoms (norm w) (cosine w teacher).
Proof.
  intros Hw. unfold gradient, gradient2.
  rewrite dot_plus, !dot_plus_r, !dot_scal, !dot_scal_r, unit_teacher, (dot_sym teacher w),
    (dot_teacher w Hw), <- norm_sq. field. lra.
Qed.

Lemma L_is_loss w : L w = loss atoms (norm w) (cosine w teacher).
Proof. unfold L, loss, f. rewrite <- norm_sq. ring. Qed.

Lemma L_nonneg w : 0 < norm w -> 0 <= L w.
Proof.
  intros Hw. rewrite L_is_loss, loss_split by apply A_pos.
  generalize (cosine_bound w Hw); intros Hc.
  generalize (B_nonneg atoms good _ Hc) (B_le_A atoms good _ Hc) A_pos. intros.
  assert (0 < / (2 * A)) by (apply Rinv_0_lt_compat; lra).
  apply Rplus_le_le_0_compat; (apply Rmult_le_pos; [| lra]);
    [apply pow2_ge_0 | apply Rmult_le_pos; lra].
Qed.

Theorem contraction eta w : 0 < norm w -> 0 <= eta -> eta * A <= 2 ->
  L (step eta w) <= (1 - eta * (2 - eta * A) * mu (cosine w teacher)) * L w.
Proof.
  intros Hw H0 H2. generalize (descent eta w Hw). rewrite (gradient_norm w Hw).
  generalize (gradient_inequality atoms good (norm w) (cosine w teacher) A_pos C1_pos (cosine_bound w Hw)).
  rewrite <- L_is_loss. intros G D.
  assert (0 <= eta * (1 - eta * A / 2)) by (apply Rmult_le_pos; lra).
  apply Rle_trans with (1 := D).
  apply (Rmult_le_compat_l (eta * (1 - eta * A / 2))) in G; [| assumption]. lra.
Qed.

(* Step 5: the angle falls and does not overshoot. A step leads into the cone between w and the teacher:
   step = forward * (w / |w|) + across * teacher with forward >= 0 and across > 0. *)
Definition forward eta w := (1 - eta * A) * norm w + eta * (B (cosine w teacher) - cosine w teacher * C (cosine w teacher)).
Definition across eta w := eta * C (cosine w teacher).

Lemma step_in_cone eta w : 0 < norm w -> -1 < cosine w teacher -> 0 < eta -> eta * A <= 1 ->
  0 <= forward eta w /\ 0 < across eta w /\
  forall z, dot (step eta w) z = forward eta w / norm w * dot w z + across eta w * dot teacher z.
Proof.
  intros Hw Hc He Hx. generalize (cosine_bound w Hw). intros Hb. split; [| split].
  - apply Rplus_le_le_0_compat; apply Rmult_le_pos; try lra. apply excess; assumption.
  - apply Rmult_lt_0_compat; [assumption | apply C_pos; lra].
  - intros z. unfold step, gradient. rewrite dot_plus, dot_scal, dot_plus, !dot_scal.
    unfold forward, across. field. lra.
Qed.

Lemma step_products eta w : 0 < norm w -> -1 < cosine w teacher -> 0 < eta -> eta * A <= 1 ->
  let p := forward eta w in let k := across eta w in let c := cosine w teacher in
  dot (step eta w) teacher = p * c + k /\
  norm (step eta w) * norm (step eta w) = p * p + 2 * p * k * c + k * k /\ 0 < norm (step eta w).
Proof.
  intros Hw Hc He Hx p k c. destruct (step_in_cone eta w Hw Hc He Hx) as [Hp [Hk F]].
  fold p in Hp, F. fold k in Hk, F.
  assert (T : dot (step eta w) teacher = p * c + k).
  { rewrite F, unit_teacher, (dot_teacher w Hw). fold c. field. lra. }
  assert (N : dot (step eta w) (step eta w) = p * p + 2 * p * k * c + k * k).
  { rewrite F, (dot_sym w), (dot_sym teacher (step eta w)), T, F, <- norm_sq, (dot_sym teacher w),
      (dot_teacher w Hw). fold c. field. lra. }
  split; [exact T |]. rewrite norm_sq. split; [exact N |]. apply norm_pos_iff. rewrite N.
  replace (p * p + 2 * p * k * c + k * k) with ((p - k) * (p - k) + 2 * (p * k) * (1 + c)) by ring.
  assert (0 <= p * k) by (apply Rmult_le_pos; lra).
  assert (0 <= (p - k) * (p - k)) by apply Rle_0_sqr.
  fold c in Hc. assert (0 <= p * k * (1 + c)) by (apply Rmult_le_pos; lra).
  destruct (Rle_lt_or_eq_dec _ _ Hp) as [Q | Q].
  - assert (0 < p * k * (1 + c)) by (apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat |]; lra). lra.
  - assert (0 < (p - k) * (p - k)) by (rewrite <- Q; replace ((0 - k) * (0 - k)) with (k * k) by ring; apply Rmult_lt_0_compat; assumption).
    lra.
Qed.

Theorem angle_falls eta w :
  0 < norm w -> -1 < cosine w teacher -> 0 < eta -> eta * A <= 1 ->
  0 < norm (step eta w) /\ cosine w teacher <= cosine (step eta w) teacher /\
  (cosine w teacher < 1 -> cosine w teacher < cosine (step eta w) teacher).
Proof.
  intros Hw Hc He Hx. destruct (step_in_cone eta w Hw Hc He Hx) as [Hp [Hk _]].
  destruct (step_products eta w Hw Hc He Hx) as [T [NN R0]].
  set (p := forward eta w) in *. set (k := across eta w) in *. set (c := cosine w teacher) in *.
  generalize (cosine_bound w Hw). fold c. intros Hb.
  split; [assumption |]. rewrite (cos_is (step eta w)), T.
  set (n := norm (step eta w)) in *.
  assert (F : (p * c + k) * (p * c + k) - c * c * (n * n) = (1 - c * c) * k * (2 * p * c + k)) by (rewrite NN; ring).
  assert (Strict : c < 1 -> c * n < p * c + k).
  { intros Hc1. assert (0 < (1 - c * c) * k) by (apply Rmult_lt_0_compat; nra).
    destruct (Rle_lt_dec 0 c) as [C0 | C0].
    - assert (0 <= p * c) by (apply Rmult_le_pos; lra).
      assert (0 <= c * n) by (apply Rmult_le_pos; lra).
      destruct (Rlt_le_dec (c * n) (p * c + k)) as [|K]; [assumption |].
      assert ((p * c + k) * (p * c + k) <= (c * n) * (c * n)) by nra. nra.
    - assert (c * n < 0) by nra.
      destruct (Rle_lt_dec 0 (p * c + k)) as [|K0]; [lra |].
      destruct (Rlt_le_dec (c * n) (p * c + k)) as [|K]; [assumption |].
      assert ((c * n) * (c * n) <= (p * c + k) * (p * c + k)) by nra.
      assert (2 * p * c + k < 0) by nra. nra. }
  assert (Divide : forall y, (c * n < y -> c < y / n) /\ (c * n <= y -> c <= y / n)).
  { intros y. split; intros Y; [apply (Rmult_lt_reg_r n) | apply (Rmult_le_reg_r n)]; try assumption;
      replace (y / n * n) with y by (field; lra); assumption. }
  split; [| intros Hc1; apply Divide, Strict, Hc1].
  apply Divide. destruct (Rle_lt_or_eq_dec c 1 (proj2 Hb)) as [Lt | Eq]; [left; apply Strict, Lt |].
  rewrite Eq in *. assert (Q : n * n = (p + k) * (p + k)) by (rewrite NN; ring).
  assert (n = p + k) by nra. lra.
Qed.

(* Step 6: the rate. *)

Lemma factor_bounds eta c : 0 < eta -> eta * A <= 1 -> -1 <= c <= 1 ->
  0 <= 1 - eta * (2 - eta * A) * mu c <= 1.
Proof.
  intros He Hx Hc. generalize (mu_nonneg atoms c C1_pos (proj1 Hc)). intros M0.
  assert (M1 : mu c <= A).
  { apply Rle_trans with (mu 1); [apply mu_increases; try tauto; try apply C1_pos; lra |].
    unfold Sums.mu. replace ((1 + 1) * C 1 ^ 2 / (2 * C 1)) with (C 1) by (field; generalize C1_pos; lra).
    apply C1_le_A; assumption. }
  generalize A_pos. intros HA. split.
  - assert (eta * (2 - eta * A) * mu c <= eta * (2 - eta * A) * A).
    { apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | assumption]. }
    assert (eta * (2 - eta * A) * A <= 1) by nra. lra.
  - assert (0 <= eta * (2 - eta * A) * mu c).
    { apply Rmult_le_pos; [apply Rmult_le_pos; lra | assumption]. }
    lra.
Qed.

Theorem linear_rate eta w0 t :
  0 < norm w0 -> -1 < cosine w0 teacher -> 0 < eta -> eta * A <= 1 ->
  0 < norm (path eta w0 t) /\ cosine w0 teacher <= cosine (path eta w0 t) teacher /\
  L (path eta w0 t) <= (1 - eta * (2 - eta * A) * mu (cosine w0 teacher)) ^ t * L w0.
Proof.
  intros Hw Hc He Hx. generalize (cosine_bound w0 Hw). intros Hb.
  induction t as [| t [N [K R]]]; simpl; [repeat split; lra |].
  set (w := path eta w0 t) in *.
  destruct (angle_falls eta w N ltac:(lra) He Hx) as [N' [K' _]].
  repeat split; [assumption | lra |].
  apply Rle_trans with (1 := contraction eta w N ltac:(lra) ltac:(lra)).
  generalize (cosine_bound w N). intros Hb'.
  destruct (factor_bounds eta (cosine w0 teacher) He Hx Hb) as [F0 _].
  assert (M : mu (cosine w0 teacher) <= mu (cosine w teacher)) by (apply mu_increases; try assumption; try apply C1_pos; lra).
  generalize (L_nonneg w N) A_pos. intros L0 HA.
  apply Rle_trans with ((1 - eta * (2 - eta * A) * mu (cosine w0 teacher)) * L w).
  - apply Rmult_le_compat_r; [assumption |].
    assert (eta * (2 - eta * A) * mu (cosine w0 teacher) <= eta * (2 - eta * A) * mu (cosine w teacher)).
    { apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | assumption]. }
    lra.
  - set (X := 1 - eta * (2 - eta * A) * mu (cosine w0 teacher)) in *.
    replace (X * X ^ t * L w0) with (X * (X ^ t * L w0)) by ring.
    apply Rmult_le_compat_l; assumption.
Qed.

(* Item 3: the number of steps, from a start with c >= 0. *)
Theorem iterations eta w0 t target :
  0 < norm w0 -> 0 <= cosine w0 teacher -> 0 < eta -> eta * A <= 1 -> 0 < target -> 0 < L w0 ->
  8 * A / (eta * A * (2 - eta * A) * S_) * ln (L w0 / target) <= INR t ->
  L (path eta w0 t) <= target.
Proof.
  intros Hw Hc He Hx Ht HL Hsteps. generalize (cosine_bound w0 Hw). intros Hb.
  destruct (linear_rate eta w0 t Hw ltac:(lra) He Hx) as [_ [_ R]].
  apply Rle_trans with (1 := R).
  generalize A_pos C1_pos (mu_from_degrees atoms good (cosine w0 teacher) C1_pos ltac:(lra)). intros HA H1 M.
  set (q := eta * (2 - eta * A) * mu (cosine w0 teacher)) in *.
  assert (HS : 0 < S_).
  { apply Rlt_le_trans with (1 := H1). unfold Sums.S_, Sums.C. apply total_le. intros p Hp.
    destruct (good p Hp) as [Hm [Hr _]]. generalize (slope_bounds (snd p * 1)). intros.
    assert (0 <= fst p * snd p) by (apply Rmult_le_pos; assumption). nra. }
  assert (Q : eta * (2 - eta * A) * S_ / 8 <= q).
  { unfold q. assert (S_ / 8 <= mu (cosine w0 teacher)) by nra.
    replace (eta * (2 - eta * A) * S_ / 8) with (eta * (2 - eta * A) * (S_ / 8)) by field.
    apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | assumption]. }
  destruct (factor_bounds eta (cosine w0 teacher) He Hx Hb) as [F0 F1]. fold q in F0, F1.
  assert (Decay : (1 - q) ^ t <= exp (- q * INR t)).
  { rewrite Rmult_comm, <- (Rmult_comm (- q)). clear - F0. induction t as [| t IH].
    - simpl. rewrite Rmult_0_r, exp_0. lra.
    - rewrite S_INR. replace (- q * (INR t + 1)) with (- q + - q * INR t) by ring. rewrite exp_plus.
      simpl. apply Rmult_le_compat; try assumption; [apply pow_le; assumption |].
      generalize (exp_ineq1_le (- q)). lra. }
  apply Rle_trans with (exp (- q * INR t) * L w0); [apply Rmult_le_compat_r; lra |].
  assert (X : ln (L w0 / target) <= q * INR t).
  { assert (D : 0 < eta * (2 - eta * A) * S_ / 8).
    { repeat apply Rmult_lt_0_compat; lra. }
    apply Rle_trans with (eta * (2 - eta * A) * S_ / 8 * INR t).
    - apply (Rmult_le_compat_l (eta * (2 - eta * A) * S_ / 8)) in Hsteps; [| lra].
      apply Rle_trans with (2 := Hsteps). right. field. repeat split; lra.
    - apply Rmult_le_compat_r; [apply pos_INR | assumption]. }
  assert (Y : L w0 / target <= exp (q * INR t)).
  { rewrite <- (exp_ln (L w0 / target)) by (apply Rdiv_lt_0_compat; assumption).
    destruct X as [X | X]; [left; apply exp_increasing; assumption | right; rewrite X; reflexivity]. }
  apply (Rmult_le_reg_l (exp (q * INR t))); [apply exp_pos |].
  rewrite <- Rmult_assoc, <- exp_plus. replace (q * INR t + - q * INR t) with 0 by ring.
  rewrite exp_0, Rmult_1_l.
  apply (Rmult_le_compat_r target) in Y; [| lra].
  replace (L w0 / target * target) with (L w0) in Y by (field; lra). exact Y.
Qed.

(* Step 8, first part: lengths. grad f is the vector that a step pulls towards, w+ = (1 - x) w + eta grad f. *)
Definition gradient_f (w : E) : E :=
  plus (scal ((B (cosine w teacher) - cosine w teacher * C (cosine w teacher)) / norm w) w)
       (scal (C (cosine w teacher)) teacher).

Lemma step_pulls eta w z : dot (step eta w) z = (1 - eta * A) * dot w z + eta * dot (gradient_f w) z.
Proof. unfold step, gradient, gradient_f. rewrite !dot_plus, !dot_scal, dot_plus, !dot_scal. ring. Qed.

Lemma f_at_most v : f v <= norm v * A.
Proof.
  unfold f. destruct (Rle_lt_or_eq_dec _ _ (norm_pos v)) as [P | Z].
  - apply Rmult_le_compat_l; [lra |]. apply B_le_A; [assumption | apply cosine_bound, P].
  - rewrite <- Z. lra.
Qed.

Lemma gradient_f_at_most w : 0 < norm w -> norm (gradient_f w) <= A.
Proof.
  intros Hw. generalize (f_tangent w (gradient_f w) Hw) (f_at_most (gradient_f w)).
  assert (Eq : dot (gradient_f w) (gradient_f w) =
    (B (cosine w teacher) - cosine w teacher * C (cosine w teacher)) / norm w * dot w (gradient_f w)
    + C (cosine w teacher) * dot teacher (gradient_f w)).
  { unfold gradient_f at 1. rewrite dot_plus, !dot_scal. ring. }
  rewrite <- Eq, <- norm_sq. intros. generalize (norm_pos (gradient_f w)) A_pos. intros. nra.
Qed.

Lemma norm_of_combination (a b : R) (u v y : E) :
  (forall z, dot y z = a * dot u z + b * dot v z) -> norm y = norm (plus (scal a u) (scal b v)).
Proof.
  intros F. unfold norm. f_equal. rewrite F, (dot_sym u y), (dot_sym v y), !F.
  rewrite dot_plus, !dot_plus_r, !dot_scal, !dot_scal_r. ring.
Qed.

Lemma length_bound eta w : 0 < norm w -> 0 <= eta -> eta * A <= 1 ->
  norm (step eta w) <= (1 - eta * A) * norm w + eta * A.
Proof.
  intros Hw H0 Hx. rewrite (norm_of_combination _ _ w (gradient_f w) _ (step_pulls eta w)).
  apply Rle_trans with (1 := triangle _ _). rewrite !norm_scal, !Rabs_right by lra.
  generalize (gradient_f_at_most w Hw). intros. apply Rplus_le_compat_l, Rmult_le_compat_l; lra.
Qed.

(* B^2 + C^2 sin^2 <= A^2: the gradient of f in its two parts. *)
Lemma parts_at_most w : 0 < norm w ->
  B (cosine w teacher) ^ 2 + C (cosine w teacher) ^ 2 * (1 - cosine w teacher * cosine w teacher) <= A ^ 2.
Proof.
  intros Hw. generalize (gradient_f_at_most w Hw) (norm_pos (gradient_f w)) (norm_sq (gradient_f w)).
  assert (Eq : dot (gradient_f w) (gradient_f w) = B (cosine w teacher) ^ 2 + C (cosine w teacher) ^ 2 * (1 - cosine w teacher * cosine w teacher)).
  { unfold gradient_f. rewrite dot_plus, !dot_plus_r, !dot_scal, !dot_scal_r, unit_teacher, (dot_sym teacher w), (dot_teacher w Hw), <- norm_sq. field. lra. }
  rewrite Eq. intros. nra.
Qed.

(* The first loss. *)
Lemma loss_from_distance w : 0 < norm w -> L w <= A * dot (minus w teacher) (minus w teacher) / 2.
Proof.
  intros Hw. rewrite L_is_loss. unfold loss.
  rewrite dot_minus, !dot_minus_r, unit_teacher, (dot_sym teacher w), (dot_teacher w Hw), <- norm_sq.
  generalize (B_above_cA atoms good _ (cosine_bound w Hw)). intros.
  assert (norm w * (cosine w teacher * A) <= norm w * B (cosine w teacher)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

(* The distance of lengths is part of the loss. *)
Lemma loss_above_length w : 0 < norm w -> A * (norm w - 1) ^ 2 / 2 <= L w.
Proof.
  intros Hw. rewrite L_is_loss. unfold loss. generalize (B_le_A atoms good _ (cosine_bound w Hw)). intros. nra.
Qed.

(* The largest constant of the gradient inequality at an angle, and that it is attained at the length B / A. *)
Lemma best_constant w : 0 < norm w ->
  A * C (cosine w teacher) ^ 2 * (1 - cosine w teacher * cosine w teacher) * (2 * L w)
  <= (A ^ 2 - B (cosine w teacher) ^ 2) * dot (gradient w) (gradient w).
Proof.
  intros Hw. rewrite (gradient_norm w Hw), L_is_loss, loss_split by apply A_pos. unfold gradient2.
  generalize (parts_at_most w Hw) A_pos. set (b := B _). set (k := C _). set (q := 1 - _ * _).
  set (u := A * norm w - b). intros Hp HA.
  replace (A * k ^ 2 * q * (2 * (u ^ 2 / (2 * A) + (A - b) * (A + b) / (2 * A))))
    with (k ^ 2 * q * u ^ 2 + k ^ 2 * q * (A ^ 2 - b ^ 2)) by (field; lra).
  assert (0 <= u ^ 2 * (A ^ 2 - b ^ 2 - k ^ 2 * q)) by (apply Rmult_le_pos; [apply pow2_ge_0 | lra]). nra.
Qed.

Lemma best_constant_attained w : 0 < norm w -> A * norm w = B (cosine w teacher) ->
  A * C (cosine w teacher) ^ 2 * (1 - cosine w teacher * cosine w teacher) * (2 * L w)
  = (A ^ 2 - B (cosine w teacher) ^ 2) * dot (gradient w) (gradient w).
Proof.
  intros Hw Hl. rewrite (gradient_norm w Hw), L_is_loss, loss_split by apply A_pos. unfold gradient2.
  rewrite Hl. field. generalize A_pos. lra.
Qed.
End Descent.
