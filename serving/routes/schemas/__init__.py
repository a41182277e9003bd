"""Bodies of requests and answers by subject: one schema a direction, and a list is always an envelope."""
