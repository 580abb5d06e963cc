(* "A linear rate for every graph", the start: how fast the angle leaves the antipode on particular graphs, at x = 1. *)
Require Import Reals Lra Psatz List Bool Arith.
From Proofs Require Import Dual Sums Space Descent Escape Graph LinearRate.
Import ListNotations.
Open Scope R_scope.
Local Opaque s s'.

(* C(-1) > 0 exactly if some pair of nodes shares some but not all messages. *)
Lemma C_at_minus_1 l : (forall p, In p l -> 0 < fst p /\ 0 <= snd p <= 1) ->
  (0 < Sums.C l (-1) <-> exists p, In p l /\ 0 < snd p < 1).
Proof.
  unfold Sums.C, total. intros H.
  assert (One : forall p, In p l -> 0 <= fst p * snd p * s' (snd p * -1) /\ (0 < fst p * snd p * s' (snd p * -1) <-> 0 < snd p < 1)).
  { intros p Hp. destruct (H p Hp) as [Hm Hr]. generalize (slope_bounds (snd p * -1)). intros Hs.
    split; [apply Rmult_le_pos; [apply Rmult_le_pos |]; lra |]. split.
    - intros P. destruct (Req_dec (snd p) 0) as [Z | Z]; [rewrite Z in P; lra |].
      destruct (Req_dec (snd p) 1) as [O | O]; [| lra]. rewrite O in P. replace (1 * -1) with (-1) in P by ring. rewrite slope_at_m1 in P. lra.
    - intros P. apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; lra | apply slope_positive; lra]. }
  clear H. induction l as [| q l IH]; simpl.
  - split; [lra |]. intros [p [[] _]].
  - destruct (One q (or_introl eq_refl)) as [Q0 Q1]. specialize (IH (fun p Hp => One p (or_intror Hp))).
    assert (R0 : 0 <= fold_right (fun p acc => fst p * snd p * s' (snd p * -1) + acc) 0 l).
    { clear IH. induction l as [| p l IHl]; simpl; [lra |].
      generalize (proj1 (One p (or_intror (or_introl eq_refl)))) (IHl (fun r Hr => One r (match Hr with or_introl e => or_introl e | or_intror e => or_intror (or_intror e) end))). lra. }
    split.
    + intros P. destruct (Rle_lt_or_eq_dec _ _ Q0) as [Q | Q]; [exists q; split; [left; reflexivity | apply Q1, Q] |].
      destruct (proj1 IH ltac:(lra)) as [p [Hp1 Hp2]]. exists p. split; [right; exact Hp1 | exact Hp2].
    + intros [p [[Hp | Hp] Hb]]; [subst p; apply Q1 in Hb; lra |].
      assert (0 < fold_right (fun p acc => fst p * snd p * s' (snd p * -1) + acc) 0 l) by (apply IH; exists p; split; assumption). lra.
Qed.

Section Start.
Variable G : Graph.
Context {E : Space}.
Variable teacher : E.
Hypothesis unit_teacher : dot teacher teacher = 1.
Notation A := (A_of G). Notation M := (M_of G).
Let good := overlaps_good G.
Let pos := mass_pos G 0 0 (node_0 G) (node_0 G).
Let self := overlaps_self G.

(** Geometric escape, at $x = 1$: $\varphi_+ \ge (1 + \tfrac{2 \pi C(-1)}{5 M}) \varphi$ for $0 < \varphi \le \tfrac\pi2$, and $C(-1) > 0$ exactly if some $0 < \rho_{ij} < 1$.
    Supports: companion:lemma-geometric-escape
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: start_can_be_met *)
Theorem geometric_escape (w : E) : 0 < norm w -> -1 < cosine w teacher <= 0 ->
  (1 + 2 * PI * C_of G (-1) / (5 * M)) * (PI - angle w teacher) <= PI - angle (run G teacher (1 / A) w 1) teacher /\
  (0 < C_of G (-1) <-> exists p, In p (overlaps G) /\ 0 < snd p < 1).
Proof.
  intros Hw Hc. split.
  2: { apply C_at_minus_1. intros p Hp. destruct (good p Hp) as [_ Hr]. split; [| exact Hr].
       unfold overlaps in Hp. apply in_map_iff in Hp. destruct Hp as [[i j] [Eq Hin]]. subst p. apply in_prod_iff in Hin. simpl. apply mass_pos; tauto. }
  generalize (A_pos _ good _ pos self). fold (A_of G). intros HA.
  assert (X : 1 / A * A = 1) by (field; lra). assert (E0 : 0 < 1 / A) by (apply Rdiv_lt_0_compat; lra).
  assert (Xl : 1 / A * Sums.A (overlaps G) <= 1) by (fold (A_of G); lra).
  destruct (turn teacher unit_teacher _ good _ pos self (1 / A) w Hw (proj1 Hc) E0 Xl) as [delta [Hd [Hphi [Ha Hb]]]].
  destruct (step_products teacher unit_teacher _ good _ pos self (1 / A) w Hw (proj1 Hc) E0 Xl) as [_ [_ R0]].
  change (Descent.step teacher (overlaps G) (1 / A) w) with (run G teacher (1 / A) w 1) in *.
  unfold phi in Hphi. rewrite Hphi. set (c := cosine w teacher) in *. set (n := norm (run G teacher (1 / A) w 1)) in *.
  set (f0 := PI - angle w teacher) in *. generalize PI_bounds (M_positive _ good _ pos self) (S_le_M _ good). intros HP HM HSM.
  fold (M_of G) in HM, HSM.
  assert (Hth : PI / 2 <= angle w teacher <= PI).
  { split; [| apply acos_bound]. unfold angle. fold c. rewrite <- acos_0. apply acos_falls; lra. }
  assert (Hp : 0 <= f0 <= PI / 2) by (unfold f0; lra).
  assert (Hsin : sin (angle w teacher) = sin f0) by (unfold f0; rewrite sin_PI_x; reflexivity).
  (* C(-1) <= C(c), and C(-1) <= C(0) <= M / 2 *)
  generalize (C_nonneg _ good (-1)) (C_increases _ good (-1) c ltac:(lra) ltac:(lra) ltac:(lra)). fold (C_of G (-1)) (C_of G c). intros C0 C1.
  assert (Ch : C_of G (-1) <= M / 2).
  { apply Rle_trans with (C_of G 0); [apply (C_increases _ good); lra |].
    apply Rle_trans with (S_of G / 2); [| unfold S_of; lra].
    right. unfold C_of, Sums.C, S_of, S_. unfold Rdiv. rewrite Rmult_comm, <- total_scale. apply total_ext.
    intros p. rewrite Rmult_0_r, slope_at_0. field. }
  set (y := 2 * PI * C_of G (-1) / (5 * M) * f0).
  assert (Q : 0 <= C_of G (-1) / M <= 1 / 2).
  { split; [apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra] |].
    apply (Rmult_le_reg_r M); [lra |]. unfold Rdiv at 1. rewrite Rmult_assoc, Rinv_l by lra. lra. }
  assert (Yq : y = 2 / 5 * PI * (C_of G (-1) / M) * f0) by (unfold y; field; lra).
  assert (Y : 0 <= y <= 0.988).
  { rewrite Yq. split; [apply Rmult_le_pos; [apply Rmult_le_pos; lra | lra] |].
    assert (0 <= 2 / 5 * PI * (C_of G (-1) / M) <= 1 / 5 * PI) by nra.
    assert (2 / 5 * PI * (C_of G (-1) / M) * f0 <= 1 / 5 * PI * (PI / 2)) by (apply Rmult_le_compat; lra). nra. }
  enough (y <= delta) by (unfold y in *; lra).
  destruct (Rle_lt_dec y delta) as [|Bad]; [assumption | exfalso].
  assert (Up : forward teacher (overlaps G) (1 / A) w + across teacher (overlaps G) (1 / A) w * c <= 1 / A * (M / PI)).
  { unfold forward, across. fold c. fold (A_of G). rewrite X. generalize (B_below_0 _ good c ltac:(lra)). fold (M_of G). intros.
    assert (1 / A * Sums.B (overlaps G) c <= 1 / A * (M / PI)) by (apply Rmult_le_compat_l; lra). lra. }
  assert (Lo : 1 / A * C_of G (-1) * sin f0 <= across teacher (overlaps G) (1 / A) w * sin (angle w teacher)).
  { rewrite Hsin. unfold across. fold c. fold (C_of G c). apply Rmult_le_compat_r; [apply sin_ge_0; lra | apply Rmult_le_compat_l; lra]. }
  rewrite Ha in Up. rewrite Hb in Lo.
  generalize (sin_above_chord f0 Hp) (sin_below y Y). intros J T.
  assert (Cy : 0 < cos y) by (apply cos_gt_0; lra).
  set (D := 1 / A * (M / PI)) in *. assert (HD : 0 < D) by (unfold D; apply Rmult_lt_0_compat; [lra | apply Rdiv_lt_0_compat; lra]).
  assert (U : 5 / PI * y * D <= 1 / A * C_of G (-1) * sin f0).
  { replace (5 / PI * y * D) with (1 / A * C_of G (-1) * (2 / PI * f0)) by (unfold y, D; field; lra).
    apply Rmult_le_compat_l; [apply Rmult_le_pos; lra | exact J]. }
  assert (Pos : 0 < sin (y - delta)) by (apply sin_gt_0; lra).
  rewrite sin_minus in Pos. apply (Rmult_lt_compat_l n) in Pos; [| exact R0]. rewrite Rmult_0_r in Pos.
  assert (Cd : 0 <= n * cos delta) by (apply Rmult_le_pos; [lra | apply cos_ge_0; lra]).
  assert (S1 : n * cos delta * sin y <= n * cos delta * (5 / PI * y * cos y)) by (apply Rmult_le_compat_l; assumption).
  assert (Z : 0 <= 5 / PI * y * cos y).
  { apply Rmult_le_pos; [apply Rmult_le_pos; [left; apply Rdiv_lt_0_compat; lra | lra] | lra]. }
  assert (S2 : n * cos delta * (5 / PI * y * cos y) <= D * (5 / PI * y * cos y)) by (apply Rmult_le_compat_r; assumption).
  assert (S3 : 5 / PI * y * D * cos y <= n * sin delta * cos y) by (apply Rmult_le_compat_r; lra).
  lra.
Qed.

(** On the complete graph one step of size $1/A$ leads from every start that is not exactly opposite to $c \ge 0$.
    Supports: companion:lemma-complete-graph
    Outside: the loss and its gradient are given by $A$, $B$ and $C$ (Gaussian features; population_loss derives the loss from the dual activation)
    Instance: start_can_be_met *)
Theorem complete_graph_in_one_step (w : E) :
  (forall i j, (i < n G)%nat -> (j < n G)%nat -> i <> j -> edge G i j = true) ->
  0 < norm w -> -1 < cosine w teacher -> 0 <= cosine (run G teacher (1 / A) w 1) teacher.
Proof.
  intros Hall Hw Hc. generalize (A_pos _ good _ pos self). fold (A_of G). intros HA.
  assert (X : 1 / A * A = 1) by (field; lra). assert (E0 : 0 < 1 / A) by (apply Rdiv_lt_0_compat; lra).
  assert (Xl : 1 / A * Sums.A (overlaps G) <= 1) by (fold (A_of G); lra).
  destruct (step_products teacher unit_teacher _ good _ pos self (1 / A) w Hw Hc E0 Xl) as [T [_ R0]].
  change (Descent.step teacher (overlaps G) (1 / A) w) with (run G teacher (1 / A) w 1) in *.
  generalize (cosine_bound teacher unit_teacher w Hw). set (c := cosine w teacher) in *. intros Hb.
  rewrite (cos_is teacher unit_teacher), T.
  apply Rmult_le_pos; [| left; apply Rinv_0_lt_compat; exact R0].
  unfold forward, across. fold c. fold (A_of G). rewrite X.
  (* all overlaps are 1 *)
  assert (Hears : forall i j, In i (nodes G) -> In j (nodes G) -> hears G i j = 1).
  { intros i j Hi Hj. apply in_seq in Hi. apply in_seq in Hj. unfold hears. destruct (Nat.eqb_spec i j); [reflexivity |].
    rewrite Hall by lia. reflexivity. }
  assert (Size : forall i, In i (nodes G) -> size G i = INR (n G)).
  { intros i Hi. rewrite <- sum_one. apply sum_ext_in. intros k Hk. apply Hears; assumption. }
  assert (Rho : forall p, In p (overlaps G) -> snd p = 1).
  { intros p Hp. unfold overlaps in Hp. apply in_map_iff in Hp. destruct Hp as [[i j] [Eq Hin]]. subst p. apply in_prod_iff in Hin. simpl.
    generalize (INR_n G). intros Hn. unfold rho, mass. rewrite !Size by tauto. rewrite sqrt_square by lra.
    replace (shared G i j) with (INR (n G)); [field; lra |]. rewrite <- sum_one. apply sum_ext_in. intros k Hk.
    rewrite !Hears by tauto. ring. }
  assert (Bc : Sums.B (overlaps G) c = M * s c).
  { unfold Sums.B, M_of, M_, total. revert Rho. generalize (overlaps G). induction l as [| p l IH]; simpl; intros H; [ring |].
    rewrite IH by auto. rewrite (H p) by auto. rewrite Rmult_1_l. ring. }
  assert (Cc : Sums.C (overlaps G) c = M * s' c).
  { unfold Sums.C, M_of, M_, total. revert Rho. generalize (overlaps G). induction l as [| p l IH]; simpl; intros H; [ring |].
    rewrite IH by auto. rewrite (H p) by auto. rewrite Rmult_1_l. ring. }
  rewrite Bc, Cc. generalize (M_positive _ good _ pos self) PI_pos. fold (M_of G). intros HM P.
  replace (((1 - 1) * norm w + 1 / A * (M * s c - c * (M * s' c))) * c + 1 / A * (M * s' c))
    with (1 / A * M * ((s c - c * s' c) * c + s' c)) by ring.
  apply Rmult_le_pos; [apply Rmult_le_pos; lra |].
  rewrite above_x_times_slope.
  (* with phi = pi s'(c): sin(phi) cos(phi) <= phi *)
  set (th := acos c). assert (Hth : 0 <= th <= PI) by apply acos_bound.
  assert (Ct : c = cos th) by (unfold th; rewrite cos_acos by lra; reflexivity).
  assert (St : sqrt (1 - c * c) = sin th) by (unfold th; rewrite sin_acos by lra; reflexivity).
  assert (Sl : s' c = (PI - th) / PI) by reflexivity.
  rewrite St, Sl, Ct.
  apply (Rmult_le_reg_r PI); [lra |]. rewrite Rmult_0_l.
  replace ((sin th / PI * cos th + (PI - th) / PI) * PI) with (sin th * cos th + (PI - th)) by (field; lra).
  assert (Sn : 0 <= sin th) by (apply sin_ge_0; lra). generalize (COS_bound th). intros Cb.
  assert (Sx : sin th <= PI - th).
  { rewrite <- sin_PI_x. destruct (Rle_lt_or_eq_dec 0 (PI - th) ltac:(lra)) as [Q | Q]; [left; apply sin_lt_x; exact Q | rewrite <- Q, sin_0; lra]. }
  assert (- (sin th * 1) <= sin th * cos th) by nra. lra.
Qed.
End Start.

(* One edge is a complete graph, and (-1, 1) a start with negative cosine that is not opposite. *)
Example start_can_be_met :
  (forall i j, (i < n one_edge)%nat -> (j < n one_edge)%nat -> i <> j -> edge one_edge i j = true) /\
  0 < norm (E := plane) (-1, 1) /\ -1 < cosine (E := plane) (-1, 1) (1, 0) <= 0.
Proof.
  split; [| generalize escape_can_be_met; intros; lra].
  intros i j Hi Hj Hne. simpl in Hi, Hj. destruct i as [| [| i]], j as [| [| j]]; simpl; try lia; reflexivity.
Qed.
