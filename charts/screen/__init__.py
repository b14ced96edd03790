"""Charts on the screen: Plotly figures in placeholder colours that the browser's theme replaces."""
