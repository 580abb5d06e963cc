"""The text of one kernel as instructions with operands, labels, registers and shared symbols."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["Fault", "Instruction", "Program", "read"]


class Fault(Exception):
    """A kernel did what it must not do, or what is not emulated."""


@dataclass(frozen=True)
class Instruction:
    """One instruction.

    Fields:
        text: as written. words: the operation and its modifiers, such as ("add", "s32").
        operands: as written. guard: the predicate register, if any; negated: whether it must be
            false.
    """

    text: str
    words: tuple[str, ...]
    operands: tuple[str, ...]
    guard: str | None = None
    negated: bool = False


@dataclass
class Program:
    """One kernel.

    Fields:
        parameters: their names. threads: of a block, 0 if the text does not say.
        instructions, labels: label -> number of the instruction after it.
        widths: bits of the registers by the letters of their names, 1 for predicates.
        symbols: addresses in shared memory. static: its bytes that the text declares.
    """

    parameters: list[str]
    threads: int
    instructions: list[Instruction] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    widths: dict[str, int] = field(default_factory=dict)
    symbols: dict[str, int] = field(default_factory=dict)
    static: int = 0


def read(text: str, entry: str) -> Program:
    """The kernel `entry` of a module.

    Raises:
        Fault: where the module holds no such kernel.
    """
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    found = re.search(
        rf"\.entry {re.escape(entry)}\s*\((?P<parameters>.*?)\)(?P<head>[^{{]*)\{{(?P<body>.*?)\n\}}",
        text,
        re.DOTALL,
    )
    if found is None:
        raise Fault(f"the module holds no kernel named {entry}")
    names = [part.split()[-1] for part in found["parameters"].split(",") if part.strip()]
    size = re.search(r"\.(?:reqntid|maxntid)\s+(\d+)", found["head"])
    program = Program(names, int(size[1]) if size else 0)
    _declare_shared(program, text)
    for statement in found["body"].split(";"):
        _add(program, statement)
    return program


def _declare_shared(program: Program, text: str) -> None:
    """Give every symbol in shared memory its address; unsized ones lie at its beginning."""
    pattern = r"\.shared\s+\.align\s+(\d+)\s+\.b(\d+)\s+(\w+)(?:\[(\d*)\])?\s*;"
    for align, bits, name, count in re.findall(pattern, text):
        program.static = -(-program.static // int(align)) * int(align)
        program.symbols[name] = program.static
        program.static += int(count or 0) * int(bits) // 8


def _add(program: Program, statement: str) -> None:
    statement = statement.strip()
    while True:
        label = re.match(r"(\$\w+):\s*", statement)
        if label:
            program.labels[label[1]] = len(program.instructions)
            statement = statement[label.end() :]
        elif statement[:1] in ("{", "}"):  # the scope of a block of inline assembly
            statement = statement[1:].strip()
        else:
            break
    declared = re.match(r"\.reg\s+\.(\w+)\s+%?([A-Za-z_]+)", statement)
    if declared:
        kind = declared[1]
        program.widths[declared[2]] = 1 if kind == "pred" else int(kind[1:])
        return
    if not statement or statement.startswith("."):
        return
    guard = re.match(r"@(!?)(%\w+)\s+", statement)
    bare = statement[guard.end() :] if guard else statement
    operation, _, rest = bare.partition(" ") if " " in bare else bare.partition("\t")
    operation, _, more = operation.partition("\t")
    program.instructions.append(
        Instruction(
            " ".join(statement.split()),
            tuple(operation.split(".")),
            split(f"{more} {rest}"),
            guard[2] if guard else None,
            bool(guard and guard[1]),
        )
    )


def split(text: str) -> tuple[str, ...]:
    """Operands at the commas outside of brackets.

    >>> split("{%r1, %r2}, [%rd1+4]")
    ('{%r1, %r2}', '[%rd1+4]')
    """
    parts = re.split(r",(?![^{\[]*[}\]])", text)
    return tuple(part.strip() for part in parts if part.strip())
