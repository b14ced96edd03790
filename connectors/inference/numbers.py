"""Numbers in text: whole or decimal, with thousands separators, currency signs, per cent signs, decimal commas."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from connectors.inference.expressions import (
    all_of,
    call,
    cast,
    choose,
    count_if,
    is_null,
    literal,
    matches,
    number,
    only_if,
    try_cast,
)
from connectors.inference.reading import Proposal, Verdict, kept_as_text
from core.result import ColumnType

_CODES = "USD|EUR|GBP|CHF|JPY|CNY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|INR|BRL|MXN|ZAR|SGD|HKD|ILS|TRY|KRW|AED|SAR|THB"
_CURRENCY = rf"(?:[$€£¥₹]|{_CODES})"
_PLAIN = r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
# An exponent needs a sign or a decimal point: 12E5 is more likely a code.
_SCIENTIFIC = rf"{_PLAIN}|-?[0-9]+\.[0-9]+[eE][+-]?[0-9]{{1,3}}|-?[0-9]+[eE][+-][0-9]{{1,3}}"
_GROUPS = "'’\u00a0\u202f"
_POINT_BODY = rf"(?:[0-9]{{1,3}}(?:[,{_GROUPS}][0-9]{{3}})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+"
_COMMA_BODY = (
    rf"(?:[0-9]{{1,3}}(?:[.{_GROUPS}][0-9]{{3}})+|[0-9]+)(?:,[0-9]+)?|[0-9]{{1,3}}(?: [0-9]{{3}})+,[0-9]+|,[0-9]+"
)
_LONGEST = 38
_SAFE_DIGITS = 18
_USUAL_SCALE = 6
_EXACT_DOUBLE_DIGITS = 17
_MAX_PHONE_SAFE_DIGITS = 6


class Style(StrEnum):
    """How digits are set."""

    PLAIN = "plain"
    SCIENTIFIC = "scientific"
    POINT = "point"
    COMMA = "comma"


def _decorated(body: str, *, is_percent: bool) -> str:
    """A pattern for a body with sign, brackets for negative amounts, currency before or behind, or a per cent sign."""
    if is_percent:
        return rf"[-+−]? ?(?:{body}) ?%"
    amount = rf"(?:{_CURRENCY} ?)?[-−]?(?:{body})(?: ?{_CURRENCY})?"
    return rf"[-+−]? ?{amount}|\({amount}\)"


_PATTERNS = {
    (Style.PLAIN, False): _PLAIN,
    (Style.SCIENTIFIC, False): _SCIENTIFIC,
    (Style.POINT, False): _decorated(_POINT_BODY, is_percent=False),
    (Style.COMMA, False): _decorated(_COMMA_BODY, is_percent=False),
    (Style.POINT, True): _decorated(_POINT_BODY, is_percent=True),
    (Style.COMMA, True): _decorated(_COMMA_BODY, is_percent=True),
}
_COMPILED = {key: re.compile(pattern) for key, pattern in _PATTERNS.items()}
_SEPARATOR = re.compile(r"[0-9][.,][0-9]")


@dataclass(frozen=True, slots=True)
class NumberReading:
    """Numbers in one style, all or none of them per cent."""

    style: Style
    is_percent: bool = False

    @property
    def label(self) -> str:
        """What it reads."""
        if self.is_percent:
            return "percentages"
        return "numbers with a decimal comma" if self.style is Style.COMMA else "numbers"

    @property
    def pattern(self) -> str:
        """The regular expression, for Python and for RE2."""
        return _PATTERNS[self.style, self.is_percent]

    def readable(self, text: exp.Expression) -> exp.Expression:
        """The number as DuckDB writes numbers, still text."""
        return only_if(matches(text, self.pattern), self._normal(text))

    def _normal(self, text: exp.Expression) -> exp.Expression:
        if self.style in (Style.PLAIN, Style.SCIENTIFIC):
            return text
        mark = "," if self.style is Style.COMMA else "."
        digits = call("regexp_replace", text, literal(f"[^0-9{mark}]"), literal(""), literal("g"))
        if self.style is Style.COMMA:
            digits = call("replace", digits, literal(","), literal("."))
        is_negative = call("regexp_matches", text, literal(r"[-−(]"))
        return call("concat", choose([(is_negative, literal("-"))], literal("")), digits)

    def parts(self, read: exp.Expression) -> Mapping[str, exp.Expression]:
        """Where the point is (0: there is none), and how many digits stand before it."""
        if self.style is Style.SCIENTIFIC:
            return {}
        bare = call("ltrim", read, literal("-"))
        point = call("strpos", bare, literal("."))
        has_point = exp.GT(this=point, expression=number(0))
        before = choose([(has_point, exp.Sub(this=point, expression=number(1)))], call("length", bare))
        return {"point": point, "whole": before}

    def evidence(
        self, text: exp.Expression, read: exp.Expression, parts: Mapping[str, exp.Expression]
    ) -> Mapping[str, exp.Expression]:
        """How long the numbers are on both sides of the point, and what speaks against their being numbers."""
        if self.style is Style.SCIENTIFIC:
            return {}
        point, whole = parts["point"], parts["whole"]
        has_point = exp.GT(this=point, expression=number(0))
        behind = exp.Sub(this=call("length", call("ltrim", read, literal("-"))), expression=point)
        significant = call("length", call("replace", call("ltrim", read, literal("-0.")), literal("."), literal("")))
        is_padded = all_of(exp.GT(this=whole, expression=number(1)), call("regexp_matches", read, literal("^-?0")))
        is_wide = all_of(exp.GT(this=whole, expression=number(_SAFE_DIGITS)), is_null(try_cast(read, "BIGINT")))
        found: dict[str, exp.Expression] = {
            "fractions": count_if(has_point),
            "real_fractions": count_if(all_of(has_point, exp.Not(this=call("ends_with", read, literal(".0"))))),
            "scale": call("max", only_if(has_point, behind)),
            "whole_digits": call("max", whole),
            "digits": call("max", only_if(has_point, significant)),
            "leading_zeros": count_if(is_padded),
            "wide": count_if(is_wide),
        }
        if self.style is not Style.PLAIN:
            found["plus_signs"] = count_if(call("starts_with", text, literal("+")))
            found["currencies"] = call("count", exp.Distinct(expressions=[self._currency(text)]))
        return found

    def _currency(self, text: exp.Expression) -> exp.Expression:
        return call("nullif", call("regexp_extract", text, literal(_CURRENCY)), literal(""))

    def settle(self, text: exp.Expression, evidence: Mapping[str, int], values: int) -> Verdict:
        """Whole numbers as BIGINT, decimal ones exactly while they fit and as DOUBLE beyond, codes as text."""
        del values
        read = self.readable(text)
        if self.style is Style.SCIENTIFIC:
            return Verdict(type=ColumnType.NUMBER, storage="DOUBLE", value=cast(read, "DOUBLE"))
        refusal = self._refusal(evidence)
        if refusal is not None:
            return refusal
        notes, warnings = self._notes(evidence), self._warnings()
        if self.is_percent:
            return _percentages(read, evidence, warnings)
        if not evidence["fractions"]:
            return _whole(read, evidence, notes, warnings)
        if not evidence["real_fractions"] and evidence["whole_digits"] <= _SAFE_DIGITS:
            told = (*notes, "Every value with a point ends in .0; they were read as whole numbers.")
            value = cast(call("split_part", read, literal("."), number(1)), "BIGINT")
            return Verdict(type=ColumnType.INTEGER, storage="BIGINT", value=value, notes=told, warnings=warnings)
        return _fractional(read, evidence, notes, warnings)

    def _refusal(self, evidence: Mapping[str, int]) -> Verdict | None:
        if evidence["leading_zeros"]:
            told = (
                f"Kept as text, because of values that begin with a zero, as codes do ({evidence['leading_zeros']:,})."
            )
            return kept_as_text(notes=[told])
        if evidence.get("plus_signs") and evidence["whole_digits"] > _MAX_PHONE_SAFE_DIGITS:
            return kept_as_text(notes=["Kept as text, because values begin with + as telephone numbers do."])
        if evidence.get("currencies", 0) > 1:
            return kept_as_text(
                warnings=["Kept as text, because the amounts are in several currencies and must not be added up."]
            )
        return None

    def _notes(self, evidence: Mapping[str, int]) -> tuple[str, ...]:
        return ("The currency sign was left out.",) if evidence.get("currencies") else ()

    def _warnings(self) -> tuple[str, ...]:
        if self.style is Style.COMMA:
            return ("Read with a decimal comma: 1.234,50 is one thousand two hundred thirty-four and a half.",)
        return ()


def _whole(
    read: exp.Expression, evidence: Mapping[str, int], notes: tuple[str, ...], warnings: tuple[str, ...]
) -> Verdict:
    digits = evidence["whole_digits"]
    if digits > _LONGEST:
        told = f"Kept as text, because it has numbers of {digits:,} digits; {_LONGEST} can be stored."
        return kept_as_text(warnings=[told])
    if not evidence["wide"]:
        value = cast(read, "BIGINT")
        return Verdict(type=ColumnType.INTEGER, storage="BIGINT", value=value, notes=notes, warnings=warnings)
    storage = f"DECIMAL({_LONGEST},0)"
    told = f"It has numbers of {digits} digits, too long for 64 bits; they are stored as exact decimals."
    return Verdict(
        type=ColumnType.INTEGER, storage=storage, value=cast(read, storage), notes=notes, warnings=(*warnings, told)
    )


def _fractional(
    read: exp.Expression, evidence: Mapping[str, int], notes: tuple[str, ...], warnings: tuple[str, ...]
) -> Verdict:
    storage = _storage(evidence, extra=0)
    if storage == "DOUBLE" and max(evidence["digits"], evidence["whole_digits"]) > _EXACT_DOUBLE_DIGITS:
        warnings = (*warnings, f"It has numbers of {evidence['digits']} digits; they were rounded to about 16.")
    return Verdict(type=ColumnType.NUMBER, storage=storage, value=cast(read, storage), notes=notes, warnings=warnings)


def _percentages(read: exp.Expression, evidence: Mapping[str, int], warnings: tuple[str, ...]) -> Verdict:
    told = (*warnings, "Percentages were read as shares: 12% is stored as 0.12.")
    storage = _storage(evidence, extra=2)
    if storage == "DOUBLE":
        value: exp.Expression = exp.Div(this=cast(read, "DOUBLE"), expression=number(100))
    else:
        hundredth = cast(literal("0.01"), "DECIMAL(3, 2)")
        share = exp.Mul(this=cast(read, f"DECIMAL(18, {evidence['scale']})"), expression=hundredth)
        value = cast(share, storage)
    return Verdict(type=ColumnType.NUMBER, storage=storage, value=value, warnings=told)


def _storage(evidence: Mapping[str, int], *, extra: int) -> str:
    """The narrowest type that keeps every digit; `extra` is how many more decimals are needed."""
    scale, whole = evidence["scale"] + extra, evidence["whole_digits"]
    digits = max(evidence["digits"], whole)
    if scale <= _USUAL_SCALE and whole + scale <= _SAFE_DIGITS:
        return f"DECIMAL({_SAFE_DIGITS},{scale})"
    if digits <= _EXACT_DOUBLE_DIGITS or extra or whole + scale > _LONGEST:
        return "DOUBLE"
    return f"DECIMAL({_LONGEST},{scale})"


def propose_numbers(values: Mapping[str, int]) -> Proposal:
    """Number styles for a sample of trimmed, not empty texts."""
    total = sum(values.values())
    counts = {
        key: sum(times for value, times in values.items() if compiled.fullmatch(value))
        for key, compiled in _COMPILED.items()
    }
    full = [key for key, count in counts.items() if count == total and key != (Style.SCIENTIFIC, False)]
    if not full and counts[Style.SCIENTIFIC, False] == total:
        full = [(Style.SCIENTIFIC, False)]
    if not full:
        best = max(counts, key=lambda key: counts[key])
        return Proposal(readings=(NumberReading(*best),), share=counts[best] / total)
    # Where no value has a separator, the styles do not differ; and a point style reads all that is plain.
    if not any(_SEPARATOR.search(value) for value in values):
        full = full[:1]
    useful = [key for key in full if key == full[0] or key[0] is Style.COMMA]
    return Proposal(readings=tuple(NumberReading(*key) for key in useful), share=1.0)
