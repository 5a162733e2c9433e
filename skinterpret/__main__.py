"""`python -m skinterpret`."""

import sys

from skinterpret.cli import main

if __name__ == "__main__":
    sys.exit(main())
