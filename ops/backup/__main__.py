"""`python -m ops.backup`."""

import signal
import sys

from ops.backup.command import main

# a stop unwinds, so that no copy of the database is left behind
for stop in (signal.SIGTERM, signal.SIGHUP):
    if signal.getsignal(stop) != signal.SIG_IGN:  # as nohup has it
        signal.signal(stop, lambda number, _: sys.exit(128 + number))
sys.exit(main())
