"""Profiles of one document: their order, their names, and where each of them goes."""

from __future__ import annotations

from typing import Any

from cc_launcher.core.importing import inside
from cc_launcher.core.importing.found import Candidate, Key, Place


def one(name: str, document: str = "-", /, **data: Any) -> Candidate:
    return Candidate(name, data, Key(), {}, (Place(document),), ("bundle",), "", origin=name)


def test_what_others_need_comes_first_and_a_circle_ends() -> None:
    child, gate, base = one("child", extends="base"), one("gate", gateway={"upstreams": {"a": "child"}}), one("base")
    assert [each.name for each in inside.ordered([gate, child, base])] == ["base", "child", "gate"]
    a, b, own = one("a", extends="b"), one("b", extends="a"), one("zai", extends="zai")
    assert {each.name for each in inside.ordered([a, b, own])} == {"a", "b", "zai"}
    assert [each.name for each in inside.ordered([own, base])] == ["zai", "base"]


def test_another_document_of_the_same_names() -> None:
    names = {("x", "base"): "base-2"}
    assert inside.renamed(one("child", "x", extends="base"), names).data["extends"] == "base-2"
    assert inside.renamed(one("child", "y", extends="base"), names).data["extends"] == "base"


def test_every_place_where_one_names_another() -> None:
    names = {("-", "a"): "b"}
    data: dict[str, Any] = {
        "extends": "a",
        "fallback": ["a", "zai"],
        "gateway": {"engine": "litellm", "upstreams": {"x": "a", "y": "c"}},
    }
    renamed = inside.renamed(one("z", **data), names).data
    assert renamed["extends"] == "b"
    assert renamed["fallback"] == ["b", "zai"]
    assert renamed["gateway"] == {"engine": "litellm", "upstreams": {"x": "b", "y": "c"}}


def test_its_own_name_means_the_catalogs() -> None:
    assert inside.renamed(one("zai", extends="zai"), {("-", "zai"): "zai-2"}).data["extends"] == "zai"


def test_where_it_goes() -> None:
    base = one("base", base_url="https://llm.example.com:8443/v1")
    child, odd = one("child", extends="base"), one("odd", base_url="https://[bad")
    gate = one("gate", gateway={"upstreams": {"a": "child", "b": "zai"}})
    every = [base, child, odd, gate]
    assert [inside.with_host(each, every, {}).host for each in every] == [
        "llm.example.com:8443",
        "llm.example.com:8443",
        "unknown",
        "a gateway for child, zai",
    ]
    assert inside.with_host(one("x", extends="x", fallback=5, gateway=[1]), [], {}).host == "a gateway for "
