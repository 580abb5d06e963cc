"""All printed formulas of li2021: model and constants, lemmas, theorems and experiments."""

from .li2021_experiments import *  # noqa: F403
from .li2021_lemmas import *  # noqa: F403
from .li2021_model import *  # noqa: F403
from .li2021_statements import OPEN, STATEMENTS, WITHOUT_VALUE  # noqa: F401
from .li2021_theorems import *  # noqa: F403
