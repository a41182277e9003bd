"""The engine for histories that one machine's memory does not hold: reading, counting and factorising on Spark."""
