"""What time it is, and waiting: in one place, so that a test may let an hour pass."""

import asyncio
import time


class Clock:
    """Seconds since 1970, as all processes count them."""

    def now(self) -> float:
        """The time."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed."""
        await asyncio.sleep(seconds)
