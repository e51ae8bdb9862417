"""Who may do what, told once more in plain words: the model with which the ways to an answer are compared."""

from objpub.lineage import lineage


def in_plain_words(policy, identity, name, context):
    """May *identity* do what is called *name* at *context*? Rules and tokens are left out."""
    places = list(lineage(context))
    holders = policy.permissions[name].roles
    for place in places:
        if name in (place._permissions or {}):
            holders = place._permissions[name]
            break
        if "permissions" in (place._cut or ()):
            break
    reached = []
    for place in places:
        reached.append(place)
        if "grants" in (place._cut or ()):
            break
    roles = set(identity.roles)
    for place in reached:
        for principal in identity.principals:
            roles |= (place._grants or {}).get(principal, frozenset())
    owner = next((place._owner for place in reached if place._owner), None)
    if owner is not None and owner == identity.user_id:
        roles.add("owner")
    return bool(roles & (holders | {"manager"}))
