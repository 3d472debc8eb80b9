"""midocli: midonet-cli's language with a simulated network behind it.

`Lab` is the network for programs, `MidoError` what its errors are; both are loaded when they are
first used.
"""

from midocli.help.version import VERSION

TYPE_CHECKING = False  # importing typing would take as long as all of this module
if TYPE_CHECKING:
    from grammar.errors import MidoError
    from midocli.lab import Lab

__all__ = ["Lab", "MidoError", "__version__"]

__version__ = VERSION

_ELSEWHERE = {"Lab": "midocli.lab", "MidoError": "grammar.errors"}


def __getattr__(name: str) -> object:
    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_ELSEWHERE[name]), name)
    globals()[name] = found
    return found
