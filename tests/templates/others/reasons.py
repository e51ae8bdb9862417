"""Why a pair gives something else here."""

SCRIPT = "it puts a value into a script or an onclick, where nothing can be escaped: refused at the start"
STRUCTURE = (
    "zope.tal gives tal:attributes to the first element of what tal:replace puts in; ours go with the tag"
)
DATA = "i18n:data, which only zope.tal has: refused at the start"
DOLLAR = "the string: of the suite leaves ${…} as it is; that of TALES puts the value in"

REASONS = {
    ("Chameleon", "027-attribute-replacement.pt → 027.pt"): SCRIPT,
    ("Chameleon", "059-embedded-javascript.pt → 059.pt"): SCRIPT,
    ("Chameleon", "078-tags-and-newlines.pt → 078.pt"): SCRIPT,
    ("Chameleon", "084-interpolation-in-cdata.pt → 084.pt"): SCRIPT,
    ("zope.tal", "test11.html"): STRUCTURE,
    ("zope.tal", "test11.xml"): STRUCTURE,
    (
        "zope.tal",
        "test22.xml",
    ): 'zope.tal leaves out the tag for tal:replace="default"; here it stays, as in Chameleon',
    ("zope.tal", "test23.html"): DATA,
    ("zope.tal", "test29.html"): DATA,
    ("zope.tal", "test30.html"): DOLLAR,
    ("zope.tal", "test31.html"): DOLLAR,
}
