"""What the tests of probes share."""

from pathlib import Path

import pytest

from tests.faults.desk import Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A desk whose patience with an endpoint is short."""
    for variable, directory in (("CC_CONFIG_DIR", "config"), ("CC_CACHE_DIR", "cache"), ("CC_DATA_DIR", "data")):
        monkeypatch.setenv(variable, str(tmp_path / directory))
    monkeypatch.setattr("cc_launcher.actions.probing._PATIENCE", 1.5)
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)
