"""Machines behind the ports, which behave as Linux does."""
