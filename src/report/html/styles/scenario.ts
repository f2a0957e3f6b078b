/** Scenario tabs, figures and method. */
export const scenarioCss = String.raw`
/* Scenarios */
.tabs>input,.filters>input{position:absolute;opacity:0;pointer-events:none}
.tablist{display:flex;gap:4px;margin-top:var(--s-6);border-bottom:1px solid var(--line-2);overflow-x:auto;scrollbar-width:none;position:sticky;top:0;background:var(--bg);z-index:3;padding-top:8px}
.tablist label{padding:10px 14px 12px;font-size:var(--t-14);font-weight:500;color:var(--ink-3);white-space:nowrap;cursor:pointer;border-bottom:2px solid transparent;margin-bottom:-1px}
.tablist label:hover{color:var(--ink)}
.panel{display:none;padding-top:var(--s-7)}
.brief{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.06fr);gap:var(--s-7);align-items:start}
.brief h3{font-size:var(--t-24);letter-spacing:-.02em;max-width:26ch}
.facts{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:var(--s-3);font-size:var(--t-13);color:var(--ink-3)}.facts b{color:var(--ink-2);font-weight:550}
.thread{margin-top:var(--s-5);padding-left:var(--s-4);border-left:2px solid var(--line-2)}
.thread p{font:italic 400 1.1875rem/1.45 var(--font-voice);color:var(--ink)}.thread p+p{margin-top:10px}
.thread dt{font-size:var(--t-13);color:var(--ink-3);margin-top:var(--s-3)}.thread dt:first-child{margin-top:0}
.tested{margin-top:var(--s-5)}.tested>p{font-size:var(--t-13);color:var(--ink-3);margin-bottom:6px}.tested li{font-size:var(--t-14);line-height:1.45}.tested li+li{margin-top:5px}.tested a{display:grid;grid-template-columns:16px 62px minmax(0,1fr);gap:8px;color:var(--ink-2)}.tested a .ico{width:15px;height:15px;margin-top:3px}.tested a b{font-weight:600}
.policy{background:var(--surface);border:1px solid var(--line);border-radius:var(--radius);padding:var(--s-5)}
.policy>p{font-size:var(--t-14);font-weight:600;margin-bottom:var(--s-3)}
.tree,.tree ul{font-size:var(--t-14);line-height:1.4}
.tree ul{margin-left:9px;border-left:1px solid var(--line-2)}
.tree li{position:relative;padding:6px 0 6px 0}.tree ul>li{padding-left:20px}
.tree ul>li::before{content:"";position:absolute;left:0;top:17px;width:13px;border-top:1px solid var(--line-2)}
.tree ul>li:last-child::after{content:"";position:absolute;left:-1px;top:18px;bottom:0;width:1px;background:var(--surface)}
.node{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:2px 14px;align-items:baseline}.node b{font-weight:600}.node .d{display:block;color:var(--ink-2);font-size:var(--t-13)}
.tag{display:inline-flex;gap:5px;align-items:center;font-size:var(--t-12);font-weight:500;padding:1px 8px 1px 6px;border-radius:99px;border:1px solid var(--line-2);color:var(--ink-2);white-space:nowrap}
.tag .ico{width:10px;height:10px;stroke-width:1.5}.tag.documented{color:var(--blue);border-color:currentColor}.tag.reported{color:var(--violet);border-color:currentColor}.tag.assumed{border-style:dashed;border-color:var(--ink-3)}
.binds{color:var(--ink)!important;font-weight:550;background:var(--surface-2);border-radius:4px;padding:0 6px;font-size:var(--t-12)}
.fig{margin-top:var(--s-8);min-width:0}.fig>.note,.fig h4+.note,.fig h3+.note{margin-top:6px}
.grid2{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 var(--s-7)}
.rank{min-width:900px;margin-top:var(--s-4)}
.rank thead th{font-size:var(--t-13);color:var(--ink-3);font-weight:500;padding:8px 9px;border-bottom:1px solid var(--line-2);text-align:right;white-space:nowrap}
.rank thead th:first-child{text-align:left;padding-left:10px}
.rank td,.rank tbody th{padding:10px 9px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
.rank tbody th{text-align:left;padding-left:10px}.rank tbody th .ico{width:15px;height:15px;margin-right:9px}
.rank tr.over td,.rank tr.over th,.rank tr.failed td,.rank tr.failed th{color:var(--ink-3)} .rank tr.sep td,.rank tr.sep th{border-top:1px solid var(--line-2)}
.rank tr.group th{padding:20px 10px 6px;font-size:var(--t-13);font-weight:500;color:var(--ink-3);border-bottom:1px solid var(--line)}
.rank tr.win td,.rank tr.win th{font-weight:600;background:var(--blue-soft)}.rank tr.win th{border-radius:8px 0 0 8px}.rank tr.win td:last-child{border-radius:0 8px 8px 0}.rank tr.win .wbar i{background:var(--blue-mark)}.rank .ci{color:var(--ink-3);font-weight:400;font-size:var(--t-13);margin-left:6px}
.wbar{display:inline-grid;grid-template-columns:48px 48px;gap:8px;align-items:center}.wbar i{height:7px;border-radius:2px;background:var(--mark-2);min-width:1px;justify-self:start}.over .wbar i{background:var(--rust-mark)}
.chart{position:relative;margin-top:var(--s-4)}.chart canvas{display:block}.twin{display:none;width:100%;height:auto;background:#fff;border-radius:var(--radius-s)}
.keys{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:var(--s-3);font-size:var(--t-13);color:var(--ink-2)}.keys li{display:flex;align-items:center;gap:7px}.keys svg{width:26px;height:10px;overflow:visible}
details{margin-top:var(--s-3);font-size:var(--t-13)}summary{cursor:pointer;color:var(--ink-3);width:max-content;max-width:100%}summary:hover{color:var(--ink)}
details table{margin-top:var(--s-3);font-size:var(--t-13)}details td,details th{padding:5px 10px 5px 0;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}details th:first-child,details td:first-child{text-align:left}
.lanes{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:0 var(--s-7);margin-top:var(--s-5)}
.lanehead{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 10px;padding-bottom:8px;border-bottom:1px solid var(--line-2)}.lanehead b{font-weight:600;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.lanehead span{color:var(--ink-3);font-size:var(--t-13)}
.lane{margin-top:var(--s-3)}.lane>p{display:flex;justify-content:space-between;gap:8px;font-size:var(--t-13);color:var(--ink-2);margin-bottom:2px;white-space:nowrap}.lane .chart{margin-top:0}
.read{font-size:var(--t-13);color:var(--ink-3);margin-top:var(--s-3);min-height:1.5em;font-variant-numeric:tabular-nums}
.heat{width:100%;height:auto;display:block;margin-top:var(--s-3);font-family:var(--font-sans)}.heat text{fill:var(--ink-3);font-size:11px;font-variant-numeric:tabular-nums}.heat .bg{fill:var(--surface-2)}
.h1{stroke:var(--heat-1)}.ramp-1{background:var(--heat-1)}.h2{stroke:var(--heat-2)}.ramp-2{background:var(--heat-2)}.h3{stroke:var(--heat-3)}.ramp-3{background:var(--heat-3)}.h4{stroke:var(--heat-4)}.ramp-4{background:var(--heat-4)}.h5{stroke:var(--heat-5)}.ramp-5{background:var(--heat-5)}
.ramp{display:flex;align-items:center;gap:0;margin-top:var(--s-3);font-size:var(--t-12);color:var(--ink-3);flex-wrap:wrap}.ramp i{width:34px;height:9px}.ramp span{margin:0 8px 0 0}.ramp i+span{margin-left:8px}
.cause{margin-top:var(--s-5)}.cause .row{margin-top:var(--s-4)}.cause .row>p{display:flex;justify-content:space-between;font-size:var(--t-14);margin-bottom:6px}.cause .row>p span{color:var(--ink-3);font-size:var(--t-13)}
.stack{display:flex;height:26px;border-radius:4px;overflow:hidden;gap:2px}.stack i{display:block;min-width:2px;position:relative}.stack i span{position:absolute;inset:0;display:grid;place-items:center;font:600 12px/1 var(--font-sans);font-style:normal;color:var(--on)}
.cause table{margin-top:var(--s-5);font-size:var(--t-13)}.cause td,.cause th{padding:7px 0;border-bottom:1px solid var(--line);text-align:right}.cause th:first-child{text-align:left;font-weight:400}.cause thead th{color:var(--ink-3);font-weight:500}
.sw{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:8px;vertical-align:-1px}
.thread li{font:italic 400 1.125rem/1.45 var(--font-voice);color:var(--ink)}.thread li+li{margin-top:8px}
.tested a{grid-template-columns:16px 68px minmax(0,1fr)}
.tag.staff{color:var(--blue);border-color:currentColor}.tag.observed{color:var(--blue);border-style:dashed;border-color:currentColor}
.node .d+.d{margin-top:2px}.node .why{color:var(--ink-3)}
.policy .about{font-size:var(--t-13);font-weight:400;color:var(--ink-2);margin-top:-6px}
.open{margin-top:var(--s-4);font-size:var(--t-14);color:var(--ink-2);display:grid;gap:8px}.open li{display:flex;gap:8px;align-items:flex-start}.open .ico{color:var(--violet);width:15px;height:15px;margin-top:3px}
.rank tbody tr:not(.group) th{white-space:normal;min-width:190px;line-height:1.3;padding-left:34px}.rank tbody tr:not(.group) th>span:first-child{display:inline-block;width:24px;margin-left:-24px}.rank .proposal{font-weight:400;color:var(--rust);font-size:var(--t-12);margin-left:8px}
.chart img{max-width:100%}
.legend-inline{display:flex;flex-wrap:wrap;gap:4px 18px;margin-top:var(--s-3);font-size:var(--t-13);color:var(--ink-2)}
.time{margin-top:var(--s-4);display:grid;gap:9px}.time .row{display:grid;grid-template-columns:minmax(96px,336px) minmax(0,1fr) 56px;gap:12px;align-items:center;font-size:var(--t-13)}.time .row>span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;color:var(--ink-2)}.time .row>b{font-weight:500;text-align:right;font-variant-numeric:tabular-nums}.time .lead>span{color:var(--blue);font-weight:600}.time .other>span{color:var(--rust);font-weight:600}
.time .stack{height:14px;gap:1px}
.t-0{background:var(--mark-3)}.t-1{background:var(--blue-mark)}.t-2{background:var(--rust-mark)}.t-3{background:var(--mark-1)}
.k-0{background:var(--rust-mark)}.k-1{background:var(--violet-mark)}.k-2{background:repeating-linear-gradient(135deg,var(--mark-3) 0 4px,var(--mark-2) 4px 8px)}.k-3{background:var(--mark-1)}.k-4{background:var(--blue-mark)}
.none{margin-top:var(--s-4);font-size:var(--t-14);color:var(--ink-2)}
.cursor{display:grid;gap:4px;margin-top:var(--s-3)}.cursor input{width:100%;accent-color:var(--blue);margin:0}
.cursor label{font-size:var(--t-13);color:var(--ink-3)}
.under{margin-top:var(--s-3)}.heat path{fill:none}.keys .shape{width:12px;height:12px;color:var(--mark-1)}.k-lead{color:var(--blue-mark)}.k-other{color:var(--rust-mark)}.k-rest{color:var(--mark-3)}.lanehead .is-lead{color:var(--blue)}.lanehead .is-other{color:var(--rust)}.m-ink{stroke:var(--ink)}.m-grey{fill:var(--mark-2)}.m-blue{fill:var(--blue-mark)}
details table.words td,details table.words th{text-align:left;white-space:normal;vertical-align:top}

/* Method */
.cols{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:var(--s-6) var(--s-7);margin-top:var(--s-6)}
.cols h3{margin-bottom:8px;font-size:var(--t-16);letter-spacing:-.008em}.cols p,.cols li{font-size:15px;color:var(--ink-2);line-height:1.6}.cols p+p{margin-top:10px}.cols li{padding-left:18px;position:relative}.cols li+li{margin-top:6px}.cols li::before{content:"";position:absolute;left:2px;top:.72em;width:6px;height:1px;background:var(--ink-3)}
.cmd{display:flex;gap:12px;align-items:flex-start;margin-top:10px;background:var(--surface-2);border-radius:var(--radius-s);padding:11px 12px 11px 14px}
.cmd code{flex:1;font-size:13px;line-height:1.55;white-space:pre-wrap;overflow-wrap:anywhere;color:var(--ink)}.cmd code::before{content:"$ ";color:var(--ink-3)}
.cmd .btn{height:24px;padding:0 8px;font-size:12px}
.cmdt{font-size:var(--t-14);color:var(--ink-2);margin-top:var(--s-4)}
.gloss{margin-top:var(--s-7);display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:var(--s-4) var(--s-6)}.gloss dt{font-weight:600;font-size:var(--t-14)}.gloss dd{font-size:var(--t-14);line-height:1.5;color:var(--ink-2)}
.prov{display:flex;flex-wrap:wrap;gap:3px 18px;font-size:var(--t-13);color:var(--ink-3);margin-bottom:14px}.prov div{display:flex;gap:6px}.prov dd{color:var(--ink-2);font-weight:500;font-variant-numeric:tabular-nums}
.caut{display:flex;font-size:var(--t-13);margin-top:-6px;color:var(--ink-2);gap:8px;align-items:flex-start;max-width:84ch;line-height:1.5}.mast{padding-bottom:var(--s-5);margin-bottom:var(--s-7);border-bottom:1px solid var(--line)}.caut .ico{color:var(--violet);margin-top:3px;width:14px;height:14px}
footer{border-top:1px solid var(--line);margin-top:var(--s-8);padding-top:var(--s-4);font-size:var(--t-13);color:var(--ink-3);display:flex;justify-content:space-between;gap:16px;flex-wrap:wrap}
`;
