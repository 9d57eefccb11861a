"""The fixed parts of a wrapper: functions in POSIX sh, with the paths of programs left open (`@grep@`).

Every name of ours begins with `_cc_`, and none is exported: what a wrapper remembers is not for the client.
"""

HEAD = """\
case ${ZSH_VERSION-} in ?*) emulate sh 2>/dev/null ;; esac
set +ax
# The settings of this shell are not the client's.
# shellcheck disable=SC3045 # only bash knows -n, and only bash has these two
case ${BASH_VERSION-} in ?*) command export -n SHELLOPTS BASHOPTS 2>/dev/null ;; esac
set -eu
unset _cc_rest _cc_mode _cc_pins _cc_asks _cc_gone _cc_secret _cc_first _cc_second _cc_third _cc_wait _cc_why
unset _cc_self _cc_name _cc_python _cc_nl _cc_tab _cc_word _cc_target _cc_file _cc_up _cc_left
unset _cc_answer _cc_status _cc_settings _cc_fd _cc_new _cc_terminal _cc_judged _cc_value _cc_network _cc_place
unset _cc_hosts _cc_fill _cc_streams _cc_mark _cc_managed _cc_resumes _cc_jobs _cc_verb _cc_pid _cc_watch
_cc_nl='
'
_cc_tab='	'
_cc_self=$0 _cc_rest='' _cc_mode='' _cc_pins='' _cc_asks='' _cc_gone='' _cc_secret='' _cc_settings=''
_cc_hosts='' _cc_streams='' _cc_mark='' _cc_resumes='' _cc_jobs='' _cc_verb=run
"""

HAND_OVER = """\
# What a script cannot judge, cc does. $1: what that is; then the arguments.
_cc_hand_over() {
    _cc_why=$1
    shift
    _cc_words "$@"
    printf '%s\\n' "$_cc_name: needs cc for $_cc_why, and cc is gone (it was $_cc_python)" >&2
    printf '%s\\n' 'hint: install cc again (from its clone: uv tool install .), then: cc install-wrapper --refresh' >&2
    exit 77
}
_cc_run() {
    set -- "$_cc_verb" "$@"
    if [ -x "$_cc_python" ] && "$_cc_python" -P -c 'import cc_launcher' 2>/dev/null; then exec @own@ "$@"; fi
    if command -v cc-launcher >/dev/null; then exec cc-launcher "$@"; fi
}
"""

# An editor hands over its own client, and the client itself too: cc judges whether that is one.
HANDED = """\
case ${1-} in
/claude | /*/claude | /*/claude.exe | /*/claude/versions/*) _cc_verb=__handed ;;
/*/node) case ${2-} in /*/cli.js) _cc_verb=__handed ;; esac ;;
esac
if [ "$_cc_verb" != run ]; then
    # A session that the client's daemon starts before it is anybody's would get another profile's work, and end with
    # it. Where the first one ends at once, the daemon starts each session when it is wanted.
    case ${2-} in
    --bg-spare | --preload) exit 1 ;;
    --bg-pty-host) for _cc_word do if [ "$_cc_word" = --bg-spare ]; then exit 1; fi; done ;;
    esac
    _cc_hand_over "the client that it was handed" "$@"
fi\
"""

STALE = """\
# Whether one of these files is newer than this script, or gone; or one after `--`, which was not there, is there now.
_cc_stale() {
    _cc_new=''
    for _cc_file do
        # shellcheck disable=SC3013 # dash, bash, zsh, busybox and mksh all know -nt
        if [ "$_cc_file" = -- ]; then
            _cc_new=1
        elif [ -n "$_cc_new" ]; then
            if [ -e "$_cc_file" ]; then return 0; fi
        elif [ ! -e "$_cc_file" ] || [ "$_cc_file" -nt "$_cc_self" ]; then
            return 0
        fi
    done
    return 1
}
"""

DIRECT = """\
# What is for a server of this machine goes through no proxy. $1: its host. The list is left in _cc_hosts: what is
# handed over has the environment that came.
_cc_direct() {
    _cc_hosts=${no_proxy:-${NO_PROXY:-}}
    case ${NO_PROXY:-} in '' | "$_cc_hosts") ;; *) _cc_hosts=$_cc_hosts,$NO_PROXY ;; esac
    case ,$_cc_hosts, in ',*,' | *",$1,"*) ;; *) _cc_hosts=${_cc_hosts:+$_cc_hosts,}$1 ;; esac
}
"""

# Which client this is decides how it is protected, and a link may lead to another one tomorrow.
CLIENT = """\
# Whether the client is another file than the one that was judged ($1, then its package), or was written since.
_cc_other_client() {
    # shellcheck disable=SC3013 # dash, bash, zsh, busybox and mksh all know -ef and -nt
    if [ ! "$_cc_target" -ef "$1" ] || [ -L "$1" ]; then return 0; fi
    for _cc_file do
        # shellcheck disable=SC3013
        if [ "$_cc_file" -nt "$_cc_self" ]; then return 0; fi
    done
    return 1
}
"""

# The names and values stand in JSON: what would have to be written otherwise there is left to cc.
NETWORK = """\
# The way to the network stays the user's own. $1: `held`, where the client itself keeps a proxy with a password from
# being replaced; then names. The pins for it are left in _cc_network.
_cc_pin_network() {
    _cc_status=$1
    shift
    for _cc_word do
        _cc_value=''
        eval "_cc_value=\\${$_cc_word-}"
        case $_cc_word in NO_PROXY | no_proxy) _cc_value=${_cc_hosts:-$_cc_value} ;; esac
        case $_cc_word:$_cc_value in
        *_[Pp][Rr][Oo][Xx][Yy]:*@*) if [ "$_cc_status" = held ]; then continue; else return 1; fi ;;
        *[!A-Za-z0-9._~:/?#%+,*=@\\ -]*) return 1 ;;
        esac
        _cc_network="${_cc_network:+$_cc_network,}\\"$_cc_word\\":\\"$_cc_value\\""
    done
}
"""

# So it is with what is joined.
JOINED = """\
# What the user has in $1, which is $2, and ours behind it: $3.
_cc_pin_joined() {
    _cc_value=${2:+$2,}$3
    case $_cc_value in *[!A-Za-z0-9._~:/?#%+,*=@\\ -]*) return 1 ;; esac
    _cc_network="${_cc_network:+$_cc_network,}\\"$1\\":\\"$_cc_value\\""
}
"""

# A project's settings can say what a plan depends on: those cases are cc's.
PROJECT = """\
# Whether the settings of this project have a say in a launch. $1: `any` file has, or only `some` do.
_cc_project() {
    if _cc_matters "$1" .claude/settings.json || _cc_matters "$1" .claude/settings.local.json; then return 0; fi
    # An older client takes a name in odd letters for another one, and reads there. PWD may lead through links: then
    # the names behind them count.
    _cc_place=${PWD-}
    while [ "${_cc_place#/}" != "$_cc_place" ]; do
        if [ -L "$_cc_place" ]; then _cc_place=$(pwd -P) && break; fi
        _cc_place=${_cc_place%/*}
    done
    case ${_cc_place:-${PWD-}} in *[!][A-Za-z0-9._/@+,=:~%#!\\{\\}\\(\\)\\&\\'\\ -]*) return 0 ;; esac
    _cc_up=. _cc_left=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    while [ -n "$_cc_left" ]; do
        if [ -d "$_cc_up/.git" ] || [ -f "$_cc_up/.git" ]; then
            if _cc_matters "$1" "$_cc_up/.claude/settings.local.json"; then return 0; fi
            if [ -f "$_cc_up/.git" ] && _cc_shares "$1"; then return 0; fi
            if [ ! -L "$_cc_up/.git" ]; then return 1; fi
        fi
        # shellcheck disable=SC3013 # dash, bash, zsh, busybox and mksh all know -ef
        if [ "$_cc_up" -ef / ]; then return 1; fi
        _cc_up=$_cc_up/.. _cc_left=${_cc_left#x}
    done
    return 0 # deeper than is looked here
}
# A work tree shares the settings of the checkout that it is of. What git would not have written, cc looks at.
_cc_shares() {
    if [ ! -r "$_cc_up/.git" ]; then return 1; fi
    _cc_place='' _cc_word='' _cc_file=''
    { IFS= read -r _cc_place && IFS= read -r _cc_word && return 0; } <"$_cc_up/.git"
    case $_cc_word:$_cc_place in
    ":gitdir: "[!\\ ]*) _cc_place=${_cc_place#gitdir: } ;;
    :) return 1 ;; # an empty file leads nowhere
    *) return 0 ;;
    esac
    if [ "${#_cc_place}" -gt 4096 ]; then return 0; fi # no path is so long, and what follows would take for ever
    case $_cc_place in
    *[!A-Za-z0-9._/@+,=:\\ -]* | *[!./]*/..* | /*/..* | */./* | *//* | */ | *' ') return 0 ;;
    /*) ;;
    *) _cc_place=$_cc_up/$_cc_place ;;
    esac
    if [ ! -e "$_cc_place/commondir" ]; then return 1; fi
    if [ ! -f "$_cc_place/commondir" ] || [ ! -r "$_cc_place/commondir" ]; then return 0; fi
    { IFS= read -r _cc_word && IFS= read -r _cc_file && return 0; } <"$_cc_place/commondir"
    if [ "$_cc_word" != ../.. ] || [ -n "$_cc_file" ]; then return 0; fi
    # The checkout, or a bare repository, by the letters of the path and by its links.
    case $_cc_place in *[!./]*/*/*) ;; *) return 0 ;; esac
    for _cc_file in "${_cc_place%/*/*}" "${_cc_place%/*/*/*}" "$_cc_place/../.." "$_cc_place/../../.."; do
        if _cc_matters "$1" "$_cc_file/.claude/settings.local.json"; then return 0; fi
    done
    return 1
}
# A list of models, a permission mode, or letters written so that they cannot be looked for.
_cc_matters() {
    if [ ! -e "$2" ]; then return 1; fi
    if [ ! -f "$2" ] || [ "$1" = any ]; then return 0; fi
    if [ ! -r "$2" ]; then return 0; fi
    # The client reads UTF-16, too: without its zeros, it looks like text.
    _cc_status=0
    LC_ALL=C @tr@ -d '\\000' <"$2" |
        LC_ALL=C @grep@ -q -E 'availableModels|defaultMode|proxyAuthHelper|\\\\u' || _cc_status=$?
    [ "$_cc_status" -ne 1 ]
}
"""

# A client that is too old puts what a project's list of MCP servers asks for into it.
LISTS = """\
# Whether a list of MCP servers is in this directory or above it.
_cc_lists() {
    _cc_up=. _cc_left=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    while [ -n "$_cc_left" ]; do
        if [ -e "$_cc_up/.mcp.json" ]; then return 0; fi
        _cc_up=$_cc_up/.. _cc_left=${_cc_left#x}
    done
    return 1
}
"""

FETCH = """\
_cc_wait=${CC_SECRET_TIMEOUT:-5} _cc_terminal=''
if [ -t 0 ] && [ -t 2 ]; then _cc_wait=${CC_SECRET_TIMEOUT:-30} _cc_terminal=1; fi
# What a command prints, if it is one line of printable ASCII. What is not, and what fails, is left to cc.
_cc_fetch() { _cc_read "$@" && _cc_secret=${_cc_secret%"$_cc_nl"} && _cc_one_line; }
# The first line of what a command prints.
_cc_fetch_line() { _cc_read "$@" && _cc_secret=${_cc_secret%%"$_cc_nl"*} && _cc_one_line; }
_cc_read() {
    case $_cc_wait in
    *[!0-9.]* | *.*.* | ????*) return 1 ;; # what is no number of seconds, cc refuses
    *[1-9]*) ;;
    *) return 1 ;;
    esac
    # What the command has started may keep the pipe open, so `head` is fed to its end; `tr` makes one tab of that.
    # shellcheck disable=SC2059 # a format that is used again is quicker than so long a text
    _cc_answer=$({
        _cc_status=0 _cc_fill=$_cc_tab
        "$@" </dev/null || _cc_status=$?
        for _cc_word in 1 2 3 4 5 6; do _cc_fill=$_cc_fill$_cc_fill$_cc_fill$_cc_fill; done
        printf "%s$_cc_fill" ".$_cc_status" '' '' '' '' '' '' '' '' '' '' '' '' '' '' '' '' 2>/dev/null
    } | @head@ -c 65540 | LC_ALL=C @tr@ -cs '\\012\\040-\\176' '\\011')
    _cc_answer=${_cc_answer%"$_cc_tab"}
    if [ "${#_cc_answer}" -gt 65538 ] || [ "${_cc_answer##*.}" != 0 ]; then return 1; fi
    _cc_secret=${_cc_answer%.*}
}
_cc_one_line() {
    case $_cc_secret in
    *"$_cc_nl"* | *"$_cc_tab"*) return 1 ;;
    *[!\\ ]*) return 0 ;;
    *) return 1 ;;
    esac
}
# The value of a variable, of letters that need no second look.
_cc_take() {
    case $1 in
    '' | *[!A-Za-z0-9._~+/=:-]*) return 1 ;;
    *) _cc_secret=$1 ;;
    esac
}
"""

# macOS has no `timeout`. The traps are those of a subshell, of the command substitution that this runs in.
LIMITED = """\
# A command with a deadline, without a `timeout` for that. What it has started itself is left alone.
_cc_limited() {
    case $_cc_wait in *.*) return 1 ;; esac # not every `sleep` knows parts of a second
    _cc_pid=''
    # The last one may have no name yet. One that is asked to end before it has begun would not hear that.
    trap 'kill $_cc_pid 2>/dev/null; kill -KILL "$!" 2>/dev/null; exit 130' INT HUP TERM
    "$@" &
    _cc_pid=$!
    (
        _cc_up=0 # in single seconds: the last of them stays when this is ended
        until [ "$_cc_up" -ge "$_cc_wait" ]; do @sleep@ 1 && _cc_up=$((_cc_up + 1)); done
        kill "$_cc_pid"
        @sleep@ 1
        kill -KILL "$_cc_pid"
    ) >/dev/null 2>&1 &
    _cc_watch=$!
    _cc_status=0
    wait "$_cc_pid" 2>/dev/null || _cc_status=$?
    trap - INT HUP TERM
    { kill -KILL "$_cc_watch" && wait "$_cc_watch"; } 2>/dev/null
    return "$_cc_status"
}
"""

# Not a named pipe: the client opens /proc/self/fd/N anew, which waits for ever once a named one has lost its writer.
PIPE = """\
# The secret waits in a pipe, to be read once: where the text of a here-document is one (dash, busybox, bash since 5.1)
# and not a file on disk. `[ -p` tells, before the secret is in it.
_cc_pipe() {
    if [ "${#1}" -gt 4000 ]; then return 1; fi
    for _cc_fd in 9 8 7 6 5 4 3 ''; do
        if [ -z "$_cc_fd" ]; then return 1; fi
        if ! eval "true <&$_cc_fd" 2>/dev/null; then break; fi
    done
    eval "exec $_cc_fd<<END
-
END"
    if [ ! -p "/dev/fd/$_cc_fd" ]; then
        eval "exec $_cc_fd<&-"
        return 1
    fi
    eval "exec $_cc_fd<<END
\\$1
END"
}
"""

LAUNCH = """\
# The client's own help comes first, and then what is ours. It ends as the client does.
case ${1-} in
--help | -h)
    set +e
    (
        set -e
        _cc_launch "$@"
    )
    _cc_status=$?
    echo
    _cc_help
    exit "$_cc_status"
    ;;
esac
_cc_launch "$@"\
"""


def takes_clients(script: str) -> bool:
    """Whether a script leaves the path of a client to cc, which those written before sent as a prompt."""
    return "_cc_verb=__handed" in script
