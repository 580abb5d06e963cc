(* Vectors: a real inner product space of any dimension. The features of the book live in R^r. *)
Require Import Reals Lra Psatz.
Open Scope R_scope.

(* A space is a set of vectors with a sum, multiples and an inner product, and the four rules below. *)
Record Space := {
  vector :> Type;
  plus : vector -> vector -> vector;
  scal : R -> vector -> vector;
  dot : vector -> vector -> R;
  dot_sym : forall u v, dot u v = dot v u;
  dot_plus : forall u v z, dot (plus u v) z = dot u z + dot v z;
  dot_scal : forall k u z, dot (scal k u) z = k * dot u z;
  dot_pos : forall u, 0 <= dot u u }.
Arguments plus {_}. Arguments scal {_}. Arguments dot {_}.
Arguments dot_sym {_}. Arguments dot_plus {_}. Arguments dot_scal {_}. Arguments dot_pos {_}.

Section Lengths.
Context {E : Space}.
Implicit Types u v w z : E.

(* The length of a vector, and the distance of two. *)
Definition norm v := sqrt (dot v v).
Definition minus u v := plus u (scal (-1) v).
Definition distance u v := norm (minus u v).

(* The cosine of the angle between two vectors. *)
Definition cosine v z := dot v z / (norm v * norm z).

Lemma norm_sq v : norm v * norm v = dot v v.
Proof. apply sqrt_sqrt, dot_pos. Qed.

Lemma norm_pos v : 0 <= norm v. Proof. apply sqrt_pos. Qed.

Lemma dot_plus_r z u v : dot z (plus u v) = dot z u + dot z v.
Proof. rewrite dot_sym, dot_plus, (dot_sym u), (dot_sym v). reflexivity. Qed.

Lemma dot_scal_r z k u : dot z (scal k u) = k * dot z u.
Proof. rewrite dot_sym, dot_scal, dot_sym. reflexivity. Qed.

Lemma dot_minus u v z : dot (minus u v) z = dot u z - dot v z.
Proof. unfold minus. rewrite dot_plus, dot_scal. ring. Qed.

Lemma dot_minus_r u v z : dot z (minus u v) = dot z u - dot z v.
Proof. rewrite dot_sym, dot_minus, (dot_sym u), (dot_sym v). reflexivity. Qed.

Lemma cauchy_schwarz u v : dot u v * dot u v <= dot u u * dot v v.
Proof.
  set (a := dot u u). set (b := dot u v). set (d := dot v v).
  assert (H : forall x y, 0 <= x * x * a + 2 * x * y * b + y * y * d).
  { intros x y. generalize (dot_pos (plus (scal x u) (scal y v))).
    rewrite !dot_plus, !dot_scal, !dot_plus_r, !dot_scal_r, (dot_sym v u). unfold a, b, d. lra. }
  generalize (dot_pos u) (dot_pos v). fold a d. intros Ha Hd.
  destruct (Req_dec a 0) as [Z|Z].
  - destruct (Req_dec b 0) as [F|F]; [rewrite F, Z; lra |].
    generalize (H (- (d + 1) / (2 * b)) 1).
    replace (_ + _ + _) with ((- (d + 1) / (2 * b)) * (- (d + 1) / (2 * b)) * a - 1) by (field; lra).
    rewrite Z. lra.
  - generalize (H (- b) a). nra.
Qed.

Lemma dot_le_norms u v : dot u v <= norm u * norm v.
Proof.
  generalize (cauchy_schwarz u v) (norm_pos u) (norm_pos v). rewrite <- !norm_sq. intros.
  destruct (Rle_lt_dec (dot u v) (norm u * norm v)) as [|K]; [assumption |].
  assert (0 <= norm u * norm v) by (apply Rmult_le_pos; assumption). nra.
Qed.

Lemma norm_scal k v : norm (scal k v) = Rabs k * norm v.
Proof.
  unfold norm. rewrite dot_scal, dot_scal_r, <- Rmult_assoc, sqrt_mult_alt by apply Rle_0_sqr.
  f_equal. apply sqrt_Rsqr_abs.
Qed.

Lemma dot_ge_minus_norms u v : - (norm u * norm v) <= dot u v.
Proof.
  generalize (dot_le_norms (scal (-1) u) v). rewrite norm_scal, dot_scal, (Rabs_left1 (-1)) by lra. lra.
Qed.

Lemma norm_of_unit v : dot v v = 1 -> norm v = 1.
Proof. intros H. unfold norm. rewrite H. apply sqrt_1. Qed.

Lemma norm_pos_iff v : 0 < dot v v -> 0 < norm v.
Proof. apply sqrt_lt_R0. Qed.

Lemma triangle u v : norm (plus u v) <= norm u + norm v.
Proof.
  generalize (norm_pos u) (norm_pos v) (norm_pos (plus u v)) (dot_le_norms u v) (norm_sq (plus u v)).
  rewrite dot_plus, !dot_plus_r, (dot_sym v u), <- !norm_sq. intros. nra.
Qed.

Lemma norm_zero_dot u v : norm u = 0 -> dot u v = 0.
Proof.
  intros H. generalize (dot_le_norms u v) (dot_ge_minus_norms u v). rewrite H. lra.
Qed.
End Lengths.

(* The plane R^2 is such a space, so what is said of all spaces is not empty. *)
Definition plane : Space.
Proof.
  refine {| vector := R * R;
    plus := fun u v => (fst u + fst v, snd u + snd v);
    scal := fun k u => (k * fst u, k * snd u);
    dot := fun u v => fst u * fst v + snd u * snd v |};
  intros; simpl; try ring. nra.
Defined.

(* The line R^1: one-dimensional features. *)
Definition line : Space.
Proof.
  refine {| vector := R; plus := Rplus; scal := Rmult; dot := Rmult |}; intros; try ring. nra.
Defined.
