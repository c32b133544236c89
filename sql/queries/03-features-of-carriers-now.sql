-- What does a model see of each airline now?
-- Batch: reads the online store, as a model server does, but all of it. Needs the running pipeline and Redis.
SET 'execution.runtime-mode' = 'batch';
SELECT carrier, departures_1h, departures_24h, delay_mean_24h, delay_p95_24h, last_dest, _event_time
FROM carrier_delay_online
ORDER BY carrier;
