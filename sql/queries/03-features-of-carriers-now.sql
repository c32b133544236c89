-- What does a model see of each airline now?
-- Streaming: reads the features' changelog as far as it goes now; the last row of an airline counts. Needs the running
-- pipeline.
SELECT carrier, departures_1h, departures_24h, delay_mean_24h, delay_p95_24h, last_dest, event_time
FROM carrier_delay /*+ OPTIONS('scan.bounded.mode' = 'latest-offset') */;
