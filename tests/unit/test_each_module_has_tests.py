"""Each module of the core has a test module of its name, or stands here with the one that tests it, and why."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.unit.conftest import REPOSITORY

CORE = REPOSITORY / "src" / "cc_launcher" / "core"
OWN = REPOSITORY / "tests" / "unit" / "core"
DATA = "nothing is decided in it: it is a table, or a shape for data"
PART = "a part of what is tested there as a whole"
STORE = "every store is held to the same table"
HOME = "what tools really wrote decides: every home of the corpus is held to what it must become"
CHECK = "every check is held to the same table, and to what real files and answers make it find"
ELSEWHERE = {
    "apis": ("tests/unit/test_catalog.py", DATA),
    "amount": ("tests/unit/core/ask/test_limit.py", PART),
    "offer": ("tests/unit/core/ask/test_errand.py", PART),
    "addresses": ("tests/unit/core/profile/test_profile.py", DATA),
    "blocks": ("tests/unit/core/sessions/test_clean.py", PART),
    "budget_currency": ("tests/unit/cli/test_budgets.py", PART),
    "check": ("tests/unit/core/probe/test_checks.py", PART),
    "client_options": ("tests/unit/test_catalog.py", DATA),
    "cloud_launch": ("tests/unit/core/profile/test_clouds.py", PART),
    "compare": ("tests/unit/core/test_probe_compare.py", "its name alone would not say of what"),
    "completion_scripts": ("tests/unit/launch/test_completion.py", "a script is right when a shell completes with it"),
    "beside": ("tests/unit/core/plan/test_telemetry.py", PART),
    "description": ("tests/unit/core/gateway/test_describe.py", DATA),
    "gateway_check": ("tests/unit/core/profile/test_gateway.py", PART),
    "whole": ("tests/unit/core/profile/test_resolve.py", PART),
    "demo_script": ("tests/client/test_demo.py", "a demonstration is right when the client runs on it"),
    "errors": ("tests/unit/core/profile/test_source.py", DATA),
    "evidence": ("tests/unit/core/test_probe_reports.py", PART),
    "examined": ("tests/doctor/test_findings.py", DATA),
    "exchange": ("tests/unit/core/probe/test_stream.py", DATA),
    "explanation": ("tests/unit/test_catalog.py", DATA),
    "findings": ("tests/doctor/test_findings.py", DATA),
    "json_as_client": ("tests/unit/core/probe/test_stream.py", PART),
    "json_tree": ("tests/unit/core/text/test_json_edit.py", PART),
    "found": ("tests/unit/core/usage/test_transcript.py", DATA),
    "lengths": ("tests/unit/test_catalog.py", DATA),
    "told": ("tests/unit/files/test_usage_index.py", "it is right when all of it comes into the index"),
    "usual_answer": ("tests/property/test_usual_line.py", "it is right when JSON comes to the same"),
    "usual_line": ("tests/property/test_usual_line.py", "it is right when JSON comes to the same"),
    "kept": ("tests/unit/core/test_probe_compare.py", PART),
    "knobs": ("tests/unit/core/plan/test_make_plan.py", "a knob is what it does to a plan"),
    "lines": ("tests/unit/core/wrapper/test_script.py", PART),
    "listing": ("tests/unit/core/models/test_list_answers.py", PART),
    "local": ("tests/unit/net/test_local_server.py", "what it judges are the answers of servers"),
    "local_servers": ("tests/unit/core/models/test_server_answers.py", DATA),
    "machine": ("tests/unit/core/plan/test_make_plan.py", DATA),
    "together": ("tests/doctor/test_key_with_route.py", CHECK),
    "mcp_config": ("tests/unit/core/profile/test_mcp_servers.py", PART),
    "outcome": ("tests/unit/core/probe/test_verdict.py", DATA),
    "web_page": ("tests/report/test_chromium.py", "how a page looks, a browser shows"),
    "page_style": ("tests/report/test_chromium.py", "how a page looks, a browser shows"),
    "parameters": ("tests/unit/core/profile/test_resolve.py", PART),
    "pins": ("tests/unit/core/plan/test_make_plan.py", "pins are a part of a plan, and made by nothing else"),
    "secret_header": ("tests/unit/core/profile/test_profile.py", DATA),
    "set_values": (
        "tests/unit/core/plan/test_make_plan.py",
        "variables are a part of a plan, and made by nothing else",
    ),
    "field_types": ("tests/unit/core/profile/test_profile.py", PART),
    "quota_answers": ("tests/unit/net/test_quota_request.py", "what it reads are answers of servers"),
    "file_size": ("tests/unit/files/test_guard.py", PART),
    "figures": ("tests/unit/core/status/test_segments.py", PART),
    "page": ("tests/unit/core/usage/test_report.py", PART),
    "record": ("tests/unit/files/test_kept_probes.py", "a record is right when it comes back from its file"),
    "route_model": ("tests/unit/core/gateway/test_client_side.py", DATA),
    "report_html": ("tests/unit/core/test_probe_reports.py", PART),
    "report_markdown": ("tests/unit/core/test_probe_reports.py", PART),
    "options": ("tests/unit/cli/test_statusline.py", "what may stand in a file of the user's"),
    "summary": ("tests/unit/core/profile/test_summarize.py", DATA),
    "written_pins": ("tests/unit/core/wrapper/test_script.py", PART),
    "width": ("tests/unit/core/status/test_segments.py", PART),
    "words": ("tests/unit/core/test_probe_reports.py", PART),
    "mark": ("tests/unit/core/wrapper/test_script.py", PART),
    "parts": ("tests/shells/test_hand_over.py", "a script is right when every shell runs it"),
    "way": ("tests/unit/core/wrapper/test_script.py", DATA),
}
# Whole directories.
TOGETHER = {
    "stores": ("tests/unit/core/test_stores.py", STORE),
    "probe/checks": ("tests/unit/core/probe/test_checks.py", CHECK),
    "checks": ("tests/doctor/test_findings.py", CHECK),
    "importing": ("tests/importers/test_corpus.py", HOME),
    "importing/readers": ("tests/importers/test_corpus.py", HOME),
    "importing/shell": ("tests/importers/test_corpus.py", HOME),
}


def modules() -> list[Path]:
    return [path for path in sorted(CORE.rglob("*.py")) if path.name != "__init__.py"]


def has_its_own(module: Path) -> bool:
    return any(OWN.rglob(f"test_{module.stem}.py"))


def place_of(module: Path) -> tuple[str, str] | None:
    """The test module in whose table it stands, and why."""
    directory = module.relative_to(CORE).parent.as_posix()
    together = next((found for end, found in TOGETHER.items() if f"/{directory}".endswith(f"/{end}")), None)
    return together or ELSEWHERE.get(module.stem)


@pytest.mark.parametrize("module", modules(), ids=lambda path: path.relative_to(CORE).as_posix())
def test_each_module_is_tested_by_its_name_or_where_the_table_says(module: Path) -> None:
    assert has_its_own(module) or place_of(module) is not None, (
        f"write tests/unit/core/test_{module.stem}.py, or say in {Path(__file__).name} what tests it, and why"
    )


def test_the_table_has_nothing_that_is_gone_or_has_tests_of_its_own_by_now() -> None:
    stems = {module.stem for module in modules()}
    assert sorted(set(ELSEWHERE) - stems) == []
    assert [stem for stem in ELSEWHERE if any(OWN.rglob(f"test_{stem}.py"))] == []
    directories = {module.parent.relative_to(CORE).as_posix() for module in modules()}
    assert [end for end in TOGETHER if not any(f"/{name}".endswith(f"/{end}") for name in directories)] == []


@pytest.mark.parametrize("name", sorted({place for place, _ in [*ELSEWHERE.values(), *TOGETHER.values()]}))
def test_what_the_table_names_is_there_and_has_tests(name: str) -> None:
    tests = [node for node in ast.walk(_tree(REPOSITORY / name)) if isinstance(node, ast.FunctionDef)]
    assert any(node.name.startswith("test_") for node in tests)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())
