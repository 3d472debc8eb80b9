"""Topologies that stay: a store in a SQLite file or a PostgreSQL database, shared by sessions."""
