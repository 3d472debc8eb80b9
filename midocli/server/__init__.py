"""MidoNet's REST API over HTTP: a skin over the store's own transactions, made from a table.

Loaded by `midocli serve` alone; it needs the libraries of the extra `midocli[serve]`.
"""
