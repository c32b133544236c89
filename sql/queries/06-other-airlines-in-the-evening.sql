-- Do other airlines fly in the evening than before noon, and was it so in every month?
-- Streaming: a row for each 30 days and airport. Ends at what is in the topic now; without the hint it goes on. Needs
-- the topic of flights only.
WITH departures AS (
  SELECT * FROM flights /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */
)
SELECT window_start,
       origin,
       COUNT(*) AS flights,
       ROUND(PSI(carrier, EXTRACT(HOUR FROM scheduled_at) < 17), 3) AS psi,
       ROUND(JS_DISTANCE(carrier, EXTRACT(HOUR FROM scheduled_at) < 17), 3) AS js_distance,
       ROUND(CHI2_P_VALUE(carrier, EXTRACT(HOUR FROM scheduled_at) < 17), 4) AS p_value
FROM TABLE(TUMBLE(TABLE departures, DESCRIPTOR(departed_at), INTERVAL '30' DAY))
GROUP BY window_start, window_end, origin;
