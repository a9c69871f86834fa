'use strict';

// Insert all values as text, never as HTML.
const $ = id => document.getElementById(id);
let last = null;

function bytes(count) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let unit = 0;
  for (; count >= 999.5 && unit < units.length - 1; unit++) count /= 1000;
  return (unit === 0 ? Math.round(count) : count.toPrecision(3)) + ' ' + units[unit];
}

function age(ms) {
  const s = Math.floor(ms / 1000);
  if (s < 60) return s + ' s';
  if (s < 3600) return Math.floor(s / 60) + ' min ' + s % 60 + ' s';
  if (s < 86400) return Math.floor(s / 3600) + ' h ' + Math.floor(s % 3600 / 60) + ' min';
  return Math.floor(s / 86400) + ' d ' + Math.floor(s % 86400 / 3600) + ' h';
}

function clock(time) {
  const date = new Date(time);
  const today = date.toDateString() === new Date().toDateString();
  return today ? date.toLocaleTimeString() : date.toLocaleString();
}

// Each cell is [label, text, class].
function fill(id, rows, none) {
  const body = $(id);
  if (rows.length === 0) rows = [[['', none, 'empty']]];
  body.replaceChildren(...rows.map(cells => {
    const row = document.createElement('tr');
    for (const [label, text, kind] of cells) {
      const cell = document.createElement('td');
      if (label) cell.dataset.label = label;
      else cell.colSpan = 9;
      if (kind) cell.className = kind;
      cell.textContent = text;
      row.append(cell);
    }
    return row;
  }));
}

function named(text, device) {
  return device.deviceName ? text + ' (' + device.deviceName + ')' : text;
}

function target(t) {
  return named(t.device + '/' + t.service, t);
}

function rate(now, before, seconds) {
  return before === undefined || !(seconds > 0) ? '' : bytes(Math.max(0, now - before) / seconds) + '/s';
}

function show(now) {
  const before = last || {connections: []};
  const seconds = last ? (new Date(now.time) - new Date(last.time)) / 1000 : 0;
  const known = new Map(before.connections.map(c => [c.connection, c]));
  const flow = (total, earlier) => {
    const speed = rate(total, earlier, seconds);
    return speed ? speed + ' (' + bytes(total) + ')' : bytes(total);
  };
  $('phase').textContent = now.phase;
  $('phase').className = 'pill ' + (now.phase === 'ready' ? 'ready' : '');
  document.title = now.open + ' open – device-tunnel';
  $('open').textContent = now.open;
  $('opened').textContent = now.opened + ' total';
  $('up').textContent = rate(now.bytesUp, before.bytesUp, seconds) || '–';
  $('bytesUp').textContent = bytes(now.bytesUp) + ' total';
  $('down').textContent = rate(now.bytesDown, before.bytesDown, seconds) || '–';
  $('bytesDown').textContent = bytes(now.bytesDown) + ' total';
  $('failed').textContent = now.failed;
  $('failedFigure').className = now.failed > 0 ? 'bad' : '';
  fill('listeners', now.listeners.map(l => [
    ['Address', l.address, 'code'],
    ['Device', named(l.device, l), 'code'],
    ['Service', l.service, 'code'],
  ]), 'No open listeners');
  fill('connections', now.connections.map(c => {
    const earlier = known.get(c.connection) || {};
    return [
      ['No.', c.connection, 'fixed'],
      ['From', c.peer || 'unix socket', 'code'],
      ['To', target(c), 'code to'],
      ['Age', c.open ? age(c.ageMs) : 'dialling, ' + age(c.ageMs), 'number'],
      ['Up', flow(c.bytesUp, earlier.bytesUp), 'number'],
      ['Down', flow(c.bytesDown, earlier.bytesDown), 'number'],
    ];
  }), 'No open connections');
  $('more').hidden = now.open <= now.connections.length;
  $('more').textContent = now.open - now.connections.length + ' older connections not shown';
  $('backoffSection').hidden = now.backoffs.length === 0;
  fill('backoffs', now.backoffs.map(b => [
    ['To', b.device ? target(b) : b.cloud, 'code to'],
    ['Failures', b.failures, 'number'],
    ['Delay', (b.delayMs / 1000).toFixed(1) + ' s', 'number'],
    ['Message', b.message],
  ]), 'No delays');
  fill('failures', now.failures.map(f => [
    ['Time', clock(f.time), 'fixed'],
    ['No.', f.connection, 'fixed'],
    ['To', target(f), 'code to'],
    ['Reason', f.reason, 'code fixed bad'],
    ['Message', f.message],
  ]), 'No failures');
  last = now;
}

async function update() {
  // Do not poll while the page is hidden.
  if (!document.hidden) {
    try {
      const response = await fetch('status.json', {signal: AbortSignal.timeout(5000)});
      show(await response.json());
    } catch (e) {
      $('phase').textContent = 'unreachable';
      $('phase').className = 'pill gone';
      last = null;
    }
  }
  setTimeout(update, 1000);
}

update();
