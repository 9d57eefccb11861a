"""The stores that a secret reference can name: how each is asked, and what its answers mean. One module a store.

Everything here is pure: argument lists and words. They are run by `launch/secret_reader.py` and `secrets/keep.py`.
"""

from cc_launcher.core.stores import age, aws, bitwarden, builtin, gpg, keyring, onepassword, passwordstore, vault
from cc_launcher.core.stores.store import Store

ALL: tuple[Store, ...] = (
    keyring.Keyring(),
    onepassword.OnePassword(),
    passwordstore.PasswordStore(),
    bitwarden.Bitwarden(),
    aws.SecretsManager(),
    gpg.Gpg(),
    age.Age(),
    vault.Vault(),
    builtin.Environment(),
    builtin.File(),
    builtin.Command(),
)
BY_NAME = {store.name: store for store in ALL}
COMMANDS = tuple(dict.fromkeys(command for store in ALL for command in store.commands))
