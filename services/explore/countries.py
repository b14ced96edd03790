"""Countries whose public holidays a comparison can follow, and the one a time zone is in."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

# Of a zone that is in no country, such as UTC.
_ELSEWHERE = "US"


@cache
def holiday_countries() -> Mapping[str, str]:
    """The names of countries by their codes, in the order of names."""
    # It takes a tenth of a second to load, and only a comparison by holidays needs it.
    import holidays

    supported = holidays.list_supported_countries()
    found = {code: name for code, name in _lines("iso3166.tab") if code in supported}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


@cache
def country_of(zone: str) -> str:
    """The country of a time zone.

    >>> country_of("Europe/Berlin"), country_of("UTC")
    ('DE', 'US')
    """
    countries = {name: code for code, _, name, *_ in _lines("zone.tab")}
    return countries.get(zone, _ELSEWHERE)


def _lines(file: str) -> list[list[str]]:
    """The fields of a table of the time zone database."""
    text = files("tzdata").joinpath("zoneinfo", file).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
