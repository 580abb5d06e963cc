(* Step 8: the way around the antipode. phi = pi - theta is the distance of the angle from pi. *)
Require Import Reals Lra Psatz List.
From Proofs Require Import Dual Sums Space Descent.
Open Scope R_scope.
Local Opaque s s'.

Section Escape.
Context {E : Space}.
Variable teacher : E.
Hypothesis unit_teacher : dot teacher teacher = 1.
Variable atoms : list (R * R).
Hypothesis good : forall p, In p atoms -> 0 <= fst p /\ 0 <= snd p <= 1.
Variable m : R.
Hypothesis m_pos : 0 < m.
Hypothesis self : In (m, 1) atoms.
Notation A := (A atoms).  Notation B := (B atoms).  Notation C := (C atoms).
Notation S_ := (S_ atoms). Notation M_ := (M_ atoms).
Notation step := (step teacher atoms). Notation path := (path teacher atoms).
Notation forward := (forward teacher atoms). Notation across := (across teacher atoms).

Definition phi (w : E) : R := PI - angle w teacher.

Lemma phi_bounds w : 0 <= phi w <= PI.
Proof. unfold phi, angle. generalize (acos_bound (cosine w teacher)). lra. Qed.

Lemma A_positive : 0 < A.
Proof. exact (A_pos atoms good m m_pos self). Qed.

Lemma S_positive : 0 < S_.
Proof. apply Rlt_le_trans with (C 1); [exact (C1_pos atoms good m m_pos self) | apply C1_le_S; assumption]. Qed.

(* One step turns w towards the teacher by delta, with tan(delta) = b / a, and does not pass it. *)
Lemma turn eta w : 0 < norm w -> -1 < cosine w teacher -> 0 < eta -> eta * A <= 1 ->
  let a := forward eta w + across eta w * cosine w teacher in
  let b := across eta w * sin (angle w teacher) in
  exists delta, 0 <= delta <= PI /\ phi (step eta w) = phi w + delta /\
    a = norm (step eta w) * cos delta /\ b = norm (step eta w) * sin delta.
Proof.
  intros Hw Hc He Hx a b.
  destruct (step_in_cone teacher unit_teacher atoms good m m_pos self eta w Hw Hc He Hx) as [Hp [Hk _]].
  destruct (step_products teacher unit_teacher atoms good m m_pos self eta w Hw Hc He Hx) as [T [NN R0]].
  set (p := forward eta w) in *. set (k := across eta w) in *.
  generalize (cosine_bound teacher unit_teacher w Hw). intros Hb.
  set (n := norm (step eta w)) in *. set (th := angle w teacher) in *.
  assert (Hth : 0 <= th <= PI) by apply acos_bound.
  assert (Hcos : cosine w teacher = cos th) by (symmetry; apply cos_acos; lra).
  assert (Hsin : 0 <= sin th) by (apply sin_ge_0; lra).
  generalize (sin2_cos2 th). unfold Rsqr. intros P1.
  assert (Ea : a = p + k * cos th) by (unfold a; fold p k; rewrite Hcos; reflexivity).
  assert (Eb : b = k * sin th) by reflexivity.
  rewrite Hcos in T, NN. clearbody a b.
  assert (NN' : n * n = a * a + b * b).
  { rewrite NN, Ea, Eb. transitivity (p * p + 2 * p * k * cos th + k * k * (sin th * sin th + cos th * cos th)); [rewrite P1; ring | ring]. }
  assert (Hb0 : 0 <= b) by (rewrite Eb; apply Rmult_le_pos; lra).
  assert (Ha : -1 <= a / n <= 1).
  { assert (- n <= a <= n) by nra.
    split; apply (Rmult_le_reg_r n); try assumption; unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra. }
  set (delta := acos (a / n)).
  assert (Hd : 0 <= delta <= PI) by apply acos_bound.
  assert (Cd : a = n * cos delta) by (unfold delta; rewrite cos_acos by lra; field; lra).
  assert (Sd : b = n * sin delta).
  { assert (0 <= sin delta) by (apply sin_ge_0; lra). generalize (sin2_cos2 delta). unfold Rsqr. intros P2.
    assert (b * b = n * sin delta * (n * sin delta)).
    { replace (n * sin delta * (n * sin delta)) with (n * n * (sin delta * sin delta + cos delta * cos delta) - n * cos delta * (n * cos delta)) by ring.
      rewrite P2, <- Cd. lra. }
    assert (0 <= n * sin delta) by (apply Rmult_le_pos; lra). nra. }
  exists delta. split; [exact Hd |]. split; [| split; assumption].
  (* sin(theta - delta) >= 0 *)
  assert (Side : n * sin (th - delta) = sin th * p).
  { rewrite sin_minus. transitivity (sin th * (n * cos delta) - cos th * (n * sin delta)); [ring |].
    rewrite <- Cd, <- Sd, Ea, Eb. ring. }
  assert (Cos : cos (th - delta) = cosine (step eta w) teacher).
  { rewrite (cos_is teacher unit_teacher), T. fold n. rewrite cos_minus. apply (Rmult_eq_reg_l n); [| lra].
    transitivity (cos th * (n * cos delta) + sin th * (n * sin delta)); [ring |].
    rewrite <- Cd, <- Sd, Ea, Eb.
    transitivity (p * cos th + k * (sin th * sin th + cos th * cos th)); [ring |]. rewrite P1. field. lra. }
  assert (Range : 0 <= th - delta).
  { destruct (Rle_lt_dec 0 (th - delta)) as [|K]; [assumption | exfalso].
    destruct (Rle_lt_or_eq_dec (- PI) (th - delta) ltac:(lra)) as [G | G].
    - assert (sin (th - delta) < 0) by (apply sin_lt_0_var; lra).
      assert (0 <= sin th * p) by (apply Rmult_le_pos; assumption). nra.
    - (* theta = 0 and delta = pi: then b = 0 and a >= 0 *)
      assert (th = 0) by lra. assert (delta = PI) by lra.
      assert (a < 0) by (rewrite Cd, H0, cos_PI; lra).
      rewrite Ea, H, cos_0 in H1. lra. }
  unfold phi.
  enough (angle (step eta w) teacher = th - delta) by (fold th; lra).
  unfold angle. rewrite <- Cos. apply acos_cos. lra.
Qed.

(* How much: phi+ >= phi + kappa phi^2 with kappa = 2 k / 5, for a bound Lambda on the length. *)
Definition k_of eta Lambda := eta * S_ / PI / ((1 - eta * A) * Lambda + eta * M_ / PI).

Lemma M_positive : 0 < M_.
Proof.
  generalize S_positive (S_le_M atoms good). lra.
Qed.

Lemma k_bounds eta Lambda : 0 < eta -> eta * A <= 1 -> 0 <= Lambda -> 0 < k_of eta Lambda <= 1.
Proof.
  intros He Hx HL. generalize M_positive (S_le_M atoms good) PI_pos. intros HM HS HP.
  generalize S_positive. intros HS0.
  assert (D : 0 < eta * M_ / PI) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra).
  assert (D' : 0 < eta * S_ / PI) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra).
  assert (F : 0 <= (1 - eta * A) * Lambda) by (apply Rmult_le_pos; lra).
  assert (Q : eta * S_ / PI <= eta * M_ / PI).
  { unfold Rdiv. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra | apply Rmult_le_compat_l; lra]. }
  unfold k_of. split; [apply Rdiv_lt_0_compat; lra |].
  apply (Rmult_le_reg_r ((1 - eta * A) * Lambda + eta * M_ / PI)); [lra |].
  unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

Lemma escape_step eta w Lambda : 0 < norm w <= Lambda -> -1 < cosine w teacher <= 0 -> 0 < eta -> eta * A <= 1 ->
  phi w + 2 / 5 * k_of eta Lambda * (phi w * phi w) <= phi (step eta w).
Proof.
  intros [Hw HL] Hc He Hx.
  destruct (turn eta w Hw (proj1 Hc) He Hx) as [delta [Hd [Hphi [Ha Hb]]]]. rewrite Hphi.
  destruct (step_products teacher unit_teacher atoms good m m_pos self eta w Hw (proj1 Hc) He Hx) as [_ [_ R0]].
  destruct (k_bounds eta Lambda He Hx ltac:(lra)) as [K0 K1]. set (k := k_of eta Lambda) in *.
  generalize PI_bounds M_positive A_positive. intros HP HM HA.
  set (c := cosine w teacher) in *. set (n := norm (step eta w)) in *.
  assert (Hth : PI / 2 <= angle w teacher <= PI).
  { split; [| apply acos_bound]. unfold angle. fold c. rewrite <- acos_0. apply acos_falls; lra. }
  assert (Hp : 0 <= phi w <= PI / 2) by (unfold phi; lra).
  assert (Hsin : sin (angle w teacher) = sin (phi w)).
  { unfold phi. rewrite sin_PI_x. reflexivity. }
  set (y := 2 / 5 * k * (phi w * phi w)).
  assert (Y : 0 <= y <= 0.988).
  { unfold y. split; [apply Rmult_le_pos; [lra | apply Rle_0_sqr] |].
    assert (phi w * phi w <= 2.4689) by nra.
    assert (k * (phi w * phi w) <= 1 * 2.4689) by (apply Rmult_le_compat; try lra; apply Rle_0_sqr). lra. }
  enough (y <= delta) by (unfold y in *; lra).
  destruct (Rle_lt_dec y delta) as [|Bad]; [assumption | exfalso].
  (* a <= (1 - x) Lambda + x M / (pi A), b >= eta S phi / pi sin(phi) *)
  assert (Up : forward eta w + across eta w * c <= (1 - eta * A) * Lambda + eta * M_ / PI).
  { unfold Descent.forward, Descent.across. fold c.
    generalize (B_below_0 atoms good c ltac:(lra)). intros.
    assert ((1 - eta * A) * norm w <= (1 - eta * A) * Lambda) by (apply Rmult_le_compat_l; lra).
    assert (eta * B c <= eta * (M_ / PI)) by (apply Rmult_le_compat_l; lra). lra. }
  assert (Sl : s' c = phi w / PI) by reflexivity.
  assert (Lo : eta * S_ / PI * (phi w * sin (phi w)) <= across eta w * sin (angle w teacher)).
  { rewrite Hsin. unfold Descent.across. fold c. generalize (C_above atoms good c ltac:(lra)). rewrite Sl. intros.
    replace (eta * S_ / PI * (phi w * sin (phi w))) with (eta * (S_ * (phi w / PI)) * sin (phi w)) by (field; lra).
    apply Rmult_le_compat_r; [apply sin_ge_0; lra | apply Rmult_le_compat_l; lra]. }
  set (D := (1 - eta * A) * Lambda + eta * M_ / PI) in *.
  assert (HD : 0 < D).
  { unfold D. assert (0 < eta * M_ / PI) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat |]; lra).
    assert (0 <= (1 - eta * A) * Lambda) by (apply Rmult_le_pos; lra). lra. }
  assert (Ek : eta * S_ / PI = k * D) by (unfold k, k_of; fold D; field; lra).
  rewrite Ek in Lo. rewrite Ha in Up. rewrite Hb in Lo.
  generalize (sin_above_chord (phi w) Hp) (sin_below y Y). intros J T.
  assert (Cy : 0 < cos y) by (apply cos_gt_0; lra).
  assert (U : 5 / PI * y <= k * (phi w * sin (phi w))).
  { unfold y. replace (5 / PI * (2 / 5 * k * (phi w * phi w))) with (k * (phi w * (2 / PI * phi w))) by (field; lra).
    apply Rmult_le_compat_l; [lra |]. apply Rmult_le_compat_l; lra. }
  (* n sin(y - delta) > 0, against n (a sin y - b cos y) <= 0 *)
  assert (Pos : 0 < sin (y - delta)) by (apply sin_gt_0; lra).
  rewrite sin_minus in Pos. apply (Rmult_lt_compat_l n) in Pos; [| assumption]. rewrite Rmult_0_r in Pos.
  assert (Cd : 0 <= n * cos delta) by (apply Rmult_le_pos; [lra | apply cos_ge_0; lra]).
  assert (S1 : n * cos delta * sin y <= n * cos delta * (k * (phi w * sin (phi w)) * cos y)).
  { apply Rmult_le_compat_l; [assumption |]. apply Rle_trans with (1 := T). apply Rmult_le_compat_r; lra. }
  assert (Q : 0 <= k * (phi w * sin (phi w)) * cos y).
  { apply Rmult_le_pos; [| lra]. apply Rmult_le_pos; [lra |]. apply Rmult_le_pos; [lra | apply sin_ge_0; lra]. }
  assert (S2 : n * cos delta * (k * (phi w * sin (phi w)) * cos y) <= D * (k * (phi w * sin (phi w)) * cos y))
    by (apply Rmult_le_compat_r; assumption).
  assert (S3 : k * D * (phi w * sin (phi w)) * cos y <= n * sin delta * cos y) by (apply Rmult_le_compat_r; lra).
  lra.
Qed.

(* The steps that the escape takes: 1 / phi falls by at least 1 / (5 / (2 k) + pi / 2) per step. *)
Lemma phi_positive w : 0 < norm w -> -1 < cosine w teacher -> 0 < phi w.
Proof.
  intros Hw Hc. generalize (cosine_bound teacher unit_teacher w Hw) PI_pos. intros Hb P.
  generalize (slope_positive (cosine w teacher) ltac:(lra)). intros Q.
  replace (phi w) with (PI * s' (cosine w teacher)); [apply Rmult_lt_0_compat; lra |].
  unfold phi, angle. Local Transparent s'. unfold s'. Local Opaque s'. field. lra.
Qed.

Lemma path_length eta w t : 0 < norm w -> -1 < cosine w teacher -> 0 < eta -> eta * A <= 1 ->
  0 < norm (path eta w t) <= Rmax (norm w) 1 /\ cosine w teacher <= cosine (path eta w t) teacher.
Proof.
  intros Hw Hc He Hx. generalize (Rmax_l (norm w) 1) (Rmax_r (norm w) 1). intros R1 R2.
  induction t as [| t [[N1 N2] K]]; simpl; [split; lra |].
  destruct (angle_falls teacher unit_teacher atoms good m m_pos self eta _ N1 ltac:(lra) He Hx) as [P1 [P2 _]].
  generalize (length_bound teacher unit_teacher atoms good m m_pos self eta _ N1 ltac:(lra) Hx). intros B1.
  generalize A_positive. intros. assert (0 < eta * A) by (apply Rmult_lt_0_compat; lra).
  split; [split; [exact P1 |] | lra]. apply Rle_trans with (1 := B1).
  assert ((1 - eta * A) * norm (path eta w t) <= (1 - eta * A) * Rmax (norm w) 1) by (apply Rmult_le_compat_l; lra).
  assert (eta * A * 1 <= eta * A * Rmax (norm w) 1) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Theorem escape_time eta w t : 0 < norm w -> -1 < cosine w teacher -> 0 < eta -> eta * A <= 1 ->
  (1 / phi w - 2 / PI) * (5 / (2 * k_of eta (Rmax (norm w) 1)) + PI / 2) <= INR t ->
  0 <= cosine (path eta w t) teacher.
Proof.
  intros Hw Hc He Hx Ht. set (Lambda := Rmax (norm w) 1) in *.
  destruct (k_bounds eta Lambda He Hx ltac:(unfold Lambda; generalize (Rmax_r (norm w) 1); lra)) as [K0 K1].
  set (k := k_of eta Lambda) in *. set (q := 5 / (2 * k) + PI / 2) in *.
  generalize PI_pos. intros P.
  assert (Hq : 0 < q) by (unfold q; assert (0 < 5 / (2 * k)) by (apply Rdiv_lt_0_compat; lra); lra).
  destruct (Rle_lt_dec 0 (cosine (path eta w t) teacher)) as [|Bad]; [assumption | exfalso].
  assert (Fall : forall j, (j <= t)%nat -> 1 / phi (path eta w j) <= 1 / phi w - INR j / q).
  { induction j as [| j IH]; intros Hj; [simpl; unfold Rdiv at 3; lra |].
    specialize (IH ltac:(lia)). destruct (path_length eta w j Hw Hc He Hx) as [N1 K].
    assert (Neg : cosine (path eta w j) teacher <= 0).
    { assert (Mono : forall a b, (a <= b)%nat -> cosine (path eta w a) teacher <= cosine (path eta w b) teacher).
      { intros a b Hab. induction Hab as [| b Hab IHb]; [lra |]. apply Rle_trans with (1 := IHb). simpl.
        destruct (path_length eta w b Hw Hc He Hx) as [Nb Kb].
        apply (angle_falls teacher unit_teacher atoms good m m_pos self eta); lra. }
      generalize (Mono j t ltac:(lia)). lra. }
    generalize (escape_step eta (path eta w j) Lambda N1 ltac:(lra) He Hx). fold k.
    change (step eta (path eta w j)) with (path eta w (S j)).
    generalize (phi_positive _ (proj1 N1) ltac:(lra)). set (f0 := phi (path eta w j)) in *. intros F0 F1.
    assert (F2 : f0 <= PI / 2).
    { unfold f0, phi, angle. generalize (acos_falls _ 0 (proj1 (cosine_bound teacher unit_teacher _ (proj1 N1))) Neg ltac:(lra)).
      rewrite acos_0. lra. }
    set (kappa := 2 / 5 * k) in *. assert (HK : 0 < kappa) by (unfold kappa; lra).
    assert (Eq : q = 1 / kappa + PI / 2) by (unfold q, kappa; field; lra).
    rewrite S_INR. replace ((INR j + 1) / q) with (INR j / q + 1 / q) by (field; lra).
    enough (1 / phi (path eta w (S j)) <= 1 / f0 - 1 / q) by lra.
    assert (G : 0 < f0 * (1 + kappa * f0)) by (apply Rmult_lt_0_compat; nra).
    apply Rle_trans with (1 / (f0 * (1 + kappa * f0))).
    - unfold Rdiv. rewrite !Rmult_1_l. apply Rinv_le_contravar; lra.
    - replace (1 / (f0 * (1 + kappa * f0))) with (1 / f0 - 1 / (1 / kappa + f0)) by (field; nra).
      assert (1 / q <= 1 / (1 / kappa + f0)).
      { unfold Rdiv. rewrite !(Rmult_1_l (/ _)). apply Rinv_le_contravar; [| rewrite Eq; lra].
        assert (0 < 1 / kappa) by (apply Rdiv_lt_0_compat; lra). lra. }
      lra. }
  specialize (Fall t (le_n t)). destruct (path_length eta w t Hw Hc He Hx) as [N1 K].
  generalize (phi_positive _ (proj1 N1) ltac:(lra)). set (ft := phi (path eta w t)) in *. intros F0.
  assert (F2 : ft < PI / 2).
  { unfold ft, phi, angle. set (c := cosine (path eta w t) teacher) in *.
    destruct (cosine_bound teacher unit_teacher _ (proj1 N1)) as [B1 _]. fold c in B1.
    assert (A1 : PI / 2 <= acos c) by (rewrite <- acos_0; apply acos_falls; lra).
    destruct A1 as [A1 | A1]; [lra |]. exfalso. assert (cos (acos c) = 0) by (rewrite <- A1; apply cos_PI2).
    rewrite cos_acos in H by lra. lra. }
  assert (1 / phi w - 2 / PI <= INR t / q).
  { apply (Rmult_le_reg_r q); [assumption |]. replace (INR t / q * q) with (INR t) by (field; lra). exact Ht. }
  assert (2 / PI < 1 / ft).
  { apply (Rmult_lt_reg_r (ft * PI)); [apply Rmult_lt_0_compat; lra |]. field_simplify; lra. }
  lra.
Qed.
End Escape.
