"""The files that a team deploys. No container is run here: they are read as their programs would read them."""

import json
import re
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # it comes without types

from cc_launcher.core.gateway import deployed
from cc_launcher.core.gateway.deployed import BIFROST_IMAGE, VARIABLES, files
from tests.house import PACKAGE
from tests.unit.core.gateway.samples import BUDGETS, described

HOOKS = {"cc_hooks.py": "hooks = None\n"}
BIFROST = BUDGETS.replace("[gateway]\n", '[gateway]\nengine = "bifrost"\n', 1)


def compose(text: str) -> Any:
    return yaml.safe_load(files(described(text), "compose", HOOKS)["compose.yaml"])


def test_which_files_there_are() -> None:
    assert list(files(described(BUDGETS), "litellm", HOOKS)) == ["config.json", "rules.json", "cc_hooks.py", VARIABLES]
    assert list(files(described(BUDGETS), "bifrost", HOOKS)) == ["config.json", VARIABLES]
    of_litellm = ["compose.yaml", "prometheus.yml", "config.json", "rules.json", "cc_hooks.py", VARIABLES]
    assert list(files(described(BUDGETS), "compose", HOOKS)) == of_litellm
    assert list(files(described(BIFROST), "compose", HOOKS)) == [
        "compose.yaml",
        "prometheus.yml",
        "config.json",
        VARIABLES,
    ]


@pytest.mark.parametrize("text", [BUDGETS, BIFROST])
def test_each_service_has_a_check_and_waits_for_what_it_needs(text: str) -> None:
    found = compose(text)
    services = found["services"]
    assert {"gateway", "postgres", "prometheus"} <= set(services)
    assert ("redis" in services) == (text is BUDGETS)
    for name, service in services.items():
        assert name == "prometheus" or service["healthcheck"]["test"]
        assert set(service.get("depends_on", {})) <= set(services)
        named = [volume.partition(":")[0] for volume in service.get("volumes", [])]
        assert {volume for volume in named if not volume.startswith(".")} <= set(found["volumes"])
    assert set(services["prometheus"]["secrets"]) == set(found["secrets"])


@pytest.mark.parametrize(
    ("text", "way"), [(BUDGETS, "compose"), (BIFROST, "compose"), (BUDGETS, "litellm"), (BUDGETS, "bifrost")]
)
def test_every_variable_that_a_file_wants_is_named_for_filling_in(text: str, way: str) -> None:
    found = files(described(text), way, HOOKS)
    named = set(re.findall(r"^([A-Z0-9_]+)=$", found[VARIABLES], re.MULTILINE))
    given = set()
    if "compose.yaml" in found:
        assert set(re.findall(r"\$\{([A-Z_]+)", found["compose.yaml"])) <= named
        about = yaml.safe_load(found["compose.yaml"])
        given = set(about["services"]["gateway"]["environment"])
        assert {secret["environment"] for secret in about["secrets"].values()} <= named
    wanted = set(re.findall(r"(?:os\.environ/|env\.)([A-Z0-9_]+)", found["config.json"]))
    wanted |= set(re.findall(r'"variable": "([A-Z0-9_]+)"', found.get("rules.json", "")))
    assert wanted <= named | given


def test_the_key_of_prometheus_is_one_that_the_hooks_know() -> None:
    found = files(described(BUDGETS), "compose", HOOKS)
    asked = yaml.safe_load(found["compose.yaml"])["secrets"]["metrics"]["environment"]
    assert json.loads(found["rules.json"])["metrics_key"] == asked


def test_prometheus_asks_the_gateway_with_a_key() -> None:
    for text, port in ((BUDGETS, 4000), (BIFROST, 8080)):
        [job] = yaml.safe_load(files(described(text), "compose", HOOKS)["prometheus.yml"])["scrape_configs"]
        assert job["static_configs"] == [{"targets": [f"gateway:{port}"]}]
        assert {"authorization", "basic_auth"} & set(job)


def test_rules_bring_what_they_need_into_the_engines_image() -> None:
    """LiteLLM's own image has no cel-python; without rules, our hooks do not ask for it."""
    listed = (PACKAGE / "in_engine" / "packages.txt").read_text().split()
    assert deployed.CEL in listed
    with_rules = compose(BUDGETS)["services"]["gateway"]
    assert "image" not in with_rules
    assert with_rules["build"]["dockerfile_inline"].startswith(f"FROM {deployed.LITELLM_IMAGE}\nRUN ")
    assert with_rules["build"]["dockerfile_inline"].endswith(f"pip install {deployed.CEL}\n")
    without = BUDGETS.partition("[[rules]]")[0]
    assert compose(without)["services"]["gateway"]["image"] == deployed.LITELLM_IMAGE
    assert "build" not in compose(without)["services"]["gateway"]


def test_images_have_a_version_but_for_bifrosts_which_nobody_looked_up() -> None:
    services = compose(BUDGETS.partition("[[rules]]")[0])["services"]
    assert all(":" in service["image"] for service in services.values())
    assert compose(BIFROST)["services"]["gateway"]["image"] == BIFROST_IMAGE
    assert deployed.WAYS == ("compose", "bifrost", "litellm")
