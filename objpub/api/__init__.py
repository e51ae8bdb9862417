"""The API: resources as JSON below `/api`, for programs. So far it reads.

    GET /api/blog/tides                                        one resource
    GET /api/blog?find=tags = sea&sort=-published_on&limit=5   what a query finds below it, by pages

A plugin: without this folder a site is published just the same. `showing` is the resource, `searching` what
is found. This module is the face of the part.
"""

from .showing import shown

__all__ = ["shown"]
