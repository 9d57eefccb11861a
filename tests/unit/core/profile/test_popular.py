"""The order of a list in which nobody has chosen yet."""

from cc_launcher.core.profile.popular import ORDER, rank
from tests.unit.conftest import CATALOG


def test_each_is_in_the_catalog_and_there_once() -> None:
    assert set(ORDER) <= {file.stem for file in CATALOG.glob("*.toml")}
    assert len(set(ORDER)) == len(ORDER)


def test_who_is_not_in_it_comes_after_all_that_are() -> None:
    assert rank(ORDER[0]) == 0
    assert rank("somebody-else") > rank(ORDER[-1])
