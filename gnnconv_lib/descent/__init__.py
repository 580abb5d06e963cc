"""Gradient descent: one way to run any model, a short one for the ReLU GNN, one for 1e12 steps."""

from gnnconv_lib.descent.driver import Advancing, Model, run
from gnnconv_lib.descent.long_runs import LongTrajectory, run_long
from gnnconv_lib.descent.rates import (
    RateFits,
    local_slope,
    measured_slope,
    rate_fits,
    steps_until,
)
from gnnconv_lib.descent.relu import run_relu
from gnnconv_lib.descent.relu_ensemble import NORMALISATIONS, ReluEnsemble, relu_ensemble
from gnnconv_lib.trajectory import STATUSES, Trajectory, record_steps

__all__ = [
    "NORMALISATIONS",
    "STATUSES",
    "Advancing",
    "LongTrajectory",
    "Model",
    "RateFits",
    "ReluEnsemble",
    "Trajectory",
    "local_slope",
    "measured_slope",
    "rate_fits",
    "record_steps",
    "relu_ensemble",
    "run",
    "run_long",
    "run_relu",
    "steps_until",
]
