-- Which routes were late in the last hour?
-- Batch: reads the topic as far as it goes now. Needs the topic of flights only.
SET 'execution.runtime-mode' = 'batch';

SELECT f.origin,
       f.dest,
       COUNT(*) AS departures,
       ROUND(AVG(CAST(f.dep_delay_minutes AS DOUBLE)), 1) AS delay_mean,
       MAX(f.dep_delay_minutes) AS delay_max
FROM flights AS f,
     (SELECT MAX(departed_at) AS newest FROM flights) AS n
WHERE f.departed_at > n.newest - INTERVAL '1' HOUR AND NOT f.cancelled
GROUP BY f.origin, f.dest
ORDER BY delay_mean DESC, f.origin, f.dest
LIMIT 10;
