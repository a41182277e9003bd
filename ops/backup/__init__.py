"""Backups of the database: consistent while it is used, sealed, kept anywhere, and verified by restoring them."""
