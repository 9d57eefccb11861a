"""The wrappers of the whole catalog are read by every shell, and shellcheck has nothing to say of them."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

import pytest

from cc_launcher.core.errors import CcError
from cc_launcher.core.profile.clouds import CLOUDS, needed
from cc_launcher.core.wrapper.mark import Wrapper
from cc_launcher.files import places
from tests.rows import BY_GATEWAY
from tests.shells.scene import SHELLS, WrapperScene
from tests.support import require_tool, run

CURRENT, BEFORE_HOST_FLAG = (2, 1, 329), (2, 1, 72)
# Beside the catalog: every store, secrets in headers, a mode of each, everything that has to be quoted.
MORE = {
    "stores": 'extends = "zai"\nsecret = "{secret}"\n',
    "headers": 'extends = "anthropic"\nsecret = "file:/a b"\nsecret_headers = {{ X-A = "{secret}", X-B = "env:B" }}\n'
    'headers = {{ X-C = "it\'s" }}\n',
    "telemetry": 'extends = "zai"\nsecret = "{secret}"\n[telemetry]\notlp = "https://c.example/a\'b"\n'
    'headers.X-D = "it\'s"\nattributes.team = "a\'b"\n',
}
SECRETS = (
    "env:MY_KEY", "file:~/it's", "cmd:sh -c 'echo \"$HOME\"'", "keyring:a b", "op://a/b c/d", "bw:a#password", "bw:a#x",
    "vault:a/b#c", "pass:a b", "pass:a#user", "gpg:/a b", "age:/a#/b c", "aws-sm:a", "aws-sm:a#b",
)  # fmt: skip


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every wrapper: of each provider, normal and sealed where that is possible, for a current and an old client."""
    scene = WrapperScene(tmp_path_factory.mktemp("catalog"))
    directory = tmp_path_factory.mktemp("scripts")
    providers = [usable(scene, name) for name in places.catalog_names() if name not in BY_GATEWAY]
    assert len(providers) > 5
    for number, secret in enumerate(SECRETS):
        for kind, text in MORE.items():
            escaped = secret.replace('"', '\\"')
            scene.sandbox.profile(f"{kind}-{number}", text.format(secret=escaped))
            providers.append(f"{kind}-{number}")
    written = []
    for client in (CURRENT, BEFORE_HOST_FLAG):
        scene.version = client
        for provider in providers if client == CURRENT else providers[: -len(MORE) * len(SECRETS)]:
            for sealed in (False, True):
                modes = {"local": "ollama", "esac": "zai:glm-5.3"} if provider in {"zai", "stores-0"} else {}
                try:
                    text = made(scene, provider, sealed=sealed, modes=modes)
                except CcError as refused:
                    if not sealed and "too old" not in refused.what:  # not every secret can be sealed
                        raise
                    continue
                path = directory / f"{provider}-{client[2]}{'-sealed' if sealed else ''}"
                path.write_text(text)
                written.append(path)
    assert len(written) > 60
    return written


def usable(scene: WrapperScene, name: str) -> str:
    """A provider, or a profile of it where its address has parts that only a user knows."""
    written = tomllib.loads((places.catalog_directory() / f"{name}.toml").read_text())
    examples = {part: about["example"] for part, about in written.get("parameters", {}).items()}
    if cloud := written.get("cloud"):
        examples |= {part: CLOUDS[cloud].parameters[part].example for part in needed(cloud, None)}
    if not examples:
        return name
    values = "".join(f"values.{part} = {json.dumps(example)}\n" for part, example in examples.items())
    scene.sandbox.profile(f"own-{name}", f'extends = "{name}"\n{values}')
    return f"own-{name}"


def made(scene: WrapperScene, provider: str, *, sealed: bool, modes: dict[str, str]) -> str:
    """The script; on any model, where the provider has none of its own."""
    try:
        return scene.install(Wrapper(f"claude-{provider}", provider, "", sealed, modes))
    except CcError as refused:
        if "model" not in refused.what:
            raise
        return scene.install(Wrapper(f"claude-{provider}", provider, "some-model", sealed, modes))


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_reads_every_wrapper(scripts: list[Path], shell: str, tmp_path: Path) -> None:
    program = require_tool(SHELLS[shell][0])
    for script in scripts:
        result = run([program, *SHELLS[shell][1:], "-n", script], {"PATH": "/usr/bin:/bin"}, tmp_path)
        assert (result.code, result.out, result.err) == (0, b"", b""), script.name


def test_shellcheck_has_nothing_to_say_of_any_wrapper(scripts: list[Path], tmp_path: Path) -> None:
    """One of each shape, since it takes a second for one; CC_TEST_EVERY_WRAPPER=1 for all of them."""
    every = bool(os.environ.get("CC_TEST_EVERY_WRAPPER"))
    shapes = {script.name if every else shape(script.read_text()): script for script in scripts}
    assert len(shapes) > 10
    for script in shapes.values():
        result = run([require_tool("shellcheck"), "-s", "sh", script], {"PATH": "/usr/bin:/bin"}, tmp_path)
        assert (result.code, result.out.decode()) == (0, ""), script.name


# The quotes of the shell, in the order in which it reads them: an apostrophe in other quotes begins none.
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\\.|\'[^\']*\'', re.DOTALL)


def shape(text: str) -> str:
    """A script without what is in its quotes, the names of its variables and how many there are."""
    bare = re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE)
    bare = _QUOTED.sub(lambda found: "''" if found[0][0] == "'" else found[0], bare)
    bare = re.sub(r"''(?:\\'|'')*", "''", bare)  # `'it'\\''s'` is one word
    bare = re.sub(r"^ *export .*\n", "", bare, flags=re.MULTILINE)
    bare = re.sub(r'"\$_cc_wait" .*$', "COMMAND", bare, flags=re.MULTILINE)
    bare = re.sub(r"(?:\b[A-Z_][A-Z0-9_]+\b[ \\\n]*)+", "NAMES ", bare)
    return re.sub(r"_cc_name=\S+|_cc_run .* -- |(?:[\w.]*/[\w/.-]+[ \\\n]*)+", "WORDS ", bare)
