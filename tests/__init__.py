"""The tests of objpub. With this file no other package called `tests` is taken for them."""
