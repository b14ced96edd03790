"""Guests: people without an account who see one dashboard, by a public link or on the site that embeds it."""
