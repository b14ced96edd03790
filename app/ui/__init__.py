"""The look of the product. Nothing is loaded with the package: a listening server needs a few of its modules only."""
