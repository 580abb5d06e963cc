(* Larger steps: above 2 / A gradient descent diverges from every long enough start. *)
Require Import Reals Lra Psatz List.
From Proofs Require Import Dual Sums Space Descent.
Open Scope R_scope.
Local Opaque s s'.

Section LargeSteps.
Context {E : Space}.
Variable teacher : E.
Hypothesis unit_teacher : dot teacher teacher = 1.
Variable atoms : list (R * R).
Hypothesis good : forall p, In p atoms -> 0 <= fst p /\ 0 <= snd p <= 1.
Variable m : R.
Hypothesis m_pos : 0 < m.
Hypothesis self : In (m, 1) atoms.
Notation A := (A atoms).
Notation step := (step teacher atoms). Notation path := (path teacher atoms).

Lemma length_from_below eta w : 0 < norm w -> 0 <= eta -> 1 <= eta * A ->
  (eta * A - 1) * norm w - eta * A <= norm (step eta w).
Proof.
  intros Hw He Hx.
  assert (F : forall z, dot (scal (1 - eta * A) w) z = 1 * dot (step eta w) z + (- eta) * dot (gradient_f teacher atoms w) z).
  { intros z. rewrite step_pulls, dot_scal. ring. }
  generalize (norm_of_combination 1 (- eta) _ _ _ F) (triangle (scal 1 (step eta w)) (scal (- eta) (gradient_f teacher atoms w))).
  rewrite !norm_scal, Rabs_left1, Rabs_R1, Rabs_Ropp, (Rabs_right eta) by lra.
  generalize (gradient_f_at_most teacher unit_teacher atoms good m m_pos self w Hw). intros.
  assert (eta * norm (gradient_f teacher atoms w) <= eta * A) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Theorem divergence eta w t : 0 < eta -> 2 < eta * A -> eta * A / (eta * A - 2) < norm w ->
  let floor := eta * A / (eta * A - 2) in
  floor + (eta * A - 1) ^ t * (norm w - floor) <= norm (path eta w t).
Proof.
  intros He Hx Hw floor. set (x := eta * A) in *.
  assert (F : 0 < floor) by (apply Rdiv_lt_0_compat; lra).
  induction t as [| t IH]; simpl; [lra |].
  assert (P : 0 < (x - 1) ^ t) by (apply pow_lt; lra).
  assert (G : 0 < (x - 1) ^ t * (norm w - floor)) by (apply Rmult_lt_0_compat; [assumption | unfold floor; lra]).
  generalize (length_from_below eta (path eta w t) ltac:(lra) ltac:(lra) ltac:(fold x; lra)). fold x. intros.
  apply Rle_trans with ((x - 1) * norm (path eta w t) - x); [| assumption].
  apply Rle_trans with ((x - 1) * (floor + (x - 1) ^ t * (norm w - floor)) - x).
  - right. unfold floor. field. lra.
  - assert ((x - 1) * (floor + (x - 1) ^ t * (norm w - floor)) <= (x - 1) * norm (path eta w t)) by (apply Rmult_le_compat_l; lra). lra.
Qed.

(* Above 1 / A the step leads into the cone of w and the teacher, so that it does not pass the teacher, exactly if w is not too long. *)
Lemma no_overshoot_condition eta w : 1 < eta * A ->
  (0 <= forward teacher atoms eta w <->
   norm w <= eta * (B atoms (cosine w teacher) - cosine w teacher * C atoms (cosine w teacher)) / (eta * A - 1)).
Proof.
  intros Hx. unfold forward. set (e := B _ _ - _).
  split; intros H.
  - apply (Rmult_le_reg_r (eta * A - 1)); [lra |].
    replace (eta * e / (eta * A - 1) * (eta * A - 1)) with (eta * e) by (field; lra). lra.
  - apply (Rmult_le_compat_r (eta * A - 1)) in H; [| lra].
    replace (eta * e / (eta * A - 1) * (eta * A - 1)) with (eta * e) in H by (field; lra). lra.
Qed.
End LargeSteps.
