"""The program: command lines, and the shells' completion."""
