"""The blocks of a program in an order in which branches meet again at the first chance.

The machine lets the threads that are farthest behind go first. So a block must stand after all
from which it is reached, but for the ends of loops, and the way out of a loop after its body: then
threads that took different ways stand together again where their ways join, as on a GPU.
"""

from __future__ import annotations

from dataclasses import replace

from .program import Instruction, Program

__all__ = ["laid_out"]


def laid_out(program: Program) -> Program:
    """The same program, its blocks in reverse postorder; jumps replace what fell through."""
    starts = _starts(program)
    number = {start: index for index, start in enumerate(starts)}
    ends = [*starts[1:], len(program.instructions)]
    followers = [
        _followers(program, number, start, end) for start, end in zip(starts, ends, strict=True)
    ]
    order = _reverse_postorder(followers)
    instructions: list[Instruction] = []
    labels: dict[str, int] = {}
    for place, block in enumerate(order):
        labels[f"block {block}"] = len(instructions)
        last = program.instructions[ends[block] - 1]
        for one in program.instructions[starts[block] : ends[block]]:
            if one.words[0] == "bra":
                target = number[program.labels[one.operands[0]]]
                one = replace(one, operands=(f"block {target}",))
            instructions.append(one)
        falls = last.words[0] not in ("bra", "ret", "exit") or last.guard is not None
        if falls and block + 1 < len(starts) and order[place + 1 : place + 2] != [block + 1]:
            goal = f"block {block + 1}"
            instructions.append(Instruction(f"bra {goal}", ("bra",), (goal,)))
        elif falls and block + 1 == len(starts):
            instructions.append(Instruction("ret", ("ret",), ()))
    return replace(program, instructions=instructions, labels=labels)


def _starts(program: Program) -> list[int]:
    starts = {0, *program.labels.values()}
    for index, one in enumerate(program.instructions):
        if one.words[0] in ("bra", "ret", "exit"):
            starts.add(index + 1)
    return sorted(start for start in starts if start < len(program.instructions))


def _followers(program: Program, number: dict[int, int], start: int, end: int) -> list[int]:
    last = program.instructions[end - 1]
    found = []
    if last.words[0] == "bra":
        found.append(number[program.labels[last.operands[0]]])
    if (last.words[0] not in ("bra", "ret", "exit") or last.guard is not None) and end in number:
        found.append(number[end])
    return found


def _reverse_postorder(followers: list[list[int]]) -> list[int]:
    reached = [_reached(followers, block) for block in range(len(followers))]
    done: list[int] = []
    seen = {0}
    waiting = [(0, iter(_out_first(0, followers[0], reached)))]
    while waiting:
        block, left = waiting[-1]
        following = next((one for one in left if one not in seen), None)
        if following is None:
            done.append(block)
            waiting.pop()
        else:
            seen.add(following)
            waiting.append((following, iter(_out_first(following, followers[following], reached))))
    return done[::-1]


def _out_first(block: int, following: list[int], reached: list[set[int]]) -> list[int]:
    """Ways that do not come back are visited first, and so stand last."""
    return sorted(following, key=lambda one: block in reached[one])


def _reached(followers: list[list[int]], block: int) -> set[int]:
    found: set[int] = set()
    left = list(followers[block])
    while left:
        one = left.pop()
        if one not in found:
            found.add(one)
            left += followers[one]
    return found
