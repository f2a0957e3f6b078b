/** Narrow screens, no scripts, print, motion, forced colours. */
export const mediaCss = String.raw`
/* Narrow */
@media screen and (max-width:1080px){.page{grid-template-columns:minmax(0,1fr)}.toc{display:none}.hero,.brief{grid-template-columns:minmax(0,1fr)}}
@media screen and (max-width:760px){
  .bar,.page{padding-left:20px;padding-right:20px}.bar .what{display:none}.bar{gap:8px}
  section.block{padding-top:var(--s-8)}section.block:first-of-type{padding-top:var(--s-5)}
  .mast{margin-bottom:var(--s-6)}.hero{gap:var(--s-6)}
  .grid2,.lanes,.cols,.gloss{grid-template-columns:minmax(0,1fr)}.grid2{gap:0}.lanes{gap:var(--s-6)}
  .tally{gap:var(--s-5) var(--s-6)}.tally .n{font-size:2.5rem}.tally .dots i{width:18px}.tally .w{font-size:var(--t-14)}.tally .w small{display:none}
  .claims,.claims tbody,.claims tr,.claims th,.claims td{display:block;width:auto!important}.claims thead{display:none}
  .claims tbody tr{padding:var(--s-6) 0;border-top:1px solid var(--line)}.claims tbody tr:first-child{border-top:0}.claims tbody th,.claims tbody td{padding:0;border:0}.claims td{margin-top:var(--s-4)}.claims td.verd{display:flex;align-items:center;gap:12px}.how{margin:0}
  .say{padding-left:0}.say::before{position:static}
  .matrix-wrap>.scroll,.rankwrap>.scroll{margin-left:-20px;margin-right:-20px}
  .matrix thead th:first-child{width:150px}.matrix{min-width:920px}.rank{min-width:930px}
  .matrix thead th:first-child,.matrix tbody th,.rank thead th:first-child,.rank tbody th{position:sticky;left:0;z-index:1;background:var(--bg);padding-left:20px}.rank tbody tr:not(.group) th{padding-left:44px;min-width:170px}.time .row>span{white-space:normal}
  .matrix tbody th,.rank tbody th{box-shadow:1px 0 0 var(--line)}.matrix tr.win th,.rank tr.win th{background:var(--blue-soft);border-radius:0}.matrix tr.group th,.rank tr.group th{position:static;padding-left:20px;box-shadow:none}
  .gl{position:sticky;left:20px;display:inline-block}
  .matrix tr.win td:last-child,.rank tr.win td:last-child{border-radius:0}.lanehead{flex-wrap:wrap;gap:0 10px}  .fig{margin-top:var(--s-7)}.policy{padding:var(--s-4)}.tablist{position:static;flex-wrap:wrap;gap:8px;border:0;overflow:visible;padding:0}.tablist label{border:1px solid var(--line-2)!important;border-radius:99px;padding:7px 13px;margin:0}
  .say{font-size:1.3125rem}.heat text{font-size:14px}.observed,.observed tbody,.observed tr,.observed th,.observed td{display:block;width:auto!important}.observed thead{display:none}.observed tbody tr{padding:var(--s-4) 0;border-top:1px solid var(--line)}.observed tbody th,.observed tbody td{padding:0;border:0}.observed td{margin-top:var(--s-2)}.time .row{grid-template-columns:minmax(96px,128px) minmax(0,1fr) 52px}
}
/* No script, print, motion, contrast */
/* Without scripts (or where a server's policy blocks them) every panel is open and the still images stand in. */
html:not(.js) canvas,html:not(.js) .cursor,html:not(.js) .btn,html:not(.js) .tablist,html:not(.js) .tabs>input{display:none!important}
html:not(.js) .twin,html:not(.js) .panel{display:block!important}html:not(.js) .chart{height:auto!important}html:not(.js) .panel+.panel{border-top:1px solid var(--line-2);margin-top:var(--s-8)}
@media print{
  @page{size:A4;margin:13mm 14mm 14mm}
  html{font-size:11px}body{background:#fff;line-height:1.5}h1{font-size:2.9rem}
  .bar{padding:0 0 8px}.page{display:block;padding:0;max-width:none}.toc,.tablist,.btn,.read,.cursor,.skip,.tally .all{display:none!important}.filters .claims tbody tr{display:table-row!important}
  .panel{display:block!important;break-before:page;padding-top:0}.panel:first-of-type{break-before:auto;padding-top:var(--s-5)}
  section.block{padding-top:var(--s-7)}#claims,#scenarios,#method{break-before:page;padding-top:0}
  .fig,.claims tr,.pick,.policy,.cmd,.lane,tr,figure{break-inside:avoid}h2,h3,h4{break-after:avoid}
  canvas{display:none!important}.twin{display:block!important;background:none;border-radius:0}.chart{height:auto!important}details:not([open]){display:none}
  .hero{grid-template-columns:1.4fr 1fr;gap:var(--s-6)}.hero .lede{font-size:1.05rem}.mast{margin-bottom:var(--s-5);padding-bottom:var(--s-4)}.pick dl>div{padding:6px 0}.matrix-wrap{margin-top:var(--s-5)}.matrix tr.group th,.matrix tbody tr.group:first-child th{padding:9px 6px 3px;font-size:9.5px}section.block:first-of-type{padding-top:var(--s-3)}.legend{gap:2px 14px;margin-top:8px}.legend .ico{width:11px;height:11px}
  .claims tbody th,.claims tbody td{padding-top:1.15rem;padding-bottom:1.15rem}.claims{margin-top:var(--s-5)}.say{font-size:1.35rem}.ev{font-size:1.02rem;line-height:1.48}.vs{margin-top:8px}.say::before{position:static}
  .cols{margin-top:var(--s-5);gap:var(--s-5) var(--s-6)}.gloss{margin-top:var(--s-5)}.cols p,.cols li{font-size:1.05rem}.cmd code{font-size:10.5px}.cmdt{margin-top:var(--s-3)}footer{margin-top:var(--s-5)}
  .brief{grid-template-columns:1fr 1fr;gap:var(--s-5)}.grid2,.lanes{gap:0 var(--s-5)}
  .scroll{overflow:visible}.matrix,.rank{min-width:0;font-size:10.5px}.matrix thead th,.matrix tbody td,.rank td,.rank thead th,.rank tbody th{padding-left:5px;padding-right:5px}.matrix thead th:first-child{width:104px;padding-left:6px}.matrix thead th:last-child{width:96px}.matrix tbody th{padding-left:6px}.cell b,.cell small{font-size:9.5px}.matrix tbody th,.matrix tbody td{height:auto;padding-top:3px;padding-bottom:3px}.cell{grid-template-columns:12px 1fr;column-gap:5px}.cell .ico{width:12px;height:12px}.regret small{font-size:8.5px;margin-top:-3px}.regret{grid-template-columns:42px 1fr;gap:4px}.regret b{font-size:9.5px}.matrix thead th,.rank thead th{font-size:9.5px}.matrix thead small{font-size:8.5px}
  .pick{box-shadow:none}.fig{margin-top:var(--s-5)}.wbar{grid-template-columns:40px 34px}.rank .ci{font-size:9.5px}
  *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important;scroll-behavior:auto!important}}
@media (forced-colors:active){.stamp,.tag,.btn{border-color:CanvasText}.stack i,.regret i,.vs i{forced-color-adjust:none}}
`;
