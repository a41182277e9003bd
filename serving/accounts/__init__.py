"""Who somebody is: accounts, passwords, tokens."""
