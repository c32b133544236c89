-- What did the online store know of the airline when a flight left: its usual delay beside the flight's own?
-- Streaming: a lookup in Redis for each flight, cached. Needs the running pipeline and Redis. Without the hint it goes
-- on with every flight that is sent.
SELECT f.flight_id, f.carrier, f.dep_delay_minutes, c.departures_24h, ROUND(c.delay_mean_24h, 1) AS delay_mean_24h
FROM (
  SELECT *, PROCTIME() AS asked_at
  FROM flights /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */
  WHERE dep_delay_minutes > 240
) AS f
LEFT JOIN carrier_delay_online FOR SYSTEM_TIME AS OF f.asked_at AS c ON f.carrier = c.carrier;
