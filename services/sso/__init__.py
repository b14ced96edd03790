"""Single sign-on: proven domains, identity providers of a tenant, and what their answers make of a visitor.

Its libraries are heavy, so it is imported where a sign-in or a settings page needs it, never at start-up.
"""
