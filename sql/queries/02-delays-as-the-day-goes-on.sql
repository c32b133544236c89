-- How late do flights leave each airport, day by day and as the day goes on?
-- Streaming: a row each six hours, for the day so far, as soon as the watermark has passed. It ends at what is in the
-- topic now; without the hint it goes on. Needs the topic of flights only.
WITH departures AS (
  SELECT * FROM flights /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */ WHERE NOT cancelled
)
SELECT window_start AS day_start,
       window_end AS until,
       origin,
       COUNT(*) AS departures,
       APPROX_QUANTILE(dep_delay_minutes, 0.5) AS delay_median,
       ROUND(APPROX_QUANTILE(dep_delay_minutes, 0.95), 1) AS delay_p95
FROM TABLE(CUMULATE(TABLE departures, DESCRIPTOR(departed_at), INTERVAL '6' HOUR, INTERVAL '1' DAY))
GROUP BY window_start, window_end, origin;
