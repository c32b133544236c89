'use strict';
(() => {
  const report = JSON.parse(document.getElementById('data').textContent);
  const root = document.getElementById('report');
  root.textContent = '';

  // ---- small helpers ----
  const el = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== undefined && value !== null) node.setAttribute(name, value);
    }
    for (const child of children.flat()) {
      if (child !== null && child !== undefined && child !== '') node.append(child);
    }
    return node;
  };
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = value => {
    if (value === null || value === undefined) return '–';
    if (value === 0) return '0';
    const size = Math.abs(value);
    if (size >= 1e7 || size < 1e-4) return value.toExponential(2);
    if (size >= 1000) return Math.round(value).toLocaleString('en-US');
    return String(Number(value.toPrecision(4)));
  };
  const count = value => value === null || value < 0 ? '–' : value.toLocaleString('en-US');
  const pValue = p => p === null || p === undefined ? '–' : p === 0 ? '< 1e-300' : p < 1e-4 ? p.toExponential(1) : p.toFixed(4);
  const percent = value => value === null || !isFinite(value) ? '–' : (100 * value).toFixed(value > 0 && value < 0.001 ? 3 : 1) + ' %';
  const iso = millis => new Date(millis).toISOString();
  const day = millis => iso(millis).slice(0, 10);
  const moment = millis => millis % 86400000 === 0 ? day(millis) : iso(millis).slice(0, 16).replace('T', ' ');
  const span = window => moment(window.start) + ' – ' + moment(window.end) + ' UTC';
  const words = {
    DRIFT: 'drift', STABLE: 'stable', INSUFFICIENT_DATA: 'too few rows', BASELINE: 'baseline',
    OPEN: 'alarm', PENDING: 'pending', QUIET: 'quiet', RESOLVED: 'resolved',
  };
  const names = {
    psi: 'PSI', ks: 'KS distance', wasserstein: 'Wasserstein (sd)', jensen_shannon: 'Jensen–Shannon',
    hellinger: 'Hellinger', chi2: 'Chi-square', g_test: 'G-test', mean: 'Mean shift (sd)',
    null_rate: 'Missing rate', new_category: 'New categories', cosine: 'Cosine distance', energy: 'Energy distance',
  };
  const badge = outcome => el('span', { class: 'badge ' + (outcome === 'OPEN' ? 'DRIFT' : outcome) }, words[outcome] || outcome);
  const table = (head, rows, left) => el('div', { class: 'scroll' }, el('table', {},
    el('thead', {}, el('tr', {}, head.map((text, i) => el('th', { class: left && left.includes(i) ? 'left' : null }, text)))),
    el('tbody', {}, rows.map(row => el('tr', { class: row.drifted ? 'drifted' : null },
      row.cells.map((cell, i) => el('td', { class: left && left.includes(i) ? 'left wrap' : null }, cell)))))));
  const tile = (value, label) => el('div', { class: 'tile' }, el('b', {}, value), el('span', {}, label));

  // ---- charts: made when they come into view, and again when colours change ----
  Chart.defaults.animation = false;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.maintainAspectRatio = false;
  const charts = [];
  const chart = (config, label, wide) => {
    const canvas = el('canvas', { role: 'img', 'aria-label': label });
    charts.push({ canvas, config, made: null });
    return el('div', { class: wide ? 'chart wide' : 'chart' }, canvas);
  };
  const draw = entry => {
    if (entry.made) entry.made.destroy();
    Chart.defaults.color = css('--soft');
    Chart.defaults.borderColor = css('--line');
    entry.made = new Chart(entry.canvas, entry.config());
  };
  const drawAll = () => charts.forEach(draw);

  /** Bands of the PSI, and the time an alarm stood, behind the lines. */
  const shades = (bands, alarms) => ({
    id: 'shades',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea: area, scales } = chart;
      ctx.save();
      for (const [from, to, colour] of bands) {
        const top = Math.max(area.top, scales.y.getPixelForValue(to));
        const bottom = Math.min(area.bottom, scales.y.getPixelForValue(from));
        if (bottom > top) {
          ctx.fillStyle = css(colour);
          ctx.fillRect(area.left, top, area.width, bottom - top);
        }
      }
      for (const [from, to] of alarms) {
        const left = Math.max(area.left, scales.x.getPixelForValue(from));
        const right = Math.min(area.right, scales.x.getPixelForValue(to));
        ctx.fillStyle = css('--alarm');
        if (right > left) ctx.fillRect(left, area.top, right - left, area.height);
      }
      ctx.restore();
    },
  });
  const timeAxis = windows => ({
    type: 'linear', offset: false, min: windows[0].start, max: windows[windows.length - 1].end, grid: { display: false },
    ticks: { maxTicksLimit: 6, maxRotation: 0, callback: day },
  });
  const alarmTimes = windows => windows.filter(w => w.alarm === 'OPEN').map(w => [w.start, w.end]);

  const overview = windows => () => ({
    type: 'bar',
    data: { datasets: [{
      label: 'drifted columns', parsing: false, barPercentage: 1, categoryPercentage: 0.9,
      data: windows.map(w => ({ x: (w.start + w.end) / 2, y: w.drifted.length })),
      backgroundColor: windows.map(w => css(w.alarm === 'OPEN' ? '--drift' : w.outcome === 'DRIFT' ? '--wait' : '--reference')),
      minBarLength: 2,
    }] },
    options: {
      scales: { x: timeAxis(windows), y: { beginAtZero: true, suggestedMax: 3, ticks: { precision: 0 }, title: { display: true, text: 'drifted columns' } } },
      plugins: { legend: { display: false }, tooltip: { callbacks: {
        title: items => span(windows[items[0].dataIndex]),
        label: item => { const w = windows[item.dataIndex]; return words[w.outcome] + ', ' + count(w.rows) + ' rows' + (w.drifted.length ? ': ' + w.drifted.map(d => d.column).join(', ') : ''); },
      } } },
    },
    plugins: [shades([], alarmTimes(windows))],
  });

  /** The PSI on the left up to 2, where it is drawn at the edge; KS, which ends at 1, on the right. */
  const timeline = (column, windows) => () => {
    const known = ['psi', 'ks', 'cosine', 'energy', 'chi2'].filter(name => column.timeline.some(t => t.values[name] !== undefined));
    const first = known.includes('psi') ? 'psi' : known[0];
    const second = known.includes('ks') ? 'ks' : null;
    const greatest = Math.max(0.3, ...column.timeline.map(t => t.values[first] || 0));
    const top = first === 'psi' ? Math.min(2, greatest * 1.05) : greatest * 1.05;
    const line = (name, colour, axis) => {
      const points = column.timeline.filter(t => t.values[name] !== undefined && t.values[name] !== null);
      return points.length ? [{
        label: names[name] || name, parsing: false, borderColor: css(colour), backgroundColor: css(colour), borderWidth: 1.6, yAxisID: axis,
        data: points.map(t => ({ x: (t.start + t.end) / 2, y: axis === 'y' ? Math.min(top, t.values[name]) : t.values[name], value: t.values[name], t })),
        pointRadius: points.map(t => t.drifted.includes(name) ? 3.5 : points.length > 60 ? 0 : 1.5),
        pointBackgroundColor: points.map(t => t.drifted.includes(name) ? css('--drift') : css(colour)),
        pointBorderWidth: 0,
      }] : [];
    };
    return {
      type: 'line',
      data: { datasets: [...(first ? line(first, '--current', 'y') : []), ...(second ? line(second, '--second', 'ks') : [])] },
      options: {
        interaction: { mode: 'nearest', axis: 'x', intersect: false },
        scales: { x: timeAxis(windows), y: { beginAtZero: true, max: top, ticks: { maxTicksLimit: 6 }, title: { display: true, text: names[first] || '' } },
          ...(second ? { ks: { position: 'right', min: 0, max: 1, grid: { drawOnChartArea: false }, ticks: { maxTicksLimit: 5 }, title: { display: true, text: 'KS' } } } : {}) },
        plugins: { legend: { position: 'bottom', labels: { boxWidth: 12, boxHeight: 3 } }, tooltip: { callbacks: {
          title: items => { const t = items[0].raw.t; return span(t) + (t.outcome === 'DRIFT' ? ' · drift' : ''); },
          label: item => ' ' + item.dataset.label + ' ' + number(item.raw.value),
        } } },
      },
      plugins: [shades(first === 'psi' ? [[0.1, 0.25, '--band-1'], [0.25, 1e9, '--band-2']] : [], alarmTimes(windows))],
    };
  };

  /** Outlines over the values, share by width, so that areas compare; a single value gets the gap before it. */
  const outline = (bins, before, now) => {
    const inner = bins.filter(bin => bin.lower !== null && bin.upper !== null);
    const reach = inner[inner.length - 1].upper - inner[0].lower || 1;
    const shapes = [];
    let end = null;
    for (const bin of inner) {
      const from = bin.lower < bin.upper ? bin.lower : Math.max(end === null ? 2 * bin.upper - (inner[1] || bin).upper : end, bin.upper - reach / 40);
      shapes.push({ bin, from, to: bin.upper, width: Math.max(bin.upper - from, reach / 400) });
      end = bin.upper;
    }
    const middle = shapes.slice(1, -1);
    const typical = middle.length ? (middle[middle.length - 1].to - middle[0].from) / middle.length : reach;
    const first = shapes[0], last = shapes[shapes.length - 1];
    const room = shape => typical * (Math.max(shape.bin.reference_count / before, shape.bin.count / now) > 0.2 ? 12 : 4);
    return { shapes, min: Math.max(first.from, first.to - room(first)), max: Math.min(last.to, last.from + room(last)) };
  };
  const distribution = column => () => {
    const bins = column.bins;
    const total = key => bins.reduce((sum, bin) => sum + bin[key], 0) || 1;
    const before = total('reference_count'), now = total('count');
    const numeric = bins.length && bins.every(bin => bin.upper !== null);
    const sets = (value, more) => [
      Object.assign({ label: 'reference', data: value('reference_count', before), borderColor: css('--reference'), backgroundColor: css('--reference-fill') }, more),
      Object.assign({ label: 'this window', data: value('count', now), borderColor: css('--current'), backgroundColor: css('--current-fill') }, more),
    ];
    const tip = { callbacks: { title: items => items[0].raw.bin ? items[0].raw.bin.label : items[0].label,
      label: item => ' ' + item.dataset.label + ' ' + percent(item.raw.share !== undefined ? item.raw.share : item.raw) } };
    const legend = { position: 'bottom', labels: { boxWidth: 12, boxHeight: 8 } };
    if (numeric) {
      const { shapes, min, max } = outline(bins, before, now);
      const steps = (key, all) => {
        const points = [{ x: shapes[0].from, y: 0, bin: shapes[0].bin, share: shapes[0].bin[key] / all }];
        let end = shapes[0].from;
        for (const shape of shapes) {
          const share = shape.bin[key] / all;
          if (shape.from > end) points.push({ x: end, y: 0, bin: shape.bin, share: 0 });
          points.push({ x: shape.from, y: share / shape.width, bin: shape.bin, share });
          points.push({ x: shape.to, y: share / shape.width, bin: shape.bin, share });
          end = shape.to;
        }
        points.push({ x: end, y: 0, bin: shapes[shapes.length - 1].bin, share: 0 });
        return points;
      };
      return {
        type: 'line',
        data: { datasets: sets(steps, { parsing: false, fill: 'origin', stepped: 'before', pointRadius: 0, borderWidth: 1.5 }) },
        options: {
          interaction: { mode: 'nearest', axis: 'x', intersect: false },
          scales: { x: { type: 'linear', min, max, grid: { display: false }, ticks: { maxTicksLimit: 7, maxRotation: 0, callback: number } },
            y: { beginAtZero: true, ticks: { display: false }, title: { display: true, text: 'density' } } },
          plugins: { legend, tooltip: tip },
        },
      };
    }
    return {
      type: 'bar',
      data: { labels: bins.map(bin => bin.label), datasets: sets((key, all) => bins.map(bin => bin[key] / all), { borderWidth: 1, categoryPercentage: 0.8, barPercentage: 1 }) },
      options: {
        scales: { x: { grid: { display: false }, ticks: { maxRotation: 60, autoSkip: bins.length > 24 } }, y: { beginAtZero: true, ticks: { callback: value => percent(value) } } },
        plugins: { legend, tooltip: tip },
      },
    };
  };

  // ---- the page ----
  const clearest = column => {
    const drifted = column.statistics.filter(s => s.drifted).sort((a, b) => b.effect / b.threshold - a.effect / a.threshold);
    return drifted.length ? (names[drifted[0].name] || drifted[0].name) + ' shows it most clearly: an effect of ' + number(drifted[0].effect) + ', ' + number(drifted[0].effect / drifted[0].threshold) + ' times what matters.' : column.reason;
  };
  const columnCard = (column, monitor) => {
    const before = column.reference_profile, now = column.profile;
    const missing = profile => profile.rows > 0 ? percent((profile.nulls + profile.nans) / profile.rows) : '–';
    const figures = [
      ['rows', count(before.rows), count(now.rows)],
      ['missing', missing(before), missing(now)],
      ['mean', number(before.mean), number(now.mean)],
      ['standard deviation', number(before.stddev), number(now.stddev)],
      ['smallest', number(before.min), number(now.min)],
      ...column.quantiles.map(q => [q.q === 0.5 ? 'median' : 'quantile ' + q.q, number(q.reference), number(q.current)]),
      ['greatest', number(before.max), number(now.max)],
      ['distinct', count(before.distinct), count(now.distinct)],
    ].filter(row => row[1] !== '–' || row[2] !== '–');
    const more = monitor.windows.length > 1;
    return el('article', { class: 'card', id: 'column-' + monitor.monitor + '-' + column.column },
      el('header', {}, el('h3', {}, column.column), badge(column.outcome)),
      column.outcome === 'DRIFT' ? el('p', { class: 'soft' }, clearest(column)) : column.reason ? el('p', { class: 'soft' }, column.reason) : null,
      el('div', { class: 'charts' },
        column.bins.length ? el('section', {}, el('h4', {}, 'Distribution'), chart(distribution(column), 'Distribution of ' + column.column + ' in the reference and in this window')) : null,
        more ? el('section', {}, el('h4', {}, 'Over time'), chart(timeline(column, monitor.windows), 'Statistics of ' + column.column + ' over time')) : null),
      el('div', { class: 'tables' },
        el('section', {}, el('h4', {}, 'Statistics'),
          column.statistics.length ? table(['', 'value', 'effect', 'matters from', 'p', 'p adjusted'], column.statistics.map(s => ({ drifted: s.drifted,
            cells: [names[s.name] || s.name, number(s.value), number(s.effect), number(s.threshold), pValue(s.p_value), pValue(s.adjusted_p)] })))
            : el('p', { class: 'soft' }, 'Nothing to compare.')),
        el('section', {}, el('h4', {}, 'Values'),
          table(['', 'reference', 'this window'], figures.map(cells => ({ cells }))))),
      column.new_categories.length ? el('section', {}, el('h4', { style: 'margin-top:14px' }, 'New categories'),
        el('div', { class: 'chips' }, column.new_categories.map(c => el('span', {}, c.category + ' ', el('b', {}, count(c.count)))))) : null);
  };

  const monitorSection = monitor => {
    const selected = monitor.windows.find(w => w.start === monitor.selected) || monitor.windows[monitor.windows.length - 1];
    const parts = [];
    const advice = monitor.advice;
    const verdict = selected.alarm === 'OPEN'
      ? 'Alarm since ' + moment(selected.onset === null ? selected.start : selected.onset) + ' UTC'
      : { DRIFT: 'Drift in this window', STABLE: 'No drift', INSUFFICIENT_DATA: 'Too few rows to say', BASELINE: 'The reference is being built' }[selected.outcome];
    parts.push(el('h2', {}, 'Monitor ', el('code', {}, monitor.monitor)));
    parts.push(el('div', { class: 'verdict ' + selected.outcome }, el('strong', {}, verdict), el('span', {}, selected.reason || '')));
    if (advice && advice.should_retrain) {
      parts.push(el('div', { class: 'verdict PENDING' }, el('strong', {}, 'Retraining is advised, as of ' + moment(advice.at) + ' UTC'), el('span', {}, advice.reason)));
    }
    parts.push(el('div', { class: 'tiles' },
      tile(selected.drifted.length + ' of ' + selected.columns, 'columns drifted'),
      tile(count(selected.rows), 'rows in the window' + (selected.late ? ', ' + count(selected.late) + ' more came late' : '')),
      tile(moment(selected.start), 'window from (UTC)'),
      tile(moment(selected.end), 'to')));
    if (selected.reference) parts.push(el('p', { class: 'soft' }, 'Held against: ' + selected.reference + '.'));
    if (monitor.windows.length > 1) {
      parts.push(el('h2', {}, 'All windows'));
      parts.push(el('div', { class: 'card' }, chart(overview(monitor.windows), 'Number of drifted columns in each window', true),
        el('div', { class: 'legend' },
          el('span', {}, el('i', { style: 'background:var(--drift)' }), 'alarm'),
          el('span', {}, el('i', { style: 'background:var(--wait)' }), 'drift, not yet an alarm'),
          el('span', {}, el('i', { style: 'background:var(--reference)' }), 'no drift'))));
    }
    if (monitor.alerts.length) {
      parts.push(el('h2', {}, 'Alarms'));
      parts.push(el('div', { class: 'card' }, table(['since', 'state', 'severity', 'windows', 'segment', 'what'],
        monitor.alerts.map(a => ({ cells: [moment(a.onset), badge(a.state), a.severity.toLowerCase(), count(a.windows), a.segment || 'all', a.message] })), [1, 2, 4, 5])));
    }
    parts.push(el('h2', {}, 'Columns'));
    if (monitor.columns.length > 3) {
      parts.push(el('nav', { class: 'index card' }, monitor.columns.map(c =>
        el('a', { href: '#column-' + monitor.monitor + '-' + c.column }, el('code', {}, c.column), badge(c.outcome)))));
    }
    if (!monitor.columns.length) parts.push(el('p', { class: 'soft' }, 'No results of columns were found for this window.'));
    monitor.columns.forEach(column => parts.push(columnCard(column, monitor)));
    if (monitor.segments.length) {
      parts.push(el('h2', {}, 'Segments'));
      parts.push(el('div', { class: 'card' }, table(['segment', 'outcome', 'rows', 'drifted columns'],
        monitor.segments.map(s => ({ cells: [s.segment, badge(s.alarm === 'OPEN' ? 'OPEN' : s.outcome), count(s.rows),
          s.drifted.map(d => d.column + ' (' + (names[d.statistic] || d.statistic) + ' ' + number(d.value) + ')').join(', ') || '–'] })), [1, 3])));
    }
    return el('section', {}, parts);
  };

  root.append(
    el('h1', {}, 'Data drift: ' + report.title),
    el('p', { class: 'soft' }, report.subtitle || ''),
    ...(report.monitors.length ? report.monitors.map(monitorSection) : [el('p', {}, 'There are no results yet.')]),
    el('footer', {},
      'A column drifted when a difference is both certain and large: p, adjusted for all tests of the window by Benjamini and Hochberg, is at most the configured level, '
      + 'and the effect, which is the value without what chance alone adds, reaches what matters. Shaded in time lines: PSI from 0.1 (moderate) and from 0.25 (large), and the time an alarm stood. '
      + 'Charts by Chart.js (MIT License).'));
  drawAll();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  addEventListener('beforeprint', () => { document.documentElement.classList.add('paper'); drawAll(); });
  addEventListener('afterprint', () => { document.documentElement.classList.remove('paper'); drawAll(); });
  document.documentElement.dataset.drawn = charts.length;
})();
