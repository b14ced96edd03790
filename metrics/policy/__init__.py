"""Row and column policies: which rows of a store a reader sees, and how columns are shown to them.

A policy is written once, in YAML, and put into the tree of every query at one place (`restrict`). What it does not
name is hidden, and one that names what is not there refuses: it never opens.
"""

from metrics.policy.reader import read_policies
from metrics.policy.resolve import resolve
from metrics.policy.restrict import restrict
from metrics.policy.rules import check_policies
from metrics.policy.spec import Mask, Policy, Reader
from metrics.policy.view import ReaderView

__all__ = ["Mask", "Policy", "Reader", "ReaderView", "check_policies", "read_policies", "resolve", "restrict"]
