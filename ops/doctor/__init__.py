"""Is a deployment well: what an operator would look at one after the other, looked at at once, with what to do."""
