(* Where the loss comes from: the population loss of a one-round ReLU network, given the dual activation. *)
Require Import Reals Lra Psatz List.
From Proofs Require Import Dual Sums Space Descent Graph LinearRate.
Import ListNotations.
Open Scope R_scope.
Local Opaque s.

(* The activation, sqrt(2) max(t, 0). *)
Definition relu (t : R) : R := sqrt 2 * Rmax t 0.

Section Population.
Variable G : Graph.
Context {E : Space}.
(* Random features of some kind, the message that node i sums up, and a mean over the features. *)
Variable features : Type.
Variable message : nat -> features -> E.
Variable mean : (features -> R) -> R.
Hypothesis mean_ext : forall f g, (forall x, f x = g x) -> mean f = mean g.
Hypothesis mean_plus : forall f g, mean (fun x => f x + g x) = mean f + mean g.
Hypothesis mean_scale : forall k f, mean (fun x => k * f x) = k * mean f.

(* The dual activation: the mean of the product of two units at two nodes. *)
Hypothesis dual_activation : forall i j (w v : E), In i (nodes G) -> In j (nodes G) -> 0 < norm w -> 0 < norm v ->
  mean (fun x => relu (dot w (message i x)) * relu (dot v (message j x)))
  = norm w * norm v * (mass G i j * s (rho G i j * cosine w v)).

(* The network with one unit: the sum over the nodes. *)
Definition network (w : E) (x : features) : R := sum G (fun i => relu (dot w (message i x))).

Lemma mean_zero : mean (fun _ => 0) = 0.
Proof. rewrite (mean_ext _ (fun x => 0 * 0)) by (intros; ring). rewrite (mean_scale 0 (fun _ => 0)). ring. Qed.

Lemma mean_sum (g : nat -> features -> R) : mean (fun x => sum G (fun i => g i x)) = sum G (fun i => mean (g i)).
Proof.
  clear dual_activation. unfold sum. induction (nodes G) as [| i l IH]; simpl; [exact mean_zero |].
  rewrite (mean_plus (g i) (fun x => fold_right (fun k acc => g k x + acc) 0 l)), IH. reflexivity.
Qed.

Lemma product_of_sums g h : sum G g * sum G h = sum G (fun i => sum G (fun j => g i * h j)).
Proof.
  rewrite Rmult_comm, <- sum_scale. apply sum_ext. intros i. rewrite Rmult_comm, <- sum_scale. reflexivity.
Qed.

Lemma mean_of_products (w v : E) : 0 < norm w -> 0 < norm v ->
  mean (fun x => network w x * network v x) = norm w * norm v * Sums.B (overlaps G) (cosine w v).
Proof.
  intros Hw Hv. unfold network.
  rewrite (mean_ext _ (fun x => sum G (fun i => sum G (fun j => relu (dot w (message i x)) * relu (dot v (message j x))))))
    by (intros x; apply product_of_sums).
  rewrite (mean_sum (fun i x => sum G (fun j => relu (dot w (message i x)) * relu (dot v (message j x))))).
  unfold Sums.B. rewrite total_is_sum. cbn [fst snd].
  rewrite <- sum_scale. apply sum_ext_in. intros i Hi.
  rewrite (mean_sum (fun j x => relu (dot w (message i x)) * relu (dot v (message j x)))).
  rewrite <- sum_scale. apply sum_ext_in. intros j Hj. apply dual_activation; assumption.
Qed.

(** The population loss: given the dual activation, $\tfrac12 \mathbb E (\hat y - y)^2 = \tfrac12 A (\ell^2 + 1) - \ell B(c)$ for a teacher of length 1, on every graph.
    Supports: awasthi2021:eq-13
    Outside: the dual activation of the ReLU (a Gaussian expectation)
    Instance: population_can_be_met *)
Theorem population_loss (teacher w : E) : dot teacher teacher = 1 -> 0 < norm w ->
  / 2 * mean (fun x => (network w x - network teacher x) ^ 2) = loss G teacher w.
Proof.
  intros Ht Hw. assert (Nt : norm teacher = 1) by (apply norm_of_unit, Ht).
  rewrite (mean_ext _ (fun x => network w x * network w x + ((-2) * (network w x * network teacher x) + network teacher x * network teacher x)))
    by (intros x; ring).
  rewrite (mean_plus (fun x => network w x * network w x) (fun x => (-2) * (network w x * network teacher x) + network teacher x * network teacher x)).
  rewrite (mean_plus (fun x => (-2) * (network w x * network teacher x)) (fun x => network teacher x * network teacher x)), mean_scale.
  rewrite !mean_of_products by lra. rewrite Nt.
  replace (cosine w w) with 1 by (unfold cosine; rewrite norm_sq; field; generalize (norm_sq w); nra).
  replace (cosine teacher teacher) with 1 by (unfold cosine; rewrite norm_sq, Ht; field).
  unfold loss, Descent.L, Descent.f, Sums.A. rewrite <- (norm_sq w). field.
Qed.
End Population.

(* The hypotheses can be met: one node, numbers as features, 1 and -1 with probability 1/2 each. *)
Lemma relu_pos t : 0 <= t -> relu t = sqrt 2 * t.
Proof. intros. unfold relu. rewrite Rmax_left by lra. reflexivity. Qed.

Lemma relu_neg t : t <= 0 -> relu t = 0.
Proof. intros. unfold relu. rewrite Rmax_right by lra. ring. Qed.

Example population_can_be_met :
  let message := fun (_ : nat) (x : R) => (x : line) in
  let mean := fun f : R -> R => (f 1 + f (-1)) / 2 in
  (forall f g, (forall x, f x = g x) -> mean f = mean g) /\
  (forall f g, mean (fun x => f x + g x) = mean f + mean g) /\
  (forall k f, mean (fun x => k * f x) = k * mean f) /\
  (forall i j (w v : line), In i (nodes one_node) -> In j (nodes one_node) -> 0 < norm w -> 0 < norm v ->
    mean (fun x => relu (dot w (message i x)) * relu (dot v (message j x)))
    = norm w * norm v * (mass one_node i j * s (rho one_node i j * cosine w v))).
Proof.
  intros message mean. unfold mean, message. split; [intros f g H; rewrite !H; reflexivity |].
  split; [intros; field |]. split; [intros; field |].
  intros i j w v Hi Hj Hw Hv. simpl in Hi, Hj. destruct Hi as [Hi | []], Hj as [Hj | []]. subst i j.
  assert (Hs : size one_node 0 = 1) by (unfold size, sum, nodes, hears; simpl; ring).
  assert (Hm : mass one_node 0 0 = 1) by (unfold mass; rewrite Hs, Rmult_1_r; apply sqrt_1).
  assert (Hr : rho one_node 0 0 = 1) by (unfold rho; rewrite Hm, shared_self, Hs; field).
  rewrite Hm, Hr, !Rmult_1_l. simpl dot.
  assert (N : forall u : line, norm u = Rabs u) by (intros u; apply sqrt_Rsqr_abs).
  assert (C : cosine w v = w * v / (Rabs w * Rabs v)) by (unfold cosine; rewrite !N; reflexivity).
  rewrite C, !N in *. simpl in w, v.
  assert (S2 : sqrt 2 * sqrt 2 = 2) by (apply sqrt_sqrt; lra).
  destruct (Rle_lt_dec 0 w) as [W | W], (Rle_lt_dec 0 v) as [V | V];
    rewrite ?(Rabs_right w), ?(Rabs_right v), ?(Rabs_left w), ?(Rabs_left v) in * by lra.
  - rewrite !relu_pos, !relu_neg by lra. replace (w * v / (w * v)) with 1 by (field; lra). rewrite s_at_1.
    transitivity (sqrt 2 * sqrt 2 * (w * v) / 2); [field | rewrite S2; field].
  - rewrite (relu_pos (w * 1)), (relu_neg (v * 1)), (relu_neg (w * -1)) by lra.
    replace (w * v / (w * - v)) with (-1) by (field; lra). rewrite s_at_m1. field.
  - rewrite (relu_neg (w * 1)), (relu_neg (v * -1)) by lra.
    replace (w * v / (- w * v)) with (-1) by (field; lra). rewrite s_at_m1. field.
  - rewrite (relu_neg (w * 1)), (relu_neg (v * 1)), !relu_pos by lra.
    replace (w * v / (- w * - v)) with 1 by (field; lra). rewrite s_at_1.
    transitivity (sqrt 2 * sqrt 2 * (w * v) / 2); [field | rewrite S2; field].
Qed.
