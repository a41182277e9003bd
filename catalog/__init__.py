"""Songs as both wings know them: their key, their table, their names as people type them."""
