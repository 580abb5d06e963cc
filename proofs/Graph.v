(* A graph enters the loss only through the masses and overlaps of its pairs of nodes. *)
Require Import Reals Lra Psatz List Bool Arith.
From Proofs Require Import Dual Sums.
Import ListNotations.
Open Scope R_scope.
Local Opaque s s'.

(* A finite simple graph: nodes 0, ..., n - 1, at least one, with undirected edges and no loops. *)
Record Graph := {
  n : nat;
  edge : nat -> nat -> bool;
  edge_sym : forall i j, edge i j = edge j i;
  no_loops : forall i, edge i i = false;
  some_node : (0 < n)%nat }.

Section Graph.
Variable G : Graph.

Definition nodes := seq 0 (n G).
Definition sum (g : nat -> R) : R := fold_right (fun k acc => g k + acc) 0 nodes.

(* Node i hears node k if they are joined or equal (the closed neighbourhood). *)
Definition hears i k : R := if (i =? k) || edge G i k then 1 else 0.
Definition degree i := sum (fun k => if edge G i k then 1 else 0).
(* d_i + 1, the number of messages of node i. *)
Definition size i := sum (fun k => hears i k).
(* d_ij, the number of messages that i and j share. *)
Definition shared i j := sum (fun k => hears i k * hears k j).
(* m_ij = sqrt((d_i + 1)(d_j + 1)) and rho_ij = d_ij / m_ij. *)
Definition mass i j := sqrt (size i * size j).
Definition rho i j := shared i j / mass i j.
(* The list of all (m_ij, rho_ij). *)
Definition overlaps := map (fun p => (mass (fst p) (snd p), rho (fst p) (snd p))) (list_prod nodes nodes).

Lemma sum_le_in g h : (forall k, In k nodes -> g k <= h k) -> sum g <= sum h.
Proof.
  unfold sum. induction nodes as [| k l IH]; simpl; intros H; [lra |].
  generalize (H k (or_introl eq_refl)) (IH (fun j Hj => H j (or_intror Hj))). lra.
Qed.

Lemma sum_le g h : (forall k, g k <= h k) -> sum g <= sum h.
Proof. intros H. apply sum_le_in. intros k _. apply H. Qed.

Lemma sum_ext_in g h : (forall k, In k nodes -> g k = h k) -> sum g = sum h.
Proof. intros H. apply Rle_antisym; apply sum_le_in; intros k Hk; rewrite (H k Hk); lra. Qed.

Lemma sum_ext g h : (forall k, g k = h k) -> sum g = sum h.
Proof. intros H. apply sum_ext_in. intros k _. apply H. Qed.

Lemma sum_plus g h : sum (fun k => g k + h k) = sum g + sum h.
Proof. unfold sum. induction nodes; simpl; [ring | rewrite IHl; ring]. Qed.

Lemma sum_scale c g : sum (fun k => c * g k) = c * sum g.
Proof. unfold sum. induction nodes; simpl; [ring | rewrite IHl; ring]. Qed.

Lemma sum_zero : sum (fun _ => 0) = 0.
Proof. unfold sum. induction nodes; simpl; lra. Qed.

Lemma sum_one : sum (fun _ => 1) = INR (n G).
Proof.
  unfold sum, nodes. generalize 0%nat. induction (n G) as [| k IH]; intros b; [reflexivity |].
  change (seq b (S k)) with (b :: seq (S b) k). simpl fold_right. rewrite IH, S_INR. ring.
Qed.

Lemma sum_nonneg g : (forall k, In k nodes -> 0 <= g k) -> 0 <= sum g.
Proof. intros H. rewrite <- sum_zero. apply sum_le_in, H. Qed.

Lemma sum_member g i : (forall k, 0 <= g k) -> In i nodes -> g i <= sum g.
Proof.
  intros H. unfold sum. induction nodes as [| k l IH]; simpl; [tauto |].
  assert (0 <= fold_right (fun k acc => g k + acc) 0 l).
  { clear IH. induction l as [| j l IHl]; simpl; [lra | generalize (H j); lra]. }
  intros [E | Hin]; [subst k; lra | generalize (H k) (IH Hin); lra].
Qed.

Lemma sum_swap g : sum (fun i => sum (fun j => g i j)) = sum (fun j => sum (fun i => g i j)).
Proof.
  assert (H : forall l, fold_right (fun i acc => sum (fun j => g i j) + acc) 0 l
    = sum (fun j => fold_right (fun i acc => g i j + acc) 0 l)).
  { induction l as [| i l IH]; simpl; [symmetry; exact sum_zero |]. rewrite IH, <- sum_plus. reflexivity. }
  exact (H nodes).
Qed.

(* Cauchy-Schwarz for sums. *)
Lemma sum_cauchy g h : (sum (fun k => g k * h k)) ^ 2 <= sum (fun k => g k ^ 2) * sum (fun k => h k ^ 2).
Proof.
  set (a := sum (fun k => g k ^ 2)). set (b := sum (fun k => g k * h k)). set (d := sum (fun k => h k ^ 2)).
  assert (H : forall x y, 0 <= x * x * a + 2 * x * y * b + y * y * d).
  { intros x y. replace (_ + _) with (sum (fun k => (x * g k + y * h k) ^ 2)).
    - apply sum_nonneg. intros. apply pow2_ge_0.
    - unfold a, b, d. rewrite <- !sum_scale, <- !sum_plus. apply sum_ext. intros. ring. }
  assert (Ha : 0 <= a) by (apply sum_nonneg; intros; apply pow2_ge_0).
  destruct (Req_dec a 0) as [Z|Z].
  - destruct (Req_dec b 0) as [F|F]; [rewrite F, Z; lra |].
    generalize (H (- (d + 1) / (2 * b)) 1).
    replace (_ + _ + _) with ((- (d + 1) / (2 * b)) * (- (d + 1) / (2 * b)) * a - 1) by (field; lra).
    rewrite Z. lra.
  - generalize (H (- b) a). nra.
Qed.

Lemma hears_bool i k : hears i k = 0 \/ hears i k = 1.
Proof. unfold hears. destruct (_ || _); auto. Qed.

Lemma hears_self i : hears i i = 1.
Proof. unfold hears. rewrite Nat.eqb_refl. reflexivity. Qed.

Lemma hears_sym i k : hears i k = hears k i.
Proof. unfold hears. rewrite Nat.eqb_sym, edge_sym. reflexivity. Qed.

Lemma size_pos i : In i nodes -> 1 <= size i.
Proof.
  intros Hi. rewrite <- (hears_self i). apply (sum_member (fun k => hears i k)); [| exact Hi].
  intros k. destruct (hears_bool i k); lra.
Qed.

Lemma shared_nonneg i j : 0 <= shared i j.
Proof. apply sum_nonneg. intros k _. destruct (hears_bool i k), (hears_bool k j); nra. Qed.

Lemma shared_le i j : shared i j <= size i.
Proof. apply sum_le. intros k. destruct (hears_bool i k), (hears_bool k j); nra. Qed.

Lemma shared_sym i j : shared i j = shared j i.
Proof. apply sum_ext. intros k. rewrite (hears_sym i k), (hears_sym k j). ring. Qed.

Lemma shared_self i : shared i i = size i.
Proof. apply sum_ext. intros k. rewrite (hears_sym k i). destruct (hears_bool i k); nra. Qed.

Lemma mass_pos i j : In i nodes -> In j nodes -> 0 < mass i j.
Proof.
  intros Hi Hj. apply sqrt_lt_R0. generalize (size_pos i Hi) (size_pos j Hj).
  intros. apply Rmult_lt_0_compat; lra.
Qed.

(* Overlaps of graphs lie in [0, 1], masses are not negative. *)
Lemma overlaps_good p : In p overlaps -> 0 <= fst p /\ 0 <= snd p <= 1.
Proof.
  unfold overlaps. rewrite in_map_iff. intros [[i j] [E Hin]]. subst p. simpl.
  apply in_prod_iff in Hin. destruct Hin as [Hi Hj].
  generalize (mass_pos i j Hi Hj) (shared_nonneg i j) (shared_le i j) (shared_le j i).
  rewrite (shared_sym j i). intros M S0 S1 S2.
  split; [lra |]. unfold rho. split.
  - apply Rmult_le_pos; [assumption | left; apply Rinv_0_lt_compat; assumption].
  - apply (Rmult_le_reg_r (mass i j)); [assumption |]. unfold Rdiv.
    rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
    unfold mass. rewrite <- (sqrt_square (shared i j)) by assumption.
    apply sqrt_le_1_alt. apply Rmult_le_compat; assumption.
Qed.

Lemma node_0 : In 0%nat nodes.
Proof. generalize (some_node G). intros. apply in_seq. lia. Qed.

(* A node shares all messages with itself. *)
Lemma overlaps_self : In (mass 0 0, 1) overlaps.
Proof.
  unfold overlaps. rewrite in_map_iff. exists (0%nat, 0%nat). simpl. split.
  - f_equal. unfold rho. rewrite shared_self. generalize (size_pos 0 node_0). intros.
    replace (mass 0 0) with (size 0) by (unfold mass; rewrite sqrt_square; lra). field. lra.
  - generalize node_0. rewrite in_prod_iff. tauto.
Qed.

(* Sums over pairs are sums over the list. *)
Lemma total_is_sum g : total overlaps g = sum (fun i => sum (fun j => g (mass i j, rho i j))).
Proof.
  assert (Row : forall i l r, fold_right (fun p acc => g p + acc) r
      (map (fun p => (mass (fst p) (snd p), rho (fst p) (snd p))) (map (fun j => (i, j)) l))
    = fold_right (fun j acc => g (mass i j, rho i j) + acc) 0 l + r).
  { induction l as [| j l IH]; intros r; simpl; [ring | rewrite IH; ring]. }
  assert (H : forall l, total (map (fun p => (mass (fst p) (snd p), rho (fst p) (snd p))) (list_prod l nodes)) g
    = fold_right (fun i acc => sum (fun j => g (mass i j, rho i j)) + acc) 0 l).
  { unfold total. induction l as [| i l IH]; [reflexivity |].
    simpl. rewrite map_app, fold_right_app, IH. apply Row. }
  exact (H nodes).
Qed.

(* The two sizes that need the degrees only: S = sum (d_i + 1)^2, M = (sum sqrt(d_i + 1))^2. *)
Theorem S_from_degrees : S_ overlaps = sum (fun i => size i ^ 2).
Proof.
  unfold S_. rewrite total_is_sum.
  transitivity (sum (fun i => sum (fun j => sum (fun k => hears i k * hears k j)))).
  { apply sum_ext_in. intros i Hi. apply sum_ext_in. intros j Hj. simpl. unfold rho. field_simplify; [reflexivity |].
    generalize (mass_pos i j Hi Hj). lra. }
  transitivity (sum (fun i => sum (fun k => sum (fun j => hears i k * hears k j)))).
  { apply sum_ext. intros i. apply sum_swap. }
  rewrite sum_swap. apply sum_ext. intros k.
  transitivity (sum (fun i => size k * hears k i)).
  - apply sum_ext. intros i. unfold size. rewrite (hears_sym k i), Rmult_comm. rewrite <- sum_scale. reflexivity.
  - rewrite sum_scale. change (size k * size k = size k ^ 2). ring.
Qed.

Theorem M_from_degrees : M_ overlaps = sum (fun i => sqrt (size i)) ^ 2.
Proof.
  unfold M_. rewrite total_is_sum. simpl. rewrite Rmult_1_r.
  transitivity (sum (fun i => sum (fun j => sqrt (size j)) * sqrt (size i))); [| apply sum_scale].
  apply sum_ext_in. intros i Hi. rewrite Rmult_comm, <- sum_scale. apply sum_ext. intros j. unfold mass.
  apply sqrt_mult_alt. generalize (size_pos i Hi). lra.
Qed.

Lemma size_is_degree i : In i nodes -> size i = degree i + 1.
Proof.
  intros Hi. unfold size, degree.
  transitivity (sum (fun k => (if edge G i k then 1 else 0) + (if i =? k then 1 else 0))).
  - apply sum_ext. intros k. unfold hears. destruct (Nat.eqb_spec i k); simpl; [subst; rewrite no_loops; lra | destruct (edge G i k); lra].
  - rewrite sum_plus. f_equal. unfold sum.
    assert (H : NoDup nodes) by apply seq_NoDup. revert Hi H. generalize nodes. induction l as [| k l IH]; simpl; [tauto |].
    intros [Eq | Hin] Hd; inversion_clear Hd.
    + subst k. rewrite Nat.eqb_refl.
      replace (fold_right _ 0 l) with 0; [ring |]. clear IH. induction l as [| j l IHl]; [reflexivity |]. simpl in *.
      destruct (Nat.eqb_spec i j); [subst; tauto |]. inversion_clear H0. rewrite <- IHl by tauto. ring.
    + destruct (Nat.eqb_spec i k); [subst; tauto |]. rewrite IH by assumption. ring.
Qed.

Definition mean_degree := sum degree / INR (n G).

Lemma INR_n : 0 < INR (n G).
Proof. apply lt_0_INR, some_node. Qed.

Lemma degree_nonneg i : 0 <= degree i.
Proof. apply sum_nonneg. intros k _. destruct (edge G i k); lra. Qed.

Lemma mean_degree_nonneg : 0 <= mean_degree.
Proof.
  apply Rmult_le_pos; [apply sum_nonneg; intros; apply degree_nonneg | left; apply Rinv_0_lt_compat, INR_n].
Qed.

Lemma sum_sizes : sum size = INR (n G) * (mean_degree + 1).
Proof.
  transitivity (sum (fun i => degree i + 1)); [apply sum_ext_in, size_is_degree |].
  rewrite (sum_plus degree (fun _ => 1)), sum_one. unfold mean_degree. field. generalize INR_n; lra.
Qed.

(* M / S is at most n / (mean degree + 1), by the Cauchy-Schwarz inequality used twice. *)
Theorem M_over_S : M_ overlaps / S_ overlaps <= INR (n G) / (mean_degree + 1).
Proof.
  rewrite S_from_degrees, M_from_degrees. generalize INR_n mean_degree_nonneg sum_sizes. intros Hn Hd Hs.
  assert (C1 : sum (fun i => sqrt (size i)) ^ 2 <= INR (n G) * sum size).
  { generalize (sum_cauchy (fun _ => 1) (fun i => sqrt (size i))). intros H.
    rewrite (sum_ext (fun k => 1 * sqrt (size k)) (fun k => sqrt (size k))) in H by (intros; ring).
    rewrite (sum_ext (fun _ => 1 ^ 2) (fun _ => 1)), sum_one in H by (intros; ring).
    rewrite (sum_ext_in (fun k => sqrt (size k) ^ 2) size) in H; [exact H |].
    intros k Hk. simpl. rewrite Rmult_1_r. apply sqrt_sqrt. generalize (size_pos k Hk). lra. }
  assert (C2 : sum size ^ 2 <= INR (n G) * sum (fun i => size i ^ 2)).
  { generalize (sum_cauchy (fun _ => 1) size). intros H.
    rewrite (sum_ext (fun k => 1 * size k) size) in H by (intros; ring).
    rewrite (sum_ext (fun _ => 1 ^ 2) (fun _ => 1)), sum_one in H by (intros; ring). exact H. }
  rewrite Hs in *. set (N := INR (n G)) in *. set (D := mean_degree + 1) in *. assert (0 < D) by (unfold D; lra).
  set (Q := sum (fun i => size i ^ 2)) in *. set (R' := sum (fun i => sqrt (size i)) ^ 2) in *.
  assert (QD : N * D ^ 2 <= Q) by nra.
  assert (0 < N * D ^ 2) by (apply Rmult_lt_0_compat; nra). assert (HQ : 0 < Q) by lra.
  apply (Rmult_le_reg_r (Q * D)); [apply Rmult_lt_0_compat; assumption |].
  replace (R' / Q * (Q * D)) with (R' * D) by (field; lra).
  replace (N / D * (Q * D)) with (N * Q) by (field; lra).
  apply Rle_trans with (N * (N * D) * D); [apply Rmult_le_compat_r; lra |].
  replace (N * (N * D) * D) with (N * (N * D ^ 2)) by ring. apply Rmult_le_compat_l; lra.
Qed.

Lemma S_of_graph_pos : 0 < S_ overlaps.
Proof.
  apply Rlt_le_trans with (Sums.C overlaps 1); [| apply C1_le_S, overlaps_good].
  unfold Sums.C.
  assert (H : forall l, (forall p, In p l -> 0 <= fst p /\ 0 <= snd p <= 1) -> In (mass 0 0, 1) l ->
     mass 0 0 * 1 * s' (1 * 1) <= total l (fun p => fst p * snd p * s' (snd p * 1))).
  { unfold total. induction l as [| q l IH]; intros Hg; simpl; [tauto |].
    assert (P : 0 <= fold_right (fun p acc => fst p * snd p * s' (snd p * 1) + acc) 0 l).
    { clear IH. induction l as [| p l IHl]; simpl; [lra |].
      destruct (Hg p (or_intror (or_introl eq_refl))) as [? [? ?]]. generalize (slope_bounds (snd p * 1)). intros.
      assert (0 <= fst p * snd p * s' (snd p * 1)) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
      apply Rplus_le_le_0_compat; [assumption |]. apply IHl. intros r [Hr | Hr]; apply Hg; simpl; tauto. }
    intros [Eq | Hin]; [subst q; simpl in *; lra |].
    destruct (Hg q (or_introl eq_refl)) as [? [? ?]]. generalize (slope_bounds (snd q * 1)). intros.
    assert (0 <= fst q * snd q * s' (snd q * 1)) by (apply Rmult_le_pos; [apply Rmult_le_pos |]; lra).
    specialize (IH (fun p Hp => Hg p (or_intror Hp)) Hin). lra. }
  apply Rlt_le_trans with (2 := H overlaps overlaps_good overlaps_self).
  rewrite !Rmult_1_r, slope_at_1, Rmult_1_r. apply mass_pos; apply node_0.
Qed.

(* Step 7: A / S <= n / (pi (mean degree + 1)) + 1 - 1 / pi. *)
Theorem A_over_S : A overlaps / S_ overlaps <= INR (n G) / (PI * (mean_degree + 1)) + 1 - 1 / PI.
Proof.
  generalize (A_at_most overlaps overlaps_good) M_over_S S_of_graph_pos PI_pos mean_degree_nonneg. intros HA HM HS P Hd.
  set (S := S_ overlaps) in *. set (M := M_ overlaps) in *.
  apply Rle_trans with (M / S / PI + (1 - 1 / PI)).
  - apply (Rmult_le_reg_r S); [assumption |].
    replace ((M / S / PI + (1 - 1 / PI)) * S) with (M / PI + (1 - 1 / PI) * S) by (field; lra).
    replace (A overlaps / S * S) with (A overlaps) by (field; lra). exact HA.
  - replace (INR (n G) / (PI * (mean_degree + 1))) with (INR (n G) / (mean_degree + 1) / PI) by (field; lra).
    assert (M / S / PI <= INR (n G) / (mean_degree + 1) / PI)
      by (unfold Rdiv at 1 3; apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat |]; assumption).
    lra.
Qed.

(* A graph is d-regular if all degrees are d; its mean degree is then d. *)
Definition regular d := forall i, (i < n G)%nat -> degree i = d.

Lemma mean_of_regular d : regular d -> mean_degree = d.
Proof.
  intros H. unfold mean_degree. rewrite (sum_ext_in degree (fun _ => d * 1)).
  - rewrite sum_scale, sum_one. field. generalize INR_n; lra.
  - intros k Hk. apply in_seq in Hk. rewrite H by lia. ring.
Qed.
End Graph.

(* Two nodes and one edge: the smallest graph with an edge. *)
Definition one_edge : Graph.
Proof.
  refine {| n := 2; edge := fun i j => xorb (i =? 0) (j =? 0) && (i <? 2) && (j <? 2) |}.
  - intros i j. destruct (i =? 0), (j =? 0), (i <? 2), (j <? 2); reflexivity.
  - intros i. destruct (i =? 0), (i <? 2); reflexivity.
  - lia.
Defined.

(* One node. *)
Definition one_node : Graph.
Proof. refine {| n := 1; edge := fun _ _ => false |}; intros; [reflexivity | reflexivity | lia]. Defined.
