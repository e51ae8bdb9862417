"""The same requests to the same tree in Pyramid and in Zope: see `python -m bench.others --help`."""
