"""The search for the best model."""
