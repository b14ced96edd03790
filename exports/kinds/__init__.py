"""One module or package for each file format, found by `core.registry`: `KIND`, `MEDIA_TYPE`, `EXTENSION`, `render`."""
