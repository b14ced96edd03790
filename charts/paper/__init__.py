"""Charts on paper: ReportLab drawings of vectors only, in the bundled font."""
