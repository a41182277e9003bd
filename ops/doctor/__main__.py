"""`python -m ops.doctor`."""

import sys

from ops.doctor.command import main

sys.exit(main())
