"""Monte Carlo of the one-round GNN's population objects, drawn and reduced chunk by chunk.

Nothing here knows of dual activations or overlaps: features are drawn by the counter-based
generator, summed over closed neighbourhoods and passed through the activation, in the space
spanned by the rows of W and W*, so that the cost does not depend on r. Only sums and sums of
squared deviations leave a chunk; memory does not grow with the number of samples.

The numbers of sample k depend on the seed and on k alone. So results are the same, bit for bit,
for any number of devices and processes, and they agree to rounding between "xla" and "pallas",
float32 and float64. `gnnconv_lib.monte_carlo` is an independent estimator: NumPy, another
generator, another order of summation.

Reference: awasthi2021, Eqs. (3)-(11). Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh
from numpy.typing import ArrayLike

from gnnconv_lib import activations
from gnnconv_lib.estimates import Estimate, Stream, weights_array
from gnnconv_lib.graphs import as_graph
from gnnconv_lib.kernels import generator, implementation
from gnnconv_lib.kernels.mc_population import xla
from gnnconv_lib.kernels.mc_population.chunk import (
    LARGEST_AXES,
    NOT_IN_TRITON,
    PALLAS_CHUNK,
    UNROLLED_PRODUCTS,
    Plan,
)
from gnnconv_lib.kernels.mc_population.segments import neighbor_segments
from gnnconv_lib.kernels.sharding import map_items
from gnnconv_lib.precision import working_dtype
from gnnconv_lib.shapes import Numbers
from gnnconv_lib.validation import (
    InvalidInput,
    require_choice,
    require_integer,
    require_real,
    require_seed,
)

__all__ = ["loss", "partials", "sums"]

CHUNKS_PER_CALL = 1024
TYPES = ("float32", "float64")


def loss(
    W: Numbers[ArrayLike, "*units features"],
    W_star: Numbers[ArrayLike, "*units features"],
    graph: Any,
    samples: int,
    seed: int,
    activation: Any = "scaled_relu",
    dtype: str = "float64",
    implementation: str | None = None,
    mesh: Mesh | None = None,
) -> Estimate:
    """The loss (1/2) E|sum_i sigma(W x_i) - sum_i sigma(W* x_i)|^2, estimated.

    Args:
        W, W_star: weights, shape (h, r) or (r,). "pallas" takes min(2 h, r) <= 8.
        graph: a `Graph`, any; messages are sums over closed neighbourhoods.
        samples: number of independent draws of all node features, at least 2.
        seed: integer in [0, 2^63).
        activation: an `Activation` or its name.
        dtype: "float64", or "float32" for everything inside a chunk; always "float32" where
            JAX's 64-bit mode is off.
        implementation: "xla", "pallas", or None for "pallas" on CUDA and "xla" elsewhere.
        mesh: from `sharding.device_mesh`, to share the samples among devices; None: one device.

    Returns:
        `Estimate` of a scalar, in float64: weights of 1e30 or 1e-30 keep their digits in float32.
        Where a loss is beyond float64, or an output beyond the type, it is infinity with an
        infinite standard error.

    Raises:
        InvalidInput: for shapes that do not match, values out of range, unknown words, weights
            that are infinite in the type.

    >>> from gnnconv_lib import graphs
    >>> value = loss([2.0], [1.0], graphs.complete(2), 4000, seed=1)
    >>> abs(value.z_score(4.0)) < 4, value.samples  # A (2 - 1)^2 / 2 with A = 8
    (True, 4000)

    Reference: awasthi2021, Eqs. (4)-(6).
    """
    weights = weights_array("W", W)
    teachers = weights_array("W_star", W_star, weights.shape[1])
    if weights.shape != teachers.shape:
        raise InvalidInput(
            f"W_star must have the shape of W, {weights.shape}, got {teachers.shape}."
        )
    # W - W* is projected by itself: next to the optimum the loss keeps its relative accuracy.
    apart = weights - teachers
    basis, _ = np.linalg.qr(np.concatenate([teachers, apart]).T)
    targets = teachers @ basis
    both = np.concatenate([targets + apart @ basis, targets])
    parts = partials("loss", both, graph, samples, seed, activation, dtype, implementation, mesh)
    (estimate,) = _estimates(parts, 1)
    return estimate


def sums(
    graph: Any,
    cos: float,
    samples: int,
    seed: int,
    dtype: str = "float64",
    implementation: str | None = None,
    mesh: Mesh | None = None,
) -> tuple[Estimate, Estimate, Estimate]:
    """The sums A, B(c), C(c) of the ReLU model, estimated from outputs of two units.

    With unit vectors e, f at cosine c, S(e) = sum_i sigma(e . x_i) and the step sigma',

        A = E[S(e)^2],   B(c) = E[S(e) S(f)],
        C(c) = E[sum over nodes k of T_k(e) T_k(f)],   T_k(e) = sum_{i in N(k)} sigma'(e . x_i).

    Args:
        cos: a number in [-1, 1].
        graph, samples, seed, dtype, implementation, mesh: as for `loss`.

    Returns:
        Three `Estimate`s of scalars.

    >>> from gnnconv_lib import graphs
    >>> full, mixed, slope = sums(graphs.complete(2), 1.0, 4000, seed=1)
    >>> all(abs(value.z_score(8.0)) < 4 for value in (full, mixed, slope))
    True

    Reference: awasthi2021, Eqs. (9)-(11) and Appendix B.
    """
    cos = require_real("cos", cos, -1.0, 1.0)
    units = np.array([[1.0, 0.0], [cos, math.sqrt((1 - cos) * (1 + cos))]])
    parts = partials("sums", units, graph, samples, seed, None, dtype, implementation, mesh)
    full, mixed, slope = _estimates(parts, 3)
    return full, mixed, slope


def partials(
    quantity: str,
    weights: np.ndarray,
    graph: Any,
    samples: int,
    seed: int,
    activation: Any,
    dtype: str,
    word: str | None,
    mesh: Mesh | None,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Counts (chunks,) and partial sums (chunks, values, 2), call by call, in order of samples.

    The partial sums are sums and sums of squared deviations; infinite where they left the range.
    """
    graph = as_graph(graph)
    samples = require_integer("samples", samples, minimum=2)
    seed = require_seed("seed", seed)
    dtype = require_choice("dtype", dtype, TYPES)
    if working_dtype(1.0) == jnp.float32:
        dtype = "float32"
    axes, units = weights.shape[1], weights.shape[0] // 2
    sigma = None if activation is None else activations.get(activation)
    chosen = _chosen(word, axes, sigma)
    chunk = xla.chunk_size(graph.nodes * axes) if chosen == "xla" else PALLAS_CHUNK
    plan = Plan(quantity, sigma, graph.nodes, axes, units, chunk, dtype)
    if chosen == "xla":
        kernel = xla.kernel(plan)
    else:
        from gnnconv_lib.kernels.mc_population import pallas

        kernel = pallas.kernel(plan, implementation.interprets())
    with np.errstate(over="ignore"):
        rounded = weights.astype(dtype)
    if not np.isfinite(rounded).all():
        raise InvalidInput(
            f"W and W_star must be finite in {dtype}, got {np.abs(weights).max():.3g}."
        )
    segments = neighbor_segments(graph, max(min(16, UNROLLED_PRODUCTS // axes), 1))
    constants = segments, rounded, np.array(generator.key_words(seed))
    for start in range(0, samples, CHUNKS_PER_CALL * chunk):
        counts, items = _items(start, min(samples - start, CHUNKS_PER_CALL * chunk), chunk)
        results = map_items(kernel, items, *constants, mesh=mesh)
        yield counts, _in_units(results[: len(counts)].astype(np.float64))


def _in_units(parts: np.ndarray) -> np.ndarray:
    """Totals and deviations in float64, from those in units of a square (or its square)."""
    totals, deviations, root = np.moveaxis(parts, -1, 0)
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.where(totals == 0, 0.0, totals * root**2)
        deviation = np.where(deviations == 0, 0.0, deviations * root**2 * root**2)
    return np.stack([total, deviation], axis=-1)


def _chosen(word: str | None, axes: int, sigma: Any) -> str:
    """The implementation; where Pallas cannot, None falls back to "xla" and "pallas" is refused."""
    refusal = None
    if axes > LARGEST_AXES:
        refusal = f"weights that span at most {LARGEST_AXES} dimensions, got {axes}"
    elif sigma is not None and sigma.name in NOT_IN_TRITON:
        names = ", ".join(NOT_IN_TRITON)
        refusal = f"no activation that Triton lacks ({names}), got {sigma.name!r}"
    return implementation.choose_for("mc_population", word, refusal)


def _items(start: int, samples: int, chunk: int) -> tuple[np.ndarray, np.ndarray]:
    """How many samples each chunk holds, and the chunks as uint32 words, padded to a power of 2."""
    starts = start + np.arange(0, samples, chunk, dtype=np.uint64)
    counts = np.minimum(start + samples - starts.astype(np.int64), chunk)
    items = np.zeros((2 ** math.ceil(math.log2(len(starts))), 3), dtype=np.uint32)
    items[: len(starts), 0] = starts & np.uint64(0xFFFFFFFF)
    items[: len(starts), 1] = starts >> np.uint64(32)
    items[: len(starts), 2] = counts
    return counts, items


def _estimates(parts: Iterator[tuple[np.ndarray, np.ndarray]], values: int) -> list[Estimate]:
    """One estimate per value; infinity with an infinite standard error where a part left the range."""
    streams = [Stream() for _ in range(values)]
    beyond = np.zeros(values, dtype=bool)
    for counts, sums_of_chunks in parts:
        beyond |= ~np.isfinite(sums_of_chunks).all(axis=(0, 2))
        for index, stream in enumerate(streams):
            totals, deviations = sums_of_chunks[:, index, 0], sums_of_chunks[:, index, 1]
            if not beyond[index]:
                _merge(stream, counts, totals, deviations)
            else:
                stream.samples += int(counts.sum())
    return [
        Estimate(math.inf, math.inf, stream.samples) if over else stream.estimate()
        for stream, over in zip(streams, beyond, strict=True)
    ]


def _merge(stream: Stream, counts: np.ndarray, totals: np.ndarray, deviations: np.ndarray) -> None:
    count, total = int(counts.sum()), float(totals.sum())
    gaps = totals / counts - total / count
    stream.merge(count, total / count, float(deviations.sum() + (counts * gaps**2).sum()))
