"""Listening history as matrices."""
