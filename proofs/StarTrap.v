(* "Unequal degrees", the trap, and "What the degrees should have been", the star: on a star gradient
   descent from the identity can be trapped at a positive loss, for every odd depth L >= 3. *)
Require Import Reals Lra Psatz Arith.
Open Scope R_scope.

(* a^L - b^L = (a - b) * powers a b L, with nonnegative second factor for odd L. *)
From Proofs Require Import DeepLinear.

(* The star with k leaves has the main eigenvalues sqrt(k) and - sqrt(k), with weights weight_plus and weight_minus. *)
Definition weight_plus k := (sqrt k + 1) ^ 2 / 2.
Definition weight_minus k := (sqrt k - 1) ^ 2 / 2.

(* The loss of W1 = a and W2 = b (numbers) against the teacher W1 = astar and W2 = bstar, and one step of gradient descent. *)
Definition pair_loss k (L : nat) (star z : R * R) : R :=
  let (astar, bstar) := star in let (a, b) := z in
  / 2 * (weight_plus k * ((a + sqrt k * b) ^ L - (astar + sqrt k * bstar) ^ L) ^ 2
       + weight_minus k * ((a - sqrt k * b) ^ L - (astar - sqrt k * bstar) ^ L) ^ 2).

Definition slope_plus k (L : nat) (star z : R * R) : R :=
  let (astar, bstar) := star in let (a, b) := z in
  INR L * weight_plus k * (a + sqrt k * b) ^ (L - 1) * ((a + sqrt k * b) ^ L - (astar + sqrt k * bstar) ^ L).
Definition slope_minus k (L : nat) (star z : R * R) : R :=
  let (astar, bstar) := star in let (a, b) := z in
  INR L * weight_minus k * (a - sqrt k * b) ^ (L - 1) * ((a - sqrt k * b) ^ L - (astar - sqrt k * bstar) ^ L).

Definition pair_step k (L : nat) (star : R * R) eta (z : R * R) : R * R :=
  (fst z - eta * (slope_plus k L star z + slope_minus k L star z),
   snd z - eta * (sqrt k * slope_plus k L star z - sqrt k * slope_minus k L star z)).
Fixpoint pair_after k (L : nat) (star : R * R) eta (z : R * R) t :=
  match t with O => z | S t => pair_step k L star eta (pair_after k L star eta z t) end.

(* The step is along the gradient of the loss. *)
Lemma power_derivative (L : nat) u c x : derivable_pt_lim (fun y => (u + c * y) ^ L) x (INR L * (u + c * x) ^ (L - 1) * c).
Proof.
  replace (L - 1)%nat with (pred L) by lia.
  assert (D : derivable_pt_lim (fun y => u + c * y) x (0 + c * 1)).
  { apply (derivable_pt_lim_plus (fct_cte u) (fun y => c * y)); [apply derivable_pt_lim_const |].
    apply (derivable_pt_lim_scal id); apply derivable_pt_lim_id. }
  rewrite Rplus_0_l, Rmult_1_r in D.
  exact (derivable_pt_lim_comp _ (fun z => z ^ L) x c _ D (derivable_pt_lim_pow (u + c * x) L)).
Qed.

Lemma half_square f x l w g : derivable_pt_lim f x l -> derivable_pt_lim (fun y => / 2 * (w * (f y - g) ^ 2)) x (w * l * (f x - g)).
Proof.
  intros H.
  replace (w * l * (f x - g)) with (/ 2 * (w * ((l - 0) * (f x - g) + (f x - g) * (l - 0)))) by field.
  apply (derivable_pt_lim_scal (fun y => w * (f y - g) ^ 2)), (derivable_pt_lim_scal (fun y => (f y - g) ^ 2)).
  intros e He. destruct (derivable_pt_lim_mult (fun y => f y - g) (fun y => f y - g) x (l - 0) (l - 0)
    ltac:(apply derivable_pt_lim_minus; [exact H | apply derivable_pt_lim_const]) ltac:(apply derivable_pt_lim_minus; [exact H | apply derivable_pt_lim_const]) e He) as [d Hd].
  exists d. intros h H0 H1. specialize (Hd h H0 H1). unfold mult_fct in Hd. simpl. rewrite !Rmult_1_r. exact Hd.
Qed.

Theorem gradient_of_the_pair_loss k (L : nat) star a b :
  derivable_pt_lim (fun y => pair_loss k L star (y, b)) a (slope_plus k L star (a, b) + slope_minus k L star (a, b)) /\
  derivable_pt_lim (fun y => pair_loss k L star (a, y)) b (sqrt k * slope_plus k L star (a, b) - sqrt k * slope_minus k L star (a, b)).
Proof.
  destruct star as [astar bstar]. unfold pair_loss, slope_plus, slope_minus.
  assert (Sum : forall f1 f2 x l1 l2 w1 w2 g1 g2, derivable_pt_lim f1 x l1 -> derivable_pt_lim f2 x l2 ->
    derivable_pt_lim (fun y => / 2 * (w1 * (f1 y - g1) ^ 2 + w2 * (f2 y - g2) ^ 2)) x (w1 * l1 * (f1 x - g1) + w2 * l2 * (f2 x - g2))).
  { intros. intros e He.
    destruct (derivable_pt_lim_plus _ _ x _ _ (half_square f1 x l1 w1 g1 H) (half_square f2 x l2 w2 g2 H0) e He) as [d Hd].
    exists d. intros h H1 H2. specialize (Hd h H1 H2). unfold plus_fct in Hd.
    rewrite !Rmult_plus_distr_l. exact Hd. }
  assert (Ext : forall f g x l, (forall y, f y = g y) -> derivable_pt_lim f x l -> derivable_pt_lim g x l).
  { intros f g x l H D e He. destruct (D e He) as [d Hd]. exists d. intros h H1 H2. rewrite <- !H. apply Hd; assumption. }
  split.
  - generalize (Sum _ _ a _ _ (weight_plus k) (weight_minus k) ((astar + sqrt k * bstar) ^ L) ((astar - sqrt k * bstar) ^ L)
      (power_derivative L (sqrt k * b) 1 a) (power_derivative L (- sqrt k * b) 1 a)). intros D.
    eapply Ext; [| eapply eq_ind; [exact D |]].
    + intros y. cbv beta. replace (sqrt k * b + 1 * y) with (y + sqrt k * b) by ring. replace (- sqrt k * b + 1 * y) with (y - sqrt k * b) by ring. reflexivity.
    + cbv beta. replace (sqrt k * b + 1 * a) with (a + sqrt k * b) by ring. replace (- sqrt k * b + 1 * a) with (a - sqrt k * b) by ring. ring.
  - generalize (Sum _ _ b _ _ (weight_plus k) (weight_minus k) ((astar + sqrt k * bstar) ^ L) ((astar - sqrt k * bstar) ^ L)
      (power_derivative L a (sqrt k) b) (power_derivative L a (- sqrt k) b)). intros D.
    eapply Ext; [| eapply eq_ind; [exact D |]].
    + intros y. cbv beta. replace (a + - sqrt k * y) with (a - sqrt k * y) by ring. reflexivity.
    + cbv beta. replace (a + - sqrt k * b) with (a - sqrt k * b) by ring. ring.
Qed.

(* Odd powers keep the sign of a difference. *)
Lemma odd_power_sign (h : nat) x : x <= 0 -> x ^ (2 * h + 1) <= 0.
Proof.
  intros H. rewrite pow_add, pow_1, pow_mult. assert (0 <= (x ^ 2) ^ h) by (apply pow_le, pow2_ge_0). nra.
Qed.

Lemma even_power_nonneg (h : nat) x : 0 <= x ^ (2 * h).
Proof. rewrite pow_mult. apply pow_le, pow2_ge_0. Qed.

Lemma odd_power_increases (h : nat) a b : a <= b -> a ^ (2 * h + 1) <= b ^ (2 * h + 1).
Proof.
  intros H. destruct (Rle_lt_dec 0 a) as [A | A]; [apply pow_incr; lra |].
  destruct (Rle_lt_dec 0 b) as [B | B].
  - apply Rle_trans with 0; [apply odd_power_sign; lra | apply pow_le; assumption].
  - assert (Q : (- b) ^ (2 * h + 1) <= (- a) ^ (2 * h + 1)) by (apply pow_incr; lra).
    replace (- b) with (-1 * b) in Q by ring. replace (- a) with (-1 * a) in Q by ring.
    rewrite !Rpow_mult_distr in Q. replace ((-1) ^ (2 * h + 1)) with (-1) in Q; [lra |].
    rewrite pow_add, pow_1, pow_mult. replace ((-1) ^ 2) with 1 by ring. rewrite pow1. ring.
Qed.

(* For odd L the second factor of a^L - b^L is not negative, and bounded by L times the largest power. *)
Lemma odd_powers_nonneg (h : nat) a b : 0 <= powers a b (2 * h + 1).
Proof.
  destruct (Rtotal_order a b) as [H | [H | H]].
  - generalize (power_difference a b (2 * h + 1)) (odd_power_increases h a b ltac:(lra)). intros. nra.
  - subst b. destruct (Rle_lt_dec 0 a) as [A | A].
    + generalize (powers_between a a 0 a (2 * h + 1) ltac:(lra) ltac:(lra) ltac:(lra)). intros [P _].
      apply Rle_trans with (2 := P). apply Rmult_le_pos; [apply pos_INR | apply pow_le; lra].
    + assert (G : forall L, powers a a L = INR L * a ^ (L - 1)).
      { induction L as [| L IH]; [simpl; ring |]. rewrite S_INR. replace (S L - 1)%nat with L by lia. simpl powers. rewrite IH.
        destruct L as [| L]; [simpl; ring |]. replace (S L - 1)%nat with L by lia. simpl (a ^ S L). ring. }
      rewrite G. replace (2 * h + 1 - 1)%nat with (2 * h)%nat by lia.
      apply Rmult_le_pos; [apply pos_INR | apply even_power_nonneg].
  - generalize (power_difference a b (2 * h + 1)) (odd_power_increases h b a ltac:(lra)). intros. nra.
Qed.

Lemma powers_at_most a b top (L : nat) : Rabs a <= top -> Rabs b <= top -> Rabs (powers a b L) <= INR L * top ^ (L - 1).
Proof.
  intros Ha Hb. assert (T : 0 <= top) by (generalize (Rabs_pos a); lra).
  induction L as [| L IH]; [simpl; rewrite Rabs_R0; lra |].
  rewrite S_INR. replace (S L - 1)%nat with L by lia. simpl powers.
  apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rabs_mult, <- RPow_abs.
  assert (Rabs b ^ L <= top ^ L) by (apply pow_incr; split; [apply Rabs_pos | assumption]).
  destruct L as [| L]; [simpl in *; rewrite Rabs_R0 in *; lra |].
  replace (S L - 1)%nat with L in IH by lia.
  assert (Rabs a * Rabs (powers a b (S L)) <= top * (INR (S L) * top ^ L)) by (apply Rmult_le_compat; try assumption; apply Rabs_pos).
  change (top ^ S L) with (top * top ^ L) in *. lra.
Qed.

Section Trap.
Variables (k astar bstar eta : R) (h : nat).
Let L := (2 * h + 1)%nat.
Let star := (astar, bstar).
Hypothesis leaves : 1 < k.
Hypothesis depth : (1 <= h)%nat.
Hypothesis definite : sqrt k * bstar < astar.
Hypothesis far : 1 + sqrt k <= astar + sqrt k * bstar.
Hypothesis eta_pos : 0 < eta.

(* The distance of the start (1, 1) to the teacher, and the bound B on all m. *)
Let reach := sqrt ((1 - astar) ^ 2 + (1 - bstar) ^ 2).
Variable top : R.
Hypothesis top_one : 1 <= top.
Hypothesis top_bounds : Rabs (astar + sqrt k * bstar) + sqrt (1 + k) * reach <= top /\ Rabs (astar - sqrt k * bstar) + sqrt (1 + k) * reach <= top.
Hypothesis small : eta * (2 * INR L ^ 2 * (1 + k) * weight_plus k * top ^ (2 * L - 2)) <= 1.

Notation q := (sqrt k).
Notation mp z := (fst z + q * snd z).
Notation mm z := (fst z - q * snd z).
Notation pstar := (astar + q * bstar).
Notation mstar := (astar - q * bstar).
Definition distance2 (z : R * R) := (fst z - astar) ^ 2 + (snd z - bstar) ^ 2.

Lemma q_facts : 1 < q /\ q * q = k.
Proof.
  split; [rewrite <- sqrt_1; apply sqrt_lt_1; lra | apply sqrt_sqrt; lra].
Qed.

(* The factors of the slopes: slope = D * (m - mstar) with 0 <= D <= L^2 * weight * top^(2L-2). *)
Definition factor w m mst := INR L * w * m ^ (L - 1) * powers m mst L.

Lemma slopes z : slope_plus k L star z = factor (weight_plus k) (mp z) pstar * (mp z - pstar) /\
  slope_minus k L star z = factor (weight_minus k) (mm z) mstar * (mm z - mstar).
Proof.
  destruct z as [a b]. unfold slope_plus, slope_minus, star, factor. simpl fst. simpl snd.
  rewrite !power_difference. split; ring.
Qed.

Lemma factor_bounds w m mst : 0 <= w -> Rabs m <= top -> Rabs mst <= top ->
  0 <= factor w m mst <= w * (INR L ^ 2 * top ^ (2 * L - 2)).
Proof.
  intros Hw Hm Hs. unfold factor.
  assert (N : 0 <= INR L) by apply pos_INR.
  assert (E : 0 <= m ^ (L - 1) <= top ^ (L - 1)).
  { unfold L. replace (2 * h + 1 - 1)%nat with (2 * h)%nat by lia. split; [apply even_power_nonneg |].
    rewrite <- (Rabs_right (m ^ (2 * h))) by (apply Rle_ge, even_power_nonneg). rewrite <- RPow_abs.
    apply pow_incr. split; [apply Rabs_pos | assumption]. }
  generalize (odd_powers_nonneg h m mst) (powers_at_most m mst top L Hm Hs). fold L. intros P0 P1.
  rewrite Rabs_right in P1 by lra.
  replace (2 * L - 2)%nat with (L - 1 + (L - 1))%nat by lia. rewrite pow_add.
  split; [repeat apply Rmult_le_pos; lra |].
  replace (INR L * w * m ^ (L - 1) * powers m mst L) with (INR L * w * (m ^ (L - 1) * powers m mst L)) by ring.
  replace (w * (INR L ^ 2 * (top ^ (L - 1) * top ^ (L - 1)))) with (INR L * w * (top ^ (L - 1) * (INR L * top ^ (L - 1)))) by ring.
  apply Rmult_le_compat_l; [apply Rmult_le_pos; assumption |]. apply Rmult_le_compat; lra.
Qed.

Lemma cauchy2 x y : Rabs (x + q * y) <= sqrt (1 + k) * sqrt (x ^ 2 + y ^ 2) /\ Rabs (x - q * y) <= sqrt (1 + k) * sqrt (x ^ 2 + y ^ 2).
Proof.
  destruct q_facts as [Q1 Q2]. rewrite <- (sqrt_mult_alt (1 + k)) by lra.
  assert (G : forall u, u * u <= (1 + k) * (x ^ 2 + y ^ 2) -> Rabs u <= sqrt ((1 + k) * (x ^ 2 + y ^ 2))).
  { intros u H. rewrite <- (sqrt_Rsqr_abs u). apply sqrt_le_1_alt. exact H. }
  split; apply G.
  - replace ((1 + k) * (x ^ 2 + y ^ 2)) with ((1 + q * q) * (x ^ 2 + y ^ 2)) by (rewrite Q2; reflexivity).
    generalize (pow2_ge_0 (q * x - y)). intros. lra.
  - replace ((1 + k) * (x ^ 2 + y ^ 2)) with ((1 + q * q) * (x ^ 2 + y ^ 2)) by (rewrite Q2; reflexivity).
    generalize (pow2_ge_0 (q * x + y)). intros. lra.
Qed.

Lemma near_enough z : distance2 z <= reach ^ 2 -> Rabs (mp z) <= top /\ Rabs (mm z) <= top.
Proof.
  intros H.
  destruct (cauchy2 (fst z - astar) (snd z - bstar)) as [C1 C2].
  assert (S1 : sqrt ((fst z - astar) ^ 2 + (snd z - bstar) ^ 2) <= reach).
  { apply Rle_trans with (sqrt (reach ^ 2)); [apply sqrt_le_1_alt; exact H |]. rewrite sqrt_pow2; [lra | apply sqrt_pos]. }
  assert (0 <= sqrt (1 + k)) by apply sqrt_pos.
  assert (S2 : sqrt (1 + k) * sqrt ((fst z - astar) ^ 2 + (snd z - bstar) ^ 2) <= sqrt (1 + k) * reach) by (apply Rmult_le_compat_l; assumption).
  split.
  - replace (mp z) with (pstar + (fst z - astar + q * (snd z - bstar))) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). lra.
  - replace (mm z) with (mstar + (fst z - astar - q * (snd z - bstar))) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). lra.
Qed.

Lemma star_bounds : Rabs pstar <= top /\ Rabs mstar <= top.
Proof.
  assert (0 <= sqrt (1 + k) * reach) by (apply Rmult_le_pos; apply sqrt_pos). lra.
Qed.

(* The two step-size conditions that are used. *)
Lemma size_of_step : eta * (1 + k) * (weight_plus k * (INR L ^ 2 * top ^ (2 * L - 2))) <= / 2 /\
  eta * (1 + k) * ((weight_plus k + weight_minus k) * (INR L ^ 2 * top ^ (2 * L - 2))) <= 1 /\
  eta * (1 + k) * (weight_minus k * (INR L ^ 2 * top ^ (2 * L - 2))) <= 1 / 2.
Proof.
  destruct q_facts as [Q1 Q2].
  set (X := INR L ^ 2 * top ^ (2 * L - 2)).
  assert (HX : 0 <= X) by (apply Rmult_le_pos; [apply pow2_ge_0 | apply pow_le; lra]).
  assert (S1 : eta * (1 + k) * (weight_plus k * X) <= / 2).
  { replace (eta * (2 * INR L ^ 2 * (1 + k) * weight_plus k * top ^ (2 * L - 2))) with (2 * (eta * (1 + k) * (weight_plus k * X))) in small by (unfold X; ring). lra. }
  assert (W : weight_minus k <= weight_plus k) by (unfold weight_minus, weight_plus; nra).
  assert (F : 0 <= eta * (1 + k)) by (apply Rmult_le_pos; lra).
  assert (S2 : eta * (1 + k) * (weight_minus k * X) <= eta * (1 + k) * (weight_plus k * X)).
  { apply Rmult_le_compat_l; [assumption |]. apply Rmult_le_compat_r; assumption. }
  split; [exact S1 |]. split; [| lra]. rewrite Rmult_plus_distr_r, Rmult_plus_distr_l. lra.
Qed.

Lemma weights_nonneg : 0 <= weight_plus k /\ 0 <= weight_minus k.
Proof. unfold weight_plus, weight_minus. generalize (pow2_ge_0 (sqrt k + 1)) (pow2_ge_0 (sqrt k - 1)). lra. Qed.

(* The proposition on the distance, for the star: the distance to the teacher never grows. *)
Lemma distance_falls z : distance2 z <= reach ^ 2 -> distance2 (pair_step k L star eta z) <= distance2 z.
Proof.
  intros H. destruct (near_enough z H) as [N1 N2]. destruct star_bounds as [B1 B2]. destruct q_facts as [Q1 Q2].
  destruct weights_nonneg as [W1 W2].
  destruct (factor_bounds (weight_plus k) (mp z) pstar W1 N1 B1) as [P0 P1].
  destruct (factor_bounds (weight_minus k) (mm z) mstar W2 N2 B2) as [M0 M1].
  destruct (slopes z) as [Ep Em]. destruct size_of_step as [_ [Tot _]].
  unfold pair_step, distance2. rewrite Ep, Em. cbn [fst snd].
  set (X := INR L ^ 2 * top ^ (2 * L - 2)) in *.
  set (dp := factor _ _ pstar) in *. set (dm := factor _ _ mstar) in *.
  replace (mp z - pstar) with ((fst z - astar) + q * (snd z - bstar)) by ring.
  replace (mm z - mstar) with ((fst z - astar) - q * (snd z - bstar)) by ring.
  set (x := fst z - astar). set (y := snd z - bstar). set (u := x + q * y). set (v := x - q * y).
  replace (fst z - eta * (dp * u + dm * v) - astar) with (x - eta * (dp * u + dm * v)) by (unfold x; ring).
  replace (snd z - eta * (q * (dp * u) - q * (dm * v)) - bstar) with (y - eta * (q * (dp * u) - q * (dm * v))) by (unfold y; ring).
  assert (Sum : eta * (1 + k) * (dp + dm) <= 1).
  { apply Rle_trans with (2 := Tot). apply Rmult_le_compat_l; [apply Rmult_le_pos; lra |]. lra. }
  (* |x+|^2 = |x|^2 - 2 eta (dp u^2 + dm v^2) + eta^2 |...|^2, and |...|^2 <= (1 + k)(dp + dm)(dp u^2 + dm v^2) *)
  set (n2 := (dp * u + dm * v) ^ 2 + (q * (dp * u) - q * (dm * v)) ^ 2).
  set (w := dp * u ^ 2 + dm * v ^ 2).
  assert (W0 : 0 <= w) by (unfold w; apply Rplus_le_le_0_compat; (apply Rmult_le_pos; [assumption | apply pow2_ge_0])).
  assert (Cs : n2 <= (1 + k) * (dp + dm) * w).
  { unfold n2, w. replace ((dp * u + dm * v) ^ 2 + (q * (dp * u) - q * (dm * v)) ^ 2)
      with ((1 + q * q) * (dp * dp * u ^ 2 + dm * dm * v ^ 2) + 2 * (1 - q * q) * (dp * dm) * (u * v)) by ring. rewrite Q2.
    assert (0 <= dp * dm) by (apply Rmult_le_pos; assumption).
    assert (0 <= dp * dm * ((1 + k) * (u ^ 2 + v ^ 2) - 2 * (1 - k) * (u * v))).
    { apply Rmult_le_pos; [assumption |]. generalize (pow2_ge_0 (u - v)) (pow2_ge_0 (u + v)). intros. nra. }
    nra. }
  assert (Main : eta * n2 <= w).
  { apply Rle_trans with (eta * ((1 + k) * (dp + dm) * w)); [apply Rmult_le_compat_l; lra |].
    replace (eta * ((1 + k) * (dp + dm) * w)) with (eta * (1 + k) * (dp + dm) * w) by ring.
    apply Rle_trans with (1 * w); [apply Rmult_le_compat_r; assumption | lra]. }
  replace ((x - eta * (dp * u + dm * v)) ^ 2 + (y - eta * (q * (dp * u) - q * (dm * v))) ^ 2)
    with (x ^ 2 + y ^ 2 - 2 * eta * w + eta * (eta * n2)) by (unfold w, n2, u, v; ring).
  assert (eta * (eta * n2) <= eta * w) by (apply Rmult_le_compat_l; lra).
  assert (0 <= eta * w) by (apply Rmult_le_pos; lra). lra.
Qed.

(* The region that cannot be left. *)
Lemma region_is_kept z : distance2 z <= reach ^ 2 -> mm z <= 0 -> mp z <= pstar ->
  mm (pair_step k L star eta z) <= 0 /\ mp (pair_step k L star eta z) <= pstar.
Proof.
  intros H Hm Hp. destruct (near_enough z H) as [N1 N2]. destruct star_bounds as [B1 B2]. destruct q_facts as [Q1 Q2].
  destruct weights_nonneg as [W1 W2].
  destruct (factor_bounds (weight_plus k) (mp z) pstar W1 N1 B1) as [P0 P1].
  destruct (slopes z) as [Ep Em]. destruct size_of_step as [Tp [_ Tm]].
  set (X := INR L ^ 2 * top ^ (2 * L - 2)) in *.
  assert (Sp : slope_plus k L star z <= 0) by (rewrite Ep; nra).
  (* slope_minus = - L c_- |m|^(L-1) (|m|^L + mstar^L), at least (1 + k) eta times it is at most |m| *)
  assert (Sm : slope_minus k L star z <= 0).
  { destruct (factor_bounds (weight_minus k) (mm z) mstar W2 N2 B2) as [M0 M1]. rewrite Em. nra. }
  assert (Bm : mm z <= (1 + k) * eta * slope_minus k L star z).
  { assert (Eq : slope_minus k L star z = INR L * weight_minus k * (mm z) ^ (L - 1) * ((mm z) ^ L - mstar ^ L)).
    { destruct z as [a b]. reflexivity. }
    rewrite Eq. set (m := mm z) in *.
    assert (PL : m ^ (L - 1) = m * m ^ (L - 2)).
    { replace (L - 1)%nat with (S (L - 2)) by (unfold L; lia). reflexivity. }
    (* bound on absolute values *)
    assert (A1 : Rabs (m ^ (L - 2) * (m ^ L - mstar ^ L)) <= 2 * top ^ (2 * L - 2)).
    { rewrite Rabs_mult, <- RPow_abs.
      assert (T1 : Rabs m ^ (L - 2) <= top ^ (L - 2)) by (apply pow_incr; split; [apply Rabs_pos | assumption]).
      assert (T2 : Rabs (m ^ L - mstar ^ L) <= 2 * top ^ L).
      { set (ms := mstar) in *. unfold Rminus. apply Rle_trans with (1 := Rabs_triang _ _). rewrite Rabs_Ropp, <- !RPow_abs.
        assert (Rabs m ^ L <= top ^ L) by (apply pow_incr; split; [apply Rabs_pos | assumption]).
        assert (Rabs ms ^ L <= top ^ L) by (apply pow_incr; split; [apply Rabs_pos | assumption]). lra. }
      apply Rle_trans with (top ^ (L - 2) * (2 * top ^ L)).
      - apply Rmult_le_compat; try assumption; [apply pow_le, Rabs_pos | apply Rabs_pos].
      - replace (2 * L - 2)%nat with (L - 2 + L)%nat by (unfold L; lia). rewrite pow_add. lra. }
    assert (N : 1 <= INR L) by (change 1 with (INR 1); apply le_INR; unfold L; lia).
    set (y := m ^ (L - 2) * (m ^ L - mstar ^ L)) in *.
    replace ((1 + k) * eta * (INR L * weight_minus k * m ^ (L - 1) * (m ^ L - mstar ^ L)))
      with (m * ((1 + k) * eta * INR L * weight_minus k * y)) by (unfold y; rewrite PL; ring).
    assert (F : 0 <= (1 + k) * eta * INR L * weight_minus k) by (repeat apply Rmult_le_pos; lra).
    assert (Y : (1 + k) * eta * INR L * weight_minus k * y <= 1).
    { apply Rle_trans with ((1 + k) * eta * INR L * weight_minus k * (2 * top ^ (2 * L - 2))).
      - apply Rmult_le_compat_l; [assumption |]. apply Rle_trans with (2 := A1). apply Rle_abs.
      - apply Rle_trans with (2 * (eta * (1 + k) * (weight_minus k * X))); [| lra].
        unfold X. assert (TT : 0 <= top ^ (2 * L - 2)) by (apply pow_le; lra).
        assert (G : 0 <= eta * (1 + k) * weight_minus k * top ^ (2 * L - 2)) by (repeat apply Rmult_le_pos; lra).
        replace ((1 + k) * eta * INR L * weight_minus k * (2 * top ^ (2 * L - 2))) with (2 * INR L * (eta * (1 + k) * weight_minus k * top ^ (2 * L - 2))) by ring.
        replace (2 * (eta * (1 + k) * (weight_minus k * (INR L ^ 2 * top ^ (2 * L - 2))))) with (2 * INR L ^ 2 * (eta * (1 + k) * weight_minus k * top ^ (2 * L - 2))) by ring.
        apply Rmult_le_compat_r; [assumption |]. nra. }
    nra. }
  assert (Bp : (1 + k) * eta * - slope_plus k L star z <= pstar - mp z).
  { rewrite Ep. set (dp := factor _ _ pstar) in *.
    replace ((1 + k) * eta * - (dp * (mp z - pstar))) with (eta * (1 + k) * dp * (pstar - mp z)) by ring.
    assert (eta * (1 + k) * dp <= 1).
    { apply Rle_trans with (/ 2); [| lra]. apply Rle_trans with (2 := Tp). apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | assumption]. }
    assert (0 <= pstar - mp z) by lra. nra. }
  unfold pair_step. cbn [fst snd]. set (sp := slope_plus _ _ _ _) in *. set (sm := slope_minus _ _ _ _) in *.
  assert (K1 : 0 <= (k - 1) * eta) by (apply Rmult_le_pos; lra).
  split.
  - replace (fst z - eta * (sp + sm) - q * (snd z - eta * (q * sp - q * sm))) with (mm z - (1 + q * q) * eta * sm + (q * q - 1) * eta * sp) by ring.
    rewrite Q2. nra.
  - replace (fst z - eta * (sp + sm) + q * (snd z - eta * (q * sp - q * sm))) with (mp z - (1 + q * q) * eta * sp + (q * q - 1) * eta * sm) by ring.
    rewrite Q2. nra.
Qed.

(** The trap: on the star with $k \ge 2$ leaves, for every odd $L = 2h + 1 \ge 3$, every teacher with $\alpha^\star > \sqrt k\, \beta^\star$ and $\alpha^\star + \sqrt k\, \beta^\star \ge 1 + \sqrt k$, gradient descent from the identity with
    $\eta \le \tfrac{1}{2 L^2 (1 + k) c_+ \bar B^{2L - 2}}$ keeps the loss at or above $\tfrac14 (\sqrt k - 1)^2 (\alpha^\star - \sqrt k\, \beta^\star)^{2L} > 0$ for ever. Here $c_+ = \tfrac12 (\sqrt k + 1)^2$ and $\bar B \ge 1$ is any bound with $|\alpha^\star \pm \sqrt k\, \beta^\star| + \sqrt{1 + k}\, |z_0 - z^\star| \le \bar B$.
    Supports: companion:theorem-star-trap, awasthi2021:theorem-4
    Outside: the loss is the sum over the main eigenvalues $\pm \sqrt k$ of the star (spectral theorem, Gaussian features)
    Instance: star_trap_can_be_met *)
Theorem star_trap t :
  0 < (sqrt k - 1) ^ 2 / 4 * (astar - sqrt k * bstar) ^ (2 * L) <= pair_loss k L star (pair_after k L star eta (1, 1) t).
Proof.
  destruct q_facts as [Q1 Q2].
  assert (Inv : let z := pair_after k L star eta (1, 1) t in distance2 z <= reach ^ 2 /\ mm z <= 0 /\ mp z <= pstar).
  { cbv zeta. induction t as [| j [D [I1 I2]]]; simpl pair_after.
    - cbn [fst snd]. repeat split; try lra. unfold distance2. cbn [fst snd]. unfold reach.
      rewrite pow2_sqrt; [lra |]. apply Rplus_le_le_0_compat; apply pow2_ge_0.
    - generalize (distance_falls _ D) (region_is_kept _ D I1 I2). intros. split; [lra | tauto]. }
  cbv zeta in Inv. destruct (pair_after k L star eta (1, 1) t) as [a b]. destruct Inv as [_ [I1 _]]. cbn [fst snd] in I1.
  assert (S0 : 0 < mstar) by lra.
  split.
  - apply Rmult_lt_0_compat; [| apply pow_lt; assumption].
    assert (0 < (q - 1) ^ 2) by (apply pow_lt; lra). lra.
  - unfold pair_loss, star. destruct weights_nonneg as [W1 _].
    assert (G1 : 0 <= weight_plus k * ((a + q * b) ^ L - pstar ^ L) ^ 2) by (apply Rmult_le_pos; [assumption | apply pow2_ge_0]).
    assert (G2 : mstar ^ (2 * L) <= ((a - q * b) ^ L - mstar ^ L) ^ 2).
    { assert (O1 : (a - q * b) ^ L <= 0) by (apply odd_power_sign; assumption).
      assert (O2 : 0 < mstar ^ L) by (apply pow_lt; assumption).
      replace (2 * L)%nat with (L + L)%nat by lia. rewrite pow_add. nra. }
    unfold weight_minus at 1. assert (0 <= (q - 1) ^ 2) by apply pow2_ge_0.
    assert ((q - 1) ^ 2 * mstar ^ (2 * L) <= (q - 1) ^ 2 * ((a - q * b) ^ L - mstar ^ L) ^ 2) by (apply Rmult_le_compat_l; assumption).
    lra.
Qed.
End Trap.

(* The hypotheses can be met: k = 4 leaves, L = 3, the teacher (3, 1), top = 20 and the largest step. *)
Example star_trap_can_be_met : let top := 20 in let eta := / (2 * INR 3 ^ 2 * (1 + 4) * weight_plus 4 * top ^ (2 * 3 - 2)) in
  1 < 4 /\ sqrt 4 * 1 < 3 /\ 1 + sqrt 4 <= 3 + sqrt 4 * 1 /\ 0 < eta /\ 1 <= top /\
  Rabs (3 + sqrt 4 * 1) + sqrt (1 + 4) * sqrt ((1 - 3) ^ 2 + (1 - 1) ^ 2) <= top /\
  Rabs (3 - sqrt 4 * 1) + sqrt (1 + 4) * sqrt ((1 - 3) ^ 2 + (1 - 1) ^ 2) <= top /\
  eta * (2 * INR (2 * 1 + 1) ^ 2 * (1 + 4) * weight_plus 4 * top ^ (2 * (2 * 1 + 1) - 2)) <= 1.
Proof.
  assert (S4 : sqrt 4 = 2) by (replace 4 with (2 * 2) by ring; apply sqrt_square; lra).
  assert (H3 : INR 3 = 3) by (simpl; lra).
  intros top eta.
  assert (X : 0 < 2 * INR 3 ^ 2 * (1 + 4) * weight_plus 4 * top ^ (2 * 3 - 2)) by (unfold weight_plus, top; rewrite S4, H3; simpl; lra).
  assert (S5 : sqrt (1 + 4) <= 3) by (replace 3 with (sqrt (3 * 3)) by (apply sqrt_square; lra); apply sqrt_le_1_alt; lra).
  assert (R2 : sqrt ((1 - 3) ^ 2 + (1 - 1) ^ 2) = 2) by (replace ((1 - 3) ^ 2 + (1 - 1) ^ 2) with (2 * 2) by ring; apply sqrt_square; lra).
  rewrite S4, R2. generalize (sqrt_pos (1 + 4)). intros S0.
  rewrite !Rabs_right by lra. unfold top at 1 2 3.
  repeat split; try lra; [apply Rinv_0_lt_compat, X |].
  right. apply Rinv_l. apply Rgt_not_eq, X.
Qed.
