"""What the library computes beside what a user would do instead: agreement first, then ratios.

    python -m benchmarks                 every case, results in benchmarks/results/cpu.json
    python -m benchmarks --only NAME     cases and curves whose name contains NAME
    python -m benchmarks --quick         small sizes, few rounds
    python -m benchmarks.gpu             the kernels on a GPU, results in benchmarks/results/

`timing` interleaves contenders, `case` ties contenders, agreement and targets together, `cases_*`
hold the cases, `growth` the curves of cost against size, `peers` the programs that run in an
environment of their own. Nothing here is a timed test.

Book page: `book/scale/how-far-it-scales`.
"""
