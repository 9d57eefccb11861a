"""What an administrator's settings decide: the one list, and the one judge, of the launch and of the doctor.

Where they decide on something that a launch decides, cc does not go around them.
"""

from collections.abc import Iterable

from cc_launcher.core.profile import clouds, variables

MODEL_KEYS = frozenset({"model", "availableModels", "modelOverrides", "fallbackModel"})
KEYS = MODEL_KEYS | {"apiKeyHelper", "forceLoginMethod", "forceLoginOrgUUID"}
_GROUPS = (variables.ROUTING, variables.CREDENTIALS, variables.MODELS)


def decides(name: str, *, variable: bool, on_cloud: bool) -> bool:
    """Whether this key, or this variable of `env`, is one that an administrator decides with; clouds have their own."""
    if not variable:
        return name in KEYS
    return any(name in group.names for group in _GROUPS) or (on_cloud and clouds.of_a_cloud(name))


def decided(env: Iterable[str], keys: Iterable[str], *, on_cloud: bool) -> list[str]:
    """What of these variables and keys an administrator decides with."""
    found = sorted(name for name in env if decides(name, variable=True, on_cloud=on_cloud))
    return found + sorted(name for name in keys if decides(name, variable=False, on_cloud=on_cloud))
