"""One module for each kind of chart, found by `core.registry`: `KIND`, `to_plotly`, `to_drawing`, `to_native`."""
