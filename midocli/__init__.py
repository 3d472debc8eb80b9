"""midocli: midonet-cli's language with a simulated network behind it.

`Lab` is the network for programs, `MidoError` what its errors are; they are loaded when they are
first used.
"""

TYPE_CHECKING = False  # importing typing would take longer than all of this module
if TYPE_CHECKING:
    from grammar.errors import MidoError
    from midocli.lab import Lab

    __version__: str

__all__ = ["Lab", "MidoError", "__version__"]

_ELSEWHERE = {
    "Lab": ("midocli.lab", "Lab"),
    "MidoError": ("grammar.errors", "MidoError"),
    "__version__": ("midocli.help.version", "VERSION"),
}


def __getattr__(name: str) -> object:
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, there = _ELSEWHERE[name]
    found: object = getattr(import_module(module), there)
    globals()[name] = found
    return found
