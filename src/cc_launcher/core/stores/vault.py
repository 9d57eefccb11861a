"""HashiCorp Vault, through its `vault` command and the token that has."""

from cc_launcher.core.stores.store import WHOLE, Store, Tools, Trouble, like_option, split_field


class Vault(Store):
    """`vault:PATH#FIELD`: one field of a secret of the key-value engine."""

    name = "vault"
    title = "Vault"
    syntax = "vault:PATH#FIELD, a field of a secret in HashiCorp Vault"
    commands = ("vault",)
    install = "install it: https://developer.hashicorp.com/vault/install"
    variables = ("VAULT_TOKEN",)

    def check(self, name: str) -> None:
        """Refuse a path without a field, and what vault would take for an option."""
        path, field = split_field(name)
        if not path or not field or like_option(path):
            raise self.refuse("does not name a field of a secret")

    def read(self, name: str, tools: Tools) -> tuple[str, ...]:
        """`vault kv get`, of either version of the engine."""
        path, field = split_field(name)
        return self.reading(name, WHOLE, tools.command("vault"), "kv", "get", f"-field={field}", path)

    def trouble(self, status: int, said: str) -> Trouble | None:
        """From its messages."""
        text = said.lower()
        if "no value found" in text or "no secret exists" in text:
            return Trouble("Vault has no such secret", "vault kv list shows them; check the path")
        if "not present in secret" in text:
            return Trouble("Vault's secret has no such field", "vault kv get PATH shows its fields")
        if (
            "permission denied" in text
            or "check returned 403" in text
            or "missing client token" in text
            or "invalid token" in text
        ):
            return Trouble("Vault: not signed in, or not allowed to read this", "vault login, or ask for the policy")
        if "vault is sealed" in text:
            return Trouble("Vault is sealed", "ask the people who run it to unseal it")
        if "connection refused" in text or "no such host" in text or "dial tcp" in text:
            return Trouble("Vault cannot be reached", "check VAULT_ADDR and the network")
        return None

    def keep(self, name: str, profile: str) -> str:
        """With its own program: `-` reads the value from standard input."""
        path, field = split_field(name)
        return f"vault kv patch {path} {field}=-"
