"""Each store: what it refuses, how it is asked, and what its program's words mean."""

import pytest

from cc_launcher.core.stores import ALL, BY_NAME, COMMANDS, keyring
from cc_launcher.core.stores.age import Age
from cc_launcher.core.stores.bitwarden import Bitwarden
from cc_launcher.core.stores.keyring import Keyring
from cc_launcher.core.stores.passwordstore import PasswordStore
from cc_launcher.core.stores.store import BadReference, Store, Tools
from tests.unit.conftest import CANARY

PYTHON = "/venv/bin/python"
LIBRARY = (PYTHON, "-P", "-m", "cc_launcher.secrets.keyring_program")
NOTHING = Tools(PYTHON, home="/home/me")
ALL_OF_THEM = Tools(
    PYTHON, {name: f"/bin/{name}" for name in COMMANDS if name != "gopass"}, "/home/me/.config/age/keys.txt", "/home/me"
)


def asked(store: str, name: str, tools: Tools = ALL_OF_THEM) -> tuple[str, tuple[str, ...]]:
    """What of the answer is the secret, and the command."""
    kind, of, called, pick, *argv = BY_NAME[store].read(name, tools)
    assert (kind, of, called) == ("store", store, name)
    return pick, tuple(argv)


def test_a_store_has_a_name_that_no_other_has_and_words_for_people() -> None:
    assert len(BY_NAME) == len(ALL)
    for store in ALL:
        assert store.syntax.startswith(f"{store.name}:")
        assert store.title
        assert store.keep("name", "mine")


# What is refused

REFUSED = {
    "op": ["{}", "/{}", "//{}", "//{}/item", "//vault//{}", "//{}/item/", "//vault/item/section/field/{}"],
    "pass": ["#{}", "-{}", "--help {}", "/{}", "../{}", "a/../{}#field"],
    "bw": ["#{}", "-{}", "--session={}", "--raw#{}"],
    "aws-sm": ["#{}", "-{}", "--profile={}#key"],
    "vault": ["{}", "{}#", "#{}", "-{}#field", "-address={}#field"],
    "gpg": ["{}", "./{}", "../{}", "~{}"],
    "age": ["{}", "./{}", "/file#{}", "/file#./{}", "{}#/identity", "~{}"],
    "env": ["{}", "{}=x", "A B{}", "1{}"],
    "file": ["{}", "./{}", "~{}"],
    "cmd": ["'{}", "./{}", "bin/{} x", "", "  "],
    "keyring": ["{}" * 20],
}


@pytest.mark.parametrize(
    ("store", "name"), [(store, name) for store, names in REFUSED.items() for name in names], ids=str
)
def test_what_a_store_cannot_have_is_refused_with_what_it_can_and_not_repeated(store: str, name: str) -> None:
    with pytest.raises(BadReference) as caught:
        BY_NAME[store].check(name.replace("{}", CANARY))
    assert caught.value.hint.startswith("write ")
    assert CANARY not in f"{caught.value.reason}{caught.value.hint}{caught.value!r}"


def test_every_store_is_in_that_list() -> None:
    assert set(REFUSED) == set(BY_NAME)


@pytest.mark.parametrize(
    ("store", "name"),
    [
        ("op", "//vault/item/field"),
        ("op", "//vault/item/section/field"),
        ("op", "//my vault/an item/field?attribute=otp"),
        ("pass", "ai/zai"),
        ("pass", "ai/zai#api key"),
        ("pass", "a..b/c"),
        ("bw", "an item#field"),
        ("aws-sm", "arn:aws:secretsmanager:eu-west-1:1234:secret:x-AbCdEf#key"),
        ("vault", "secret/ai/zai#key"),
        ("gpg", "/a b"),
        ("gpg", "~/a b"),
        ("age", "/a#/b"),
        ("age", "~/a#~/b"),
        ("env", "MY_KEY"),
        ("file", "~/key"),
        ("file", "C:/key"),
        ("cmd", "sh -c 'x | y'"),
        ("keyring", "any thing#at-all/"),
    ],
    ids=str,
)
def test_anything_else_is_taken(store: str, name: str) -> None:
    BY_NAME[store].check(name)


# How it is asked


@pytest.mark.parametrize(
    ("store", "name", "pick", "argv"),
    [
        ("keyring", "my key", "", "/bin/secret-tool|lookup|service|cc-launcher|username|my key"),
        ("op", "//a b/item/field", "", "/bin/op|read|--no-newline|op://a b/item/field"),
        ("pass", "ai/zai", "line", "/bin/pass|show|ai/zai"),
        ("pass", "ai/zai#api key", "field:api key", "/bin/pass|show|ai/zai"),
        ("pass", "ai#2/zai#key", "field:key", "/bin/pass|show|ai#2/zai"),
        ("bw", "an item", "", "/bin/bw|--nointeraction|get|password|an item"),
        ("bw", "an item#username", "", "/bin/bw|--nointeraction|get|username|an item"),
        ("bw", "an item#totp", "", "/bin/bw|--nointeraction|get|totp|an item"),
        ("bw", "an item#my key", "bw-field:my key", "/bin/bw|--nointeraction|get|item|an item"),
        (
            "aws-sm",
            "my/id",
            "text",
            "/bin/aws|secretsmanager|get-secret-value|--secret-id|my/id|--query|SecretString|--output|text",
        ),
        (
            "aws-sm",
            "my/id#key",
            "json:key",
            "/bin/aws|secretsmanager|get-secret-value|--secret-id|my/id|--query|SecretString|--output|text",
        ),
        ("vault", "kv/a b#key", "", "/bin/vault|kv|get|-field=key|kv/a b"),
        ("gpg", "~/key.gpg", "line", "/bin/gpg|--quiet|--batch|--decrypt|--|/home/me/key.gpg"),
        ("gpg", "/a b", "line", "/bin/gpg|--quiet|--batch|--decrypt|--|/a b"),
        ("age", "/a", "line", "/bin/age|--decrypt|-i|/home/me/.config/age/keys.txt|--|/a"),
        ("age", "/a#~/id", "line", "/bin/age|--decrypt|-i|/home/me/id|--|/a"),
        ("age", "~/a b#/id", "line", "/bin/age|--decrypt|-i|/id|--|/home/me/a b"),
    ],
    ids=str,
)
def test_the_command_of_a_store(store: str, name: str, pick: str, argv: str) -> None:
    assert asked(store, name) == (pick, tuple(argv.split("|")))


def test_what_needs_no_store_is_read_with_nothing_else() -> None:
    assert BY_NAME["env"].read("MY_KEY", NOTHING) == ("env", "MY_KEY")
    assert BY_NAME["file"].read("~/key", NOTHING) == ("file", "~/key")
    assert BY_NAME["cmd"].read("sh -c 'x | y'", NOTHING) == ("command", "sh", "-c", "x | y")


def test_a_command_that_is_missing_stays_a_name() -> None:
    assert [asked(store, name, NOTHING)[1][0] for store, name in (("op", "//v/i/f"), ("pass", "x"), ("gpg", "/x"))] == [
        "op",
        "pass",
        "gpg",
    ]
    assert asked("age", "/a", NOTHING)[1] == ("age", "--decrypt", "--", "/a")


def test_the_keyring_is_asked_by_the_systems_own_command_or_else_by_the_library() -> None:
    assert asked("keyring", "k", NOTHING) == ("", (*LIBRARY, "get", "k"))
    both = Tools(PYTHON, {"security": "/usr/bin/security", "secret-tool": "/bin/secret-tool"}, macos=True)
    assert asked("keyring", "k", both)[1][:2] == ("/usr/bin/security", "find-generic-password")
    elsewhere = Tools(PYTHON, {"security": "/usr/bin/security"})  # something else has this name there
    assert asked("keyring", "k", elsewhere) == ("", (*LIBRARY, "get", "k"))


@pytest.mark.parametrize("account", ["zai", "a b", "it's", 'a"b', "-w", "$(id)", "`id`", "\\", "é", "%s", "a#b", ""])
def test_an_account_of_the_macos_keychain_is_one_argument_and_no_secret_is_any(account: str) -> None:
    mac = Tools(PYTHON, {"security": "/usr/bin/security"}, macos=True)
    argv = ("/usr/bin/security", "find-generic-password", "-s", "cc-launcher", "-a", account, "-w")
    assert asked("keyring", account, mac) == ("", argv)
    assert BY_NAME["keyring"].write(account, mac) == (*LIBRARY, "set", account)
    assert keyring.SERVICE not in {"Claude Code", "Claude Code-credentials"}  # the client's own


def test_gopass_stands_in_for_pass_only_where_there_is_no_pass() -> None:
    gopass = Tools(PYTHON, {"gopass": "/bin/gopass"})
    assert asked("pass", "x#y", gopass) == ("field:y", ("/bin/gopass", "show", "--unsafe", "--noparsing", "x"))
    both = Tools(PYTHON, {"gopass": "/bin/gopass", "pass": "/bin/pass"})
    assert asked("pass", "x", both)[1] == ("/bin/pass", "show", "x")


# Another attempt


def test_the_keyrings_command_is_followed_by_the_library_and_the_library_by_nothing() -> None:
    store = Keyring()
    _, argv = asked("keyring", "k")
    assert store.again("k", argv, "", PYTHON) == (*LIBRARY, "get", "k")
    assert store.again("k", (*LIBRARY, "get", "k"), "", PYTHON) == ()


def test_a_locked_bitwarden_is_asked_again_with_its_question() -> None:
    _, argv = asked("bw", "item")
    assert Bitwarden().again("item", argv, "Vault is locked.", PYTHON) == ("/bin/bw", "get", "password", "item")
    assert Bitwarden().again("item", argv, "You are not logged in.", PYTHON) == ()
    assert Bitwarden().again("item", argv, "Not found.", PYTHON) == ()


def test_a_file_with_a_passphrase_is_opened_without_the_identity() -> None:
    said = "age: error: file is passphrase-encrypted but identities were specified with -i/--identity or -j"
    _, argv = asked("age", "/a")
    without = ("/bin/age", "--decrypt", "--", "/a")
    assert Age().again("/a", argv, said, PYTHON) == without
    assert Age().again("/a", without, "age: error: incorrect passphrase", PYTHON) == ()
    assert Age().again("/a", argv, "age: error: no identity matched any of the recipients", PYTHON) == ()


@pytest.mark.parametrize("store", ["op", "pass", "aws-sm", "vault", "gpg", "env", "file", "cmd"])
def test_the_other_stores_are_asked_once(store: str) -> None:
    assert BY_NAME[store].again("x", ("x",), "locked: passphrase", PYTHON) == ()


# What their words mean

_OP = "[ERROR] 2025/06/01 12:00:00 "
_OP_READ = _OP + "could not read secret 'op://dev/zai/key': "
_AWS = "\nAn error occurred ({}) when calling the GetSecretValue operation: "
_VAULT = "Error making API request.\n\nURL: GET http://127.0.0.1:8200/v1/kv/data/x\nCode: {}. Errors:\n\n* "

# Of the programs that are here, as they say it (and tests/stores asks them); of the others, as documented or reported.
SAID = {
    "op": [
        (f'{_OP_READ}could not get item dev/zai: "zai" isn\'t an item in the "dev" vault.', "no such vault"),
        (f'{_OP_READ}"dev" isn\'t a vault in this account. Specify the vault with its ID or name.', "no such vault"),
        (f'{_OP}"private_key" isn\'t a field in the "example ssh key 2" item', "no such vault"),
        (f"{_OP_READ}item 'dev/zai' does not have a field 'key'", "no such vault"),
        (
            f"{_OP}You are not currently signed in. Please run `op signin --help` for instructions",
            "not signed in",
        ),
        (f"{_OP}No accounts configured for use with 1Password CLI.", "not signed in"),
        (f"{_OP}session expired, sign in to create a new session", "not signed in"),
        (f"{_OP}error initializing client: authorization prompt dismissed, please try again", "did not allow"),
        (f"{_OP}error initializing client: authorization denied", "did not allow"),
        (f"{_OP}error initializing client: 1Password app is locked", "is locked"),
        (f"{_OP}error initializing client: connecting to desktop app: read: connection reset", "cannot be reached"),
        (f"{_OP}dial tcp: lookup my.1password.com: no such host", "cannot be reached"),
    ],
    "bw": [
        ("You are not logged in.", "not signed in"),
        ("Vault is locked.", "is locked"),
        ("Master password is required.", "is locked"),
        ("More than one result was found. Try getting a specific object by `id` instead.", "several items"),
        ("Not found.", "no such item"),
    ],
    "vault": [
        ("No value found at kv/data/x", "no such secret"),
        ('Field "key" not present in secret', "no such field"),
        (f"{_VAULT.format(403)}permission denied", "not signed in, or not allowed"),
        (f"{_VAULT.format(400)}missing client token", "not signed in, or not allowed"),
        (f"{_VAULT.format(503)}Vault is sealed", "is sealed"),
        (
            'Get "https://127.0.0.1:8200/v1/sys/x": dial tcp 127.0.0.1:8200: connect: connection refused',
            "cannot be reached",
        ),
    ],
    "aws-sm": [
        (f"{_AWS.format('ResourceNotFoundException')}Secrets Manager can't find the specified secret.", "no such"),
        (f"{_AWS.format('AccessDeniedException')}User: x is not authorized to perform: y", "refuses this identity"),
        (f"{_AWS.format('ExpiredTokenException')}The security token included in the request is expired", "signed in"),
        (f"{_AWS.format('UnrecognizedClientException')}The security token is invalid.", "signed in"),
        ('Unable to locate credentials. You can configure credentials by running "aws configure".', "signed in"),
        ("The SSO session associated with this profile has expired or is otherwise invalid.", "signed in"),
        ('Error loading SSO Token: Token for x does not exist; run "aws sso login"', "signed in"),
        ('You must specify a region. You can also configure your region by running "aws configure".', "no region"),
        ('Could not connect to the endpoint URL: "http://127.0.0.1:1/"', "cannot be reached"),
        ('Connect timeout on endpoint URL: "https://secretsmanager.x.amazonaws.com/"', "cannot be reached"),
    ],
    "gpg": [
        ("gpg: can't open '/x': No such file or directory\ngpg: decrypt_message failed: No such file", "no such file"),
        ("gpg: can't open '/x': Permission denied", "cannot be read"),
        ("gpg: no valid OpenPGP data found.\ngpg: decrypt_message failed: Unknown system error", "not encrypted with"),
        ("gpg: public key decryption failed: Inappropriate ioctl for device", "missing, or was not unlocked"),
        (
            "gpg: public key decryption failed: No pinentry\ngpg: decryption failed: No pinentry",
            "missing, or was not unlocked",
        ),
        ("gpg: decryption failed: No secret key", "missing, or was not unlocked"),
        ("gpg: public key decryption failed: Operation cancelled", "passphrase was not given"),
        ("gpg: public key decryption failed: Bad passphrase", "wrong passphrase"),
    ],
    "pass": [
        ("Error: x is not in the password store.", "no such entry"),
        ("Error: entry is not in the store", "no such entry"),
        ("Error: You must run:\n    pass init your-gpg-id\nbefore you may use the password store.", "no store yet"),
        ("gpg: decryption failed: No secret key", "missing, or was not unlocked"),
        ("gpg: public key decryption failed: Operation cancelled", "passphrase was not given"),
    ],
    "age": [
        ('age: error: failed to open input file "x": open x: no such file or directory', "no such file"),
        ('age: error: reading "x": failed to open file: open x: no such file or directory', "no such file"),
        ('age: error: failed to open input file "x": open x: permission denied', "cannot be read"),
        ("age: error: no identity matched any of the recipients", "no key of yours"),
        ("age: error: incorrect passphrase", "passphrase is wrong"),
        (
            "age: error: could not read passphrase: standard input is not a terminal, and /dev/tty is",
            "there is no terminal",
        ),
        ("age: error: file is passphrase-encrypted but identities were specified with -i", "there is no terminal"),
        ("age: error: failed to read header: parsing age header: unexpected intro", "not encrypted with age"),
    ],
}


@pytest.mark.parametrize(
    ("store", "said", "means"), [(store, *case) for store, cases in SAID.items() for case in cases], ids=str
)
def test_what_the_words_of_a_store_mean(store: str, said: str, means: str) -> None:
    trouble = BY_NAME[store].trouble(1, f"{said}\n")
    assert trouble is not None
    assert means in trouble.what
    assert trouble.hint


@pytest.mark.parametrize("store", SAID)
def test_words_that_nobody_knows_mean_nothing(store: str) -> None:
    assert BY_NAME[store].trouble(1, "") is None
    assert BY_NAME[store].trouble(2, "something went wrong\n") is None


def test_the_keyrings_program_says_by_its_exit_code_what_is_wrong() -> None:
    store = Keyring()
    for status, means in (
        (keyring.NOT_THERE, "there is no key in the keyring"),
        (keyring.NO_KEYRING, "no keyring is running here"),
        (keyring.NO_BUS, "no desktop session (D-Bus)"),
        (keyring.LOCKED, "locked"),
        (keyring.FAILED, "gave an unexpected answer"),
        (44, "there is no key in the keyring"),  # of `security`
        (128, "did not allow"),
        (51, "did not allow"),
        (36, "the keychain is locked, and macOS cannot ask here"),
    ):
        trouble = store.trouble(status, CANARY)
        assert trouble is not None
        assert means in trouble.what
        assert CANARY not in str(trouble)
    assert store.trouble(1, "") is None


@pytest.mark.parametrize("store", [store for store in ALL if store.commands], ids=lambda store: store.name)
def test_a_command_that_is_missing_is_named(store: Store) -> None:
    trouble = store.missing()
    assert store.commands[0] in trouble.what


# What is written


def test_what_cc_writes_to_goes_in_at_standard_input_and_is_no_argument() -> None:
    assert BY_NAME["keyring"].write("k", ALL_OF_THEM) == (*LIBRARY, "set", "k")
    assert BY_NAME["keyring"].remove("k", ALL_OF_THEM) == (*LIBRARY, "remove", "k")
    assert PasswordStore().write("x", ALL_OF_THEM) == ("/bin/pass", "insert", "--multiline", "--force", "x")
    assert PasswordStore().remove("x", ALL_OF_THEM) == ("/bin/pass", "rm", "--force", "x")


def test_an_entry_with_other_lines_is_not_overwritten() -> None:
    assert PasswordStore().write("x#field", ALL_OF_THEM) == ()
    assert PasswordStore().remove("x#field", ALL_OF_THEM) == ()


@pytest.mark.parametrize("store", ["op", "bw", "aws-sm", "vault", "gpg", "age", "env", "cmd"])
def test_the_other_stores_are_written_by_their_own_programs(store: str) -> None:
    assert BY_NAME[store].write("/x#y", ALL_OF_THEM) == ()
    assert BY_NAME[store].remove("/x#y", ALL_OF_THEM) == ()
