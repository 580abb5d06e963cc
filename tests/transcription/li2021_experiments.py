"""li2021, settings of the experiments."""

import numpy as np


def experiments_input_dimension():
    r"""Place: Experimental Results.

    Printed: d = 2
    """
    return 2.0


def experiments_output_dimension():
    r"""Place: Experimental Results.

    Printed: d_{out} = 1
    """
    return 1.0


def experiments_noise_standard_deviation():
    r"""Place: Experimental Results; elsewhere \nu is the \psi_2 norm of the noise.

    Printed: set the variance \nu to 0.04
    Reading: uncertain. 0.04 is the variance here; b takes it for the \nu of the theory.
    """
    return np.sqrt(0.04)


def experiments_noise_standard_deviation_reading_b():
    r"""Place: Experimental Results; elsewhere \nu is the \psi_2 norm of the noise.

    Printed: set the variance \nu to 0.04
    Reading: uncertain. The symbol decides: the noise has scale \nu = 0.04.
    """
    return 0.04


def experiments_teacher_W(gaussian):
    r"""Place: Experimental Results (d_out = 1, so that both readings of the norm agree).

    Printed: W_* from unit sphere with a normalized Gaussian matrix
    """
    return gaussian[:, :1] / np.linalg.norm(gaussian[:, :1])


def experiments_edge_probability():
    r"""Place: Experimental Results.

    Printed: Bernoulli(0.5)
    """
    return 0.5


def experiments_leaky_slopes():
    r"""Place: Experimental Results; Figures 1 and 2, captions (b) and (c).

    Printed: slope parameter of 0.2 and 0.05
    """
    return np.array([0.2, 0.05])


def experiments_ngnn_nodes():
    r"""Place: Experimental Results, NGNN Tasks: one graph.

    Printed: 1000 nodes
    """
    return 1000.0


def experiments_ngnn_learning_rate():
    r"""Place: Experimental Results, NGNN Tasks.

    Printed: \alpha is chosen as 0.1
    """
    return 0.1


def experiments_ggnn_graphs():
    r"""Place: Experimental Results, GGNN Tasks.

    Printed: 1000 graphs
    """
    return 1000.0


def experiments_ggnn_nodes():
    r"""Place: Experimental Results, GGNN Tasks.

    Printed: each graph has 5 nodes
    """
    return 5.0


def experiments_ggnn_learning_rate():
    r"""Place: Experimental Results, GGNN Tasks.

    Printed: \alpha is chosen as 0.005
    """
    return 0.005
