"""What a gateway finds of the one before it, and what of the shell its engine gets. The rest is in test_parent.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cc_launcher.launch import gateway_callers, gateway_engine, gateway_parent, gateway_port


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"version": 99, "port": 1}', b"\xff"])
def test_a_record_that_is_missing_or_damaged_is_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / gateway_port.RECORD).write_bytes(content)
    assert gateway_port.recorded(str(tmp_path)) == {}


def test_a_record_has_the_port(tmp_path: Path) -> None:
    (tmp_path / gateway_port.RECORD).write_text(json.dumps({"version": gateway_port.VERSION, "port": 4567}))
    assert gateway_port.recorded(str(tmp_path))["port"] == 4567
    assert gateway_callers.CONTROL not in {gateway_port.RECORD, gateway_port.ORPHAN}
    assert gateway_parent.main.__doc__


def test_an_engine_gets_no_key_of_the_shell() -> None:
    given = {"PATH": "/bin", "https_proxy": "http://p", "ANTHROPIC_API_KEY": "k", "PYTHONPATH": "/x", "HOME": "/h"}
    assert gateway_engine.environment(given) == {"PATH": "/bin", "https_proxy": "http://p", "HOME": "/h"}
