"""What each shell is told about completion. The words themselves come from `launch/completion.py`."""

from cc_launcher.core.text.quote import fish, posix

SHELLS = ("bash", "zsh", "fish")

_BASH = """\
_cc_launcher() {
    COMPREPLY=()
    _cc_launcher_add "$(@cc@ __complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)"
}
_cc_launcher_wrapper() {
    COMPREPLY=()
    if declare -F _claude >/dev/null; then _claude "$@"; fi
    _cc_launcher_add "$(@cc@ __complete wrapper "$1" "$2" 2>/dev/null)"
}
# Each line is one plain word: one with brackets is not a pattern.
_cc_launcher_add() {
    local word
    while IFS= read -r word; do
        if [[ -n $word ]]; then COMPREPLY+=("$word"); fi
    done <<<"$1"
}
complete -o bashdefault -o default -F _cc_launcher cc cc-launcher
"""

_ZSH = """\
if ! (( $+functions[compdef] )); then autoload -Uz compinit && compinit; fi
_cc_launcher() {
    local -a found
    found=("${(@f)$(@cc@ __complete zsh "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${found[1]-}" ]]; then _describe -t words cc found; else _files; fi
}
_cc_launcher_wrapper() {
    local -a found
    if (( $+functions[_claude] )); then _claude "$@"; fi
    found=("${(@f)$(@cc@ __complete wrapper "${words[1]}" "${words[CURRENT]}" 2>/dev/null)}")
    if [[ -n "${found[1]-}" ]]; then _describe -t modes mode found; else _files; fi
}
compdef _cc_launcher cc cc-launcher
"""

_FISH = """\
function __cc_launcher_words
    set -l words (commandline -opc) (commandline -ct)
    command -q @program@; and @cc@ __complete fish $words[2..-1] 2>/dev/null
end
function __cc_launcher_knows
    set -l words (__cc_launcher_words)
    test (count $words) -gt 0
end
function __cc_launcher_modes
    set -l words (commandline -opc)
    command -q @program@; and @cc@ __complete wrapper $words[1] (commandline -ct) 2>/dev/null
end
for name in cc cc-launcher
    complete -c $name -n __cc_launcher_knows -f -a '(__cc_launcher_words)'
end
"""

_WRAPPERS = {
    "bash": "complete -o bashdefault -o default -F _cc_launcher_wrapper {}\n",
    "zsh": "compdef _cc_launcher_wrapper {}\n",
    "fish": "for name in {}\n    complete -c $name -a '(__cc_launcher_modes)'\nend\n",
}


def render(shell: str, own: list[str], wrappers: list[str]) -> str:
    """What the shell evaluates at its start."""
    command = " ".join(fish(word) for word in own) if shell == "fish" else posix(own)
    text = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}[shell].replace("@cc@", command)
    text = text.replace("@program@", fish(own[0]))  # fish says it aloud when there is none, wherever errors go
    return text + (_WRAPPERS[shell].format(" ".join(wrappers)) if wrappers else "")
