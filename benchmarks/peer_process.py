"""The peers' side of `peers`: reads requests, runs jobs, measures itself. Runs in `.bench`.

Imports `stopwatch` beside it and nothing else of this project: the environment holds only the peers.
"""

import json
import sys
import types
from importlib import metadata, util

from stopwatch import seconds_per_call


def load(name):
    """Import a peer. neural-tangents would import TensorFlow for a part that is not used here."""
    if name == "neural_tangents":
        import jax

        jax.config.update("jax_enable_x64", True)
        stub = "neural_tangents.experimental"
        sys.modules.setdefault(stub, types.ModuleType(stub))
    return __import__(name)


def versions(packages):
    """Which of the packages can be imported, with their versions."""
    found = {}
    for name in packages:
        if util.find_spec(name) is not None:
            try:
                load(name)
            except ImportError:
                continue
            found[name] = metadata.version(name)
    return found


def algorithm_1(
    averaged, adjacency_rows, adjacency_columns, features, labels, W, v, xi, rate, steps, form
):
    """Algorithm 1 of li2021 for one data set with ReLU, in three forms.

    "hoisted": D^-1 A H computed once; "each epoch": the sparse product in every epoch; "layer": the
    same through a message-passing layer of PyTorch Geometric.
    """
    import torch

    X, H, y = (torch.from_numpy(a) for a in (averaged, features, labels))
    W0, v0 = torch.from_numpy(W), torch.from_numpy(v)
    nodes = len(labels)
    index = torch.from_numpy(__import__("numpy").stack([adjacency_rows, adjacency_columns]))
    counts = torch.bincount(index[0], minlength=nodes).to(X.dtype)
    if form == "each epoch":
        sums = torch.sparse_coo_tensor(index, 1 / counts[index[0]], (nodes, nodes)).to_sparse_csr()

        def average():
            return sums @ H

    elif form == "layer":
        from torch_geometric.nn import SimpleConv

        layer = SimpleConv(aggr="mean")
        edges = index.flip(0)

        def average():
            return layer(H, edges)

    else:

        def average():
            return X

    def call():
        W, v = W0, v0
        with torch.no_grad():
            for _ in range(steps):
                X = average()
                after = torch.relu(X @ W)
                residual = y - after @ v
                step_v = after.T @ residual
                U = W + rate / (nodes * xi) * torch.outer(X.T @ residual, v)
                W = U / torch.linalg.norm(U)
                v = v + rate / nodes * step_v
        return W.numpy(), v.numpy()

    return call


def monte_carlo_loss(gather_rows, gather_columns, w, w_star, nodes, samples, seed):
    """The loss of one unit in r dimensions, by torch: features, sums, ReLU, mean and error."""
    import numpy
    import torch

    index = torch.from_numpy(numpy.stack([gather_rows, gather_columns]))
    gather = torch.sparse_coo_tensor(
        index, torch.ones(index.shape[1], dtype=torch.float64), (nodes, nodes)
    ).to_sparse_csr()
    generator = torch.Generator().manual_seed(seed)
    both = torch.from_numpy(numpy.stack([w, w_star]))
    block = max(1, 2**19 // (nodes * len(w)))

    def call():
        values = []
        with torch.no_grad():
            for start in range(0, samples, block):
                size = min(block, samples - start)
                x = torch.randn(nodes, size * len(w), generator=generator, dtype=torch.float64)
                received = (gather @ x).reshape(nodes, size, len(w))
                out = 2**0.5 * torch.relu(received @ both.T).sum(0)
                values.append((out[:, 0] - out[:, 1]) ** 2 / 2)
        values = torch.cat(values)
        return numpy.array([values.mean(), values.std() / samples**0.5])

    return call


def gauss_hermite(rho, name, scale, degree):
    """The dual of an activation by neural-tangents' ElementwiseNumerical."""
    nt = load("neural_tangents")
    import jax
    import jax.numpy as jnp

    function = {"tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid, "swish": jax.nn.swish}[name]
    stax = nt.stax
    layers = stax.serial(
        stax.Dense(1), stax.ElementwiseNumerical(lambda t: function(scale * t), degree)
    )
    kernel = jax.jit(lambda one, many: layers[2](one, many, "nngp")[0])
    one = jnp.array([[2.0**0.5, 0.0]])
    many = 2.0**0.5 * jnp.stack([rho, jnp.sqrt(1 - rho**2)], axis=1)
    return lambda: jax.block_until_ready(kernel(one, many))


JOBS = {
    "algorithm_1": algorithm_1,
    "monte_carlo_loss": monte_carlo_loss,
    "gauss_hermite": gauss_hermite,
}


def answer(request, calls):
    """What a request is answered with."""
    import numpy

    kind = request["request"]
    if kind == "versions":
        return versions(request["packages"])
    if kind == "setup":
        with numpy.load(request["arrays"]) as stored:
            arrays = {key: stored[key] for key in stored.files}
        calls[request["name"]] = JOBS[request["job"]](**arrays, **request["plain"])
        return {}
    call = calls[request["name"]]
    if kind == "result":
        value = call()
        parts = value if isinstance(value, tuple) else (value,)
        numpy.savez(request["file"], **{f"part{k}": numpy.asarray(p) for k, p in enumerate(parts)})
        return {}
    return {"seconds": seconds_per_call(call, request["span"])}


def main():
    """Answer requests until the pipe closes."""
    calls = {}
    for line in sys.stdin:
        try:
            reply = answer(json.loads(line), calls)
        except Exception as problem:
            reply = {"failed": f"{type(problem).__name__}: {problem}"}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
