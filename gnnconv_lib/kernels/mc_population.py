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

from gnnconv_lib import activations
from gnnconv_lib.kernels import generator, implementation, population_pallas, population_xla
from gnnconv_lib.kernels.neighbor_segments import neighbor_segments
from gnnconv_lib.kernels.population_chunk import UNROLLED_PRODUCTS, Plan
from gnnconv_lib.kernels.sharding import map_items
from gnnconv_lib.monte_carlo.estimate import Estimate, Stream
from gnnconv_lib.monte_carlo.sampling import weights_array
from gnnconv_lib.precision import working_dtype
from gnnconv_lib.validation import (
    InvalidInput,
    require_choice,
    require_integer,
    require_real,
)

__all__ = ["loss", "partials", "sums"]

CHUNKS_PER_CALL = 1024
TYPES = ("float32", "float64")


def loss(
    W: Any,
    W_star: Any,
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
        `Estimate` of a scalar.

    Raises:
        InvalidInput: for shapes that do not match, values out of range, unknown words.

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
    stream = Stream()
    for part in partials(
        "loss", both, graph, samples, seed, activation, dtype, implementation, mesh
    ):
        _merge([stream], *part)
    return stream.estimate()


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
    streams = [Stream(), Stream(), Stream()]
    for part in partials("sums", units, graph, samples, seed, None, dtype, implementation, mesh):
        _merge(streams, *part)
    full, mixed, slope = (stream.estimate() for stream in streams)
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
    """Counts (chunks,) and partial sums (chunks, values, 2), call by call, in order of samples."""
    samples = require_integer("samples", samples, minimum=2)
    seed = require_integer("seed", seed, minimum=0, maximum=2**63 - 1)
    dtype = require_choice("dtype", dtype, TYPES)
    if working_dtype(1.0) == jnp.float32:
        dtype = "float32"
    axes, units = weights.shape[1], weights.shape[0] // 2
    sigma = None if activation is None else activations.get(activation)
    chosen = _chosen(word, axes, sigma)
    chunk = population_pallas.CHUNK
    if chosen == "xla":
        chunk = population_xla.chunk_size(graph.nodes * axes)
    plan = Plan(quantity, sigma, graph.nodes, axes, units, chunk, dtype)
    if chosen == "xla":
        kernel = population_xla.kernel(plan)
    else:
        kernel = population_pallas.kernel(plan, implementation.interprets())
    segments = neighbor_segments(graph, max(min(16, UNROLLED_PRODUCTS // axes), 1))
    constants = segments, weights.astype(dtype), np.array(generator.key_words(seed))
    for start in range(0, samples, CHUNKS_PER_CALL * chunk):
        counts, items = _items(start, min(samples - start, CHUNKS_PER_CALL * chunk), chunk)
        results = map_items(kernel, items, *constants, mesh=mesh)
        yield counts, results[: len(counts)].astype(np.float64)


def _chosen(word: str | None, axes: int, sigma: Any) -> str:
    """The implementation; where Pallas cannot, None falls back to "xla" and "pallas" is refused."""
    chosen = implementation.choose(word)
    if chosen == "xla":
        return chosen
    refusal = None
    if axes > population_pallas.LARGEST_AXES:
        largest = population_pallas.LARGEST_AXES
        refusal = f"weights that span at most {largest} dimensions, got {axes}"
    elif sigma is not None and sigma.name in population_pallas.NOT_IN_TRITON:
        names = ", ".join(population_pallas.NOT_IN_TRITON)
        refusal = f"no activation that Triton lacks ({names}), got {sigma.name!r}"
    if refusal is None:
        return chosen
    if word is None:
        return "xla"
    raise InvalidInput(f"implementation 'pallas' takes {refusal}; 'xla' takes any.")


def _items(start: int, samples: int, chunk: int) -> tuple[np.ndarray, np.ndarray]:
    """How many samples each chunk holds, and the chunks as uint32 words, padded to a power of 2."""
    starts = start + np.arange(0, samples, chunk, dtype=np.uint64)
    counts = np.minimum(start + samples - starts.astype(np.int64), chunk)
    items = np.zeros((2 ** math.ceil(math.log2(len(starts))), 3), dtype=np.uint32)
    items[: len(starts), 0] = starts & np.uint64(0xFFFFFFFF)
    items[: len(starts), 1] = starts >> np.uint64(32)
    items[: len(starts), 2] = counts
    return counts, items


def _merge(streams: list[Stream], counts: np.ndarray, parts: np.ndarray) -> None:
    for index, stream in enumerate(streams):
        totals, deviations = parts[:, index, 0], parts[:, index, 1]
        count, total = int(counts.sum()), float(totals.sum())
        gaps = totals / counts - total / count
        stream.merge(count, total / count, float(deviations.sum() + (counts * gaps**2).sum()))
