"""Random layouts of a project, each from a seed: where settings files stand, and what decides which the client reads.

Most directories of a layout have settings files, and each file sets a variable of its own: whatever is read, shows.
Besides real checkouts, work trees and submodules, what a stranger could write is tried: one thing is made as git makes
it, and then a few of its parts are made otherwise.
"""

from __future__ import annotations

import codecs
import contextlib
import json
import os
import random
import shutil
import subprocess
from dataclasses import dataclass, field

SAYS = {"availableModels": ["x"], "permissions": {"defaultMode": "plan"}}  # what has a say in every launch
_GIT = {"PATH": os.defpath, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C"}
_AUTHOR = ("-c", "user.name=x", "-c", "user.email=x@localhost")
_PLAIN = ("a", "b", "src", "lib-2", "x.y", "main", "worktrees", "two words")
# Names that a client may take for other ones: the second of a pair is what they become.
_ODD = {
    "e\u0301": "\xe9",  # two letters of Unicode that are one
    "\u212b": "\xc5",
    "K\u0307": "K\u0307",
    "\xe9": "\xe9",
    "\u6587": "\u6587",
    "x\udcff": "x\ufffd",  # a byte that is no text
    "\udce9t\udce9": "\ufffdt\ufffd",
    "\u212a": "K",
}
# Blanks to JavaScript, to Python, to neither; and what ends a text.
_BLANKS = (
    *(" ", "  ", "\t", "\n", "\r\n", "\n\n", "\r", "\v", "\f", "\xa0", "\ufeff"),
    *("\u1680", "\u2003", "\u2028", "\u3000", "\x85", "\x1c", "\x1f", "\u180e", "\u200b"),
    *("\0", "\nsecond\n", " #", " " * 70_000, "\n" * 70_000),
)
_STORES = ("bare", "bare", "bare with a mark", "linked", "no worktrees", "odd name")
_STORE_NAMES = ("..w", "w ", "w\xa0", "w\x85", "w\x1c", "w\ufeff", "w\\x")
_PATHS = (
    *("detour", "no detour", "link", "link and back", "slash", "dots", "slashes", "blank"),
    *("letters", "other", "short"),
)
_WHERE = ("end", "end", "start", "after the colon", "before the colon", "none", "letters", "twice")
_CODINGS = ("utf-8-sig", "utf-16-le", "utf-16-be", "utf-16-le without a mark")


@dataclass
class Layout:
    """What was made: the directory to start in, as its path says it, and the file behind each variable."""

    seed: int
    home: str
    work: str
    files: dict[str, str] = field(default_factory=dict)
    saying: set[str] = field(default_factory=set)  # variables of files that have a say
    made: list[str] = field(default_factory=list)  # in words
    pipe: bool = False  # there is one, which an older client may wait for

    @property
    def directory(self) -> str:
        """The directory to start in, as it is."""
        return os.path.realpath(self.work)

    def told(self) -> str:
        """The layout in words."""
        return "\n".join([f"seed {self.seed}", f"directory {self.work!r}", f"home {self.home!r}", *self.made])


def build(seed: int, root: str) -> Layout:
    """Make the layout of this seed below a directory, which is empty."""
    return _Builder(seed, os.path.realpath(root)).build()


class _Builder:
    def __init__(self, seed: int, root: str) -> None:
        self.random = random.Random(seed)
        self.root = f"{root}/tree"
        self.layout = Layout(seed, f"{root}/home", self.root)
        self.store = f"{root}/store"  # what links lead to
        self.count = 0
        for directory in (self.root, self.store, self.layout.home):
            os.mkdir(directory)

    def build(self) -> Layout:
        chain = self._directories()
        marked = list(chain)
        self.random.shuffle(marked)
        # From the outermost on: git makes a work tree only where nothing is yet.
        for directory in sorted(marked[: self.random.choice((0, 1, 1, 1, 2, 2, 3))], key=len):
            self._mark(directory)
        for directory in chain:
            os.makedirs(directory, exist_ok=True)
        self._settings()
        self._way_in()
        return self.layout

    def say(self, what: str) -> None:
        self.layout.made.append(what)

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def fresh(self, stem: str) -> str:
        """A name that is not taken."""
        self.count += 1
        return f"{stem}{self.count}"

    # The tree.

    def _directories(self) -> list[str]:
        """The directories down to that in which the client starts; and beside odd names, what they may be taken for."""
        names = [self.random.choice(_PLAIN) for _ in range(self.random.choice((0, 1, 1, 2, 2, 3, 4, 5)))]
        if names and self.often(0.1):
            names[self.random.randrange(len(names))] = self.random.choice(list(_ODD))
        chain, beside = [self.root], [self.root]
        for name in names:
            chain.append(f"{chain[-1]}/{name}")
            beside.append(f"{beside[-1]}/{_ODD.get(name, name)}")
        self.layout.work = chain[-1]
        if self.often(0.03):
            self.layout.home = self.random.choice(chain)
        return list(dict.fromkeys([*chain, *beside]))

    def _mark(self, directory: str) -> None:
        """Make this directory the top of something, or have it look so."""
        if os.path.lexists(f"{directory}/.git"):
            return
        make = self.random.choices(
            (self._checkout, self._work_tree, self._submodule, self._crafted, self._no_top, self._link),
            (3, 2, 1, 10, 2, 2),
        )[0]
        make(directory)

    def _checkout(self, top: str) -> None:
        os.makedirs(top, exist_ok=True)
        if self.often(0.5):
            self._git("init", "--quiet", "--template=", top)
            self.say(f"a checkout by git at {top!r}")
            return
        for name in self.random.choice(((), ("objects",), ("objects", "refs"))):
            os.makedirs(f"{top}/.git/{name}")
        os.makedirs(f"{top}/.git", exist_ok=True)
        if self.often(0.3):
            _write(f"{top}/.git/commondir", "..")
        self.say(f"a checkout by hand at {top!r}")

    def _work_tree(self, top: str) -> None:
        if os.path.lexists(top) and (top == self.root or os.listdir(top)):
            self._crafted(top)
            return
        main = f"{self._somewhere(top)}/{self.fresh('m')}"
        bare = self.often(0.25)
        os.makedirs(os.path.dirname(top), exist_ok=True)
        self._git("init", "--quiet", "--template=", *(["--bare"] if bare else []), main)
        tree = self._git("-C", main, "mktree", given="").strip()
        commit = self._git("-C", main, *_AUTHOR, "commit-tree", "-m", "x", tree).strip()
        relative = ("-c", "worktree.useRelativePaths=true") if self.often(0.3) else ()
        self._git("-C", main, *relative, "worktree", "add", "--quiet", "--detach", top, commit)
        self.say(f"a work tree by git at {top!r} of {'bare ' if bare else ''}{main!r}")

    def _submodule(self, top: str) -> None:
        main = f"{self._somewhere(top)}/{self.fresh('s')}"
        os.makedirs(top, exist_ok=True)
        self._git("init", "--quiet", "--template=", main)
        os.makedirs(f"{main}/.git/modules")
        self._git("init", "--quiet", "--template=", f"--separate-git-dir={main}/.git/modules/x", top)
        self.say(f"a submodule by git at {top!r} of {main!r}")

    def _no_top(self, directory: str) -> None:
        os.makedirs(directory, exist_ok=True)
        mark = f"{directory}/.git"
        kind = self.random.choice(("pipe", "empty file", "text", "link to nothing", "link to itself"))
        if kind == "pipe":
            os.mkfifo(mark)
            self.layout.pipe = True
        elif kind == "empty file":
            _write(mark, "")
        elif kind == "text":
            _write(mark, "gitdir /nowhere\n")
        else:
            os.symlink(".git" if kind == "link to itself" else "nowhere/at/all", mark)
        self.say(f"{kind} as .git at {directory!r}")

    def _link(self, directory: str) -> None:
        os.makedirs(directory, exist_ok=True)
        place = f"{self._somewhere(directory)}/{self.fresh('l')}"
        if self.often(0.5):
            self._checkout(place)
        else:
            os.makedirs(place)
            self._crafted(place)
        target = f"{place}/.git"
        if os.path.lexists(f"{directory}/.git"):  # what was crafted there may be in a repository here
            return
        os.symlink(os.path.relpath(target, directory) if self.often(0.5) else target, f"{directory}/.git")
        self.say(f"a link to {target!r} as .git at {directory!r}")

    def _somewhere(self, top: str) -> str:
        """A directory for what belongs to this one: above it, in it, or beside the tree's top."""
        above = [top]
        while above[-1] != self.root and len(above) < 4:
            above.append(os.path.dirname(above[-1]))
        # Not in the top itself: git makes work trees only in empty directories.
        place = self.random.choice([*above[1:], self.root])
        os.makedirs(place, exist_ok=True)
        return place

    # A `.git` file as git writes it, and then a few parts of it otherwise.

    def _crafted(self, top: str) -> None:
        os.makedirs(top, exist_ok=True)
        parts = ("place", "path", "mark", "commondir", "back", "coding")
        odd = set(self.random.sample(parts, self.random.choice((0, 0, 1, 1, 1, 2, 2, 3))))
        admin, common = self._store(top, odd="place" in odd)
        _write(f"{admin}/HEAD", "ref: refs/heads/x\n")
        back = f"{top}/.git\n"
        shared = "../..\n"
        if "commondir" in odd:
            self._odd_commondir(admin, common)
        else:
            _write(f"{admin}/commondir", shared)
        if "back" in odd:
            self._odd_back(admin, top)
        else:
            _write(f"{admin}/gitdir", back)
        named = os.path.relpath(admin, top) if self.often(0.4) else admin
        text = f"gitdir: {self._odd_path(top, admin, named) if 'path' in odd else named}\n"
        if "mark" in odd:
            text = self._odd_text(text)
        content = text.encode("utf-8", "surrogateescape")
        if "coding" in odd:
            content = self._coded(text)
        _write(f"{top}/.git", content)
        self.say(f"crafted at {top!r}, odd in {sorted(odd)}: {content[:300]!r}")

    def _store(self, top: str, *, odd: bool) -> tuple[str, str]:
        """The directory of a work tree in a repository, and that repository."""
        main = f"{self._somewhere(top)}/{self.fresh('m')}"
        if self.often(0.2):
            main = self.random.choice([os.path.dirname(top), top, self.root])
        common, name = f"{main}/.git", self.fresh("w")
        if odd:
            kind = self.random.choice(_STORES)
            if kind.startswith("bare"):
                common = main if main not in (top, self.root) else f"{main}/{self.fresh('bare')}.git"
            if kind == "linked" and not os.path.lexists(common) and main != top:
                os.makedirs(main, exist_ok=True)
                real = f"{self.root}/{self.fresh('far')}"
                os.makedirs(real)
                os.symlink(real, common)
            if kind == "odd name":
                name = self.random.choice([*_ODD, *_ODD.values(), *_STORE_NAMES])
            self.say(f"{kind}: {common!r}")
            if kind == "bare with a mark" and not os.path.lexists(f"{common}/.git"):
                os.makedirs(common, exist_ok=True)
                os.symlink("nowhere", f"{common}/.git")
            if kind == "no worktrees":
                if not _free(common, top):
                    return _made(f"{self.root}/{self.fresh('n')}/a/b"), common
                return _made(f"{common}{self.random.choice(('', '/w', '/modules', '/a/b/c'))}"), common
        if not _free(common, top):
            common = f"{self.root}/{self.fresh('m')}/.git"
        return _made(f"{common}/worktrees/{name}"), common

    def _odd_path(self, top: str, admin: str, named: str) -> str:
        """Another way to say where it is; or one that a client takes for it, and for others."""
        above, last = os.path.split(named)
        kind = self.random.choice(_PATHS)
        self.say(f"path by {kind}")
        written = {
            "detour": f"{above}/../{os.path.basename(above)}/{last}",
            "no detour": f"{above}/nowhere/../{last}",
            "slash": f"{named}/",
            "dots": f"./{named}" if not os.path.isabs(named) else f"{named}/.",
            "slashes": f"{above}//{last}",
            "blank": f"{named} ",
        }
        if kind in written:
            return written[kind]
        if kind.startswith("link"):
            return self._by_link(top, admin, last, back=kind == "link and back")
        if kind == "letters":
            return self._letters(admin, above, last)
        if kind == "other":
            return os.path.relpath(self._second(f"{self.root}/{self.fresh('o')}/.git/worktrees/w", top), top)
        # A place with few names before it.
        name = os.path.basename(self._second(_made(f"{top}/{self.fresh('q')}"), top))
        return self.random.choice((name, f"./{name}", f".//{name}/."))

    def _by_link(self, top: str, admin: str, last: str, *, back: bool) -> str:
        """By a link into the repository; or, by its letters, into the top, and there by its links."""
        link = f"{top}/{self.fresh('k')}"
        if not back:
            os.symlink(admin, link)
            return self.random.choice((os.path.basename(link), link))
        os.symlink(_made(f"{os.path.dirname(admin)}/{self.fresh('z')}"), link)
        if self.often(0.7) and last != ".git":  # that is to be a file
            self._second(f"{top}/{last}", top)
        return f"{self.random.choice((os.path.basename(link), link))}/../{last}"

    def _letters(self, admin: str, above: str, last: str) -> str:
        """A name that is written with bytes that are no text, or with letters that are taken for others."""
        written, taken = self.random.choice([(a, b) for a, b in _ODD.items() if a != b])
        for name in (written, taken) if self.often(0.5) else (self.random.choice((written, taken)),):
            place = f"{os.path.dirname(admin)}/{last}{name}"
            if not os.path.lexists(place):
                shutil.copytree(admin, place, symlinks=True)
        return f"{above}/{last}{written}"

    def _second(self, place: str, top: str) -> str:
        """Another directory as of a work tree, which believes in this top, and leads elsewhere."""
        if os.path.lexists(f"{place}/commondir"):
            return place
        _made(place)
        _write(f"{place}/gitdir", f"{top}/.git")
        _write(f"{place}/commondir", self.random.choice(("../..", "../..\n", "..", "", "../../../../x/.git")))
        return place

    def _odd_text(self, text: str) -> str:
        """The text with other blanks, or another beginning."""
        text = text.rstrip("\n")
        blank = self.random.choice(_BLANKS)
        begin, named = text.split(" ", 1)
        where = self.random.choice(_WHERE)
        self.say(f"mark with {blank[:9]!r} at {where}")
        return {
            "end": f"{text}{blank}",
            "start": f"{blank}{text}\n",
            "after the colon": f"{begin}{blank}{named}\n",
            "before the colon": f"gitdir{blank}: {named}",
            "none": f"{begin}{named}",
            "letters": f"GitDir: {named}\n",
            "twice": f"gitdir: gitdir: {named}\n",
        }[where]

    def _odd_commondir(self, admin: str, common: str) -> None:
        """What stands in `commondir`, or what is in its place."""
        path = f"{admin}/commondir"
        other = f"{self.root}/{self.fresh('c')}"
        choices: dict[str, str] = {
            "whole": common,
            "whole elsewhere": f"{_made(other)}/.git",
            "relative elsewhere": f"{os.path.relpath(other, admin)}/.git",
            "relative, bare": os.path.relpath(other, admin),
            "slash": "../../",
            "dots": "../../.",
            "detour": "../../x/..",
            "up": "..",
            "here": ".",
            "nothing": "",
            "more": "../..\nx",
            "more, and a mark": "../..\nx/.git",
            "blank": f"../..{self.random.choice(_BLANKS)}",
            "blank first": f"{self.random.choice(_BLANKS)}../..",
            "letters": f"../../{self.random.choice(list(_ODD))}/.git",
        }
        kind = self.random.choice((*choices, "missing", "a directory", "a link", "a link to nothing", "coding"))
        self.say(f"commondir: {kind}")
        if kind in choices:
            text = choices[kind]
            _write(path, text)
            leads = f"{admin}/{text.strip()}"
            with contextlib.suppress(OSError, ValueError):
                for place in (os.path.normpath(leads), os.path.dirname(leads)):
                    if place.startswith(self.root) and not os.path.lexists(place):
                        _made(place)
        elif kind == "a directory":
            os.mkdir(path)
        elif kind == "a link":
            _write(f"{admin}/real", "../..\n")
            os.symlink("real", path)
        elif kind == "a link to nothing":
            os.symlink("nowhere", path)
        elif kind == "coding":
            _write(path, self._coded("../..\n"))

    def _odd_back(self, admin: str, top: str) -> None:
        """Whether the repository knows this work tree."""
        path, right = f"{admin}/gitdir", f"{top}/.git"
        kind = self.random.choice(("relative", "missing", "wrong", "by a link", "blank", "a link", "coding", "detour"))
        self.say(f"back: {kind}")
        if kind == "by a link":
            link = f"{self.store}/{self.fresh('t')}"
            os.symlink(top, link)
            _write(path, f"{link}/.git\n")
        elif kind == "a link":
            _write(f"{admin}/back", f"{right}\n")
            os.symlink("back", path)
        elif kind == "coding":
            _write(path, self._coded(f"{right}\n"))
        elif kind != "missing":
            text = {
                "relative": os.path.relpath(right, admin),
                "wrong": f"{self.root}/elsewhere/.git",
                "blank": f"{right}{self.random.choice(_BLANKS)}",
                "detour": f"{top}/x/../.git",
            }[kind]
            _write(path, text)

    def _coded(self, text: str) -> bytes:
        """The text as other bytes."""
        coding = self.random.choice(_CODINGS)
        self.say(f"coding: {coding}")
        return _encoded(text, coding)

    # The settings files.

    def _settings(self) -> None:
        """A file in every directory, or in most."""
        share = self.random.choice((1.0, 1.0, 0.6))
        directories = []
        for directory, below, _ in os.walk(self.root):
            below[:] = sorted(name for name in below if name not in ("objects", "refs"))
            directories.append(directory)
        for directory in directories:
            if not self.often(share):
                continue
            place = f"{directory}/.claude"
            if self.often(0.04):
                place = f"{self.store}/{self.fresh('d')}"
                os.symlink(place, f"{directory}/.claude")
                self.say(f"a link as {directory!r}/.claude")
            os.makedirs(place, exist_ok=True)
            for name in ("settings.json", "settings.local.json"):
                self._file(f"{place}/{name}")

    def _file(self, path: str) -> None:
        name = self.fresh("SEEN_")
        if self.often(0.04):
            self._no_file(path)
            return
        written = path
        if self.often(0.04):
            written = f"{self.store}/{self.fresh('f')}"
            os.symlink(written, path)
        content: dict[str, object] = {"env": {name: "1"}}
        if self.often(0.08):
            key = self.random.choice(list(SAYS))
            content[key] = SAYS[key]
            self.layout.saying.add(name)
        _write(written, self._written(content, name) if self.often(0.15) else json.dumps(content).encode())
        self.layout.files[name] = os.path.realpath(path)

    def _no_file(self, path: str) -> None:
        kind = self.random.choice(("directory", "link to nothing", "nothing", "no JSON"))
        if kind == "directory":
            os.mkdir(path)
        elif kind == "link to nothing":
            os.symlink("nowhere", path)
        elif kind == "no JSON":
            _write(path, '{"env": ')

    def _written(self, content: dict[str, object], name: str) -> bytes:
        """The same settings in another way of writing, some of which are no JSON."""
        text = json.dumps(content)
        escaped = text.replace("SEEN", "\\u0053EEN").replace("availableModels", "availableM\\u006fdels")
        opened = text[:-1]
        ways: dict[str, bytes] = {
            "escapes": escaped.encode(),
            "an escaped env": text.replace('"env"', '"\\u0065nv"').encode(),
            "bad bytes": text.replace('"1"', '"\xff"').encode("latin-1"),
            "deep": f'{opened}, "x": {"[" * 3000}{"]" * 3000}}}'.encode(),
            "a comment": f"// x\n{text}".encode(),
            "a comma": f"{opened},}}".encode(),
            "two marks": codecs.BOM_UTF8 * 2 + text.encode(),
            "a blank": f"\xa0{text}".encode(),
            "two of them": f'{{"env": {{"OTHER": "1"}}, {text[1:]}'.encode(),
            "more": f"{text}\0".encode(),
            "a number": f'{opened}, "x": 1e999, "y": NaN}}'.encode(),
            "half a letter": f'{opened}, "x": "\\ud800"}}'.encode(),
            **{coding: _encoded(text, coding) for coding in _CODINGS},
        }
        way = self.random.choice(list(ways))
        self.say(f"{name} written with {way}")
        return ways[way]

    def _way_in(self) -> None:
        """By a link, at times: a shell then has another name for where it is."""
        if self.often(0.1):
            link = f"{self.store}/{self.fresh('in')}"
            os.symlink(self.layout.work, link)
            self.layout.work = link

    def _git(self, *arguments: str, given: str | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments],
            env=_GIT | {"HOME": self.store},
            cwd=self.root,
            input=given,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stderr, self.layout.told())
        return done.stdout


def _free(common: str, top: str) -> bool:
    """Whether a directory can be made there: `.git` of the top itself is to be a file."""
    if common == f"{top}/.git" or common.startswith(f"{top}/.git/"):
        return False
    return os.path.isdir(common) or not os.path.lexists(common)


def _made(directory: str) -> str:
    os.makedirs(directory, exist_ok=True)
    return directory


def _encoded(text: str, coding: str) -> bytes:
    content = text.encode(
        coding.partition(" ")[0], "surrogatepass" if coding.startswith("utf-16") else "surrogateescape"
    )
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(coding, b"")
    return mark + content


def _write(path: str, content: str | bytes) -> None:
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
