"""`python -m ops.backup`."""

import sys

from ops.backup.command import main

sys.exit(main())
