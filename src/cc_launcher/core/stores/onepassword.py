"""1Password, through `op read`. Never `op run`: it takes the terminal away from what it starts."""

from cc_launcher.core.stores.store import WHOLE, Store, Tools, Trouble


class OnePassword(Store):
    """`op://VAULT/ITEM/FIELD`, as 1Password itself writes references."""

    name = "op"
    title = "1Password"
    syntax = "op://VAULT/ITEM/FIELD, a field of an item in 1Password"
    commands = ("op",)
    install = "install it: https://developer.1password.com/docs/cli/get-started"
    variables = ("OP_SERVICE_ACCOUNT_TOKEN", "OP_CONNECT_TOKEN", "OP_CONNECT_HOST", "OP_SESSION", "OP_SESSION_*")
    may_ask = True

    def check(self, name: str) -> None:
        """Refuse what is no path of three or four parts."""
        parts = name.removeprefix("//").partition("?")[0].split("/")
        if not name.startswith("//") or len(parts) not in {3, 4} or not all(parts):
            raise self.refuse("does not look like a reference of 1Password")

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """`op read`."""
        return self.reading(name, WHOLE, tools.command("op"), "read", "--no-newline", f"{self.name}:{name}")

    def trouble(self, status: int, said: str) -> Trouble | None:
        """From its messages: it ends with 1 whatever happens."""
        text = said.lower()
        if any(
            sign in text
            for sign in ("isn't an item", "isn't a vault", "isn't a field", "could not find", "does not have a field")
        ):
            return Trouble(
                "1Password has no such vault, item or field", "op item list shows the items; check the reference"
            )
        if any(sign in text for sign in ("dismissed", "denied", "cancel")):
            return Trouble("1Password did not allow reading it", "allow it when 1Password asks, then try again")
        if "locked" in text:
            return Trouble("1Password is locked", "unlock the app, then try again")
        if any(
            sign in text
            for sign in (
                "not currently signed in",
                "not signed in",
                "no accounts configured",
                "session expired",
                "signin",
            )
        ):
            return Trouble(
                "1Password: not signed in", "op signin, or switch on the integration of the app; then try again"
            )
        if any(
            sign in text for sign in ("connecting to desktop app", "no such host", "connection refused", "dial tcp")
        ):
            return Trouble("1Password cannot be reached", "start the app, or check the network")
        return None

    def keep(self, name: str, profile: str) -> str:
        """With its own program."""
        return "keep it with 1Password, and check the reference: op item get ITEM --vault VAULT"
