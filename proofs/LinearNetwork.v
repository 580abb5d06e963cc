(* "Deep linear GNNs", Lemma 10 (Eq. 37): on a regular graph the output of a linear network with L rounds is
   (W1 + d W2)^L applied to the sum of the features, for all matrices, commuting or not. *)
Require Import Reals Lra Lia List Arith Bool.
From Proofs Require Import Sums Space Graph.
Import ListNotations.
Open Scope R_scope.

(* Vectors here: anything with a sum, a zero and multiples, by the usual rules. Matrices are additive maps. *)
Record Vectors := {
  element :> Type;
  add : element -> element -> element;
  zero : element;
  times : R -> element -> element;
  add_comm : forall u v, add u v = add v u;
  add_assoc : forall u v z, add u (add v z) = add (add u v) z;
  add_zero : forall u, add zero u = u;
  times_one : forall u, times 1 u = u;
  times_zero : forall u, times 0 u = zero;
  times_plus : forall a b u, times (a + b) u = add (times a u) (times b u);
  times_add : forall a u v, times a (add u v) = add (times a u) (times a v) }.
Arguments add {_}. Arguments zero {_}. Arguments times {_}.

Section Network.
Variable G : Graph.
Context {V : Vectors}.
Variables W1 W2 : V -> V.
Hypothesis W1_adds : forall u v, W1 (add u v) = add (W1 u) (W1 v).
Hypothesis W2_adds : forall u v, W2 (add u v) = add (W2 u) (W2 v).
Hypothesis W1_zero : W1 zero = zero.
Hypothesis W2_scales : forall a u, W2 (times a u) = times a (W2 u).

Definition vsum (l : list nat) (x : nat -> V) : V := fold_right (fun i acc => add (x i) acc) zero l.

(* One round: node i keeps W1 x_i and hears W2 x_j from each neighbour j. *)
Definition round (x : nat -> V) (i : nat) : V :=
  add (W1 (x i)) (W2 (vsum (filter (fun j => edge G i j) (nodes G)) x)).
Fixpoint rounds (L : nat) (x : nat -> V) : nat -> V :=
  match L with O => x | Datatypes.S k => round (rounds k x) end.

(* The output sums over the nodes; M = W1 + d W2, and M^L its L-th power. *)
Definition output L x := vsum (nodes G) (rounds L x).
Definition M d (u : V) : V := add (W1 u) (times d (W2 u)).
Fixpoint power d L (u : V) : V := match L with O => u | Datatypes.S k => M d (power d k u) end.

Lemma vsum_add l x y : vsum l (fun i => add (x i) (y i)) = add (vsum l x) (vsum l y).
Proof.
  induction l as [| i l IH]; simpl; [rewrite add_zero; reflexivity |]. rewrite IH.
  rewrite !add_assoc. f_equal. rewrite <- !add_assoc. f_equal. apply add_comm.
Qed.

Lemma vsum_ext l x y : (forall i, In i l -> x i = y i) -> vsum l x = vsum l y.
Proof. induction l as [| i l IH]; simpl; intros H; [reflexivity |]. rewrite H, IH by auto. reflexivity. Qed.

Lemma W2_zero : W2 zero = zero.
Proof. rewrite <- (times_zero V zero), W2_scales, times_zero. apply eq_sym, times_zero. Qed.

Lemma map_vsum (W : V -> V) l x : (forall u v, W (add u v) = add (W u) (W v)) -> W zero = zero ->
  W (vsum l x) = vsum l (fun i => W (x i)).
Proof. intros H H0. induction l as [| i l IH]; simpl; [exact H0 |]. rewrite H, IH. reflexivity. Qed.

Lemma vsum_zero l : vsum l (fun _ => zero) = @zero V.
Proof. induction l as [| i l IH]; simpl; [reflexivity | rewrite IH; apply add_zero]. Qed.

Lemma filter_sum (f : nat -> bool) l x : vsum (filter f l) x = vsum l (fun j => times (if f j then 1 else 0) (x j)).
Proof.
  induction l as [| j l IH]; simpl; [reflexivity |]. destruct (f j); simpl; rewrite IH.
  - rewrite times_one. reflexivity.
  - rewrite times_zero, add_zero. reflexivity.
Qed.

Lemma vsum_swap l k (x : nat -> nat -> V) : vsum l (fun i => vsum k (fun j => x i j)) = vsum k (fun j => vsum l (fun i => x i j)).
Proof.
  induction l as [| i l IH]; simpl; [symmetry; apply vsum_zero |]. rewrite IH, <- vsum_add. reflexivity.
Qed.

Lemma times_sum l (c : nat -> R) (u : V) : vsum l (fun i => times (c i) u) = times (fold_right (fun i acc => c i + acc) 0 l) u.
Proof. induction l as [| i l IH]; simpl; [rewrite times_zero; reflexivity |]. rewrite IH, times_plus. reflexivity. Qed.

Lemma times_vsum d l (x : nat -> V) : times d zero = @zero V -> times d (vsum l x) = vsum l (fun i => times d (x i)).
Proof. intros H. induction l as [| i l IH]; simpl; [exact H |]. rewrite times_add, IH. reflexivity. Qed.

Lemma heard_by_all d x : regular G d -> vsum (nodes G) (fun i => vsum (filter (fun j => edge G i j) (nodes G)) x)
  = vsum (nodes G) (fun j => times d (x j)).
Proof.
  intros H. transitivity (vsum (nodes G) (fun i => vsum (nodes G) (fun j => times (if edge G i j then 1 else 0) (x j)))).
  { apply vsum_ext. intros i _. apply filter_sum. }
  rewrite vsum_swap. apply vsum_ext. intros j Hj. rewrite times_sum. f_equal.
  transitivity (degree G j); [| apply H; apply in_seq in Hj; lia].
  unfold degree, sum. clear Hj. induction (nodes G) as [| i l IH]; simpl; [reflexivity |]. rewrite edge_sym, IH. reflexivity.
Qed.

(** On a $d$-regular graph the output after $L$ rounds is $(W_1 + d\,W_2)^L \sum_i x_i$, for all matrices, commuting or not, and all features.
    Supports: awasthi2021:lemma-10, awasthi2021:remark-sum-of-embeddings
    Instance: network_can_be_met *)
Theorem sum_of_embeddings d L x : regular G d -> (times d zero = @zero V) -> output L x = power d L (vsum (nodes G) x).
Proof.
  intros H Hz. unfold output. induction L as [| L IH]; simpl; [reflexivity |].
  unfold round at 1. rewrite vsum_add. unfold M.
  rewrite <- (map_vsum W1 (nodes G) _ W1_adds W1_zero), IH. f_equal.
  rewrite <- (map_vsum W2 (nodes G) _ W2_adds W2_zero), (heard_by_all d _ H), <- times_vsum by exact Hz.
  rewrite W2_scales, IH. reflexivity.
Qed.
End Network.

(** Lemma 10: on a $d$-regular graph with $n$ nodes the loss of student and teacher is $\tfrac n2\, |M^L - M^{\star L}|_F^2$ with $M = W_1 + d\,W_2$.
    Supports: awasthi2021:lemma-10, awasthi2021:eq-37
    Outside: the Gaussian expectation, through one property: $\mathbb E\, |E \sum_i x_i|^2 = n |E|_F^2$ for the map $E = M^L - M^{\star L}$
    Instance: lemma_10_can_be_met *)
Theorem lemma_10 (G : Graph) (V : Vectors) (W1 W2 T1 T2 : V -> V) d L
  (expectation : ((nat -> V) -> R) -> R) (square : V -> R) (minus : V -> V -> V) (frobenius2 : (V -> V) -> R) :
  (forall W, In W [W1; W2; T1; T2] ->
    (forall u v, W (add u v) = add (W u) (W v)) /\ W zero = zero /\ (forall a u, W (times a u) = times a (W u))) ->
  regular G d -> times d zero = @zero V ->
  (forall f g, (forall x, f x = g x) -> expectation f = expectation g) ->
  let difference u := minus (power W1 W2 d L u) (power T1 T2 d L u) in
  expectation (fun x => square (difference (vsum (nodes G) x))) = INR (n G) * frobenius2 difference ->
  / 2 * expectation (fun x => square (minus (output G W1 W2 L x) (output G T1 T2 L x))) = INR (n G) / 2 * frobenius2 difference.
Proof.
  intros HW Hr Hz Hext difference Hgauss.
  destruct (HW W1 ltac:(simpl; tauto)) as [A1 [Z1 S1]]. destruct (HW W2 ltac:(simpl; tauto)) as [A2 [Z2 S2]].
  destruct (HW T1 ltac:(simpl; tauto)) as [B1 [Y1 R1]]. destruct (HW T2 ltac:(simpl; tauto)) as [B2 [Y2 R2]].
  rewrite (Hext _ (fun x => square (difference (vsum (nodes G) x)))).
  - rewrite Hgauss. field.
  - intros x. rewrite (sum_of_embeddings G W1 W2 A1 A2 Z1 S2 d L x Hr Hz), (sum_of_embeddings G T1 T2 B1 B2 Y1 R2 d L x Hr Hz). reflexivity.
Qed.

(* The hypotheses can be met: numbers as vectors, one edge, W1 = 2 u and W2 = 3 u. *)
Definition numbers : Vectors.
Proof. refine {| element := R; add := Rplus; zero := 0; times := Rmult |}; intros; ring. Defined.

Example network_can_be_met : let W := fun u : numbers => (2 * u) : numbers in
  regular one_edge 1 /\ times 1 zero = @zero numbers /\
  (forall u v, W (add u v) = add (W u) (W v)) /\ W zero = zero /\ (forall a u, W (times a u) = times a (W u)).
Proof.
  split; [| simpl; repeat split; intros; ring].
  intros i Hi. simpl in Hi. unfold degree, sum, nodes. simpl. destruct i as [| [| i]]; simpl; [ring | ring | lia].
Qed.

(* An expectation with the property that is needed: for linear maps of numbers on one edge, the features (sqrt 2, 0) for sure
   give (E (x_0 + x_1))^2 = 2 E^2, with n = 2. *)
Example lemma_10_can_be_met :
  let expectation := fun f : (nat -> numbers) -> R => f (fun i => (if (i =? 0)%nat then sqrt 2 else 0) : numbers) in
  let difference := fun u : numbers => (5 * u) : numbers in
  (forall f g, (forall x, f x = g x) -> expectation f = expectation g) /\
  expectation (fun x => (difference (vsum (nodes one_edge) x) : R) ^ 2) = INR (n one_edge) * (difference 1 : R) ^ 2.
Proof.
  cbv zeta. split; [intros f g H; apply H |]. cbn [nodes one_edge n seq vsum fold_right Nat.eqb].
  unfold nodes. simpl. generalize (sqrt_sqrt 2 ltac:(lra)). intros. nra.
Qed.
