"""Node features in blocks of fixed size, and their sums over neighbourhoods.

Block k of a seed always holds the same numbers (a counter-based generator, Philox, keyed by
seed and block), so that a longer run extends a shorter one. A block holds about `BLOCK_NUMBERS`
numbers: memory does not grow with the number of samples.

Book page: book/awasthi2021/population-loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse

from gnnconv_lib.validation import require_choice, require_integer, require_seed

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["BLOCK_NUMBERS", "blocks", "gatherer", "messages"]

BLOCK_NUMBERS = 2**19


def blocks(samples: Any, seed: Any, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Independent standard Gaussian arrays of shape (*shape, count), counts adding up to `samples`.

    Raises:
        InvalidInput: for fewer than 2 samples, or a negative seed.

    >>> first = next(blocks(3, 0, (2,)))
    >>> longer = next(blocks(5, 0, (2,)))
    >>> first.shape, bool((longer[:, :3] == first).all())
    ((2, 3), True)
    """
    samples = require_integer("samples", samples, minimum=2)
    seed = require_seed("seed", seed)
    size = block_size(shape)
    for index, start in enumerate(range(0, samples, size)):
        generator = np.random.Generator(np.random.Philox(key=[seed, index]))
        block = generator.standard_normal((size, *shape))[: samples - start]
        yield np.moveaxis(block, 0, -1)


def block_size(shape: tuple[int, ...]) -> int:
    """How many samples of this shape a block holds: a power of two, at least 1."""
    numbers = max(int(np.prod(shape)), 1)
    return 2 ** max(int(np.log2(max(BLOCK_NUMBERS / numbers, 1))), 0)


def gatherer(graph: Any, neighborhood: str) -> scipy.sparse.csr_array:
    """The matrix (n, n) that sums over neighbourhoods: Adj + I ("closed") or Adj ("open").

    Raises:
        InvalidInput: for another word.
    """
    require_choice("neighborhood", neighborhood, ["closed", "open"])
    adjacency = scipy.sparse.csr_array(graph.adjacency, dtype=np.float64)
    if neighborhood == "open":
        return adjacency
    return scipy.sparse.csr_array(adjacency + scipy.sparse.eye_array(graph.nodes, format="csr"))


def messages(
    gather: scipy.sparse.csr_array, features: Float[np.ndarray, " nodes *points"]
) -> Float[np.ndarray, " nodes *points"]:
    """The sums of the features over neighbourhoods, along the first axis of (n, ...)."""
    flat = gather @ features.reshape(features.shape[0], -1)
    return flat.reshape(features.shape)
