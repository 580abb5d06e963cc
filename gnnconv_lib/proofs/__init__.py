"""What Coq has proved of the book's theorems: the sources in `proofs/` and the record they left.

`make proofs` compiles the sources and writes `proofs/record.json`. A theorem is machine-checked
while that record belongs to exactly the sources that are there; nothing here needs Coq.
"""

from gnnconv_lib.proofs.record import MachineChecked, Record, record, theorem, theorems
from gnnconv_lib.proofs.sources import find_proofs

__all__ = ["MachineChecked", "Record", "find_proofs", "record", "theorem", "theorems"]
