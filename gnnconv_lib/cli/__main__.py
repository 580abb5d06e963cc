"""`python -m gnnconv_lib.cli`, the same as `gnnconv`."""

import sys

from gnnconv_lib.cli import main

if __name__ == "__main__":
    sys.exit(main())
