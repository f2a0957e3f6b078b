/** The live page: one document without a single request to elsewhere, whose script and style the browser knows by their hash. */
import { createHash } from 'node:crypto';
import { drawChart } from './chart.ts';
import { pageKit } from './kit.ts';
import { runLive } from './live.ts';
import { showCauses, showDecisions, showLimits } from './panels.ts';
import { pageStyle } from './style.ts';

/** A document and what the browser may do with it. */
export interface LivePage {
  readonly html: string;
  /** The value of its `Content-Security-Policy`. */
  readonly contentSecurityPolicy: string;
}

/** Makes the page. It holds no data: everything comes over `/events`. */
export function livePage(): LivePage {
  const parts = `{kit:(${String(pageKit)})(),drawChart:${String(drawChart)},showCauses:${String(showCauses)},showLimits:${String(showLimits)},showDecisions:${String(showDecisions)}}`;
  const script = `'use strict';(${String(runLive)})(${parts});`;
  return {
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>ratelab gateway</title>
<link rel="icon" href="data:,">
<style>${pageStyle}</style>
</head>
<body>
${body}
<script>${script}</script>
</body>
</html>
`,
    contentSecurityPolicy: [
      "default-src 'none'",
      `script-src ${hashOf(script)}`,
      `style-src ${hashOf(pageStyle)}`,
      'img-src data:',
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  };
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const speeds = [
  [0, 'Stand still'],
  [1, '×1'],
  [10, '×10'],
  [60, '×60'],
] as const;

const body = `<header>
<div class="top">
<p class="mark"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 20V10M10 20V4M16 20v-7M22 20v-3"/></svg>ratelab gateway</p>
<p id="connection" data-state="off" role="status"><span class="dot" aria-hidden="true"></span><span id="connection-text">connecting</span></p>
</div>
<h1 id="title">&nbsp;</h1>
<p class="sub"><code id="name"></code> at <code id="url"></code></p>
<p class="lede" id="description"></p>
</header>
<main>
<section aria-label="Now">
<dl class="facts">
<div class="wide"><dt>Gateway time, UTC</dt><dd id="clock">–</dd></div>
<div><dt>Speed</dt><dd id="speed">–</dd></div>
<div><dt>In service</dt><dd id="in-service">–</dd></div>
<div><dt>Admitted</dt><dd id="admitted">–</dd></div>
<div><dt>Rejected</dt><dd id="rejected">–</dd></div>
<div><dt>Counted since</dt><dd id="since">–</dd></div>
</dl>
</section>
<section class="orders" aria-label="Orders">
<div role="group" aria-label="Buckets"><button type="button" id="reset">Reset buckets</button></div>
<div role="group" aria-label="Move the clock"><span class="name">Clock</span><button type="button" data-advance="10000">+10 s</button><button type="button" data-advance="60000">+1 min</button></div>
<div role="group" aria-label="Speed of the clock"><span class="name">Speed</span>${speeds.map(([speed, text]) => `<button type="button" data-speed="${speed}" aria-pressed="false">${text}</button>`).join('')}</div>
<form id="change"><label for="policy">Policy</label><select id="policy"></select><button type="submit">Change</button></form>
<div class="last"><button type="button" id="pause" aria-pressed="false">Pause</button></div>
<p id="said" role="status"></p>
</section>
<section class="decided">
<div>
<h2>Decisions per second</h2>
<p class="note">Of gateway time, over the last five minutes.</p>
<div id="chart"></div>
<input type="range" id="second" min="0" max="299" value="298" aria-label="Second to read">
<p id="reading" class="reading">&nbsp;</p>
</div>
<div>
<h2>By cause</h2>
<table class="causes">
<thead><tr><th scope="col">Cause</th><th scope="col">Status</th><th scope="col">Count</th><th scope="col">Share</th><th scope="col">A second</th></tr></thead>
<tbody id="causes"></tbody>
</table>
<p class="note">A second: mean of the last ten seconds.</p>
</div>
</section>
<section>
<h2>Buckets</h2>
<ul id="limits"></ul>
</section>
<section>
<h2>Last decisions</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Last decisions">
<table class="log">
<thead><tr><th scope="col">Time</th><th scope="col">Answer</th><th scope="col" class="number">Retry after</th><th scope="col">Organization</th><th scope="col">Client</th><th scope="col">Request</th></tr></thead>
<tbody id="decisions"></tbody>
</table>
</div>
</section>
</main>
<noscript><p class="lede">This page needs scripts. <code>GET /state</code> and <code>GET /decisions</code> tell the same as JSON.</p></noscript>`;
