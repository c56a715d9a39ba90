/** The page without its data: landmarks, headings and empty places that the browser modules fill. */
export const PAGE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>renderq sandbox</title>
<link rel="icon" href="/_sandbox/page/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/_sandbox/page/style.css">
<script type="module" src="/_sandbox/page/client/main.js"></script>
</head>
<body>
<a class="skip" href="#jobs">Skip to the jobs</a>
<header class="top">
  <div class="brand">
    <img src="/_sandbox/page/icon.svg" alt="" width="28" height="28">
    <h1>renderq sandbox</h1>
    <span id="version" class="quiet"></span>
  </div>
  <p id="engine" class="chip"></p>
  <p id="connection" class="chip" data-tone="quiet">connecting</p>
  <section class="clock" aria-labelledby="clock-title">
    <h2 id="clock-title" class="unseen">Clock</h2>
    <div class="clock-face"><time id="clock-now"></time><span id="clock-ahead" class="quiet"></span></div>
    <div class="joined" role="group" aria-label="Move the clock forward">
      <button type="button" data-advance="60000" aria-label="Forward by a minute">+1 min</button>
      <button type="button" data-advance="3600000" aria-label="Forward by an hour">+1 h</button>
      <button type="button" data-advance="86400000" aria-label="Forward by a day">+1 day</button>
    </div>
  </section>
  <button type="button" id="reset" class="danger">Reset</button>
</header>

<noscript><p class="banner">This page needs JavaScript. Without it, ask the control plane: GET /_sandbox/</p></noscript>
<p id="trouble" class="banner" role="alert" hidden></p>

<main>
  <section class="accounts" aria-labelledby="accounts-title">
    <h2 id="accounts-title" class="unseen">Accounts</h2>
    <div id="accounts" class="providers"></div>
  </section>

  <section class="panel jobs" id="jobs" aria-labelledby="jobs-title" tabindex="-1">
    <header><h2 id="jobs-title">Jobs</h2><p id="jobs-count" class="quiet"></p></header>
    <div id="jobs-empty" class="empty" hidden></div>
    <ol id="jobs-list" class="job-list"></ol>
  </section>

  <section class="panel faults" aria-labelledby="faults-title">
    <header><h2 id="faults-title">Faults in force</h2><button type="button" id="faults-clear" class="plain" hidden>Remove all</button></header>
    <p id="faults-empty" class="empty">None: every call is answered as it deserves.</p>
    <ol id="faults-list" class="fault-list"></ol>
    <form id="fault-form" aria-labelledby="fault-form-title">
      <h3 id="fault-form-title">Rehearse a failure</h3>
      <label for="fault-provider">Provider</label>
      <select id="fault-provider"></select>
      <label for="fault-effect">What happens</label>
      <select id="fault-effect" aria-describedby="fault-words"></select>
      <p id="fault-words" class="quiet hint"></p>
      <label for="fault-path">To calls of</label>
      <input id="fault-path" list="fault-paths" placeholder="any path" autocomplete="off" spellcheck="false">
      <datalist id="fault-paths"></datalist>
      <label for="fault-times">How often</label>
      <div class="times">
        <input id="fault-times" type="number" min="1" max="100000" step="1" value="1" required>
        <label class="check"><input id="fault-always" type="checkbox"> always</label>
      </div>
      <button type="submit" class="primary">Add the fault</button>
      <p id="fault-problem" class="problem" role="alert" hidden></p>
    </form>
  </section>

  <section class="panel requests" aria-labelledby="requests-title">
    <header>
      <h2 id="requests-title">Requests</h2>
      <p id="requests-count" class="quiet"></p>
      <label class="check"><input id="requests-refused" type="checkbox"> refused only</label>
      <button type="button" id="requests-clear" class="plain">Clear</button>
    </header>
    <p id="requests-empty" class="empty">No calls yet. Point a client at one of the base URLs above.</p>
    <div class="scroll" role="region" aria-labelledby="requests-title" tabindex="0" id="requests-scroll" hidden>
      <table>
        <thead><tr>
          <th scope="col">Time</th><th scope="col">Provider</th><th scope="col">Call</th><th scope="col">Status</th>
          <th scope="col">Vendor code</th><th scope="col" class="number">Took</th><th scope="col">Client</th>
        </tr></thead>
        <tbody id="requests-list"></tbody>
      </table>
    </div>
  </section>
</main>

<div id="announcer" class="unseen" role="status" aria-live="polite"></div>

<dialog id="reset-dialog" aria-labelledby="reset-title">
  <h2 id="reset-title">Forget everything?</h2>
  <p>Running jobs are cancelled. All jobs, faults, requests and webhook deliveries go, and every account starts anew.</p>
  <div class="buttons">
    <button type="button" id="reset-cancel" autofocus>Keep it</button>
    <button type="button" id="reset-confirm" class="danger">Reset the sandbox</button>
  </div>
</dialog>
</body>
</html>
`;
