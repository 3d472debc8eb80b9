"""Carrying commands out: dispatch, and a file for each family of commands."""
