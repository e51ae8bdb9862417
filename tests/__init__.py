"""The tests of objpub. With this file no package of that name that some library installs is taken for them."""
