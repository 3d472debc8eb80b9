"""The objects of a topology, their references, aliases and transactions."""
