"""What is left of a plan or a balance: where each provider tells it, and what its answer means.

The answer may be anything. What is missing or odd is not known, and a whole answer of which nothing is known says so.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cc_launcher.core.profile.resolve import Resolved
from cc_launcher.core.status.figures import BALANCE, BUDGET, FIVE_HOURS, MONTH, SPENT, WEEK, Figure
from cc_launcher.core.text import has_control

_FAR = 1e15
_MOST = 12  # figures of one answer
_MS = 1e11  # a time beyond this is in milliseconds


class NoFigures(ValueError):
    """An answer in which there is nothing: why, in words."""


@dataclass(frozen=True)
class Shape:
    """How one kind of provider is asked, and how its answer is read."""

    read: Callable[[Any, str], list[Figure]]  # of the answer and the host's name
    header: str = "Authorization: Bearer {}"
    path: str = ""  # on the host of base_url, where the profile names no quota_url
    also: str = ""  # beside the address: asked too, and nothing is lost where it refuses


def address_of(resolved: Resolved) -> str:
    """Where this profile asks what is left; empty where nobody may be asked, or nobody knows how.

    The secret goes where it goes anyway, the host of base_url, or where the catalog's own files say that it belongs.
    """
    profile = resolved.profile
    if profile.kind == "local" or profile.auth not in {"bearer", "api-key"} or profile.quota is None:
        return ""
    base = profile.base_url or ""
    if profile.quota_url is None:
        path = SHAPES[profile.quota].path
        parts = urlsplit(base)
        return f"{parts.scheme}://{parts.netloc}{path}" if base and path else ""
    return profile.quota_url if resolved.may_have_secret("quota_url") else ""


def figures(shape: str, answer: Any, host: str) -> tuple[Figure, ...]:
    """What an answer says."""
    try:
        found = SHAPES[shape].read(answer, host)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError):
        found = []
    if not found:
        raise NoFigures("answers with something in which no figure is known")
    return tuple(found[:_MOST])


# -- values that may be anything --------------------


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not -_FAR < value < _FAR:
        return None
    return float(value)


def _percent(value: Any) -> float | None:
    number = _number(value)
    return None if number is None else max(0.0, min(100.0, number))


def _share(used: float | None, limit: float | None) -> float | None:
    return None if used is None or not limit or limit < 0 else max(0.0, min(100.0, 100 * used / limit))


def _time(value: Any) -> float:
    """Seconds since 1970, of seconds, milliseconds or a date; 0 where it is none."""
    number = _number(value)
    if number is not None:
        return max(0.0, number / 1000 if number > _MS else number)
    if not isinstance(value, str):
        return 0.0
    try:
        read = dt.datetime.fromisoformat(value[:64])
    except ValueError:
        return 0.0
    return max(0.0, (read if read.tzinfo else read.replace(tzinfo=dt.UTC)).timestamp())


def _rows(value: Any) -> list[Mapping[str, Any]]:
    rows = value[:64] if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, dict)]


def _inside(value: Any, *path: str) -> Mapping[str, Any]:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _unit(value: Any) -> str:
    return value if isinstance(value, str) and 0 < len(value) <= 8 and not has_control(value) else ""


def _of_host(host: str) -> str:
    """The currency of a platform that has one for each country and does not say which."""
    return "CNY" if host.endswith(".cn") or host == "api.stepfun.com" else "USD"


# -- one reader a shape --------------------


_ZAI_UNITS = {"3": FIVE_HOURS, "6": WEEK, "5": MONTH}


def _zai(answer: Any, _host: str) -> list[Figure]:
    found = []
    for row in _rows(_inside(answer, "data").get("limits")):
        name = _ZAI_UNITS.get(str(row.get("unit")), "")
        used = _percent(row.get("percentage"))
        if row.get("type") in {"TOKENS_LIMIT", "CREDIT_LIMIT"} and name and used is not None:
            found.append(Figure(name, used=used, resets=_time(row.get("nextResetTime"))))
    return found


def _openrouter(answer: Any, _host: str) -> list[Figure]:
    data = _inside(answer, "data")
    if "total_credits" in data:
        bought, spent = _number(data.get("total_credits")), _number(data.get("total_usage"))
        return [Figure(BALANCE, left=bought - spent, unit="USD")] if bought is not None and spent is not None else []
    limit, left = _number(data.get("limit")), _number(data.get("limit_remaining"))
    if limit is None or left is None:  # a key without a limit: what is left is the account's
        spent = _number(data.get("usage"))
        return [] if spent is None else [Figure(SPENT, left=spent, unit="USD")]
    return [Figure(BUDGET, used=_share(limit - left, limit), left=left, limit=limit, unit="USD")]


def _deepseek(answer: Any, _host: str) -> list[Figure]:
    return [
        Figure(BALANCE, left=left, unit=_unit(row.get("currency")))
        for row in _rows(_inside(answer).get("balance_infos"))
        if (left := _number(row.get("total_balance"))) is not None
    ]


def _balance(*path: str, key: str, scale: float = 1.0, currency: str = "") -> Callable[[Any, str], list[Figure]]:
    def read(answer: Any, host: str) -> list[Figure]:
        left = _number(_inside(answer, *path).get(key))
        return [] if left is None else [Figure(BALANCE, left=left / scale, unit=currency or _of_host(host))]

    return read


def _kimi(answer: Any, _host: str) -> list[Figure]:
    rows = [(WEEK, _inside(answer, "usage"))]
    rows += [(FIVE_HOURS, _inside(row, "detail")) for row in _rows(_inside(answer).get("limits"))[:1]]
    found = []
    for name, row in rows:
        limit, left = _number(row.get("limit")), _number(row.get("remaining"))
        used = _share(limit - left, limit) if limit is not None and left is not None else None
        if used is not None:
            found.append(Figure(name, used=used, resets=_time(row.get("resetTime"))))
    return found


def _minimax(answer: Any, _host: str) -> list[Figure]:
    rows = _rows(_inside(answer).get("model_remains"))
    row = next((row for row in rows if row.get("model_name") == "general"), rows[0] if rows else {})
    found = []
    left = _percent(row.get("current_interval_remaining_percent"))
    if left is not None:
        found.append(Figure(FIVE_HOURS, used=100 - left, resets=_time(row.get("end_time"))))
    left = _percent(row.get("current_weekly_remaining_percent"))
    if left is not None and row.get("current_weekly_status") == 1:
        found.append(Figure(WEEK, used=100 - left, resets=_time(row.get("weekly_end_time"))))
    return found


def _litellm(answer: Any, _host: str) -> list[Figure]:
    info = _inside(answer, "info")
    spent, limit = _number(info.get("spend")), _number(info.get("max_budget"))
    return _budget(spent, limit, _time(info.get("budget_reset_at")))


def _bifrost(answer: Any, _host: str) -> list[Figure]:
    found: list[Figure] = []
    for row in _rows(_inside(answer).get("budgets")):
        begun = _time(row.get("last_reset"))
        resets = begun + _length(row.get("reset_duration")) if begun and _length(row.get("reset_duration")) else 0.0
        found += _budget(_number(row.get("current_usage")), _number(row.get("max_limit")), resets)
    limits = _inside(answer, "rate_limit")
    for kind in ("token", "request"):
        used = _share(_number(limits.get(f"{kind}_current_usage")), _number(limits.get(f"{kind}_max_limit")))
        if used is not None:
            length = _length(limits.get(f"{kind}_reset_duration"))
            begun = _time(limits.get(f"{kind}_last_reset"))
            found.append(Figure(f"{kind}s", used=used, resets=begun + length if begun and length else 0.0))
    return found


def _budget(spent: float | None, limit: float | None, resets: float) -> list[Figure]:
    if spent is None or limit is None:
        return []
    return [Figure(BUDGET, used=_share(spent, limit), left=limit - spent, limit=limit, unit="USD", resets=resets)]


def _length(text: Any) -> float:
    """How long `5m` or `1d` is, in seconds; 0 for what is not that long always, as a month, or nothing."""
    if not isinstance(text, str) or not text[:-1].isascii() or not text[:-1].isdigit() or len(text) > 8:
        return 0.0
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}.get(text[-1], 0)


SHAPES: dict[str, Shape] = {
    "bifrost": Shape(_bifrost, header="x-bf-vk: {}", path="/api/governance/virtual-keys/quota"),
    "deepseek": Shape(_deepseek),
    "kimi": Shape(_kimi),
    "litellm": Shape(_litellm, path="/key/info"),
    "minimax": Shape(_minimax),
    "moonshot": Shape(_balance("data", key="available_balance")),
    "novita": Shape(_balance(key="availableBalance", scale=10_000, currency="USD")),
    "openrouter": Shape(_openrouter, also="credits"),
    "siliconflow": Shape(_balance("data", key="totalBalance")),
    "stepfun": Shape(_balance(key="balance")),
    "zai": Shape(_zai, header="Authorization: {}"),
}
