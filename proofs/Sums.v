(* Step 1 (the sums), step 4 (a gradient inequality without epsilon) and step 7 (constants).
   A graph enters only through masses m >= 0 and overlaps 0 <= rho <= 1, here a list of pairs (m, rho):
   one for every pair of nodes. Graph.v shows that every graph has such a list. *)
Require Import Reals Lra Psatz List.
From Proofs Require Import Dual.
Import ListNotations.
Open Scope R_scope.
Local Opaque s s'.

Section Sums.
Variable atoms : list (R * R).           (* pairs (mass, overlap) *)
Hypothesis good : forall p, In p atoms -> 0 <= fst p /\ 0 <= snd p <= 1.

Definition total (g : R * R -> R) : R := fold_right (fun p acc => g p + acc) 0 atoms.

Lemma total_le (g h : R * R -> R) :
  (forall p, In p atoms -> g p <= h p) -> total g <= total h.
Proof.
  unfold total. clear good. induction atoms as [| q l IH]; simpl; intros H; [lra |].
  generalize (H q (or_introl eq_refl)) (IH (fun p Hp => H p (or_intror Hp))). lra.
Qed.

Lemma total_plus g h : total (fun p => g p + h p) = total g + total h.
Proof. unfold total. clear good. induction atoms; simpl; [ring | rewrite IHl; ring]. Qed.

Lemma total_scale k g : total (fun p => k * g p) = k * total g.
Proof. unfold total. clear good. induction atoms; simpl; [ring | rewrite IHl; ring]. Qed.

Lemma total_ext g h : (forall p, g p = h p) -> total g = total h.
Proof. intros H. unfold total. clear good. induction atoms; simpl; [ring | rewrite H, IHl; ring]. Qed.

(* The sums A, B(c), C(c) of the loss, and the two sizes M and S that need the degrees only. *)
Definition B (c : R) := total (fun p => fst p * s (snd p * c)).
Definition C (c : R) := total (fun p => fst p * snd p * s' (snd p * c)).
Definition A := B 1.
Definition S_ := total (fun p => fst p * snd p).
Definition M_ := total (fun p => fst p).

Lemma inside p c : In p atoms -> -1 <= c <= 1 -> -1 <= snd p * c <= 1.
Proof. intros Hp Hc. destruct (good p Hp). nra. Qed.

(* Step 1: B lies above its tangents, and C is their slope. *)
Lemma B_tangent c y : -1 <= c <= 1 -> -1 <= y <= 1 -> B c + C c * (y - c) <= B y.
Proof.
  intros Hc Hy. unfold B, C.
  rewrite Rmult_comm, <- total_scale, <- total_plus. apply total_le. intros p Hp.
  generalize (good p Hp) (tangent _ _ (inside p c Hp Hc) (inside p y Hp Hy)).
  intros [Hm [Hr Hr']] T. apply (Rmult_le_compat_l (fst p)) in T; [| assumption].
  simpl in *. lra.
Qed.

Lemma C_nonneg c : 0 <= C c.
Proof.
  replace 0 with (total (fun p => 0)) by (unfold total; clear good; induction atoms; simpl; lra).
  apply total_le. intros p Hp. destruct (good p Hp) as [Hm [Hr _]]. destruct (slope_bounds (snd p * c)).
  apply Rmult_le_pos; [apply Rmult_le_pos; assumption | assumption].
Qed.

Lemma C_increases c y : -1 <= c -> c <= y -> y <= 1 -> C c <= C y.
Proof.
  intros H1 H2 H3. apply total_le. intros p Hp. destruct (good p Hp).
  apply Rmult_le_compat_l; [apply Rmult_le_pos; lra |].
  apply slope_increases; nra.
Qed.

Lemma B_nonneg c : -1 <= c <= 1 -> 0 <= B c.
Proof.
  intros Hc.
  replace 0 with (total (fun p => 0)) by (unfold total; clear good; induction atoms; simpl; lra).
  apply total_le. intros p Hp. destruct (good p Hp) as [Hm _].
  apply Rmult_le_pos; [assumption | apply s_nonnegative, inside; assumption].
Qed.

Lemma excess c : 0 <= B c - c * C c.
Proof.
  unfold B, C.
  replace (_ - _) with (total (fun p => fst p * (s (snd p * c) - (snd p * c) * s' (snd p * c)))).
  - replace 0 with (total (fun p => 0)) by (unfold total; clear good; induction atoms; simpl; lra).
    apply total_le. intros p Hp. destruct (good p Hp) as [Hm _].
    apply Rmult_le_pos; [assumption | apply excess_nonnegative].
  - replace (total (fun p => fst p * s (snd p * c)) - c * total (fun p => fst p * snd p * s' (snd p * c)))
      with (total (fun p => fst p * s (snd p * c)) + (- c) * total (fun p => fst p * snd p * s' (snd p * c)))
      by ring.
    rewrite <- total_scale, <- total_plus. apply total_ext. intros; ring.
Qed.

Lemma C1_le_A : C 1 <= A.
Proof. generalize (excess 1). unfold A. lra. Qed.

Lemma B_le_A c : -1 <= c <= 1 -> B c <= A.
Proof. intros Hc. generalize (B_tangent c 1 Hc ltac:(lra)) (C_nonneg c). unfold A. nra. Qed.

Lemma gap c : -1 <= c <= 1 -> A - B c <= C 1 * (1 - c).
Proof. intros Hc. generalize (B_tangent 1 c ltac:(lra) Hc). unfold A. lra. Qed.

(* Step 3: loss and gradient in the same two parts, for a weight of length l at an angle of cosine c. *)
Definition loss (l c : R) := A * (l * l + 1) / 2 - l * B c.
Definition gradient2 (l c : R) := (A * l - B c) ^ 2 + C c ^ 2 * (1 - c * c).
Definition mu (c : R) := (1 + c) * C c ^ 2 / (2 * C 1).

Lemma loss_split l c : 0 < A ->
  loss l c = (A * l - B c) ^ 2 / (2 * A) + (A - B c) * (A + B c) / (2 * A).
Proof. intros. unfold loss. field. lra. Qed.

(* Step 4: the gradient inequality. *)
Theorem gradient_inequality l c :
  0 < A -> 0 < C 1 -> -1 <= c <= 1 -> 2 * mu c * loss l c <= gradient2 l c.
Proof.
  intros HA H1 Hc. rewrite loss_split by assumption. unfold mu, gradient2.
  generalize (C_nonneg c) (C_increases c 1 ltac:(lra) ltac:(lra) ltac:(lra)) C1_le_A
    (B_nonneg c Hc) (B_le_A c Hc) (gap c Hc). intros.
  set (u := A * l - B c). set (d := A - B c) in *.
  assert (E : 0 <= C c ^ 2) by nra.
  assert (K : 0 <= (1 + c) * C c ^ 2 / C 1).
  { apply Rmult_le_pos; [nra | left; apply Rinv_0_lt_compat; lra]. }
  assert (P1 : (1 + c) * C c ^ 2 / C 1 <= 2 * A).
  { apply (Rmult_le_reg_r (C 1)); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra. }
  assert (P2 : (1 + c) * C c ^ 2 / C 1 * d <= (1 - c * c) * C c ^ 2).
  { apply Rle_trans with ((1 + c) * C c ^ 2 / C 1 * (C 1 * (1 - c))).
    - apply Rmult_le_compat_l; assumption.
    - right. field. lra. }
  assert (Q : 0 <= (A + B c) / (2 * A) <= 1).
  { split; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra] |].
    apply (Rmult_le_reg_r (2 * A)); [lra |]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  replace (2 * ((1 + c) * C c ^ 2 / (2 * C 1)) * (u ^ 2 / (2 * A) + d * (A + B c) / (2 * A)))
    with ((1 + c) * C c ^ 2 / C 1 / (2 * A) * u ^ 2
          + (1 + c) * C c ^ 2 / C 1 * d * ((A + B c) / (2 * A))) by (field; lra).
  assert (P3 : (1 + c) * C c ^ 2 / C 1 / (2 * A) <= 1).
  { apply (Rmult_le_reg_r (2 * A)); [lra |].
    replace ((1 + c) * C c ^ 2 / C 1 / (2 * A) * (2 * A)) with ((1 + c) * C c ^ 2 / C 1)
      by (field; lra). lra. }
  assert (0 <= u ^ 2) by nra.
  assert (0 <= d) by (unfold d; lra).
  apply Rplus_le_compat; [nra |].
  apply Rle_trans with ((1 + c) * C c ^ 2 / C 1 * d * 1); [apply Rmult_le_compat_l; [nra | lra] | lra].
Qed.

Lemma mu_nonneg c : 0 < C 1 -> -1 <= c -> 0 <= mu c.
Proof.
  intros. unfold mu. apply Rmult_le_pos; [nra | left; apply Rinv_0_lt_compat; lra].
Qed.

Lemma mu_increases c y : 0 < C 1 -> -1 <= c -> c <= y -> y <= 1 -> mu c <= mu y.
Proof.
  intros H H1 H2 H3. unfold mu, Rdiv. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; lra |].
  generalize (C_nonneg c) (C_increases c y H1 H2 H3). intros.
  apply Rmult_le_compat; nra.
Qed.

(* Step 7. *)
Lemma mu_from_degrees c : 0 < C 1 -> 0 <= c <= 1 -> (1 + c) * S_ / 8 <= mu c.
Proof.
  intros H Hc.
  assert (half : S_ / 2 <= C c).
  { unfold S_, C. replace (total _ / 2) with (/ 2 * total (fun p => fst p * snd p)) by field.
    rewrite <- total_scale. apply total_le. intros p Hp. destruct (good p Hp).
    generalize (slope_half (snd p * c) ltac:(nra)). intros.
    assert (0 <= fst p * snd p) by (apply Rmult_le_pos; lra). nra. }
  assert (top : C 1 <= S_).
  { unfold S_, C. apply total_le. intros p Hp. destruct (good p Hp).
    generalize (slope_bounds (snd p * 1)). intros.
    assert (0 <= fst p * snd p) by (apply Rmult_le_pos; lra). nra. }
  assert (0 < S_) by lra.
  unfold mu. apply (Rmult_le_reg_r (2 * C 1)); [lra |].
  unfold Rdiv at 2. rewrite Rmult_assoc, Rinv_l by lra. 
  assert (S_ * C 1 <= 4 * C c ^ 2) by nra. nra.
Qed.
Lemma C1_le_S : C 1 <= S_.
Proof.
  unfold S_, C. apply total_le. intros p Hp. destruct (good p Hp).
  generalize (slope_bounds (snd p * 1)). intros.
  assert (0 <= fst p * snd p) by (apply Rmult_le_pos; lra). nra.
Qed.

Lemma S_le_M : S_ <= M_.
Proof. apply total_le. intros p Hp. destruct (good p Hp). nra. Qed.

Lemma B_at_0 : B 0 = M_ / PI.
Proof.
  unfold B, M_. unfold Rdiv. rewrite Rmult_comm, <- total_scale. apply total_ext. intros p.
  rewrite Rmult_0_r, s_at_0. unfold Rdiv. ring.
Qed.

Lemma B_below_0 c : -1 <= c <= 0 -> B c <= M_ / PI.
Proof.
  intros H. rewrite <- B_at_0. generalize (B_tangent c 0 ltac:(lra) ltac:(lra)) (C_nonneg c). nra.
Qed.

Lemma C_above c : -1 <= c <= 0 -> S_ * s' c <= C c.
Proof.
  intros H. unfold S_, C. rewrite Rmult_comm, <- total_scale. apply total_le. intros p Hp.
  destruct (good p Hp). assert (0 <= fst p * snd p) by (apply Rmult_le_pos; lra).
  generalize (slope_increases c (snd p * c) ltac:(lra) ltac:(nra) ltac:(nra)). nra.
Qed.

Lemma B_above_cA c : -1 <= c <= 1 -> c * A <= B c.
Proof. intros H. generalize (gap c H) C1_le_A. nra. Qed.

Lemma A_at_most : A <= M_ / PI + (1 - 1 / PI) * S_.
Proof.
  unfold A, B, M_, S_. replace (total (fun p => fst p) / PI) with (/ PI * total (fun p => fst p)) by (field; generalize PI_pos; lra).
  rewrite <- !total_scale, <- total_plus. apply total_le. intros p Hp. destruct (good p Hp).
  rewrite Rmult_1_r. generalize (chord (snd p) ltac:(lra)). unfold Rdiv. nra.
Qed.

Lemma A_at_least : M_ / PI + S_ / 2 <= A.
Proof.
  unfold A, B, M_, S_. replace (total (fun p => fst p) / PI) with (/ PI * total (fun p => fst p)) by (field; generalize PI_pos; lra).
  replace (_ / 2) with (/ 2 * total (fun p => fst p * snd p)) by field.
  rewrite <- !total_scale, <- total_plus. apply total_le. intros p Hp. destruct (good p Hp).
  rewrite Rmult_1_r. generalize (tangent_at_0 (snd p) ltac:(lra)). unfold Rdiv. nra.
Qed.
End Sums.

