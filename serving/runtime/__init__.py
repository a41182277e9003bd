"""What one running app holds, and closes at its end."""
