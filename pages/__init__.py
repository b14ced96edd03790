"""The pages: each asks one or two use cases and draws the answers with the parts of `app.ui`."""
