"""Text that is safe to print."""


def printable(text: str) -> str:
    """Text on one line, without characters that a terminal would act on or cannot show."""
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable()
        else char.encode("unicode_escape", "backslashreplace").decode("ascii")
        for char in text
    )
