"""Carrying commands out: dispatch, and a file for each command, called as its word.

What a session does itself (`quit`, `source`, `format`) is in `midocli/session/`; `redo` is in
`undo.py`, `cleart` in `sett.py`.
"""
