"""`python -m cc_launcher` is `cc-launcher`."""

import sys

from cc_launcher.main import main

if __name__ == "__main__":
    sys.argv[0] = "cc-launcher"
    sys.exit(main())
