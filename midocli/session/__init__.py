"""A session: lines in, results out, what the topology is called, and what is saved of it."""
