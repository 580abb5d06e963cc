"""All printed formulas of awasthi2021.

Section 3, Sections 3.2 to 3.5, Sections 4 and 5, Appendices B and C stand in one file each.
"""

from .awasthi2021_appendix_b import *  # noqa: F403
from .awasthi2021_appendix_b_rest import *  # noqa: F403
from .awasthi2021_appendix_c import *  # noqa: F403
from .awasthi2021_section_3 import *  # noqa: F403
from .awasthi2021_section_3_2 import *  # noqa: F403
from .awasthi2021_section_4 import *  # noqa: F403
from .awasthi2021_statements import OPEN, RESTATEMENTS, STATEMENTS, WITHOUT_VALUE  # noqa: F401
from .awasthi2021_unequal import *  # noqa: F403
