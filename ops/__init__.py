"""What an operator does beside the running server."""
