"""The way in: `/manage`, and what stands at the address of something that holds nothing."""

from typing import Any

from objpub.content import Content
from objpub.views import view

from .frame import framed
from .permission import See


@view(Content, "", area="manage", permission=See, template="overview.pt")
def overview(content: Content, request: Any) -> dict[str, Any]:
    """What an object is, for those who may not edit it; all others are led to its form."""
    return framed(request, "overview")
