"""`python -m ops.backup`."""

import signal
import sys

from ops.backup.command import main

# a stop unwinds, so that no copy of the database is left behind
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
sys.exit(main())
