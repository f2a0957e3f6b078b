/** Elements, frame and type. */
export const baseCss = String.raw`
/* Base */
*{box-sizing:border-box}
html{font-size:100%;-webkit-text-size-adjust:100%;scroll-padding-top:4.5rem}
body{margin:0;background:var(--bg);color:var(--ink);font:400 var(--t-16)/1.6 var(--font-sans);font-feature-settings:"cv11","ss01" 0,"calt";-webkit-font-smoothing:antialiased;text-rendering:optimizeLegibility}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure,blockquote,pre,table,fieldset{margin:0;padding:0}
ul,ol{list-style:none} fieldset{border:0;min-width:0} img,svg,canvas{max-width:100%}
a{color:var(--blue);text-decoration:none} a:hover{text-decoration:underline;text-underline-offset:3px}
:focus-visible{outline:2px solid var(--blue);outline-offset:3px;border-radius:4px}
strong,b{font-weight:600} code,kbd{font-family:var(--font-mono);font-size:.92em}
.num,.rank td,.cell b,.cell small,.regret b,details td,.cause td{font-variant-numeric:tabular-nums}
.vh{position:absolute!important;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px} .skip:focus{left:1rem;top:1rem;background:var(--surface);padding:.5rem 1rem;z-index:9}
.ico{width:1em;height:1em;flex:none;vertical-align:-.125em;fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}
.defs{position:absolute}.muted{color:var(--ink-3)} .soft{color:var(--ink-2)} .nb{white-space:nowrap}

/* Frame */
.bar{display:flex;align-items:center;gap:var(--s-4);max-width:1320px;margin:0 auto;padding:var(--s-4) 40px;font-size:var(--t-13)}
.mark{display:flex;align-items:center;gap:10px;font-weight:650;font-size:15px;letter-spacing:-.01em;color:var(--ink)}
.mark svg{width:22px;height:22px}
.bar .what{color:var(--ink-3)} .bar .grow{flex:1}
.btn{display:inline-flex;align-items:center;gap:6px;height:30px;padding:0 10px;border:1px solid var(--line);border-radius:var(--radius-s);background:var(--surface);color:var(--ink-2);font:500 var(--t-13)/1 var(--font-sans);cursor:pointer}
.btn:hover{border-color:var(--line-2);color:var(--ink)}
.page{display:grid;grid-template-columns:184px minmax(0,1fr);column-gap:64px;max-width:1320px;margin:0 auto;padding:0 40px}
.toc{position:sticky;top:12px;align-self:start;padding-top:var(--s-6);font-size:var(--t-13);line-height:1.35}
.toc a{display:block;padding:6px 0 6px 14px;color:var(--ink-3);border-left:1px solid var(--line)}
.toc a:hover{color:var(--ink);text-decoration:none} .toc a.on{color:var(--ink);font-weight:550;border-left-color:var(--blue);box-shadow:inset 1px 0 var(--blue)}
.toc .sub{padding-left:28px;font-size:12.5px}
main{min-width:0;padding-bottom:var(--s-9)}
section.block{padding-top:var(--s-9)} section.block:first-of-type{padding-top:var(--s-6)}
.eyebrow{font-size:var(--t-13);font-weight:550;color:var(--ink-3);margin-bottom:var(--s-3)}
h1{font-size:clamp(1.9rem,1.1rem + 2.2vw,2.75rem);line-height:1.12;letter-spacing:-.028em;font-weight:640;text-wrap:balance;max-width:23ch}
h1 .sub{display:block;color:var(--ink-3)}
h2{font-size:clamp(1.5rem,1.15rem + 1.1vw,2.125rem);line-height:1.16;letter-spacing:-.022em;font-weight:630;text-wrap:balance;max-width:26ch}
h3{font-size:var(--t-20);line-height:1.32;letter-spacing:-.014em;font-weight:600;text-wrap:balance;max-width:44ch}
h4{font-size:var(--t-16);line-height:1.38;letter-spacing:-.008em;font-weight:600;text-wrap:pretty;max-width:52ch}
.lede{margin-top:var(--s-4);font-size:var(--t-18);line-height:1.58;color:var(--ink-2);max-width:60ch;text-wrap:pretty}
.note{font-size:var(--t-13);line-height:1.55;color:var(--ink-3);max-width:74ch}
`;
