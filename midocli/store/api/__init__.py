"""MidoNet's REST API as tables: its objects field by field, and its paths.

Which field of the declarations is which JSON field stands here, once. The tables are data about
declarations; they change nothing, and know neither HTTP nor who asks.
"""
