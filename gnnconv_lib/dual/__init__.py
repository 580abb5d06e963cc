"""Dual activations."""

from gnnconv_lib.dual.relu import (
    one_minus_scaled_relu,
    scaled_relu,
    scaled_relu_difference,
    step,
    step_derivative,
    step_difference,
)

__all__ = [
    "one_minus_scaled_relu",
    "scaled_relu",
    "scaled_relu_difference",
    "step",
    "step_derivative",
    "step_difference",
]
