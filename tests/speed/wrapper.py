"""What a wrapper costs, next to a script by hand and to `cc run`: `python tests/speed/wrapper.py`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.speed.measure import Program, in_turns, say, say_times, title
from tests.speed.scene import BARE, SpeedScene

_BY_HAND = """\
#!/bin/sh
set -eu
key=$({helper})
[ -n "$key" ]
unset ANTHROPIC_API_KEY ANTHROPIC_CUSTOM_HEADERS CLAUDE_CODE_OAUTH_TOKEN CLAUDE_CODE_USE_BEDROCK CLAUDE_CODE_USE_VERTEX
export ANTHROPIC_BASE_URL=https://api.z.ai/api/anthropic ANTHROPIC_MODEL=glm-5.3 ANTHROPIC_AUTH_TOKEN="$key"
export ANTHROPIC_DEFAULT_OPUS_MODEL=glm-5.3 ANTHROPIC_DEFAULT_SONNET_MODEL=glm-5.3 ANTHROPIC_DEFAULT_HAIKU_MODEL=glm-5.3
export CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST=1
exec {claude} "$@"
"""
_HELPER = "/bin/echo sk-not-a-key"


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as root:
        scene = SpeedScene(Path(root))
        del scene.environment["ZAI_API_KEY"]
        scene.profile("helped", f'extends = "zai"\nsecret = "cmd:{_HELPER}"\n')
        scene.profile("none", 'extends = "zai"\nauth = "none"\n')
        for name in ("helped", "none"):
            scene.run("run", name)
            scene.run("install-wrapper", name)
        by_hand = Path(root) / "by-hand"
        by_hand.write_text(_BY_HAND.format(helper=_HELPER, claude=scene.claude))
        by_hand.chmod(0o755)
        scripts = scene.home / ".local" / "bin"
        programs = [
            Program("python -c pass", BARE, scene.environment),
            Program("the helper alone", tuple(_HELPER.split()), scene.environment),
            Program("a script by hand", (by_hand,), scene.environment),
            Program("the wrapper", (scripts / "claude-helped",), scene.environment),
            Program("cc run", (scene.cc, "run", "helped"), scene.environment),
            Program("a wrapper without a secret", (scripts / "claude-none",), scene.environment),
        ]
        _bare, helper, hand, wrapper, run, _ = costs = in_turns(programs)
        title("A wrapper")
        say("the wrapper, as a multiple of the script by hand", (wrapper, hand), lambda ours, its: ours / its)
        say("the wrapper, as a multiple of cc run", (wrapper, run), lambda ours, its: ours / its)
        say("the wrapper less its helper, in milliseconds", (wrapper, helper), lambda ours, its: ours - its, 2.0)
        say_times(programs, costs)


if __name__ == "__main__":
    main()
