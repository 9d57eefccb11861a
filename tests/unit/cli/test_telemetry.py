"""`[telemetry]` through the commands: what is shown, kept, handed out and left out."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.unit.cli.scene import INVALID, OK, REFUSED, USAGE, CommandScene

OTLP = "https://collector.example:4318"
WHERE = "~/.config/cc-launcher/profiles/mine.toml"


@pytest.fixture
def token(scene: CommandScene) -> str:
    """The collector's token, where the profile `mine` says that it is."""
    made = f"otel-{scene.key}"
    path = scene.sandbox.outside / "token"
    path.write_text(made)
    path.chmod(0o600)
    scene.keep(scene.key)
    return made


def profile(scene: CommandScene, otlp: str = OTLP, more: str = "") -> None:
    about = f'{{ secret = "file:{scene.sandbox.outside}/token", prefix = "Bearer " }}'
    scene.profile(f'[telemetry]\notlp = "{otlp}"\nsecret_headers.Authorization = {about}\n{more}')


def helper_of(scene: CommandScene) -> str:
    """The command that the client got for the collector's headers."""
    arguments = [word.decode() for word in scene.sandbox.fake.take().arguments]
    return str(json.loads(arguments[arguments.index("--settings") + 1])["otelHeadersHelper"])


def asked(scene: CommandScene, helper: str, **more: str) -> tuple[int, str, str]:
    done = subprocess.run(
        ["/bin/sh", "-c", helper],
        env=scene.environment(**more),
        capture_output=True,
        text=True,
        check=False,
        cwd=scene.sandbox.work,
    )
    return done.returncode, done.stdout, done.stderr


def test_one_line_says_where_it_goes(scene: CommandScene, token: str) -> None:
    profile(scene)
    line = f"metrics, events and spans to collector.example:4318, without what you type ({WHERE}:4)"
    for command in (["show", "mine"], ["show", "-v", "mine"], ["run", "--dry-run", "mine"]):
        shown = scene.shown(*command)
        found = [text.split(maxsplit=1)[1] for text in shown.splitlines() if text.startswith("  telemetry ")]
        assert found == [line]
        assert token not in shown
    secret = f"file:{scene.sandbox.outside}/token → telemetry.Authorization, fetched for the collector alone"
    assert secret in scene.shown("show", "-v", "mine")
    plan = json.loads(scene.shown("show", "mine", "--json"))["data"]["plan"]
    assert plan["telemetry"] == {"otlp": OTLP, "protocol": "http/protobuf", "prompts": False}
    profile(scene, more="prompts = true\n")
    assert "with what you type" in scene.shown("show", "mine")


def test_of_a_private_profile_it_says_none_and_of_others_nothing(scene: CommandScene) -> None:
    scene.keep(scene.key)
    scene.profile()
    assert "telemetry" not in scene.shown("show", "mine")
    assert json.loads(scene.shown("show", "mine", "--json"))["data"]["plan"]["telemetry"] is None
    scene.profile("[compat]\nprivate = true\n")
    assert "none, whatever your settings say" in scene.shown("show", "mine")


def test_a_private_profile_with_telemetry_is_refused_with_its_line(scene: CommandScene, token: str) -> None:
    profile(scene, more="[compat]\nprivate = true\n")
    for command in (["run", "mine"], ["show", "mine"], ["install-wrapper", "mine"]):
        said = scene.told(INVALID, *command)
        assert f"{WHERE}:4: telemetry of a profile that is private ({WHERE}:" in said
        assert "take [telemetry] out, or say `compat.private = false`" in said
        assert token not in said
    assert not scene.sandbox.fake.started


def test_the_helper_has_the_secret_for_one_host(scene: CommandScene, token: str) -> None:
    profile(scene)
    for cached in (False, True):
        assert scene.sandbox.run("run", "mine", cached=cached).code == OK
        helper = helper_of(scene)
        assert token not in helper
        for more in ({}, {"OTEL_EXPORTER_OTLP_ENDPOINT": OTLP}):
            code, out, _ = asked(scene, helper, **more)
            assert (code, json.loads(out)) == (OK, {"Authorization": f"Bearer {token}"})
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "BETA_TRACING_ENDPOINT"):
        code, out, err = asked(scene, helper, **{name: "https://other.example"})
        assert (code, out) == (REFUSED, "")
        assert f"only for collector.example, and {name} names another host" in err
    assert all(token.encode() not in content for content in scene.sandbox.kept_files().values())
    assert all(token.encode() not in plan.read_bytes() for plan in scene.sandbox.plans)


def test_a_changed_address_gets_no_secret(scene: CommandScene, token: str) -> None:
    profile(scene)
    assert scene.run("run", "mine").code == OK
    old = helper_of(scene)
    profile(scene, "https://other.example")
    said = scene.told(REFUSED, "run", "mine")
    assert "the secret of the collector of telemetry was kept for collector.example, and otlp now names" in said
    assert "cc secret set mine --header telemetry.Authorization" in said
    assert token not in said
    assert "other.example" in scene.told(OK, "edit", "mine", "--confirm-host")
    assert scene.run("run", "mine").code == OK
    assert asked(scene, helper_of(scene))[0] == OK
    code, out, err = asked(scene, old)  # of a session that has begun before
    assert (code, out) == (REFUSED, "")
    assert "belongs to other.example" in err


def test_the_secret_is_kept_looked_at_and_forgotten(scene: CommandScene, token: str) -> None:
    path = scene.sandbox.outside / "token"
    path.unlink()
    profile(scene)
    said = scene.told(REFUSED, "run", "mine")
    assert "mine: telemetry: " in said
    assert "cc secret set mine --header telemetry.Authorization" in said
    assert not scene.sandbox.fake.started

    scene.told(OK, "secret", "set", "mine", "--header", "telemetry.Authorization", "--stdin", stdin=token.encode())

    assert path.read_text().strip() == token
    assert scene.file.read_text().strip() == scene.key
    rows = json.loads(scene.shown("secret", "status", "mine", "--json"))["data"]
    assert [row["reference"] for row in rows] == [
        f"file:{scene.file}",
        f"file:{path} (telemetry.Authorization)",
    ]
    assert scene.shown("secret", "get", "mine", "--header", "telemetry.Authorization").strip() == token
    assert "did you mean telemetry.Authorization" in scene.told(
        USAGE, "secret", "get", "mine", "--header", "telemetry.Autorization"
    )
    scene.told(OK, "secret", "remove", "mine", "--header", "telemetry.Authorization", "--yes")
    assert not path.exists()
    assert scene.file.exists()


def test_exports_leave_it_out_and_say_so(scene: CommandScene, token: str) -> None:
    profile(scene)
    for options in ([], ["--reveal"], ["--json"]):
        result = scene.run("env", "mine", *options)
        assert result.code == OK
        assert b"its telemetry is not in these variables" in result.err
        assert token.encode() not in result.out
        assert b"OTEL_" not in result.out


@pytest.mark.parametrize("arguments", [[], ["mine"], ["mine", "host", "X", "", ""], ["mine", "host", "X"]])
def test_the_helper_says_how_it_is_called(scene: CommandScene, arguments: list[str]) -> None:
    assert "usage: cc __otel PROFILE HOST" in scene.told(USAGE, "__otel", *arguments)
