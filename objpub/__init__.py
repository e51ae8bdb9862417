"""Your Python objects are the site."""
