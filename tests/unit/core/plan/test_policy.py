"""An administrator's settings: what the launch refuses is what the doctor finds, and nothing else."""

from datetime import date

import pytest

from cc_launcher.core.doctor.checks import settings as check
from cc_launcher.core.doctor.examined import Examined, OwnProfile, Setting, Settings
from cc_launcher.core.errors import CcError
from cc_launcher.core.plan import policy, protection
from cc_launcher.core.plan.machine import SettingsFile
from cc_launcher.core.profile import variables
from cc_launcher.core.profile.resolve import Resolved
from tests.unit.conftest import resolved

PLAIN = 'auth = "bearer"\nbase_url = "https://h"\nsecret = "env:K"\ntiers.main = "m"\n'
CLOUD = 'auth = "cloud"\ncloud = "bedrock"\nregion = "eu-west-1"\ntiers.main = "m"\n'
OTHERS = ["FOO", "PATH", "DISABLE_TELEMETRY", "AWS_REGION", "AWS_PROFILE", "GOOGLE_CLOUD_PROJECT"]
GROUPS = (variables.ROUTING, variables.CREDENTIALS, variables.MODELS)
IN_ENV = sorted({name for group in GROUPS for name in group.names}) + OTHERS
AT_TOP = [*sorted(policy.KEYS), "permissions", "hooks", "statusLine", "forceLogin"]


def is_refused(profile: Resolved, *, env: str = "", key: str = "") -> bool:
    file = SettingsFile("/etc/m.json", "managed", env=frozenset({env} - {""}), keys=frozenset({key} - {""}))
    try:
        protection.respect_policy(profile.profile, (file,))
    except CcError as error:
        return env + key in error.what
    return False


def is_found(profile: Resolved, *path: str) -> bool:
    file = Settings("/etc/m.json", "/etc/m.json", "managed", (Setting(path, 3),))
    seen = Examined(
        today=date(2026, 11, 29),
        settings=(file,),
        profiles=(OwnProfile("mine", "/p", "/p", own=True, resolved=profile),),
    )
    return [finding.code for finding in check.check(seen)] == ["settings-managed"]


@pytest.mark.parametrize("text", [PLAIN, CLOUD], ids=["plain", "cloud"])
def test_the_doctor_finds_what_the_launch_refuses(text: str) -> None:
    profile = resolved(text)
    for name in IN_ENV:
        assert is_refused(profile, env=name) == is_found(profile, "env", name), name
    for name in AT_TOP:
        assert is_refused(profile, key=name) == is_found(profile, name) == (name in policy.KEYS), name


def test_a_cloud_s_own_variables_count_for_a_cloud_alone() -> None:
    assert is_refused(resolved(CLOUD), env="AWS_REGION")
    assert not is_refused(resolved(PLAIN), env="AWS_REGION")
    assert not policy.decides("model", variable=True, on_cloud=True)  # a variable of that name is nobody's
