-- Which routes behave unlike themselves: was the last day's delay far from what the route had before?
-- z counts standard errors of the last day's mean. Batch. Needs the topic of flights only.
SET 'execution.runtime-mode' = 'batch';

WITH marked AS (
  SELECT f.origin, f.dest, CAST(f.dep_delay_minutes AS DOUBLE) AS delay,
         f.departed_at > n.newest - INTERVAL '1' DAY AS is_new
  FROM flights AS f, (SELECT MAX(departed_at) AS newest FROM flights) AS n
  WHERE f.dep_delay_minutes IS NOT NULL
),
routes AS (
  SELECT origin, dest,
         COUNT(*) FILTER (WHERE is_new) AS departures,
         AVG(delay) FILTER (WHERE is_new) AS delay_mean,
         COUNT(*) FILTER (WHERE NOT is_new) AS departures_before,
         AVG(delay) FILTER (WHERE NOT is_new) AS delay_mean_before,
         STDDEV_SAMP(delay) FILTER (WHERE NOT is_new) AS stddev_before
  FROM marked
  GROUP BY origin, dest
)
SELECT origin, dest, departures, ROUND(delay_mean, 1) AS delay_mean, departures_before,
       ROUND(delay_mean_before, 1) AS delay_mean_before,
       ROUND((delay_mean - delay_mean_before) / (stddev_before / SQRT(departures)), 2) AS z
FROM routes
WHERE departures >= 3 AND departures_before >= 20 AND stddev_before > 0
ORDER BY ABS((delay_mean - delay_mean_before) / (stddev_before / SQRT(departures))) DESC, origin, dest
LIMIT 10;
