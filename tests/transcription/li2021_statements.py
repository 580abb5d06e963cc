"""li2021: claims in words, places without a value and what the text leaves open.

`quote` has at most twelve words and is given where the wording decides. `not_said` names what a
quick reader may add.
"""

from .statement import entry

STATEMENTS = [
    entry(
        "Abstract",
        "This is the first provably efficient algorithm for GNNs with one hidden layer for node "
        "information convolution.",
        [],
        "first provably efficient algorithm for learning graph neural networks",
    ),
    entry(
        "Abstract",
        "The algorithm is applicable to many activations, including ReLU, Leaky ReLU, Sigmoid "
        "(spelled Sigmod), Softplus and Swish.",
        [],
        "wide range of activation functions including ReLU, Leaky ReLU, Sigmod, Softplus",
        "Tanh is not in this list; it is in the experiments.",
    ),
    entry(
        "Abstract",
        "Linear convergence to the true parameters of GNNs.",
        [],
        "guarantees a linear convergence rate to the underlying true parameters",
        "The statistical error is not in this sentence; Main Contributions has it.",
    ),
    entry(
        "Main Contributions, first",
        "The true parameters are recovered at a linear rate up to statistical precision.",
        [],
        "with a linear convergence rate up to statistical precision",
    ),
    entry(
        "Main Contributions, first",
        "The analysis requires activations to be monotonic increasing and Lipschitz, and does not "
        "depend on the gradient of the activation.",
        ["activation monotonic increasing", "activation Lipschitz"],
        "only requires that the activation functions to be monotonic increasing",
        "Assumption 1 has the constant 1; Assumption 2 is a further condition.",
    ),
    entry(
        "Main Contributions, third",
        "Uniform convergence in the sample size, and stable training.",
        ["n independent samples"],
        "based on n independent samples",
        "For NGNN the n samples are the nodes of one graph.",
    ),
    entry(
        "Theorem 1 (informal)",
        "A GNN is stably learnable with the algorithms in linear time.",
        [],
        "stably learnable with the proposed algorithms in linear time",
    ),
    entry(
        "Notations",
        "sigma_m and sigma_M are the nonzero smallest and largest eigenvalues of a positive "
        "semidefinite matrix.",
        ["X positive semidefinite"],
        "nonzero smallest eigenvalue",
        "In Lemma 2 they appear without a matrix.",
    ),
    entry(
        "Node-level GNN, below equation (1)",
        "N_i contains node i and its neighbouring nodes.",
        [],
        "set containing node i and all its neighboring nodes",
    ),
    entry(
        "Node-level GNN, below equation (2)",
        "D is the degree matrix and A the adjacency matrix; D^{-1}AH averages over a node and its "
        "neighbours.",
        [],
        "average of its own features and features of its neighbors",
        "Self loops in A are not spelled out.",
    ),
    entry(
        "Node-level GNN, above equation (4)",
        "H is generated independently from the standard Gaussian distribution.",
        [],
        "generated independently from the standard Gaussian distribution",
    ),
    entry(
        "Node-level GNN, below equation (4)",
        "The noise terms are independent sub-Gaussian with psi_2 norm nu; ||W_*||_2 = 1 without "
        "loss of generality.",
        [],
        "independent sub-Gaussian white noises",
    ),
    entry(
        "Graph-level GNN, below equation (10)",
        "Learning of a_j is disjoint from that of W and v, or a_j is fixed.",
        [],
        "For simplicity, we assume that the learning process",
    ),
    entry(
        "Graph-level GNN, particular node",
        "g_j is said to lie in R^d, v in R^d for graphs, in R^{d_out} for nodes.",
        [],
        "",
        "The shapes of (6) to (9) need d_out.",
    ),
    entry(
        "Assumptions",
        "The assumptions can be easily satisfied with ReLU, Leaky ReLU, Sigmoid and Softplus.",
        [],
        "e.g., ReLU, Leaky ReLU, Sigmod and Softplus",
        "Swish and Tanh are absent here; 'can be satisfied with' is not a proof for each.",
    ),
    entry(
        "Assumption 1",
        "sigma is non-trivial, increasing and 1-Lipschitz.",
        ["for all x_1, x_2 in R"],
        "non-trivial increasing function, and is 1-Lipschitz continuous",
        "'Strictly' is not said.",
    ),
    entry(
        "Assumption 2",
        "The norm of sigma(x) is at most L_sigma times the norm of x.",
        ["for all x in R^n"],
    ),
    entry(
        "Algorithm and Main Results, first paragraph",
        "With high probability the algorithms converge linearly up to statistical precision.",
        ["proper initialization", "proper training step size", "with high probability"],
        "proper initialization and training step size",
    ),
    entry(
        "Algorithm Design, below equation (12)",
        "Xi_N and Xi_G are invertible under Assumption 1.",
        ["Assumption 1"],
        "easy to see that the above two matrices are invertible",
    ),
    entry(
        "Algorithm Design, below equation (12)",
        "With Xi_N^{-1} replaced by sigma'(D^{-1}AH) the gradients for W and v are exact for the "
        "square loss.",
        ["square loss with factor 1/n"],
        "we have exact gradients for W and v",
        "The argument is printed without W; no factor 2 is mentioned.",
    ),
    entry(
        "Algorithm Design, below equation (12)",
        "The two matrices need one epoch pass on the data set.",
        [],
        "one only needs to make an epoch pass on the dataset",
        "(11) and (12) are expectations; no estimator is printed.",
    ),
    entry(
        "Convergence Analysis, below Algorithm 1",
        "The quantities gamma_1, gamma_2, gamma_3 do not depend on the number of samples n.",
        [],
        "are independent of the number of samples",
        "For NGNN they contain the average degree of the one graph with n nodes.",
    ),
    entry(
        "Convergence Analysis, below equation (17)",
        "D, rho and D_0 do not depend on the number of samples n.",
        [],
        "do not depend on the number of samples",
    ),
    entry(
        "Lemma 1",
        "There exists eta_W with (18).",
        ["assumptions of Theorem 2"],
        "there exists",
        "The value (46) is not in the lemma; no probability in the lemma.",
    ),
    entry(
        "Lemma 2",
        "There exist sigma_m, sigma_M, L and eta_v with (19) and (20).",
        ["assumptions of Theorem 2"],
        "there exist",
        "None of the four has a value in the lemma.",
    ),
    entry(
        "Lemmas 3 and 5",
        "Lipschitz quotients of G^W and g^v in W and in v.",
        ["sample size condition of the lemma", "probability at least 1 - delta"],
        "with probability at least",
        "The sets of W, W', v, v' are not named; Xi has no index.",
    ),
    entry(
        "Lemmas 4 and 6",
        "Distances of G^W and g^v from their expectations over H.",
        ["sample size condition", "probability at least 1 - delta", "some absolute constant c"],
        "for some absolute constant",
        "Whether uniformly in (W, v) is not said; c stands in a denominator.",
    ),
    entry(
        "Theorem 2",
        "With probability at least 1 - delta the bounds (43)-(44) and (47).",
        [
            "initialisation with (39)",
            "learning rate with (40)",
            "sample condition (41) for NGNN or (42) for GGNN",
            "some large enough absolute constant c",
            "large n with the printed logarithmic conditions",
        ],
        "for some large enough absolute constant",
        "Quantifier of t is not printed; Assumptions 1 and 2 are not repeated.",
    ),
    entry(
        "Remark 1",
        "The error is governed by n and approaches 0 when n is infinitely large; exact convergence "
        "is guaranteed for large n.",
        [],
        "approaches 0 when n is infinitely large",
        "The growth of degrees with n is not mentioned.",
    ),
    entry(
        "Remark 2",
        "Trying all four sign combinations guarantees that (39) can be satisfied.",
        [],
        "try out all 4 sign combinations",
        "That (39) may fail for a random start is said; how to pick the right sign is not.",
    ),
    entry(
        "Remark 3",
        "(41) and (42) are sufficient conditions on n.",
        [],
        "pose sufficient conditions on the number of samples",
        "Necessity is not claimed.",
    ),
    entry(
        "Remarks, last paragraph",
        "Analyses for CNNs are special cases; details in Lemmas 3-10 of a supplement.",
        [],
        "the analyses for CNNs are special cases in our paper",
    ),
    entry(
        "Theorem 3",
        "The training sequence stays in W x V.",
        ["assumptions in Theorem 2"],
        "training dynamics are confined to",
        "No probability and no quantifier of t in the statement.",
    ),
    entry(
        "Experimental Results",
        "ReLU, Leaky ReLU (0.2 and 0.05), Sigmoid, Tanh and Swish are tested; the distances of W "
        "and v are plotted against the number of training epochs.",
        [],
        "versus the number of training epochs",
    ),
    entry(
        "Experimental Results",
        "The teacher W_* is a normalised Gaussian matrix, v_* a standard Gaussian vector, edges "
        "are Bernoulli(0.5).",
        [],
        "probabilistically connected according to the distribution of",
    ),
    entry(
        "Experimental Results, NGNN Tasks",
        "W converges slower than v.",
        ["Figure 1", "one graph, 1000 nodes, step size 0.1"],
        "converges slower than",
        "Not qualified by activation.",
    ),
    entry(
        "Experimental Results, NGNN Tasks",
        "With Sigmoid the training of v very quickly reaches the optimum and lingers near v_*.",
        ["Sigmoid", "Figure 1"],
        "very quickly converges to the optimum, and then lingers",
    ),
    entry(
        "Experimental Results, NGNN Tasks",
        "The actual convergence might be slightly slower than linear, because of the statistical "
        "error.",
        [],
        "might be slightly slower than linear rate",
    ),
    entry(
        "Experimental Results, GGNN Tasks",
        "The curves are smooth, so the training is very stable.",
        ["Figure 2", "1000 graphs of 5 nodes, step size 0.005"],
        "indicating that the training is very stable",
    ),
    entry(
        "Experimental Results, GGNN Tasks",
        "W converges faster than v, different from the NGNN task; the sentence itself says NGNN.",
        ["Figure 2"],
        "for NGNN, we find that W converges faster than v",
        "The section suggests GGNN where NGNN is printed.",
    ),
    entry(
        "Figures 1 and 2, captions",
        "Six panels each: ReLU, Leaky ReLU (0.2), Leaky ReLU (0.05), Sigmoid, Tanh, Swish.",
        [],
        "Training dynamics for",
    ),
]

WITHOUT_VALUE = [
    "c of Lemmas 4, 6 and Theorem 2",
    "L, sigma_m, sigma_M of Lemma 2",
    "d_min: used from Lemma 3 on and not defined in the text",
    "delta: not defined beyond 1 - delta; no range",
    "the sign \\vee of (47): not defined, read as maximum",
    "L_sigma for each activation",
    "(52): a membership, see equation_50_* and equation_51_*",
]

OPEN = [
    "which matrix norm ||.||_2 is (Notations say Euclidean), also in line 7 of Algorithm 1",
    "whether A has ones on the diagonal and D counts the node itself; d_i and d_min likewise",
    "which matrix the Xi without index of (23) to (47) is, N or G",
    "how Xi is obtained in the experiments: expectation, sample mean over draws, or the data H",
    "whether Xi is computed with the same H as the training data",
    "Algorithm 1: no line increases t; the input gives W_0, v_0 and t = 1, so W_1 is not set",
    "Algorithm 1: c' of line 3 is not defined (line 2 defines c with a bar)",
    "initialisation of the experiments, and whether the four signs of Remark 2 were tried",
    "number of epochs, number of seeds, scale of the axes of the figures",
    "noise distribution; whether 0.04 is a variance or the psi_2 norm",
    "aggregation a_j of the GGNN experiments (one node, attention or average)",
    "whether each of the 1000 graphs has its own edges, and if they are redrawn",
    "whether Bernoulli(0.5) edges are undirected, and self loops",
    "whether the step size meets (40) in the experiments",
    "which activation parameters: Swish beta, the unit of the Sigmoid",
    "L_sigma of each activation, among them Sigmoid and Softplus, which are not 0 at 0",
    "W_* for d = 2 and d_out = 1 is a vector: orientation and sign",
    "the supplement with Lemmas 3-10 and all proofs is not part of the text at hand",
]
