"""Independent estimates of the population objects, drawn from the definition.

This package imports only graphs and activations: it shares no formula with what it checks.
"""

from gnnconv_lib.estimates import Estimate, Stream
from gnnconv_lib.monte_carlo.population import dual, gradient, loss, loss_and_gradient, sums
from gnnconv_lib.monte_carlo.sampling import blocks

__all__ = ["Estimate", "Stream", "blocks", "dual", "gradient", "loss", "loss_and_gradient", "sums"]
