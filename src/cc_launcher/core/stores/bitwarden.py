"""Bitwarden, through its `bw` command."""

from cc_launcher.core.stores.store import BITWARDEN_FIELD, WHOLE, Store, Tools, Trouble, like_option, split_field

_SILENT = "--nointeraction"
_OF_EVERY_ITEM = ("password", "username", "totp", "notes", "uri")


class Bitwarden(Store):
    """`bw:ITEM`: its password; `bw:ITEM#FIELD`: another field, a custom one too."""

    name = "bw"
    title = "Bitwarden"
    syntax = "bw:ITEM or bw:ITEM#FIELD, an item in Bitwarden"
    commands = ("bw",)
    install = "install it: https://bitwarden.com/help/cli"
    variables = ("BW_SESSION", "BW_CLIENTID", "BW_CLIENTSECRET", "BW_PASSWORD")
    may_ask = True

    def check(self, name: str) -> None:
        """Refuse what bw would take for an option."""
        item, _ = split_field(name)
        if not item or like_option(item):
            raise self.refuse("does not name an item")

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """Without a question: a locked vault is found out at once."""
        item, field = split_field(name)
        own = bool(field) and field not in _OF_EVERY_ITEM
        pick, what = (f"{BITWARDEN_FIELD}{field}", "item") if own else (WHOLE, field or "password")
        return self.reading(name, pick, tools.command("bw"), _SILENT, "get", what, item)

    def again(self, name: str, argv: tuple[str, ...], said: str, python: str) -> tuple[str, ...]:
        """With the question for the master password, where somebody can answer it."""
        return tuple(word for word in argv if word != _SILENT) if "locked" in said.lower() else ()

    def trouble(self, status: int, said: str) -> Trouble | None:
        """From its messages: it ends with 1 whatever happens."""
        text = said.lower()
        if "not logged in" in text:
            return Trouble("Bitwarden: not signed in", "bw login")
        if "locked" in text or "master password" in text:
            return Trouble("Bitwarden is locked", 'export BW_SESSION="$(bw unlock --raw)"')
        if "more than one result" in text:
            return Trouble("Bitwarden has several items of this name", "use the item's id: bw list items --search NAME")
        if "not found" in text:
            return Trouble("Bitwarden has no such item", "bw sync fetches new ones; bw list items --search NAME")
        return None

    def keep(self, name: str, profile: str) -> str:
        """With its own program."""
        return "keep it with Bitwarden, then `bw sync`"
