"""``python -m look [clips] [--theme dark|light|both] [--out FOLDER] [--workers N]``."""

import sys

from look.suite import main

if __name__ == "__main__":
    sys.exit(main())
