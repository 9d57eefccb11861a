"""Which target a request goes to: the rules of its profile, in CEL, then the weights of its route.

The variables are named as in Bifrost, so one profile serves for both engines. CEL is imported where there are rules: an
engine that a team deploys may not have it.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

# What a rule may ask about; those that we know nothing of are empty.
VARIABLES: dict[str, Any] = {
    "model": "",
    "provider": "",
    "request_type": "",
    "headers": {},
    "params": {},
    "virtual_key_id": "",
    "virtual_key_name": "",
    "user_id": "",
    "team_id": "",
    "team_name": "",
    "customer_id": "",
    "customer_name": "",
    "tokens_used": 0.0,
    "request": 0.0,
    "budget_used": 0.0,
    "complexity_tier": "",
}
_MACROS = {"all", "exists", "exists_one", "map", "filter"}


class BadRule(ValueError):
    """A rule that cannot be used; the text says which, and why."""


class Rule(NamedTuple):
    """One rule, compiled."""

    name: str
    program: Any
    to: str
    chain: bool

    def matches(self, known: dict[str, Any]) -> bool:
        """Whether it is so. What cannot be told, such as a header that is not there, is no match."""
        try:
            found = self.program.evaluate(known)
        except Exception:  # noqa: BLE001 - CEL has its own errors, and lets some of Python's through
            return False
        return isinstance(found, _celpy().celtypes.BoolType) and bool(found)


def _celpy() -> Any:
    import celpy  # noqa: PLC0415 - see above
    import celpy.celtypes  # noqa: PLC0415

    return celpy


def compiled(profile: str, rules: list[dict[str, Any]], routes: dict[str, Any]) -> list[Rule]:
    """The rules in the order in which they are asked."""
    if not rules:
        return []
    try:
        celpy = _celpy()
    except ImportError:
        raise BadRule(f"{profile}: its rules need cel-python beside LiteLLM: pip install cel-python") from None
    environment = celpy.Environment()
    found = []
    for rule in sorted(rules, key=lambda rule: rule.get("priority") or 0):
        name = f"{profile}: rule {rule['name']}"
        if rule["to"] not in routes:
            raise BadRule(f"{name}: there is no route {rule['to']}")
        try:
            tree = environment.compile(rule["when"])
            program = environment.program(tree)
        except celpy.CELParseError as bad:
            where = f"line {bad.line}, column {bad.column}: " if bad.line else ""
            raise BadRule(f"{name}: {where}{rule['when']!r} cannot be read") from None
        if unknown := sorted(_names(tree) - set(VARIABLES)):
            raise BadRule(f"{name}: {unknown[0]} is not known; these are: {', '.join(VARIABLES)}")
        try:
            sample = program.evaluate(as_cel(VARIABLES))
        except celpy.CELEvalError:
            sample = None  # a header that is not there, for example
        if sample is not None and not isinstance(sample, celpy.celtypes.BoolType):
            raise BadRule(f"{name}: {rule['when']!r} is neither true nor false")
        found.append(Rule(rule["name"], program, rule["to"], bool(rule.get("chain"))))
    return found


def decided(rules: list[Rule], known: dict[str, Any]) -> tuple[str, list[str]]:
    """The route after the rules, and which of them had a say. The first match wins, unless it says to go on."""
    known = as_cel(VARIABLES | known)
    route, left, used = str(known["model"]), list(rules), list[str]()
    while (rule := next((rule for rule in left if rule.matches(known)), None)) is not None:
        route = rule.to
        used.append(rule.name)
        left.remove(rule)
        if not rule.chain:
            break
        known["model"] = _celpy().celtypes.StringType(route)
    return route, used


def drawn(targets: list[list[Any]], session: str, profile: str, route: str) -> str:
    """One of the targets by their weights: always the same one for a session."""
    weights = [max(float(weight), 0.0) for _, weight in targets]
    digest = hashlib.sha256(f"{session}\0{profile}\0{route}".encode()).digest()
    left = int.from_bytes(digest[:8], "big") / 2**64 * sum(weights)
    for (target, _), weight in zip(targets, weights, strict=True):
        left -= weight
        if left < 0:
            return str(target)
    return str(targets[-1][0])


def as_cel(values: dict[str, Any]) -> dict[str, Any]:
    """Python's values as CEL has them."""
    return {name: _celpy().json_to_cel(value) for name, value in values.items()}


def _names(tree: Any) -> set[str]:
    """The variables that an expression asks for, without those of its own macros."""
    used = {str(node.children[0]) for node in tree.find_data("ident")}
    own = set()
    for node in tree.find_data("member_dot_arg"):
        if str(node.children[1]) in _MACROS and len(node.children) > 2:
            first = next(node.children[2].children[0].find_data("ident"), None)
            own |= {str(first.children[0])} if first is not None else set()
    return used - own
