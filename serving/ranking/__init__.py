"""Recommendations as rows and scores; no HTTP, no SQL."""
