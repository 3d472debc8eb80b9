"""How a report page looks, in light and dark surroundings, on paper and on small screens."""

from __future__ import annotations

STYLE = """
:root{--paper:#fff;--wash:#f5f7fa;--ink:#1f2933;--soft:#52606d;--edge:#d5dbe3;--accent:#0b69a3;
--good:#0c6b58;--good-wash:#e3f9f1;--bad:#b91c1c;--bad-wash:#fdecec;--changed-wash:#fff8e1;
--odd:#8d4b00;--mono:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;
color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#111827;--wash:#1a2333;--ink:#e5e7eb;
--soft:#a9b4c2;--edge:#374151;--accent:#5cc0f5;--good:#5ad1b4;--good-wash:#0f3229;--bad:#ff8a80;
--bad-wash:#3d1518;--changed-wash:#332b12;--odd:#f5b971}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.55 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main,footer{max-width:76rem;margin:0 auto;padding:0 1.5rem}
header{padding:2rem 0 0}
h1{font-size:1.5rem;line-height:1.3;margin:.6rem 0;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.5rem 0 .8rem;padding-bottom:.3rem;border-bottom:1px solid var(--edge)}
h3{font-size:1rem;margin:1.4rem 0 .5rem;overflow-wrap:anywhere}
h3 small{margin-left:.8rem;white-space:nowrap;color:var(--soft);font-weight:normal}
code,pre{font-family:var(--mono)}
pre,.scroll{background:var(--wash);border:1px solid var(--edge);border-radius:8px;overflow:auto}
pre{max-height:36rem;font-size:.82rem;line-height:1.45;padding:.9rem 1rem;margin:.5rem 0}
.badge{display:inline-block;margin:0;padding:.2rem .8rem;border-radius:99px;font-weight:600}
.badge.good{background:var(--good-wash);color:var(--good)}
.badge.bad{background:var(--bad-wash);color:var(--bad)}
b.good{color:var(--good)}b.bad{color:var(--bad)}
.verdict{margin:.6rem 0;padding-left:1.2rem}
.try{margin:.6rem 0;color:var(--soft)}
figure{margin:0}figcaption{margin:.5rem 0;color:var(--soft);font-size:.9rem}
.scroll .net .paper{fill:none}
.scroll svg{display:block;margin:0 auto;max-width:100%;height:auto;min-width:44rem}
.walk{border-left:3px solid var(--accent);padding-left:1rem;margin:1rem 0}
.depth1{margin-left:1.5rem;border-color:var(--edge)}.depth2{margin-left:3rem;border-color:var(--edge)}
.depth3{margin-left:4.5rem;border-color:var(--edge)}
.walk h3{margin:.2rem 0 .4rem}
ol{list-style:none;margin:0;padding:0}
ol>li{padding:.12rem .5rem;border-radius:5px;font-size:.92rem;overflow-wrap:anywhere}
.in1{margin-left:1.2rem}.in2{margin-left:2.4rem}.in3{margin-left:3.6rem}.in4{margin-left:4.8rem}
.in5{margin-left:6rem}.in6{margin-left:7.2rem}
.device{margin-top:.5rem;color:var(--accent);font-weight:600}.heading{color:var(--soft)}
.sent,summary{margin:1rem 0 .6rem;overflow-wrap:anywhere}.sent code,summary code{font-size:.82rem}
summary{cursor:pointer}details{border-bottom:1px solid var(--edge)}
li.good{background:var(--good-wash);color:var(--good)}li.bad{background:var(--bad-wash);
color:var(--bad);font-weight:600}
li.changed{background:var(--changed-wash)}li.rule{font-weight:600}li.odd{color:var(--odd)}
table{border-collapse:collapse;margin:.1rem 0;font-size:.86rem}
th{font-weight:normal;text-align:left;color:var(--soft);padding:.05rem 1rem .05rem 0}
td{font-family:var(--mono);padding:.05rem .6rem .05rem 0;font-size:.82rem}
.why{font-family:inherit;color:var(--soft)}
del{color:var(--bad);text-decoration-thickness:1px}ins{color:var(--good);text-decoration:none;
font-weight:600}
.arrow{color:var(--soft)}
footer{padding-top:1.5rem;padding-bottom:2.5rem;color:var(--soft);font-size:.85rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:40rem){main,footer{padding:0 1rem}.walk{margin-left:0;padding-left:.6rem}
.in1{margin-left:.6rem}.in2{margin-left:1.2rem}.in3{margin-left:1.8rem}.in4{margin-left:2.4rem}
.in5{margin-left:3rem}.in6{margin-left:3.6rem}ol>li{padding:.12rem .3rem}
tr{display:flex;flex-wrap:wrap}h3 small{display:block;margin:0}}
@media print{pre,.scroll{overflow:visible;max-height:none;white-space:pre-wrap}
section{break-inside:auto}}
"""
