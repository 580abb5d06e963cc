"""Gradient descent: one way to run any model, and a short one for the ReLU GNN."""

from gnnconv_lib.descent.driver import Model, run
from gnnconv_lib.descent.relu import run_relu
from gnnconv_lib.descent.trajectory import STATUSES, Trajectory, record_steps

__all__ = ["STATUSES", "Model", "Trajectory", "record_steps", "run", "run_relu"]
