/** The look of the page: dense and calm, light or dark as the reader's system is, from 320 pixels up. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f8, #0f1217);
  --panel: light-dark(#ffffff, #161a21);
  --sunken: light-dark(#f0f2f6, #1d222b);
  --track: light-dark(#e4e8ef, #2d343f);
  --line: light-dark(#dfe3ea, #2b323d);
  --ink: light-dark(#1a1f29, #e3e7ee);
  --quiet: light-dark(#586174, #99a3b5);
  --accent: light-dark(#3550c8, #93a9ff);
  --good: light-dark(#14713f, #52c48d);
  --warn: light-dark(#855100, #e3ae54);
  --bad: light-dark(#bb1f2d, #ff858a);
  --rendobar: light-dark(#7a3fc2, #c59bff);
  --phantomflow: light-dark(#0b6f87, #5ec8df);
  --mono: ui-monospace, 'SF Mono', SFMono-Regular, 'Cascadia Mono', 'DejaVu Sans Mono', Menlo, Consolas, monospace;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--ink);
  font: 13px/1.45 system-ui, -apple-system, 'Segoe UI', 'Inter', 'Noto Sans', 'DejaVu Sans', sans-serif;
  font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, ol, ul, pre { margin: 0; padding: 0; }
h1 { font-size: 15px; font-weight: 650; letter-spacing: -.01em; white-space: nowrap; }
h2 { font-size: 13px; font-weight: 650; }
h3 { font-size: 13px; font-weight: 650; }
ol, ul { list-style: none; }
code, pre { font-family: var(--mono); font-size: 12px; }
a { color: var(--accent); text-underline-offset: 2px; }
.quiet { color: var(--quiet); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 12px; top: 8px; z-index: 2; padding: 6px 10px; background: var(--panel); border-radius: 6px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

[data-tone='good'] { --tone: var(--good); }
[data-tone='warn'] { --tone: var(--warn); }
[data-tone='bad'] { --tone: var(--bad); }
[data-tone='plain'] { --tone: var(--ink); }
[data-tone='quiet'] { --tone: var(--quiet); }
[data-provider='rendobar'] { --provider: var(--rendobar); }
[data-provider='phantomflow'] { --provider: var(--phantomflow); }

button, input, select {
  font: inherit;
  color: inherit;
  background: var(--panel);
  border: 1px solid var(--line);
  border-radius: 6px;
  padding: 3px 9px;
  min-height: 28px;
}
button { cursor: pointer; white-space: nowrap; }
button:hover { border-color: var(--quiet); }
button:active { background: var(--sunken); }
button:disabled, input:disabled { opacity: .5; cursor: default; }
.primary { background: var(--accent); border-color: var(--accent); color: light-dark(#fff, #0f1217); font-weight: 600; }
.primary:hover { border-color: var(--ink); }
.primary:active { background: var(--accent); opacity: .85; }
.danger { color: var(--bad); }
.plain { border-color: transparent; background: none; color: var(--accent); padding: 0 6px; min-height: 24px; }
.copy { min-height: 24px; min-width: 58px; padding: 0 8px; color: var(--quiet); font-size: 12px; background: none; }
.copy[data-tone] { color: var(--tone); border-color: var(--tone); font-weight: 600; }
.check { display: inline-flex; align-items: center; gap: 6px; white-space: nowrap; }
input[type='checkbox'] { min-height: 0; margin: 0; width: 15px; height: 15px; accent-color: var(--accent); }
.joined { display: flex; }
.joined button { border-radius: 0; margin-left: -1px; }
.joined button:first-child { border-radius: 6px 0 0 6px; }
.joined button:last-child { border-radius: 0 6px 6px 0; }
.joined button:hover, .joined button:focus-visible { position: relative; }
.chip {
  display: inline-block;
  padding: 0 7px;
  border-radius: 9px;
  font-size: 12px;
  line-height: 18px;
  white-space: nowrap;
  color: var(--tone, var(--quiet));
  background: color-mix(in srgb, var(--tone, var(--quiet)) 11%, transparent);
}
#connection::before {
  content: '';
  display: inline-block;
  width: 7px;
  height: 7px;
  margin-right: 6px;
  border-radius: 50%;
  background: var(--tone);
}

.top {
  position: sticky;
  top: 0;
  z-index: 1;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 8px 12px;
  padding: 8px 20px;
  background: var(--panel);
  border-bottom: 1px solid var(--line);
}
.brand { display: flex; align-items: center; gap: 9px; margin-right: 4px; }
.brand img { display: block; }
.clock { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; margin-left: auto; }
.clock-face { display: flex; gap: 8px; white-space: nowrap; }
.banner { padding: 8px 20px; color: var(--bad); background: color-mix(in srgb, var(--bad) 12%, var(--panel)); }

main {
  display: grid;
  grid-template: 'accounts accounts' 'jobs faults' 'requests requests' / minmax(0, 1fr) 340px;
  gap: 14px;
  align-items: start;
  max-width: 1680px;
  margin: 0 auto;
  padding: 14px 20px 40px;
}
.accounts { grid-area: accounts; }
.jobs { grid-area: jobs; }
.faults { grid-area: faults; }
.requests { grid-area: requests; }
.panel { min-width: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 10px; }
.panel > header { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 12px; padding: 9px 14px; min-height: 42px; }
.panel > header > p, .faults > header > h2 { margin-right: auto; }
.panel > header > button { margin-right: -6px; }
.empty { padding: 4px 14px 14px; color: var(--quiet); }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 500; }
thead th { color: var(--quiet); font-size: 12px; }
.number { text-align: right; }

.providers { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 14px; }
.provider { display: grid; grid-template-columns: auto minmax(0, 1fr); align-content: start; padding: 10px 0 6px; }
.provider h3 { padding: 2px 0 6px 14px; font-size: 14px; color: var(--provider); }
.base-url { display: flex; align-items: center; justify-content: flex-end; gap: 10px; padding: 0 14px 6px; min-width: 0; }
.base-url code { font-size: 13px; overflow-wrap: anywhere; }
.provider table { grid-column: 1 / -1; }
.provider th, .provider td { padding: 4px 6px; border-top: 1px solid var(--line); }
.provider :is(th, td):first-child { padding-left: 14px; }
.provider :is(th, td):last-child { padding-right: 14px; text-align: right; white-space: nowrap; }
.provider tbody th { font-weight: 600; white-space: nowrap; }
.provider .key { white-space: nowrap; }
.provider .key code { margin-right: 8px; }
.provider .key .quiet { font-size: 12px; }
.gauge { display: grid; grid-template-columns: auto auto; justify-content: space-between; align-items: baseline; gap: 1px 8px; max-width: 132px; }
.gauge meter { grid-column: 1 / -1; height: 4px; }
.gauge .numbers { white-space: nowrap; color: var(--tone, inherit); }
.gauge .note { font-size: 12px; white-space: nowrap; }
.provider tr:not([data-used]) .gauge { color: var(--quiet); }
td[data-tone] { color: var(--tone); }
meter, progress { display: block; width: 100%; height: 6px; border: 0; border-radius: 3px; background: var(--track); overflow: hidden; appearance: none; }
meter::-webkit-meter-inner-element { display: block; height: 100%; }
meter::-webkit-meter-bar, progress::-webkit-progress-bar { display: block; height: 100%; border: 0; border-radius: 3px; background: var(--track); }
meter::-webkit-meter-optimum-value, progress::-webkit-progress-value { background: var(--tone, var(--accent)); border-radius: 3px; }
meter::-moz-meter-bar, progress::-moz-progress-bar { background: var(--tone, var(--accent)); border-radius: 3px; }

.job-list { max-height: max(420px, 72vh); overflow-y: auto; overscroll-behavior: contain; border-radius: 0 0 10px 10px; }
.job {
  display: grid;
  grid-template-columns: 112px minmax(0, 1fr) auto;
  gap: 2px 14px;
  align-items: center;
  padding: 8px 14px;
  border-top: 1px solid var(--line);
}
.job[data-state='waiting'], .job[data-state='dispatched'], .job[data-state='cancelled'] { --tone: var(--quiet); }
.job[data-state='running'] { --tone: var(--accent); }
.job[data-state='complete'] { --tone: var(--good); }
.job[data-state='failed'] { --tone: var(--bad); }
.thumb {
  display: grid;
  place-items: center;
  width: 112px;
  height: 63px;
  border-radius: 6px;
  overflow: hidden;
  background: var(--sunken);
  text-decoration: none;
}
.picture, .file-kind { grid-area: 1 / 1; }
.picture { display: grid; place-items: center; width: 100%; height: 63px; }
.picture > video, .picture > img { grid-area: 1 / 1; width: 100%; height: 63px; object-fit: contain; background: #000; }
.file-kind { color: var(--quiet); font: 600 11px var(--mono); letter-spacing: .04em; }
.job[data-state='waiting'] .file-kind::before { content: '···'; }
.job[data-state='failed'] .file-kind:empty::before { content: '✕'; color: var(--bad); font-size: 16px; }
.job[data-state='cancelled'] .file-kind:empty::before { content: '–'; font-size: 16px; }
.job[data-state='running'] .thumb, .job[data-state='dispatched'] .thumb {
  background: linear-gradient(100deg, var(--sunken) 35%, var(--line) 50%, var(--sunken) 65%) 0 0 / 300% 100%;
  animation: shimmer 1.8s linear infinite;
}
@keyframes shimmer { from { background-position: 100% 0; } to { background-position: 0 0; } }
.job-text { min-width: 0; }
.job-head > :not(:last-child) { margin-right: 10px; }
.state { color: var(--tone); font-weight: 650; }
.state::before { content: ''; display: inline-block; width: 7px; height: 7px; margin-right: 6px; border-radius: 50%; background: var(--tone); }
.job[data-state='waiting'] .state::before, .job[data-state='cancelled'] .state::before { background: none; box-shadow: inset 0 0 0 1.5px var(--tone); }
.job[data-state='failed'] .state::before { border-radius: 1px; }
.job-head .id { white-space: nowrap; }
.provider-name { color: var(--provider); white-space: nowrap; }
.title { display: flex; gap: 10px; white-space: nowrap; }
.title .words { overflow: hidden; text-overflow: ellipsis; }
.progress { display: grid; grid-template-columns: minmax(0, 320px) 44px; align-items: center; gap: 8px; }
.percent { color: var(--quiet); }
.error { color: var(--bad); overflow-wrap: anywhere; }
.error code { font-weight: 600; }
.warnings { color: var(--warn); overflow-wrap: anywhere; }
.links { display: flex; align-items: center; gap: 12px; }

.fault-list { border-top: 1px solid var(--line); }
.fault-list:empty { border-top: 0; }
.fault { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: baseline; gap: 1px 8px; padding: 6px 14px 7px; border-bottom: 1px solid var(--line); }
.fault .plain { margin-right: -6px; justify-self: end; }
.fault .chip { justify-self: end; }
.fault-list:has(+ form) .fault:last-child { border-bottom: 0; }
.fault[data-spent] .effect { color: var(--quiet); }
.fault .effect { font-weight: 550; overflow-wrap: anywhere; }
.fault .quiet { font-size: 12px; overflow-wrap: anywhere; }
form { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 7px 10px; align-items: center; padding: 11px 14px 14px; border-top: 1px solid var(--line); }
form h3, form .hint, form .problem, form .primary { grid-column: 1 / -1; }
form select, form input:not([type='checkbox']) { width: 100%; }
form .hint { font-size: 12px; min-height: 1.45em; margin-top: -3px; }
form .times { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 12px; }
.problem { color: var(--bad); overflow-wrap: anywhere; }

.sample { margin-top: 10px; }
.sample p { display: flex; align-items: center; justify-content: space-between; color: var(--ink); margin-bottom: 4px; }
pre { padding: 9px 11px; border-radius: 6px; background: var(--sunken); color: var(--ink); white-space: pre-wrap; overflow-wrap: anywhere; }

.scroll { max-height: 62vh; overflow: auto; overscroll-behavior: contain; border-radius: 0 0 10px 10px; }
.requests table { table-layout: fixed; min-width: 760px; }
.requests thead th { position: sticky; top: 0; background: var(--panel); padding-bottom: 5px; box-shadow: inset 0 -1px var(--line); }
.requests thead th:nth-child(1) { width: 86px; }
.requests thead th:nth-child(2) { width: 104px; }
.requests thead th:nth-child(4) { width: 66px; }
.requests thead th:nth-child(5) { width: 24%; }
.requests thead th:nth-child(6) { width: 78px; }
.requests thead th:nth-child(7) { width: 17%; }
.requests td, .requests th { padding: 3px 6px; vertical-align: top; }
.requests :is(td, th):first-child { padding-left: 14px; }
.requests :is(td, th):last-child { padding-left: 14px; padding-right: 14px; }
.requests tbody tr + tr td { border-top: 1px solid color-mix(in srgb, var(--line) 55%, transparent); }
.requests tbody tr:hover td { background: var(--sunken); }
.call { font: 12px/19px var(--mono); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.call b { font-weight: 650; }
.status { color: var(--tone); font-weight: 650; }
.code { overflow-wrap: anywhere; }
.client { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

dialog { max-width: 420px; padding: 18px 20px; color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 12px; }
dialog::backdrop { background: rgb(0 0 0 / .4); }
dialog h2 { font-size: 15px; margin-bottom: 6px; }
dialog .buttons { display: flex; justify-content: flex-end; gap: 8px; margin-top: 16px; }

@media (max-width: 1180px) {
  .providers { grid-template-columns: minmax(0, 1fr); }
  .job-head .id { display: none; }
}
@media (max-width: 900px) {
  main { grid-template: 'accounts' 'jobs' 'faults' 'requests' / minmax(0, 1fr); }
}
@media (max-width: 640px) {
  .top { position: static; padding: 10px 12px; }
  .clock { margin-left: 0; order: 3; }
  .top > .chip { order: 2; }
  .top > .danger { order: 1; margin-left: auto; }
  main { padding: 12px 12px 32px; }
  .provider { grid-template-columns: minmax(0, 1fr); }
  .provider h3, .base-url { padding-left: 12px; padding-right: 12px; }
  .base-url { justify-content: space-between; }
  .base-url code { font-size: 12px; }
  .provider thead { display: none; }
  .provider tbody tr { display: grid; grid-template-columns: auto 1fr auto; gap: 2px 10px; padding: 7px 12px; border-top: 1px solid var(--line); align-items: center; }
  .provider tbody :is(th, td), .provider :is(th, td):first-child, .provider :is(th, td):last-child { padding: 0; border: 0; }
  .provider .key { grid-column: 2 / -1; display: flex; align-items: center; justify-content: flex-end; }
  .provider .key code { white-space: normal; overflow-wrap: anywhere; }
  .provider td[data-label] { grid-column: 1 / -1; display: flex; align-items: center; justify-content: space-between; gap: 10px; }
  .provider td[data-label]::before { content: attr(data-label); color: var(--quiet); }
  .gauge { width: 150px; max-width: none; }
  .job { grid-template-columns: 84px minmax(0, 1fr); align-items: start; }
  .thumb, .picture, .picture > video, .picture > img { width: 84px; height: 48px; }
  .title { display: block; }
  .title .words { white-space: normal; overflow-wrap: anywhere; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; }
  .links { grid-column: 2; flex-wrap: wrap; padding-top: 3px; }
  .requests table { min-width: 0; }
  .requests thead { display: none; }
  .requests tbody tr { display: grid; grid-template-columns: auto auto 1fr auto; gap: 0 10px; padding: 5px 12px; }
  .requests tbody tr + tr { border-top: 1px solid var(--line); }
  .requests tbody td, .requests :is(td, th):first-child { padding: 0; border: 0 !important; }
  .requests .call { grid-row: 2; grid-column: 1 / -1; white-space: normal; overflow-wrap: anywhere; }
  .requests .code { grid-row: 3; grid-column: 1 / -1; }
  .requests .client { display: none; }
}
@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; }
}
@media (forced-colors: active) {
  meter, progress { appearance: auto; }
}
`;
