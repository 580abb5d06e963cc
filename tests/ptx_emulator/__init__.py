"""The kernels' GPU programs, run instruction by instruction on a CPU, with every access checked.

Triton turns a kernel into PTX, the assembly language of NVIDIA's virtual machine; ptxas turns PTX
into machine code. Here the PTX itself is executed by NumPy, all threads of the grid side by side:
what is wrong in a compiled kernel and invisible in Pallas' interpreter shows up without a GPU.

What is checked, and raises `Fault`:

1. an access outside the arrays or to an address that is no multiple of its size;
2. a race: two warps touch one byte, one of them writes, and no barrier lies between; or two blocks
   do, for which there is no barrier (two that write the value already there are let pass);
3. a barrier, a shuffle or a matrix instruction that part of a warp does not reach, and a barrier
   that part of a block does not;
4. a register that is read before it is written, an instruction that is not known here, and a loop
   without an end.

Outputs, shared memory and registers of inactive threads start as garbage, not as zeros. The warps
run in a random order between two barriers. Approximate instructions are off by one unit in the last
place, at random, since hardware is, but for powers of two, on which libraries rely.

What is not modelled: time, occupancy, caches and the memory model within one barrier; the
asynchrony of warpgroup matrix instructions (they finish at once, so that a missing wait is not
seen); fences; the roundings of approximate instructions, beyond that unit; NaN payloads; launches
that fail for want of resources; what ptxas makes of the PTX. A pass is no proof that a GPU agrees.

`program` reads the text, `memory` holds bytes and remembers who touched them, `machine` runs
threads, `arithmetic` and `rounding` are the instructions that make numbers from numbers,
`exchange` those that move them between threads and memory, `matrix` those that multiply matrices.
`emulated` lets Pallas run through it, and `plugin` lets pytest.

Reference: NVIDIA, Parallel Thread Execution ISA.
"""
