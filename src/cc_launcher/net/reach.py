"""Whether a server takes connections: one attempt, within a time, and nothing is said to it."""

import socket

from cc_launcher.launch import waiting

_PATIENCE = 2.0


def fault(host: str, port: int, patience: float = _PATIENCE) -> str:
    """Why it does not; nothing when it does."""
    try:
        with waiting.on(host), socket.create_connection((host, port), timeout=patience):
            return ""
    except socket.gaierror:
        return "there is no such host"
    except TimeoutError:
        return f"no answer within {patience:g} seconds"
    except (OSError, ValueError, OverflowError) as bad:
        return (getattr(bad, "strerror", "") or type(bad).__name__).lower()
