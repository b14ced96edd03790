"""What an expression in a definition may be made of: an allow-list of syntax and functions.

Lists name sqlglot's node types, because that is what is rendered; a function sqlglot has no type for is listed by
name. Left out on purpose: everything that reads files, settings, variables, the clock or chance, that can build huge
values from small ones (`repeat`, `lpad`), or that hides a second language (`json` paths, lambdas).
"""

from sqlglot import exp

SYNTAX: frozenset[type[exp.Expr]] = frozenset({
    exp.Add, exp.And, exp.AtTimeZone, exp.Between, exp.Boolean, exp.Case, exp.Cast, exp.Column, exp.DPipe,
    exp.DataType, exp.DataTypeParam, exp.Div, exp.EQ, exp.Escape, exp.GT, exp.GTE, exp.ILike, exp.Identifier, exp.If,
    exp.In, exp.IntDiv, exp.Interval, exp.Is, exp.LT, exp.LTE, exp.Like, exp.Literal, exp.Mod, exp.Mul, exp.NEQ,
    exp.Neg, exp.Not, exp.Null, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Or, exp.Paren, exp.Sub, exp.TryCast, exp.Var,
})  # fmt: skip

FUNCTIONS: frozenset[type[exp.Expr]] = frozenset({
    exp.Abs, exp.Cbrt, exp.Ceil, exp.Coalesce, exp.Concat, exp.ConcatWs, exp.Contains, exp.DateAdd, exp.DateDiff,
    exp.DateFromParts, exp.Day, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear, exp.Dayname, exp.EndsWith, exp.Exp,
    exp.Extract, exp.Floor, exp.Greatest, exp.Hour, exp.LastDay, exp.Least, exp.Left, exp.Length, exp.Ln, exp.Log,
    exp.Lower, exp.Minute, exp.Month, exp.Monthname, exp.Nullif, exp.Pow, exp.Quarter, exp.RegexpExtract,
    exp.RegexpLike, exp.RegexpReplace, exp.Replace, exp.Reverse, exp.Right, exp.Round, exp.Sign, exp.SplitPart,
    exp.Sqrt, exp.StartsWith, exp.StrPosition, exp.StrToTime, exp.Substring, exp.TimeToStr, exp.TimeToUnix,
    exp.TimestampTrunc, exp.Trim, exp.Trunc, exp.Upper, exp.Week, exp.WeekOfYear, exp.Year,
})  # fmt: skip

NAMED_FUNCTIONS = frozenset({"date_part", "datepart", "date_sub", "isfinite", "try_strptime", "weekday"})

QUERY_SYNTAX: frozenset[type[exp.Expr]] = frozenset({
    exp.Alias, exp.CTE, exp.Distinct, exp.Except, exp.Exists, exp.Filter, exp.From, exp.Group, exp.Having,
    exp.IgnoreNulls, exp.Intersect, exp.Join, exp.Limit, exp.Offset, exp.Order, exp.Ordered, exp.Qualify, exp.Select,
    exp.Star, exp.Subquery, exp.Table, exp.TableAlias, exp.Tuple, exp.Union, exp.Where, exp.Window,
    exp.WindowSpec, exp.With,
})  # fmt: skip

QUERY_FUNCTIONS: frozenset[type[exp.Expr]] = frozenset({
    exp.AnyValue, exp.ApproxDistinct, exp.ArgMax, exp.ArgMin, exp.Avg, exp.Corr, exp.Count, exp.CountIf,
    exp.DenseRank, exp.First, exp.FirstValue, exp.GroupConcat, exp.Lag, exp.Last, exp.LastValue, exp.Lead,
    exp.LogicalAnd, exp.LogicalOr, exp.Max, exp.Median, exp.Min, exp.Mode, exp.Ntile, exp.PercentRank,
    exp.PercentileCont, exp.PercentileDisc, exp.Rank, exp.RowNumber, exp.Stddev, exp.StddevPop, exp.StddevSamp,
    exp.Sum, exp.Variance, exp.VariancePop,
})  # fmt: skip

ARITHMETIC: frozenset[type[exp.Expr]] = frozenset(
    {exp.Add, exp.Column, exp.Div, exp.Identifier, exp.Literal, exp.Mul, exp.Neg, exp.Paren, exp.Sub}
)

CAST_TYPES = frozenset(
    {exp.DType.BOOLEAN, *exp.DataType.TEXT_TYPES, *exp.DataType.NUMERIC_TYPES, *exp.DataType.TEMPORAL_TYPES}
)
