"""A FAKE of the addresses at which providers tell what is left, for tests: on loopback, and as odd as it is told to be.

The documented answers are written from the vendors' pages and the tools that read them, not taken from a server.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUR, WEEK_END = 1_795_300_000, 1_795_700_000
# By shape: each path that is asked, and its documented answer.
DOCUMENTED: dict[str, dict[str, Any]] = {
    "zai": {
        "/api/monitor/usage/quota/limit": {
            "success": True,
            "data": {
                "level": "pro",
                "limits": [
                    {"type": "TOKENS_LIMIT", "unit": 3, "percentage": 67, "nextResetTime": HOUR * 1000},
                    {"type": "TOKENS_LIMIT", "unit": 6, "percentage": 8.4, "nextResetTime": WEEK_END * 1000},
                    {"type": "TIME_LIMIT", "unit": 5, "percentage": 99, "nextResetTime": WEEK_END * 1000},
                ],
            },
        }
    },
    "openrouter": {
        "/api/v1/key": {
            "data": {"limit": 20, "limit_remaining": 5, "usage": 15, "usage_daily": 1, "is_free_tier": False}
        },
        "/api/v1/credits": {"data": {"total_credits": 100.5, "total_usage": 25.75}},
    },
    "deepseek": {
        "/user/balance": {
            "is_available": True,
            "balance_infos": [
                {
                    "currency": "CNY",
                    "total_balance": "110.00",
                    "granted_balance": "10.00",
                    "topped_up_balance": "100.00",
                }
            ],
        }
    },
    "moonshot": {
        "/v1/users/me/balance": {
            "code": 0,
            "data": {"available_balance": 49.58894, "voucher_balance": 46.58893, "cash_balance": 3.00001},
            "status": True,
        }
    },
    "kimi": {
        "/coding/v1/usages": {
            "usage": {"limit": "2048", "remaining": "1024", "resetTime": "2026-11-28T00:00:00Z"},
            "limits": [
                {
                    "window": {"duration": 300, "timeUnit": "TIME_UNIT_MINUTE"},
                    "detail": {"limit": "200", "remaining": "150", "resetTime": "2026-11-21T15:00:00.5Z"},
                }
            ],
        }
    },
    "minimax": {
        "/v1/token_plan/remains": {
            "model_remains": [
                {"model_name": "speech", "current_interval_remaining_percent": 1},
                {
                    "model_name": "general",
                    "current_interval_remaining_percent": 33,
                    "end_time": HOUR * 1000,
                    "current_weekly_status": 1,
                    "current_weekly_remaining_percent": 92,
                },
            ],
            "base_resp": {"status_code": 0},
        }
    },
    "siliconflow": {
        "/v1/user/info": {
            "code": 20000,
            "status": True,
            "data": {"balance": "0.88", "chargeBalance": "88.00", "totalBalance": "88.88"},
        }
    },
    "novita": {"/v3/user/balance": {"availableBalance": "123400", "cashBalance": "0"}},
    "stepfun": {"/v1/accounts": {"balance": 12.5, "total_cash_balance": 10, "total_voucher_balance": 2.5}},
    "litellm": {
        "/key/info": {
            "key": "…",
            "info": {"spend": 7.5, "max_budget": 30.0, "budget_reset_at": "2026-12-01T00:00:00+00:00"},
        }
    },
    "bifrost": {
        "/api/governance/virtual-keys/quota": {
            "virtual_key_name": "mine",
            "is_active": True,
            "budgets": [
                {
                    "max_limit": 50,
                    "current_usage": 12.5,
                    "reset_duration": "1d",
                    "last_reset": "2026-11-21T00:00:00Z",
                }
            ],
            "rate_limit": {
                "token_max_limit": 1000,
                "token_current_usage": 250,
                "token_reset_duration": "1h",
                "token_last_reset": "2026-11-21T10:00:00Z",
                "request_max_limit": None,
            },
        }
    },
}


class FakeQuota:
    """One server, and what it was asked."""

    def __init__(self, shape: str) -> None:
        self.answers = dict(DOCUMENTED[shape])
        self.status = 200
        self.raw: bytes | None = None  # instead of the documented answer
        self.delay = 0.0
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.stopped = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                if fake.delay and fake.stopped.wait(fake.delay):
                    return
                answer = fake.answers.get(self.path)
                body = fake.raw if fake.raw is not None else json.dumps(answer).encode()
                self.send_response(fake.status if answer is not None else 404)
                if 300 <= fake.status < 400:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def address(self) -> str:
        """The whole address of the first path."""
        return self.url + next(iter(self.answers))


@contextmanager
def fake_quota(shape: str) -> Iterator[FakeQuota]:
    """Run one."""
    fake = FakeQuota(shape)
    thread = threading.Thread(target=fake.server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    try:
        yield fake
    finally:
        fake.stopped.set()
        fake.server.shutdown()
        fake.server.server_close()
        thread.join()
