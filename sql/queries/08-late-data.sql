-- Which share of the flights came late: more than five minutes behind the newest before it in its partition, so that
-- a window may have closed without it?
-- Batch. Needs the topic of flights only.
SET 'execution.runtime-mode' = 'batch';

SELECT _partition,
       COUNT(*) AS flights,
       SUM(CASE WHEN behind_seconds > 300 THEN 1 ELSE 0 END) AS late,
       ROUND(AVG(CASE WHEN behind_seconds > 300 THEN 1.0 ELSE 0.0 END), 4) AS late_share,
       MAX(behind_seconds) AS most_seconds_behind
FROM (
  SELECT _partition,
         TIMESTAMPDIFF(
           SECOND,
           departed_at,
           MAX(departed_at) OVER (
             PARTITION BY _partition ORDER BY _offset ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) AS behind_seconds
  FROM flights
)
GROUP BY _partition
ORDER BY _partition;
