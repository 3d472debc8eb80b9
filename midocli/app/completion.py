"""Scripts by which bash, zsh and fish complete midocli's own options."""

from __future__ import annotations

from argparse import Action, ArgumentParser
from collections.abc import Callable, Iterator
from shlex import quote

#: The word that makes the rest of the line tcpdump's.
_OTHER = "tcpdump"


def script(shell: str, parser: ArgumentParser) -> str:
    """The script for `bash`, `zsh` or `fish`, made from a parser's options."""
    return _SCRIPTS[shell](parser)


def options(parser: ArgumentParser) -> list[Action]:
    """What is given with a dash, in the order of `--help`."""
    return [action for action in parser._actions if action.option_strings]


def takes_value(action: Action) -> bool:
    """Whether a word follows the option."""
    return action.nargs != 0


def _bash(parser: ArgumentParser) -> str:
    words = [name for action in options(parser) for name in action.option_strings]
    return f"""\
# bash completion of midocli; for this shell: eval "$(midocli --completion bash)"
_midocli() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
    COMPREPLY=()
    if [[ $current == "=" ]]; then
        current=
    elif [[ $previous == "=" ]]; then
        previous=${{COMP_WORDS[COMP_CWORD-2]}}
    fi
    if [[ ${{COMP_WORDS[1]}} == {_OTHER} && $COMP_CWORD -gt 1 ]]; then
        local IFS=$'\\n'
        COMPREPLY=($(compgen -f -- "$current"))
        return
    fi
    case $previous in
{"".join(_bash_values(parser))}    esac
    if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W {quote(" ".join(words))} -- "$current"))
        return
    fi
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$current"))
    if [[ $COMP_CWORD -eq 1 ]]; then
        COMPREPLY+=($(compgen -W {_OTHER} -- "$current"))
    fi
}}
complete -o filenames -F _midocli midocli
"""


def _bash_values(parser: ArgumentParser) -> Iterator[str]:
    for action in filter(takes_value, options(parser)):
        words = quote(" ".join(map(str, action.choices or ())))
        names = "|".join(action.option_strings)
        yield f'        {names}) COMPREPLY=($(compgen -W {words} -- "$current")); return ;;\n'


def _zsh(parser: ArgumentParser) -> str:
    specs = " \\\n".join(f"        {spec}" for action in options(parser) for spec in _specs(action))
    return f"""\
#compdef midocli
# zsh completion of midocli; into a file _midocli in a folder of $fpath.
_midocli() {{
    if [[ ${{words[2]}} == {_OTHER} && $CURRENT -gt 2 ]]; then
        _files
        return
    fi
    _arguments -s \\
{specs} \\
        '*:script:_files'
}}
if [[ $funcstack[1] == _midocli ]]; then
    _midocli "$@"
else
    compdef _midocli midocli
fi
"""


def _specs(action: Action) -> Iterator[str]:
    """One specification for each name of an option."""
    text = (action.help or "").replace("[", "(").replace("]", ")").replace(":", " ")
    several = "*" if type(action).__name__ == "_AppendAction" else ""
    for name in action.option_strings:
        value = ""
        if takes_value(action):
            words = f"({' '.join(map(str, action.choices))})" if action.choices else " "
            value = f":{action.metavar or action.dest}:{words}"
        yield quote(f"{several}{name}[{text}]{value}")


def _fish(parser: ArgumentParser) -> str:
    lines = [
        "# fish completion of midocli; into ~/.config/fish/completions/midocli.fish.",
        f"complete -c midocli -n __fish_is_first_arg -a {_OTHER} -d 'print a capture file'",
    ]
    for action in options(parser):
        parts = ["complete -c midocli"]
        for name in action.option_strings:
            parts.append(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}")
        if takes_value(action):
            parts.append("-x")
        if action.choices:
            parts.append(f"-a {quote(' '.join(map(str, action.choices)))}")
        parts.append(f"-d {quote(action.help or '')}")
        lines.append(" ".join(parts))
    return "\n".join(lines) + "\n"


_SCRIPTS: dict[str, Callable[[ArgumentParser], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
