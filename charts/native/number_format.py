"""How a spreadsheet program writes a number of a unit: the same signs as `core.numbers`, as a format code."""

from core.numbers import MINUS, currency_symbol, is_currency


def number_format(unit: str | None, decimals: int | None = None) -> str:
    """The format code of numbers of a unit, with a real minus.

    >>> number_format("ratio"), number_format("deals")
    ('0.0%;"−"0.0%', '#,##0;"−"#,##0')
    >>> number_format("USD", 2)
    '"$"#,##0.00;"−""$"#,##0.00'
    """
    if unit == "ratio":
        return _signed(f"0{_places(1 if decimals is None else decimals)}%")
    return _signed(f"{_symbol(unit)}#,##0{_places(decimals or 0)}")


def axis_format(unit: str | None) -> str:
    """The format code of an axis: thousands and millions in short."""
    if unit == "ratio":
        return "0%"
    symbol = _symbol(unit)
    return f'[>=1000000]{symbol}#,##0.0,,"\u202fM";[>=1000]{symbol}#,##0,"\u202fk";{symbol}#,##0'


def points_format() -> str:
    """The format code of a difference of ratios, given in points."""
    return f'"+"0.0" pts";"{MINUS}"0.0" pts";0.0" pts"'


def growth_format() -> str:
    """The format code of a relative change."""
    return f'"+"0.0%;"{MINUS}"0.0%;0.0%'


def change_format(unit: str | None, decimals: int | None = None) -> str:
    """The format code of a difference in a unit that is not a ratio."""
    body = f"{_symbol(unit)}#,##0{_places(decimals or 0)}"
    return f'"+"{body};"{MINUS}"{body};{body}'


def _places(decimals: int) -> str:
    return f".{'0' * decimals}" if decimals else ""


def _symbol(unit: str | None) -> str:
    return f'"{currency_symbol(unit)}"' if is_currency(unit) else ""


def _signed(body: str) -> str:
    return f'{body};"{MINUS}"{body}'
