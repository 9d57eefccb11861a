"""pass, the standard Unix password manager, or gopass in its place."""

from cc_launcher.core.stores.store import FIELD, FIRST_LINE, Store, Tools, Trouble, like_option, split_field


class PasswordStore(Store):
    """`pass:PATH`: the first line, as everywhere with pass; `pass:PATH#FIELD`: the line `FIELD: …`."""

    name = "pass"
    title = "pass"
    syntax = "pass:PATH or pass:PATH#FIELD, an entry of pass or gopass"
    commands = ("pass", "gopass")
    install = "install it (apt install pass, brew install pass), then `pass init KEY`"
    may_ask = True

    def check(self, name: str) -> None:
        """Refuse what pass would take for an option or for another directory."""
        path, _ = split_field(name)
        if not path or like_option(path) or path.startswith("/") or ".." in path.split("/"):
            raise self.refuse("does not name an entry")

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """`pass show`; gopass is asked for the entry as it is."""
        path, field = split_field(name)
        pick = f"{FIELD}{field}" if field else FIRST_LINE
        if "pass" not in tools.commands and "gopass" in tools.commands:
            return self.reading(name, pick, tools.commands["gopass"], "show", "--unsafe", "--noparsing", path)
        return self.reading(name, pick, tools.command("pass"), "show", path)

    def trouble(self, status: int, said: str) -> Trouble | None:
        """From its messages, or from those of gpg below it."""
        text = said.lower()
        if "is not in the password store" in text or "entry is not in the store" in text:
            return Trouble("pass has no such entry", "pass ls shows the entries; cc secret set keeps one", absent=True)
        if "must run" in text or "not initialized" in text:
            return Trouble("pass has no store yet", "pass init KEY, with a key of gpg")
        return locked_key("pass", text)

    def write(self, name: str, tools: Tools) -> tuple[str, ...]:
        """`pass insert`; not into a field, which would take the other lines away."""
        path, field = split_field(name)
        if field or "pass" not in tools.commands:
            return ()
        return (tools.commands["pass"], "insert", "--multiline", "--force", path)

    def remove(self, name: str, tools: Tools) -> tuple[str, ...]:
        """`pass rm`, of an entry that is ours whole."""
        path, field = split_field(name)
        return () if field or "pass" not in tools.commands else (tools.commands["pass"], "rm", "--force", path)

    def keep(self, name: str, profile: str) -> str:
        """With cc, unless it is one line among others."""
        path, field = split_field(name)
        return f"pass edit {path} (a line `{field}: …`)" if field else super().keep(name, profile)


def locked_key(title: str, text: str) -> Trouble | None:
    """What gpg says when it may not use the key: the same words for a missing key and for one that nobody unlocks."""
    if "cancel" in text:
        return Trouble(f"{title}: the passphrase was not given", "try again, and type it when it is asked for")
    if "bad passphrase" in text:
        return Trouble(f"{title}: wrong passphrase", "try again")
    if any(sign in text for sign in ("no secret key", "no pinentry", "inappropriate ioctl", "decryption failed")):
        return Trouble(
            f"{title}: the gpg key is missing, or was not unlocked",
            "unlock it first, in a terminal: gpg --card-status, or decrypt any file; `gpg -K` lists the keys there are",
        )
    return None
