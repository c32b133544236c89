-- How are delays of up to two hours distributed at each airport?
-- Batch. Needs the topic of flights only.
SET 'execution.runtime-mode' = 'batch';

SELECT h.origin, b.low, b.high, b.n
FROM (
  SELECT origin, HISTOGRAM(dep_delay_minutes, 6) AS bins
  FROM flights
  WHERE dep_delay_minutes BETWEEN 0 AND 120
  GROUP BY origin
) AS h
CROSS JOIN UNNEST(h.bins) AS b (label, low, high, n)
ORDER BY h.origin, b.low;
