"""Work spread over devices and processes, with results that do not depend on how many there are.

The rule behind every sharded kernel here:

1. the work is cut into items whose number and shape depend on the problem only (a chunk of samples
   by its number, a tile of a matrix, a chain), never on the devices;
2. each device computes whole items, in a loop whose body has the shape of one item;
3. partial results come back in the order of the items, to every process, and are reduced there in
   that fixed order.

Over processes started with `jax.distributed.initialize`, every process makes the same call with
the same arguments and receives the whole result. On CPUs the collectives are those of gloo.

Book page: book/scale/kernels-against-monte-carlo.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from gnnconv_lib.validation import InvalidInput

__all__ = ["AXIS", "device_mesh", "map_items"]

AXIS = "work"


def device_mesh(devices: Sequence[Any] | int | None = None) -> Mesh:
    """A mesh with one axis over these devices; by default all devices of all processes.

    Args:
        devices: JAX devices, or how many of `jax.devices()` to take.

    Raises:
        InvalidInput: for no devices, or more than there are.

    >>> device_mesh(1).size
    1
    """
    present = jax.devices()
    if devices is None:
        chosen: list[Any] = present
    elif isinstance(devices, int):
        if not 1 <= devices <= len(present):
            raise InvalidInput(f"devices must be in [1, {len(present)}], got {devices}.")
        chosen = present[:devices]
    else:
        chosen = list(devices)
        if not chosen:
            raise InvalidInput("devices must name at least one device, got none.")
    return Mesh(np.array(chosen), (AXIS,))


def map_items(
    function: Callable[..., Any], items: Any, *constants: Any, mesh: Mesh | None = None
) -> Any:
    """`function(items, *constants)` with the items spread over a mesh, as NumPy arrays.

    Args:
        function: maps a pytree of arrays (count, ...) and the constants to a pytree of arrays
            (count, ...), item by item (for example by `jax.lax.map`). It is compiled once per
            object and count: hand over the same object each time.
        items: pytree of arrays whose first axes have one length. It is padded by repetition of
            the last item to a multiple of the number of devices.
        constants: pytrees of arrays that every device receives whole.
        mesh: from `device_mesh` or any mesh (all of its devices are used); None: the default
            device alone.

    Returns:
        The pytree of results in the order of the items, on every process.

    Raises:
        InvalidInput: where there is no item.

    >>> map_items(jax.numpy.square, np.arange(3.0), mesh=device_mesh(1))
    array([0., 1., 4.])
    """
    count = len(jax.tree.leaves(items)[0])
    if count == 0:
        raise InvalidInput("items must hold at least one item, got none.")
    if mesh is None:
        results = _compiled(function, None, len(constants))(items, *constants)
    else:
        padding = -count % mesh.size
        if padding:
            items = jax.tree.map(
                lambda x: np.concatenate([x, np.repeat(x[-1:], padding, 0)]), items
            )
        spread = NamedSharding(mesh, PartitionSpec(mesh.axis_names))
        whole = NamedSharding(mesh, PartitionSpec())
        results = _compiled(function, mesh, len(constants))(
            _placed(items, spread), *(_placed(constant, whole) for constant in constants)
        )
    return jax.tree.map(lambda x: np.asarray(x)[:count], results)


@lru_cache(maxsize=64)
def _compiled(function: Callable[..., Any], mesh: Mesh | None, constants: int) -> Any:
    if mesh is None:
        return jax.jit(function)
    split, whole = PartitionSpec(mesh.axis_names), PartitionSpec()
    mapped = jax.shard_map(
        function,
        mesh=mesh,
        in_specs=(split, *(whole,) * constants),
        out_specs=split,
        check_vma=False,
    )
    return jax.jit(mapped, out_shardings=NamedSharding(mesh, whole))


def _placed(tree: Any, sharding: NamedSharding) -> Any:
    """The arrays on the devices; each process puts down the parts that it owns."""

    def place(value: Any) -> jax.Array:
        array = np.asarray(value)
        return jax.make_array_from_callback(array.shape, sharding, lambda index: array[index])

    return jax.tree.map(place, tree)
