/** The live page's style, light and dark. Text holds 4.5:1 and marks 3:1 against their ground: checked in a browser by axe. */

const light = `--bg:#FBFBF9;--surface:#FFFFFF;--ink:#15181E;--ink-2:#474D59;--ink-3:#656C79;--line:#E6E6E1;--line-2:#CDCDC6;--grid:#ECECE7;--blue:#1D56C9;--soft:#EDF3FD;--track:#ECECE7;--rust:#A8450A;--violet:#5B3793;--c0:#3E79E6;--c1:#BC5A14;--c2:#5B3793;--c3:#0F7B6C;--c4:#B3261E;--c5:#8A6D00;--c6:#9C3D7E;--c7:#5D6472`;
const dark = `--bg:#0F1217;--surface:#161A21;--ink:#ECEEF2;--ink-2:#B4BBC7;--ink-3:#929BAA;--line:#242A34;--line-2:#3A424F;--grid:#222831;--blue:#8AB4FF;--soft:#15213A;--track:#2A313C;--rust:#F0A264;--violet:#CDB8FA;--c0:#5F96F4;--c1:#DB8440;--c2:#CDB8FA;--c3:#4FC3B0;--c4:#F28B82;--c5:#D9B84A;--c6:#E39AC7;--c7:#9AA3B2`;
const colours = [0, 1, 2, 3, 4, 5, 6, 7]
  .map((number) => `.c${number}{fill:var(--c${number})}.b${number}{background:var(--c${number})}`)
  .join('');

/** The whole of it. */
export const pageStyle = `:root{color-scheme:light dark;${light}}
@media(prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1320px;padding:20px 32px 56px;background:var(--bg);color:var(--ink);font:400 15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%}
h1,h2,h3,p,dl,dd,ul,table{margin:0;padding:0} ul{list-style:none}
h1{font-size:clamp(1.5rem,1.1rem + 1.4vw,2.1rem);line-height:1.15;letter-spacing:-.022em;font-weight:640;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1.15rem;letter-spacing:-.012em;font-weight:620}
h3{font:600 .875rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--blue);outline-offset:2px;border-radius:4px}
.note{font-size:13px;color:var(--ink-3)}
section{margin-top:36px} section>h2{margin-bottom:12px}

.top{display:flex;justify-content:space-between;align-items:center;gap:16px;margin-bottom:20px;font-size:13px}
.mark{display:flex;align-items:center;gap:8px;font-weight:650;font-size:15px}
.mark svg{width:20px;height:20px;fill:none;stroke:var(--blue);stroke-width:2.5;stroke-linecap:round}
#connection{display:flex;align-items:center;gap:8px;color:var(--ink-2)}
.dot{width:9px;height:9px;border-radius:50%;background:var(--c7)}
[data-state=live] .dot{background:var(--c3)} [data-state=off] .dot{background:var(--c4)} [data-state=paused] .dot{background:var(--c5)}
.sub{margin-top:6px;color:var(--ink-2)} .lede{margin-top:10px;max-width:76ch;color:var(--ink-2);text-wrap:pretty;overflow-wrap:anywhere}

.facts{display:grid;grid-template-columns:1.7fr repeat(5,1fr);border:1px solid var(--line);border-radius:10px;background:var(--surface)}
.facts>div{padding:12px 18px;border-left:1px solid var(--line)} .facts>div:first-child{border-left:0}
dt{font-size:13px;color:var(--ink-3)} dd{font-size:1.25rem;font-weight:600;letter-spacing:-.01em;white-space:nowrap}
main>section:first-child{margin-top:24px}

.orders{display:flex;flex-wrap:wrap;align-items:center;gap:10px 22px;margin-top:16px}
.orders>div,.orders form{display:flex;align-items:center;gap:6px}
.orders .name,.orders label{font-size:13px;color:var(--ink-3)}
.orders .last{margin-left:auto}
button,select{height:34px;padding:0 12px;border:1px solid var(--line-2);border-radius:7px;background:var(--surface);color:var(--ink);font:500 13px/1 inherit;font-family:inherit;cursor:pointer;max-width:100%}
button:hover,select:hover{border-color:var(--ink-3)}
button[aria-pressed=true]{border-color:var(--blue);background:var(--soft);color:var(--blue)}
#said{flex-basis:100%;min-height:1.5em;font-size:13px;color:var(--ink-2);white-space:pre-line;overflow-wrap:anywhere}

.decided{display:grid;grid-template-columns:minmax(0,1.5fr) minmax(0,1fr);gap:40px;margin-top:16px}
.decided>div{min-width:0}
#chart{margin-top:10px;height:210px} #chart svg{display:block;max-width:100%}
#chart text{font-size:12px;fill:var(--ink-3)} .grid{stroke:var(--grid)} .axis{stroke:var(--line-2)} .read{stroke:var(--ink);stroke-width:1;stroke-dasharray:3 3}
${colours}
#second{display:block;width:calc(100% - 44px);margin:2px 4px 0 40px;height:20px;accent-color:var(--ink-3)}
.reading{min-height:3em;padding-left:40px;font-size:13px;color:var(--ink-2);overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:14px} th{font-weight:400;text-align:left} thead th{font-size:13px;color:var(--ink-3)}
.causes{margin-top:8px} .causes th,.causes td{padding:6px 0 6px 12px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
.causes th:first-child{padding-left:18px;text-indent:-18px;text-align:left;white-space:normal;overflow-wrap:anywhere}
.causes .none{color:var(--ink-3)} .causes+.note{margin-top:8px}
.swatch{display:inline-block;width:10px;height:10px;margin-right:8px;border-radius:2px;box-shadow:inset 0 0 0 1px var(--line-2)} .swatch[class*=" b"]{box-shadow:none}

#limits{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,380px),1fr));gap:16px}
.limit{display:flex;flex-direction:column;gap:4px;padding:14px 18px;border:1px solid var(--line);border-radius:10px;background:var(--surface);min-width:0}
.rule{font-size:13px;color:var(--ink-2)} .source{margin-left:8px;padding:1px 7px;border-radius:9px;background:var(--bg);box-shadow:inset 0 0 0 1px var(--line);font-size:12px;color:var(--ink-3);white-space:nowrap}
.buckets{margin:8px 0 4px;display:grid;gap:9px}
.buckets li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:2px 12px;font-size:13px}
.key{overflow:hidden;text-overflow:ellipsis;white-space:nowrap} .level{color:var(--ink-2);white-space:nowrap} .level strong{color:var(--rust);font-weight:600}
.buckets svg{grid-column:1/-1;width:100%;height:7px;border-radius:4px} .track{fill:var(--track)} .fill{fill:var(--c0)} .low{fill:var(--c1)}
.limit .note{margin-top:auto}

.scroll{max-height:430px;overflow:auto;border:1px solid var(--line);border-radius:10px;background:var(--surface)}
.log th,.log td{padding:6px 14px;text-align:left;white-space:nowrap;border-bottom:1px solid var(--line)}
.log thead th{position:sticky;top:0;background:var(--surface);box-shadow:inset 0 -1px var(--line)}
.log .what{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;max-width:420px;overflow:hidden;text-overflow:ellipsis}
.log .who{max-width:200px;overflow:hidden;text-overflow:ellipsis} .log .why{max-width:260px;overflow:hidden;text-overflow:ellipsis} .log .number{text-align:right}

@media(max-width:1000px){.decided{grid-template-columns:minmax(0,1fr)}.facts{grid-template-columns:repeat(3,1fr)}.facts .wide{grid-column:1/-1;border-bottom:1px solid var(--line)}.facts>div:nth-child(2),.facts>div:nth-child(5){border-left:0}.facts>div:nth-child(n+5){border-top:1px solid var(--line)}}
@media(max-width:1000px) and (min-width:521px){.facts{grid-template-columns:repeat(5,1fr)}.facts>div:nth-child(5){border-left:1px solid var(--line)}.facts>div:nth-child(n+5){border-top:0}}
@media(max-width:520px){body{padding:16px 16px 40px}.facts{grid-template-columns:1fr 1fr}.facts>div{padding:10px 14px}.facts>div:nth-child(even){border-left:0}.facts>div:nth-child(odd){border-left:1px solid var(--line)}.facts .wide{border-left:0!important}.facts>div:nth-child(n+4){border-top:1px solid var(--line)}.facts>div:last-child{grid-column:1/-1;border-left:0}.orders .last{margin-left:0}.orders form{flex-basis:100%}.orders select{flex:1;min-width:0}.causes th:nth-child(2),.causes td:nth-child(2){display:none}.log th,.log td{padding:6px 10px}}
`;
