"""`python -m serai`."""

import sys

from serai.cli import main

if __name__ == "__main__":
    sys.exit(main())
