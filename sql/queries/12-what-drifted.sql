-- What drifted, when, and how far beyond its threshold? The drift monitors' own verdicts, of all windows.
-- Streaming: it ends at what is there now. Needs the running pipeline.
SELECT d.monitor, d.segment, d.`column`, d.window_start, s.name AS statistic,
       ROUND(s.`value`, 4) AS `value`, ROUND(s.effect, 4) AS effect, s.threshold
FROM drift /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */ AS d
CROSS JOIN UNNEST(d.statistics) AS s (name, `value`, effect, p_value, adjusted_p, threshold, drifted)
WHERE s.drifted;
