"""The plain HTML pages outside Streamlit: sign-in, and problems such as an expired link.

A signed-out visitor reaches nothing of the pages, so these stand alone: one stylesheet and one font from
`app/signin_assets`, no inline style, no script but the one that posts a form, and nothing about any tenant.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from app.ui.template import render

PRODUCT = "Plumbline"
ASSETS = "/signin/assets"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """The sign-in page. `error` is one sentence that does not say whether the member exists.

    `tenant` is the short name in the address, as typed: the page says nothing about that organisation.
    """

    next_path: str = "/"
    email: str = ""
    tenant: str = ""
    error: str = ""
    product: str = PRODUCT
    assets: str = ASSETS


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemView:
    """A page that says what is wrong, what to do next, and the reference to quote."""

    title: str
    what: str
    remedy: str = ""
    reference: str = ""
    link_label: str = "Go to the sign-in page"
    link_path: str = "/signin"
    product: str = PRODUCT
    assets: str = ASSETS


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingView:
    """The page between us and an identity provider's `address`, to sign in or out there; it leads there by itself."""

    address: str
    is_sign_out: bool = False
    product: str = PRODUCT
    assets: str = ASSETS


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingView:
    """The page that posts `fields` to an identity provider's `address`; by itself, or with its button."""

    address: str
    fields: Mapping[str, str]
    product: str = PRODUCT
    assets: str = ASSETS


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """The page of a sign-in link, which asks before it signs anybody in."""

    email: str
    product: str = PRODUCT
    assets: str = ASSETS


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeView:
    """The second step of a sign-in: the code of an authenticator app, or a recovery code."""

    next_path: str = "/"
    error: str = ""
    product: str = PRODUCT
    assets: str = ASSETS


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolView:
    """The step of a sign-in that sets up a demanded second factor: `address` is what the QR code holds."""

    key: str
    address: str
    next_path: str = "/"
    error: str = ""
    product: str = PRODUCT
    assets: str = ASSETS

    @property
    def picture(self) -> Markup:
        """The QR code as SVG, black on white in the dark theme too: that is what cameras read."""
        import segno

        return Markup(segno.make(self.address).svg_inline(scale=4, border=3, dark="#000", light="#fff"))  # noqa: S704


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryView:
    """The recovery codes of a factor that was set up on the way in, and where the person goes on to."""

    codes: tuple[str, ...]
    next_path: str = "/"
    product: str = PRODUCT
    assets: str = ASSETS


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsubscribeView:
    """The page of the address at the foot of a delivered message: it asks, or says that it is done."""

    schedule: str
    recipient: str
    tenant: str
    has_left: bool
    product: str = PRODUCT
    assets: str = ASSETS


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestView:
    """The page of a public link that opens with a password; nothing about the tenant or the dashboard is on it."""

    error: str = ""
    product: str = PRODUCT
    assets: str = ASSETS


def render_guest(view: GuestView) -> str:
    """The whole page as HTML: a form that posts `password` to the link's own address."""
    return str(render("guest.html", view=view))


def render_link(view: LinkView) -> str:
    """The whole page as HTML: a button that posts to the link's own address."""
    return str(render("link.html", view=view))


def render_code(view: CodeView) -> str:
    """The whole page as HTML: a form that posts `code` and `next` to `/signin/code`."""
    return str(render("code.html", view=view))


def render_enrol(view: EnrolView) -> str:
    """The whole page as HTML: a form that posts `code` and `next` to `/signin/enrol`."""
    return str(render("enrol.html", view=view))


def render_recovery(view: RecoveryView) -> str:
    """The whole page as HTML."""
    return str(render("recovery.html", view=view))


def render_unsubscribe(view: UnsubscribeView) -> str:
    """The whole page as HTML."""
    return str(render("unsubscribe.html", view=view))


def render_leaving(view: LeavingView) -> str:
    """The whole page as HTML."""
    return str(render("leaving.html", view=view))


def render_posting(view: PostingView) -> str:
    """The whole page as HTML."""
    return str(render("posting.html", view=view))


def render_signin(view: SignInView) -> str:
    """The whole page as HTML: a form that posts `email`, `password` and `next` to `/signin`."""
    return str(render("signin.html", view=view))


def render_problem(view: ProblemView) -> str:
    """The whole page as HTML."""
    return str(render("problem.html", view=view))
