/** Answer and claims. */
export const answerCss = String.raw`
/* Answer */
.hero{display:grid;grid-template-columns:minmax(0,1.5fr) minmax(300px,1fr);gap:var(--s-7);align-items:start}
.more{margin-top:var(--s-5);font-size:var(--t-16);color:var(--ink-2)}.more a{font-weight:550}
.pick{background:var(--surface);border:1px solid var(--line);border-radius:14px;padding:var(--s-5) var(--s-5) var(--s-4);box-shadow:var(--shadow)}
.pick .k{font-size:var(--t-13);color:var(--ink-3)} .pick .name{display:flex;gap:10px;align-items:flex-start;line-height:1.25;font-size:var(--t-24);font-weight:640;letter-spacing:-.02em;margin:4px 0 6px}
.pick .name .ico{margin-top:5px;color:var(--blue);width:20px;height:20px}
.pick dl>div{display:flex;justify-content:space-between;gap:var(--s-4);padding:9px 0;border-top:1px solid var(--line);font-size:var(--t-14)}
.pick dt{color:var(--ink-2)} .pick dd{font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}
.unless{margin-top:var(--s-3);padding-top:var(--s-3);border-top:1px solid var(--line);font-size:var(--t-13);line-height:1.5;color:var(--ink-2)}
.unless li+li{margin-top:8px} .unless b{color:var(--ink)}
.scroll{position:relative;overflow-x:auto;-webkit-overflow-scrolling:touch;scrollbar-width:thin}
.matrix-wrap{margin-top:var(--s-7)}
table{border-collapse:separate;border-spacing:0;width:100%;font-size:var(--t-14);line-height:1.35}
th{font-weight:550;text-align:left} caption{text-align:left}
.matrix{min-width:860px;table-layout:fixed}
.matrix thead th{padding:0 8px 10px;vertical-align:bottom;font-size:var(--t-13);color:var(--ink-2);line-height:1.3;border-bottom:1px solid var(--line-2)}
.matrix thead a{color:var(--ink)}
.matrix thead th small{display:block;font-size:var(--t-12);color:var(--ink-3);font-weight:400;white-space:nowrap}
.matrix thead th:first-child{width:216px;padding-left:12px}.matrix thead th:last-child{width:152px}
.matrix tbody th,.matrix tbody td{padding:8px;border-bottom:1px solid var(--line);height:52px;vertical-align:middle}
.matrix tr.group th{height:auto;padding:22px 12px 7px;font-size:var(--t-13);font-weight:500;color:var(--ink-3)}.matrix tbody tr.group:first-child th{padding-top:14px}
.matrix tr.last th,.matrix tr.last td{border-bottom:0}
.matrix tbody th{padding-left:12px;font-size:var(--t-14);position:relative}
.matrix tr.win th,.matrix tr.win td{background:var(--blue-soft)} .matrix tr.win th{border-radius:8px 0 0 8px;font-weight:640} .matrix tr.win td:last-child{border-radius:0 8px 8px 0}
.cell{display:grid;grid-template-columns:16px 1fr;column-gap:7px;align-items:center} .cell .ico{width:16px;height:16px}
.cell b{font-weight:600;line-height:1.2;white-space:nowrap}.cell small{grid-column:2;color:var(--ink-3);font-size:var(--t-12);line-height:1.25;white-space:nowrap}
.v-best,.v-tied,.v-same{color:var(--blue)}.v-none{color:var(--ink-3)} .v-slower{color:var(--ink)} .v-slower .ico{color:var(--ink-3)} .v-over{color:var(--ink-3)}.v-over .ico{color:var(--rust)} .v-failed{color:var(--ink-3)} .v-unsure{color:var(--violet)}
.v-slower b{font-weight:500}.v-failed b,.v-over b{font-weight:500}.v-failed .ico{color:var(--ink-2)}
.regret{display:grid;grid-template-columns:58px 1fr;gap:8px;align-items:center}.regret b{font-weight:600;white-space:nowrap}.regret i{display:block;height:8px;border-radius:2px;background:var(--mark-2);min-width:2px}
.regret.pickd b{color:var(--blue)}.regret.pickd i{background:var(--blue-mark)}.regret.out b{font-weight:500;color:var(--ink-3)}.regret.out i{background:none;border:1px solid var(--mark-3)}.regret small{grid-column:1/-1;font-size:var(--t-12);line-height:1.25;color:var(--ink-3);margin-top:-6px}
.legend{display:flex;flex-wrap:wrap;gap:6px 20px;margin-top:var(--s-4);font-size:var(--t-13);color:var(--ink-2)} .legend li{display:flex;gap:7px;align-items:center}.legend .ico{width:15px;height:15px}
.warn{margin-top:10px;display:grid;gap:6px;font-size:var(--t-13);color:var(--ink-2);line-height:1.5}.warn li{display:flex;gap:8px;align-items:flex-start;max-width:84ch}.warn .ico{color:var(--rust);margin-top:3px;width:14px;height:14px}
.off{color:var(--ink-3);text-align:left;padding-left:31px!important}.long{font-size:clamp(1.7rem,1rem + 1.6vw,2.25rem);max-width:28ch}
.lede+.lede{font-size:var(--t-16);margin-top:var(--s-3)}
.pick .type{margin:0 0 var(--s-4);font-size:var(--t-13);color:var(--ink-2);overflow-wrap:anywhere}
.matrix .spec{display:block;font-weight:400;font-size:var(--t-12);color:var(--ink-3);overflow-wrap:anywhere}

/* Claims */
.tally{display:flex;gap:var(--s-7);margin-top:var(--s-6);align-items:flex-start;flex-wrap:wrap}
.tally>li{display:grid;grid-template-columns:auto auto;column-gap:12px;align-items:center}
.tally .n{font-size:3.25rem;line-height:1;font-weight:620;letter-spacing:-.045em;font-variant-numeric:tabular-nums}
.tally .w{font-size:var(--t-16);font-weight:600;line-height:1.25}.tally .w small{display:block;font-weight:400;font-size:var(--t-13);color:var(--ink-3)}
.tally .dots{grid-column:1/-1;display:flex;gap:4px;margin-top:12px}.tally .dots i{width:34px;height:6px;border-radius:3px;background:currentColor}
.is-holds{color:var(--blue)}.is-refuted{color:var(--rust)}.is-depends{color:var(--violet)}
.claims{margin-top:var(--s-7);border-top:1px solid var(--line-2)}
.claims thead th{padding:10px 0;font-size:var(--t-13);color:var(--ink-3);font-weight:500}
.claims th.c1{width:39%}.claims th.c2{width:17%}
.claims tbody th,.claims tbody td{padding:var(--s-6) 0;border-top:1px solid var(--line);vertical-align:top;font-weight:400}
.claims tbody th{padding-right:var(--s-7)} .claims td.verd{padding-right:var(--s-4)}
.say{font:italic 400 1.4375rem/1.32 var(--font-voice);letter-spacing:-.006em;color:var(--ink);text-wrap:pretty;position:relative}
.say::before{content:"\201C";position:absolute;left:-.46em}.say::after{content:"\201D"}
.src a{text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:3px;color:inherit}.src a:hover{color:var(--blue)}
.src{margin-top:10px;font-size:var(--t-13);color:var(--ink-3)}
.stamp{display:inline-flex;align-items:center;gap:8px;height:34px;padding:0 13px 0 10px;border-radius:99px;font-weight:600;font-size:var(--t-14);border:1.5px solid currentColor;background:var(--surface)}
.stamp .ico{width:17px;height:17px;stroke-width:2.1}.stamp.is-holds{background:var(--blue-soft)}.stamp.is-refuted{background:var(--rust-soft)}.stamp.is-depends{background:var(--violet-soft);border-style:dashed}
.how{display:block;margin-top:10px;font-size:var(--t-13);line-height:1.4;color:var(--ink-3)}
.ev{font-size:var(--t-16);line-height:1.55;color:var(--ink-2);max-width:54ch;text-wrap:pretty}.ev b{color:var(--ink)}
.vs{display:grid;grid-template-columns:minmax(0,auto) minmax(60px,1fr) auto;gap:5px 12px;align-items:center;margin-top:var(--s-4);font-size:var(--t-13);color:var(--ink-2);max-width:440px}
.vs dt{max-width:180px}.vs dd{display:contents}.vs i{display:block;height:9px;border-radius:2px;background:var(--mark-2);min-width:2px}.vs .lead i{background:currentColor}
.vs .lead i{background:var(--tone)}.vs b{font-variant-numeric:tabular-nums;font-weight:600;color:var(--ink);text-align:right;white-space:nowrap}
.filters>input{position:absolute;opacity:0;pointer-events:none}
#claims-holds:checked~.claims tbody tr:not(.c-holds),#claims-depends:checked~.claims tbody tr:not(.c-depends),#claims-refuted:checked~.claims tbody tr:not(.c-refuted),#claims-not-run:checked~.claims tbody tr:not(.c-not-run){display:none}#claims-holds:checked~.tally label[for=claims-holds],#claims-depends:checked~.tally label[for=claims-depends],#claims-refuted:checked~.tally label[for=claims-refuted],#claims-not-run:checked~.tally label[for=claims-not-run]{background:var(--surface-2)}#claims-holds:focus-visible~.tally label[for=claims-holds],#claims-depends:focus-visible~.tally label[for=claims-depends],#claims-refuted:focus-visible~.tally label[for=claims-refuted],#claims-not-run:focus-visible~.tally label[for=claims-not-run],#claims-all:focus-visible~.tally label[for=claims-all]{outline:2px solid var(--blue);outline-offset:2px}#claims-all:checked~.tally .all{display:none}.tally .all label{color:var(--blue);font-size:var(--t-14);font-weight:500}
.filters .tally label{cursor:pointer;display:grid;grid-template-columns:auto auto;column-gap:12px;align-items:center;padding:8px 12px 12px;margin:-8px -12px -12px;border-radius:var(--radius)}.filters .tally label:hover{background:var(--surface-2)}
.tally .dots{flex-wrap:wrap;max-width:190px}.tally .dots i{width:12px}
.claims tbody th,.claims tbody td{padding:var(--s-5) 0}
.say{font-size:1.25rem}
.turn{display:block;margin-top:8px;font-size:var(--t-14);color:var(--ink)}.turn b{font-weight:550;color:var(--violet)}
.rests{display:block;margin-top:8px;font-size:var(--t-13);color:var(--ink-3)}
.observed-head{margin-top:var(--s-8)}
.observed td.verd{white-space:nowrap}.observed{margin-top:var(--s-5)}
.observed tbody th,.observed tbody td{padding:var(--s-3) 0;font-size:var(--t-14);line-height:1.5;vertical-align:top;border-top:1px solid var(--line);font-weight:400;color:var(--ink-2)}.observed tbody th{padding-right:var(--s-6);color:var(--ink)}.observed thead th{padding:8px 0;font-size:var(--t-13);color:var(--ink-3);font-weight:500;border-top:1px solid var(--line-2)}.observed .c1{width:36%}.observed .c2{width:13%}
.observed .say{font-size:1.0625rem;line-height:1.35}.observed .src{margin-top:4px}
.mini{display:inline-flex;gap:6px;align-items:center;font-weight:600}.mini .ico{width:15px;height:15px}.is-not-run{color:var(--ink-3)}
`;
