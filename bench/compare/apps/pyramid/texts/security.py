"""Who somebody is, and what that lets them do."""

import bcrypt
from pyramid.authentication import AuthTktCookieHelper
from pyramid.authorization import ACLHelper, Authenticated, Everyone
from pyramid_zodbconn import get_connection


def hash_password(password):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()


def check_password(password, hashed):
    return bcrypt.checkpw(password.encode(), hashed.encode())


def users_of(request):
    return get_connection(request).root()["users"]


class SecurityPolicy:
    def __init__(self, secret):
        self.cookies = AuthTktCookieHelper(secret, hashalg="sha512", http_only=True, samesite="Lax")
        self.acl = ACLHelper()

    def identity(self, request):
        found = self.cookies.identify(request)
        return found["userid"] if found and found["userid"] in users_of(request) else None

    def authenticated_userid(self, request):
        return request.identity

    def permits(self, request, context, permission):
        principals = [Everyone]
        if request.identity is not None:
            principals += [Authenticated, request.identity]
        return self.acl.permits(context, principals, permission)

    def remember(self, request, userid, **kw):
        return self.cookies.remember(request, userid, **kw)

    def forget(self, request, **kw):
        return self.cookies.forget(request, **kw)
