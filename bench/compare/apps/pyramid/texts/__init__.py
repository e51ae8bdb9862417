"""A list of texts, which people who sign in may add, edit and delete."""

import os

from pyramid.config import Configurator
from pyramid.csrf import SessionCSRFStoragePolicy
from pyramid.session import JSONSerializer, SignedCookieSessionFactory
from pyramid_zodbconn import get_connection

from .models import appmaker
from .security import SecurityPolicy


def root_factory(request):
    return appmaker(get_connection(request).root())


def main(global_config=None, **settings):
    secret = os.environ["SECRET_KEY"]
    settings.setdefault("zodbconn.uri", os.environ.get("DATABASE_URL", "file://texts.fs"))
    settings.setdefault("retry.attempts", 3)
    with Configurator(settings=settings, root_factory=root_factory) as config:
        config.include("pyramid_chameleon")
        config.include("pyramid_retry")
        config.include("pyramid_tm")
        config.include("pyramid_zodbconn")
        config.set_security_policy(SecurityPolicy(secret))
        config.set_session_factory(
            SignedCookieSessionFactory(secret, serializer=JSONSerializer(), httponly=True, samesite="Lax")
        )
        config.set_csrf_storage_policy(SessionCSRFStoragePolicy())
        config.set_default_csrf_options(require_csrf=True)
        config.scan()
    return config.make_wsgi_app()
