"""A FAKE of a machine that has nothing but what POSIX names, such as a Mac: its programs refuse all that is GNU's own.

Each is a front to toybox's or busybox's program of that name. It lets the options through that POSIX has for it, before
the operands, and nothing else; what else POSIX names is not there at all. What is refused is also written down, since a
script may send what is said to nowhere. `security` answers as macOS's does by its documentation: it keeps one key.
"""

from __future__ import annotations

from pathlib import Path

from cc_launcher.core.text.quote import quoted
from tests.support import require_tool

# As POSIX.1-2024 has them, in the letters of `getopts`. `head -c` is new in it, and old on macOS.
OPTIONS = {
    "cat": "u",
    "chmod": "hR",
    "date": "u",
    "dirname": "",
    "env": "i",
    "find": "HL",
    "grep": "EFce:f:ilnqsvx",
    "head": "c:n:",
    "ln": "fsLP",
    "mkdir": "pm:",
    "mv": "fi",
    "printf": "",  # which mksh has not built in
    "rm": "dfiRrv",
    "sleep": "",
    "tr": "Ccds",
    "wc": "cmlw",
}
_PRIMARIES = (
    "-iname -name -nouser -nogroup -xdev -mount -prune -perm -type -links -user -group -size -atime -ctime -mtime "
    "-exec -ok -print -print0 -newer -depth -path -o -a"
).replace(" ", " | ")
# What of the operands is GNU's own; `$word` is each of them
_OPERANDS = {
    "head": 'case $OPTARG in *[!0-9]*) refuse "$*" ;; esac',
    "sleep": 'case $word in *[!0-9]*) refuse "$*" ;; esac',
    "grep": "case $word in *'\\|'* | *'\\+'* | *'\\?'* | *'\\w'* | *'\\s'*) refuse \"$*\" ;; esac",
    "date": 'case $word in +*%N* | +*%-* | +*%:*) refuse "$*" ;; +*) ;; *) refuse "$*" ;; esac',
    "find": f"""\
case $before:$word in
    *:[!-]* | *: | -perm:-[0-7]* | -[acm]time:-[0-9]* | -size:-[0-9]*) ;;
    *:-*) case $word in {_PRIMARIES}) ;; *) refuse "$*" ;; esac ;;
    esac
    case $before:$word in -perm:/*) refuse "$*" ;; esac""",
}  # fmt: skip
_BEGIN = """\
#!/bin/sh
# A FAKE of a BSD's {name}, for tests
refuse() {{
    echo "{name}: $*" >>'{place}/refused'
    echo "{name}: illegal: $*" >&2
    exit 64
}}
echo {name} >>'{place}/used'
"""
_FRONT = """\
OPTARG='' before=''
while getopts ':{options}' letter; do
    case $letter in '?' | ':') refuse "$*" ;; esac
    {of_option}
done
number=0
for word; do
    number=$((number + 1))
    if [ "$number" -lt "$OPTIND" ]; then continue; fi
    {of_operand}
    before=$word
done
exec '{box}' {name} "$@"
"""
_AFTER_OPERANDS = 'case $word in -?*) refuse "$*" ;; esac'
_SECURITY = """\
if [ "$#" != 6 ] || [ "$1 $2 $3 $4 $6" != 'find-generic-password -s cc-launcher -a -w' ]; then refuse "$*"; fi
if [ "$5" != {account} ]; then
    echo 'security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.' >&2
    exit 44
fi
printf '%s\\n' {key}
"""


class FakeBsd:
    """A directory with such programs; `box` is toybox or busybox, of which toybox lacks `tr`."""

    def __init__(self, place: Path, box: str) -> None:
        self.place = place
        self.bin = place / "bin"
        self.bin.mkdir(parents=True)
        for name, options in OPTIONS.items():
            program = require_tool("busybox" if name == "tr" else box)
            checked = _OPERANDS.get(name, ":")
            of_operand = checked if name in {"find", "sleep", "grep", "date"} else ":"
            if name not in {"find", "env", "printf"}:  # whose operands may look like options
                of_operand = f"{_AFTER_OPERANDS}\n    {of_operand}"
            of_option = checked if name == "head" else ":"
            front = _FRONT.format(options=options, of_option=of_option, of_operand=of_operand, box=program, name=name)
            self._write(name, front)

    def keeps(self, account: str, key: str) -> None:
        """The key of this account is in the keychain."""
        self._write("security", _SECURITY.format(account=quoted(account), key=quoted(key)))

    def _write(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(_BEGIN.format(name=name, place=self.place) + text)
        path.chmod(0o755)

    def used(self) -> set[str]:
        """The programs that were started."""
        return set(self._lines("used"))

    def refused(self) -> list[str]:
        """What they were asked for that POSIX does not have."""
        return self._lines("refused")

    def forget(self) -> None:
        """As if nothing had been started yet."""
        for name in ("used", "refused"):
            (self.place / name).unlink(missing_ok=True)

    def _lines(self, name: str) -> list[str]:
        path = self.place / name
        return path.read_text().splitlines() if path.exists() else []
