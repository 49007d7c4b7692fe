"""`python -m mingchu …`, the same as `./x mingchu …`."""

import sys

from mingchu.ops.cli import main

sys.exit(main(sys.argv[1:]))
