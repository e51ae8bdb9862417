"""Add somebody who may sign in: python -m texts.add_user NAME, with the password on the standard input."""

import sys

import transaction
from pyramid.scripting import prepare

from . import main
from .security import hash_password, users_of

if __name__ == "__main__":
    with prepare(registry=main().registry) as env:
        users_of(env["request"])[sys.argv[1]] = hash_password(sys.stdin.readline().rstrip("\n"))
        transaction.commit()
